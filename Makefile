# SPDX-License-Identifier: GPL-2.0-only
#
# People's targets. `make help` lists them. Objects go to build/ (with SAN=..
# to build/SAN), nothing is written beside the sources.

MAKEFLAGS += --no-builtin-rules
.DELETE_ON_ERROR:
.DEFAULT_GOAL := all

VERSION := 0.1.0
V ?= 0
SAN ?=
CC ?= gcc
ifeq ($(origin CC),default)
CC := gcc
endif
CLANG ?= clang
PREFIX ?= /usr/local
DESTDIR ?=
VM ?= linux
STUDY_VM := $(if $(filter command line environment,$(origin VM)),$(VM),xen)
JOBS ?= $(shell nproc)

BUILD := build$(if $(SAN),/$(SAN))
Q := $(if $(filter 1,$(V)),,@)
say = $(if $(filter 1,$(V)),,@printf '  %-7s %s\n' '$(1)' '$(2)';)

CFLAGS ?= -O2 -g
WARNINGS := -Wall -Wextra -Wstrict-prototypes -Wmissing-prototypes \
	-Wshadow -Wpointer-arith -Wwrite-strings -Wvla -Wformat=2 -Werror=implicit
ALL_CFLAGS = -std=gnu11 $(WARNINGS) $(CFLAGS) $(CPPFLAGS) -fPIC \
	-fno-omit-frame-pointer -D_GNU_SOURCE \
	-DVPROF_VERSION='"$(VERSION)"' -DVPROF_PREFIX='"$(PREFIX)"' \
	-Iinclude $(SAN_CFLAGS)
comma := ,
ifneq ($(SAN),)
SAN_CFLAGS := -fsanitize=$(if $(filter address,$(SAN)),address$(comma)undefined,$(SAN)) \
	-fno-sanitize-recover=all
endif
LIB_LIBS := -lpfm -lelf -ldw -lsqlite3 -ljansson -lz -l:libiberty.a -lm
DAEMON_LIBS := -linih -lcap
TOOLS_LIBS := -ljansson -lm
CHECK_LIBS := -lcheck -lsubunit -lrt -lm -lpthread

sources = $(wildcard $(1)/*.c $(1)/*/*.c)
objects = $(patsubst %.c,$(BUILD)/%.o,$(call sources,$(1)))

.PHONY: all
all: $(BUILD)/libvprof.so $(BUILD)/vprof $(BUILD)/vprofd

# ---- library, daemon, tools ------------------------------------------------

$(BUILD)/%.o: %.c Makefile
	@mkdir -p $(@D)
	$(call say,CC,$<)
	$(Q)$(CC) $(ALL_CFLAGS) $($(firstword $(subst /, ,$<))_CFLAGS) -MMD -MP -c $< -o $@

libvprof_CFLAGS := -Ilibvprof
daemon_CFLAGS := -Idaemon
tools_CFLAGS := -Itools

# It carries that file.
$(BUILD)/tools/study/page_style.o: tools/study/page.css

$(BUILD)/libvprof.a: $(call objects,libvprof)
	$(call say,AR,$@)
	$(Q)rm -f $@ && $(AR) rcs $@ $^

$(BUILD)/libvprof.so.0: $(call objects,libvprof) libvprof/vprof.map
	$(call say,LD,$@)
	$(Q)$(CC) $(ALL_CFLAGS) $(LDFLAGS) -shared -Wl,-soname,libvprof.so.0 \
		-Wl,--version-script=libvprof/vprof.map -Wl,-z,defs \
		$(filter %.o,$^) $(LIB_LIBS) -o $@

$(BUILD)/libvprof.so: $(BUILD)/libvprof.so.0
	$(Q)ln -sf libvprof.so.0 $@

RPATH := -Wl,-rpath,'$$ORIGIN' -Wl,-rpath,'$$ORIGIN/../lib'

$(BUILD)/vprofd: $(call objects,daemon) $(BUILD)/libvprof.so
	$(call say,LD,$@)
	$(Q)$(CC) $(ALL_CFLAGS) $(LDFLAGS) $(filter %.o,$^) -L$(BUILD) -lvprof \
		$(DAEMON_LIBS) $(RPATH) -o $@

$(BUILD)/vprof: $(call objects,tools) $(BUILD)/libvprof.so
	$(call say,LD,$@)
	$(Q)$(CC) $(ALL_CFLAGS) $(LDFLAGS) $(filter %.o,$^) -L$(BUILD) -lvprof \
		$(TOOLS_LIBS) $(RPATH) -o $@
	$(Q)for c in $(COMMANDS); do ln -sf vprof $(BUILD)/vprof-$$c; done

# A command is a tools/cmd_NAME.c.
COMMANDS := $(patsubst tools/cmd_%.c,%,$(wildcard tools/cmd_*.c))

# ---- the kernel module -----------------------------------------------------

KDIR ?= /lib/modules/$(shell uname -r)/build
-include kmod/module.mk

# ---- tests -----------------------------------------------------------------

UNIT_TESTS := $(patsubst %.c,$(BUILD)/%,$(wildcard tests/unit/test_*.c))
UNIT_SHARED := $(patsubst %.c,$(BUILD)/%.o,$(filter-out tests/unit/test_%,$(wildcard tests/unit/*.c)))

# Records are made as bytes and written to as the kernel's structures.
tests_CFLAGS := -Ilibvprof -Itests/unit -fno-strict-aliasing
$(BUILD)/tests/unit/test_%: $(BUILD)/tests/unit/test_%.o $(UNIT_SHARED) $(BUILD)/libvprof.a
	$(call say,LD,$@)
	$(Q)$(CC) $(ALL_CFLAGS) $(LDFLAGS) $(filter %.o,$^) $(filter %.a,$^) \
		$(LIB_LIBS) $($(@F)_LIBS) $(CHECK_LIBS) -o $@

# vprofd's own parts that are tested by themselves.
$(BUILD)/tests/unit/test_config: $(BUILD)/daemon/config.o $(BUILD)/daemon/config_key.o
test_config_LIBS := -linih

# And the study's.
$(BUILD)/tests/unit/test_study_%.o: tests_CFLAGS += -Itools
$(BUILD)/tests/unit/test_study_results: $(addprefix $(BUILD)/tools/,study/results.o \
	study/results_read.o study/results_write.o study/shape.o study/whole_file.o json.o escape.o)
$(BUILD)/tests/unit/test_study_receive: $(addprefix $(BUILD)/tools/study/,counters.o iperf.o \
	receive_choose.o results.o runs.o session.o shape.o sweep.o)
$(BUILD)/tests/unit/test_study_systems: $(addprefix $(BUILD)/tools/study/,compare_systems.o \
	delivery.o says_receive.o functions.o published.o runs.o show.o sweep.o ../number.o)

.PRECIOUS: $(BUILD)/tests/unit/%.o

.PHONY: unit-tests
unit-tests: $(UNIT_TESTS)

FUZZERS := $(patsubst tests/fuzz/%.c,build/fuzz/%,$(wildcard tests/fuzz/fuzz_*.c))
FUZZ_CFLAGS = -std=gnu11 -g -O1 -D_GNU_SOURCE -DVPROF_VERSION='"$(VERSION)"' \
	-DVPROF_PREFIX='"$(PREFIX)"' -Iinclude -Ilibvprof -Idaemon \
	-fsanitize=address,undefined -fno-sanitize-recover=all
fuzz_objects = $(patsubst %.c,build/fuzz/%.o,$(call sources,libvprof))

build/fuzz/libvprof/%.o: libvprof/%.c Makefile
	@mkdir -p $(@D)
	$(call say,FUZZCC,$<)
	$(Q)$(CLANG) $(FUZZ_CFLAGS) -fsanitize=fuzzer-no-link -MMD -MP -c $< -o $@

build/fuzz/libvprof.a: $(fuzz_objects)
	$(Q)rm -f $@ && $(AR) rcs $@ $^

build/fuzz/fuzz_%: tests/fuzz/fuzz_%.c build/fuzz/libvprof.a
	$(call say,FUZZLD,$@)
	$(Q)$(CLANG) $(FUZZ_CFLAGS) -fsanitize=fuzzer -MMD -MP $(filter %.c,$^) $(filter %.a,$^) \
		$(LIB_LIBS) $(fuzz_$*_LIBS) -o $@

build/fuzz/fuzz_config: daemon/config.c daemon/config_key.c
fuzz_config_LIBS := -linih

.PHONY: fuzzers
fuzzers: $(FUZZERS)

.PHONY: setup
setup:
	$(Q)tests/setup

# What the unit ring runs: everything under ASAN and UBSAN, the ring buffer and
# whatever else is threaded under TSAN too.
.PHONY: check check-unit check-cli check-fuzz check-vm
check: setup
	$(Q)tests/run all
check-unit: setup
	$(Q)tests/run unit
check-cli: setup
	$(Q)tests/run cli
check-fuzz: setup
	$(Q)tests/run fuzz
check-vm: setup
	$(Q)tests/run vm:$(VM)

.PHONY: vm
vm:
	$(Q)tests/vm/machine shell $(VM)

.PHONY: bench
bench: setup
	$(Q)tests/bench/run

# The machine's PMU and Xen's own profiler are in the machine "xen".
.PHONY: study
study: setup
	$(Q)$(MAKE) --no-print-directory -j$(JOBS) all
	$(Q)VM=$(STUDY_VM) tests/study

.PHONY: demo
demo:
	$(Q)tests/setup build
	$(Q)$(MAKE) --no-print-directory -j$(JOBS) all
	$(Q)tests/demo

.PHONY: style
style: setup
	$(Q)tests/style/run

-include daemon/install.mk

.PHONY: clean
clean:
	$(Q)rm -rf build

.PHONY: help
help:
	@echo "make              library, daemon and tools into build/"
	@echo "make demo         a first profile of this machine (installs what is missing)"
	@echo "make check        every test that can run here (installs what is missing)"
	@echo "make module       vprof.ko for the running kernel, or KDIR=..."
	@echo "make install      everything, module sources through DKMS; DESTDIR, PREFIX"
	@echo "make check-unit   unit tests; likewise check-cli, check-fuzz"
	@echo "make check-vm     VM=linux|linux-next|linux-debug: the emulated machines"
	@echo "make vm           VM=..: a shell in one"
	@echo "make study        receive path and loads on an emulated Xen and beside it: build/study"
	@echo "make bench        what a sample costs, beside perf"
	@echo "make style        formatting, analysers, arrows between folders"
	@echo "make clean        remove build/"
	@echo "V=1 shows commands; SAN=address|thread builds with a sanitizer"

-include $(shell find build -name '*.d' 2>/dev/null)
