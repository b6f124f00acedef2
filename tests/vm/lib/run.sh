# SPDX-License-Identifier: GPL-2.0-only
# One boot of a machine: its disks, QEMU's command line, its verdict.
# shellcheck shell=bash
# shellcheck disable=SC2054 # QEMU has commas in its arguments

# The statuses of run that are not the command's own.
readonly RUN_NO_BOOT=240 RUN_TIMEOUT=241 RUN_SPLAT=242 RUN_DIED=243

# run_options OPTION... [-- COMMAND...]: sets the RUN_ variables.
run_options()
{
	RUN_PAYLOADS=() RUN_COMMAND=() RUN_APPEND='' RUN_OUT='' RUN_LOG=''
	RUN_SMP='' RUN_MEM='' RUN_ICOUNT='' RUN_TIMEOUT_S=900 RUN_ALLOW=''
	RUN_KASLR='' RUN_DIR='' RUN_RAM=''
	while [ $# -gt 0 ]; do
		case $1 in
		--payload | --out | --log | --smp | --mem | --append | \
			--timeout | --allow | --ram)
			[ $# -ge 2 ] || die "$1 needs a value"
			;;
		esac
		case $1 in
		--payload) RUN_PAYLOADS+=("$2") ;;
		--out) RUN_OUT=$2 ;;
		--log) RUN_LOG=$2 ;;
		--smp) RUN_SMP=$2 ;;
		--mem) RUN_MEM=$2 ;;
		--append) RUN_APPEND+=" $2" ;;
		--timeout) RUN_TIMEOUT_S=$2 ;;
		--allow) RUN_ALLOW+="${RUN_ALLOW:+|}$2" ;;
		--ram) RUN_RAM=$2 ;;
		--icount) RUN_ICOUNT=1 ;;
		--kaslr) RUN_KASLR=1 ;;
		--)
			shift
			RUN_COMMAND=("$@")
			break
			;;
		*) die "unknown option '$1' (machine --help)" ;;
		esac
		case $1 in
		--icount | --kaslr) shift ;;
		*) shift 2 ;;
		esac
	done
}

# run_machine: boot, run RUN_COMMAND, fetch /results, exit like it.
run_machine()
{
	local status=0

	_run_directory
	_run_payload
	truncate -s 8G "$RUN_DIR/results.raw"
	_run_qemu_args
	_run_ports_args
	_run_qemu || status=$?
	_run_verdict "$status" || status=$?
	rm -f "$RUN_DIR/payload.img" "$RUN_DIR/results.raw"
	say "$VM_NAME: console log: $RUN_DIR/console.log"
	return "$status"
}

# shell_machine: boot with a shell on the console.
shell_machine()
{
	_run_directory
	RUN_COMMAND=(true)
	_run_payload
	RUN_APPEND+=" vm.shell"
	_run_qemu_args
	QEMU_ARGS+=(-chardev
		"stdio,id=console,mux=on,signal=off,logfile=$RUN_DIR/console.log"
		-serial chardev:console -mon chardev=console)
	say "$VM_NAME: booting; Ctrl-A X ends the machine, 'exit' powers it off"
	"$QEMU_ENTRY/qemu-system-x86_64" "${QEMU_ARGS[@]}" ||
		die "QEMU failed, see $RUN_DIR"
	rm -f "$RUN_DIR/payload.img"
}

_run_directory()
{
	[ -z "$RUN_DIR" ] || return 0
	RUN_DIR=${RUN_LOG:-$TOP_DIR/build/vm/$VM_NAME-$(date +%m%d-%H%M%S)-$$}
	mkdir -p "$RUN_DIR"
	rm -f "$RUN_DIR/verdict"
}

# The payload disk: the directories, and the command as a script.
_run_payload()
{
	local stage=$RUN_DIR/payload payload name

	rm -rf "$stage"
	mkdir "$stage"
	for payload in "${RUN_PAYLOADS[@]}"; do
		case $payload in
		*=*) name=${payload%%=*} payload=${payload#*=} ;;
		*) name=$(basename "$(readlink -f "$payload")") ;;
		esac
		[ -d "$payload" ] || die "payload '$payload' is not a directory"
		mkdir -p "$stage/$name"
		cp -a "$payload/." "$stage/$name/"
	done
	if [ -n "$VM_MODULES" ]; then
		mkdir -p "$stage/.modules"
		cp -a "$VM_MODULES" "$stage/.modules/$VM_RELEASE"
	fi
	! declare -F vm_payload >/dev/null || vm_payload "$stage"
	# One argument is a script, more are a command and its arguments.
	if [ ${#RUN_COMMAND[@]} -eq 1 ]; then
		printf '%s\n' "${RUN_COMMAND[0]}"
	else
		printf '%q ' exec "${RUN_COMMAND[@]}"
	fi >"$stage/.command"
	disk_from_directory "$stage" "$RUN_DIR/payload.img" 256 payload
	rm -rf "$stage"
}

# What every boot has; sets QEMU_ARGS. vm_boot_args may be a machine's own.
_run_qemu_args()
{
	local smp=${RUN_SMP:-$VM_SMP} mem=${RUN_MEM:-$VM_MEM} accel=tcg

	QEMU_ARGS=(-L "$QEMU_ENTRY/share" -nodefaults -no-user-config
		-display none -no-reboot -M pc -cpu "$VM_CPU"
		-m "$mem" -rtc base=utc)
	if [ -n "$RUN_ICOUNT" ]; then
		smp=1 accel=tcg,thread=single
		QEMU_ARGS+=(-icount shift=0,align=off,sleep=off)
	fi
	QEMU_ARGS+=(-smp "$smp" -accel "$accel")
	if [ -n "$RUN_RAM" ]; then
		QEMU_ARGS+=(-machine memory-backend=ram -object
			"memory-backend-file,id=ram,size=${mem}M,share=on,mem-path=$RUN_RAM")
	fi
	_run_disk root "$VM_ROOT/root.img" on 0x4
	_run_disk payload "$RUN_DIR/payload.img" off 0x8
	if declare -F vm_boot_args >/dev/null; then
		vm_boot_args
	else
		linux_boot_args
	fi
}

# _run_disk NAME FILE SNAPSHOT SLOT. A slot that is a multiple of four: then all
# devices share one interrupt link, and Linux has to set up only one by ACPI.
_run_disk()
{
	QEMU_ARGS+=(-drive "id=$1,file=$2,format=raw,if=none,cache=unsafe,snapshot=$3"
		-device "virtio-blk-pci,drive=$1,serial=$1,addr=$4")
}

# Boot a Linux kernel. nmi_watchdog=0: it would take one of four counters;
# cryptomgr.notests: a quarter of what the boot executes. no_timer_check: on a
# busy host the check of the timer interrupt sees none in time, and panics.
linux_boot_args()
{
	local kernel=$VM_KERNEL

	[ -n "$RUN_KASLR" ] && kernel=${VM_KERNEL_PACKED:-$VM_KERNEL}
	QEMU_ARGS+=(-kernel "$kernel" -append "$(run_kernel_args)")
	[ -n "$VM_INITRD" ] && QEMU_ARGS+=(-initrd "$VM_INITRD")
	return 0
}

run_kernel_args()
{
	echo "console=ttyS0,115200 panic=-1 loglevel=8 nmi_watchdog=0" \
		"cryptomgr.notests no_timer_check" \
		"$VM_APPEND $RUN_APPEND"
}

# The ports to guest/init. File descriptors 3 and 4 are our output and error.
_run_ports_args()
{
	_run_disk results "$RUN_DIR/results.raw" off 0xc
	QEMU_ARGS+=(-serial "file:$RUN_DIR/console.log"
		-add-fd fd=3,set=3 -add-fd fd=4,set=4
		-device virtio-serial-pci,addr=0x10
		-chardev file,id=out,path=/dev/fdset/3,append=on
		-device virtserialport,chardev=out,name=vprof.out
		-chardev file,id=err,path=/dev/fdset/4,append=on
		-device virtserialport,chardev=err,name=vprof.err
		-chardev "file,id=verdict,path=$RUN_DIR/verdict"
		-device virtserialport,chardev=verdict,name=vprof.verdict)
}

# Pipes to cat, because QEMU wants descriptors open for writing only.
_run_qemu()
{
	local out err qemu status=0 cats=()

	exec {out}> >(exec cat)
	cats+=($!)
	exec {err}> >(exec cat >&2)
	cats+=($!)
	say "$VM_NAME: booting"
	timeout -k 10 "$RUN_TIMEOUT_S" "$QEMU_ENTRY/qemu-system-x86_64" \
		"${QEMU_ARGS[@]}" 3>&"$out" 4>&"$err" \
		</dev/null >"$RUN_DIR/qemu.log" 2>&1 &
	qemu=$!
	# timeout has a process group of its own: Ctrl-C does not reach it.
	# shellcheck disable=SC2064 # now
	trap "kill $qemu 2>/dev/null; exit 130" INT TERM HUP
	wait "$qemu" || status=$?
	trap - INT TERM HUP
	exec {out}>&- {err}>&-
	wait "${cats[@]}" || true
	return "$status"
}

# _run_verdict QEMU_STATUS: what became of it, as a status.
_run_verdict()
{
	local qemu_status=$1 verdict=$RUN_DIR/verdict status

	touch "$verdict" "$RUN_DIR/console.log"
	if ! scan_log "$RUN_DIR/console.log" "$VM_ALLOW" "$RUN_ALLOW"; then
		say "$VM_NAME: the kernel log has warnings, see above"
		return $RUN_SPLAT
	fi
	if ! grep -q '^boot ' "$verdict"; then
		say "$VM_NAME: did not boot; its last words:"
		tail -n 15 "$RUN_DIR/console.log" "$RUN_DIR/qemu.log" >&2
		return $RUN_NO_BOOT
	fi
	if [ "$qemu_status" -eq 124 ] || [ "$qemu_status" -eq 137 ]; then
		say "$VM_NAME: stopped after $RUN_TIMEOUT_S s"
		return $RUN_TIMEOUT
	fi
	if ! grep -q '^end$' "$verdict"; then
		say "$VM_NAME: stopped before the command ended"
		return $RUN_DIED
	fi
	if ! grep -q 'vm: end of log' "$RUN_DIR/console.log"; then
		say "$VM_NAME: the console log is not whole"
		return $RUN_SPLAT
	fi
	status=$(sed -n 's/^exit //p' "$verdict")
	if [ -n "$RUN_OUT" ]; then
		mkdir -p "$RUN_OUT"
		tar -C "$RUN_OUT" -xf "$RUN_DIR/results.raw"
	fi
	return "$status"
}
