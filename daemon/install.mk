# SPDX-License-Identifier: GPL-2.0-only
# install and uninstall. Included by Makefile, whose variables it uses.
#
# Everything goes below $(DESTDIR)$(PREFIX), except the module's sources, which
# DKMS wants in /usr/src. systemd and udev look for their files in /usr/local/lib
# and /usr/lib; with another PREFIX they have to be told.

SYSTEM := daemon/system
DKMS_NAME := vprof-$(VERSION)

# What goes where: a rule for each mode and folder, FOLDER:FILE[:NAME]...
INSTALL_PROGRAMS := \
	$(PREFIX)/bin:$(BUILD)/vprof \
	$(PREFIX)/sbin:$(BUILD)/vprofd

INSTALL_LIBRARIES := \
	$(PREFIX)/lib:$(BUILD)/libvprof.so.0

INSTALL_FILES := \
	$(foreach f,$(wildcard include/vprof/*.h),$(PREFIX)/include/vprof:$f) \
	$(PREFIX)/include/linux:include/uapi/vprof.h \
	$(foreach n,1 5 7 8,$(foreach f,$(wildcard daemon/*.$n tools/*.$n libvprof/*.$n),$(PREFIX)/share/man/man$n:$f)) \
	$(PREFIX)/share/bash-completion/completions:$(SYSTEM)/bash-completion:vprof \
	$(PREFIX)/lib/pkgconfig:$(BUILD)/system/vprof.pc \
	$(PREFIX)/lib/systemd/system:$(BUILD)/system/vprofd.service \
	$(PREFIX)/lib/udev/rules.d:$(SYSTEM)/70-vprof.rules \
	$(PREFIX)/lib/modules-load.d:$(SYSTEM)/modules-load.conf:vprof.conf \
	$(PREFIX)/lib/sysusers.d:$(SYSTEM)/sysusers.conf:vprof.conf \
	$(PREFIX)/lib/tmpfiles.d:$(SYSTEM)/tmpfiles.conf:vprof.conf \
	/usr/src/$(DKMS_NAME):$(BUILD)/system/dkms.conf \
	/usr/src/$(DKMS_NAME):Kbuild \
	$(foreach f,$(wildcard kmod/*.c kmod/*.h),/usr/src/$(DKMS_NAME)/kmod:$f) \
	/usr/src/$(DKMS_NAME)/include/uapi:include/uapi/vprof.h

INSTALL_LINKS := \
	$(PREFIX)/lib:libvprof.so.0:libvprof.so \
	$(foreach c,$(COMMANDS),$(PREFIX)/bin:vprof:vprof-$c) \
	$(foreach c,d $(addprefix -,$(COMMANDS)),$(PREFIX)/share/bash-completion/completions:vprof:vprof$c)

part = $(word $(1),$(subst :, ,$(2)))
install_name = $(or $(call part,3,$(1)),$(notdir $(call part,2,$(1))))
install_path = $(DESTDIR)$(call part,1,$(1))/$(call install_name,$(1))
INSTALLED := $(foreach i,$(INSTALL_PROGRAMS) $(INSTALL_LIBRARIES) $(INSTALL_FILES) $(INSTALL_LINKS),$(call install_path,$i))

define newline


endef
install_one = $(Q)install -D -m $(1) $(call part,2,$(2)) $(call install_path,$(2))$(newline)

# Made anew each time: PREFIX may differ from the last run's.
INSTALL_MADE := $(addprefix $(BUILD)/system/,vprof.pc vprofd.service dkms.conf)
$(INSTALL_MADE): $(BUILD)/system/%: $(SYSTEM)/%.in always
	@mkdir -p $(@D)
	$(Q)sed -e 's,@PREFIX@,$(PREFIX),g' -e 's,@VERSION@,$(VERSION),g' $< >$@

.PHONY: always
.PHONY: install install-files uninstall list-installed

# On this machine (no DESTDIR) the group is made, the module built and put where
# modprobe finds it, and systemd told. Nothing is started: loading the module
# does that.
install: install-files
	$(Q)$(if $(DESTDIR),,$(SYSTEM)/after-install $(VERSION) $(PREFIX))

install-files: all $(INSTALL_MADE)
	$(call say,INSTALL,$(DESTDIR)$(PREFIX))
	$(foreach i,$(INSTALL_PROGRAMS),$(call install_one,755,$i))
	$(foreach i,$(INSTALL_LIBRARIES) $(INSTALL_FILES),$(call install_one,644,$i))
	$(foreach i,$(INSTALL_LINKS),$(Q)ln -sf $(call part,2,$i) $(call install_path,$i)$(newline))

uninstall:
	$(Q)$(if $(DESTDIR),,$(SYSTEM)/before-uninstall $(VERSION))
	$(Q)rm -f $(INSTALLED)
	$(Q)rmdir $(DESTDIR)$(PREFIX)/include/vprof \
		$(addprefix $(DESTDIR)/usr/src/$(DKMS_NAME),/kmod /include/uapi /include "")

list-installed:
	$(Q)printf '%s\n' $(INSTALLED)
