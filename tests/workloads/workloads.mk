# SPDX-License-Identifier: GPL-2.0-only
#
# make -f tests/workloads/workloads.mk: the workloads, into build/workloads/.
# mangled-rust is built where there is a rustc; everything else always.

MAKEFLAGS += --no-builtin-rules
.DELETE_ON_ERROR:

HERE := tests/workloads
OUT := build/workloads
CC := gcc
CXX := g++
FLAGS := -O2 -g -Wall -Wextra -fno-omit-frame-pointer
CFLAGS := -std=gnu11 $(FLAGS)

PROGRAMS := shares shares-nopie shares-stripped shares-static shares32 \
	syscalls shapes blink storm mangled-cxx
RUSTC := $(shell command -v rustc 2>/dev/null)
PROGRAMS += $(if $(RUSTC),mangled-rust)

.PHONY: all
all: $(addprefix $(OUT)/,$(PROGRAMS))

$(OUT)/%: $(HERE)/%.c $(HERE)/burn.h
	@mkdir -p $(@D)
	@$(CC) $(CFLAGS) $< -o $@

# The same program in the forms that files of code come in.
$(OUT)/shares-nopie: FORM := -no-pie
$(OUT)/shares-static: FORM := -static

$(OUT)/shares32: FORM := -m32
$(OUT)/shares-nopie $(OUT)/shares-static $(OUT)/shares32: $(HERE)/shares.c $(HERE)/burn.h
	@mkdir -p $(@D)
	@$(CC) $(CFLAGS) $(FORM) $< -o $@

# No symbols of its own, a debug link to a file beside it.
$(OUT)/shares-stripped: $(OUT)/shares
	@objcopy --only-keep-debug $< $@.debug
	@objcopy --strip-all --add-gnu-debuglink=$@.debug $< $@

$(OUT)/blink: $(HERE)/blink.c $(HERE)/burn.h
	@mkdir -p $(@D)
	@$(CC) $(CFLAGS) -static -nostdlib -fno-stack-protector $< -o $@

$(OUT)/mangled-cxx: $(HERE)/mangled.cc $(HERE)/burn.h
	@mkdir -p $(@D)
	@$(CXX) $(FLAGS) $< -o $@

$(OUT)/mangled-rust: $(HERE)/mangled.rs
	@mkdir -p $(@D)
	@env -u MAKEFLAGS -u MFLAGS $(RUSTC) --crate-name mangled -O -g -C symbol-mangling-version=v0 $< -o $@
