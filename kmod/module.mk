# SPDX-License-Identifier: GPL-2.0-only
# The module, built outside the sources: kbuild puts what it makes beside them,
# so it gets a folder of links. Included by Makefile; needs nothing of it.
#
#   module          build/kmod-$(KVER)/vprof.ko, and build/vprof.ko beside it
#   module-strict   the same with all warnings on and sparse

KDIR ?= /lib/modules/$(shell uname -r)/build
# The kernel's own name for itself, so that two kernels do not share a folder.
# (Debian's include/config/kernel.release has another.)
KVER ?= $(shell cut -d'"' -f2 $(KDIR)/include/generated/utsrelease.h 2>/dev/null)
KMOD_BUILD := build/kmod-$(KVER)
KMOD_FILES := Kbuild $(wildcard kmod/*.c kmod/*.h) include/uapi/vprof.h
KMOD_LINKS := $(addprefix $(KMOD_BUILD)/,$(KMOD_FILES))
KMOD_MAKE = $(MAKE) $(if $(filter 1,$(V)),,-s) -C $(KDIR) M=$(CURDIR)/$(KMOD_BUILD)

.PHONY: module module-strict module-clean

$(KMOD_LINKS): $(KMOD_BUILD)/%:
	@mkdir -p $(@D)
	@ln -sfn $(CURDIR)/$* $@

module: $(KMOD_LINKS)
	+$(KMOD_MAKE) modules
	@ln -sfn kmod-$(KVER)/vprof.ko build/vprof.ko

module-strict: $(KMOD_LINKS)
	+$(KMOD_MAKE) W=1 C=2 KCFLAGS=-Werror modules

module-clean:
	rm -rf build/kmod-*
