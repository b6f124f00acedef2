/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A PV guest of one loop at AT, its kernel's code. After ROUNDS of it it asks to
 * be booted again. Xen's public/elfnote.h, public/sched.h.
 */
#define NOTE_ENTRY 1
#define NOTE_VIRT_BASE 3
#define NOTE_XEN_VERSION 5
#define NOTE_GUEST_OS 6
#define NOTE_LOADER 8

#define SCHED_OP 29
#define SCHEDOP_SHUTDOWN 2
#define SHUTDOWN_REBOOT 1

	.text
	.globl _start
_start:
	movabs $ROUNDS, %rcx
1:	dec %rcx
	jnz 1b
	mov $SCHED_OP, %eax
	mov $SCHEDOP_SHUTDOWN, %edi
	lea reason(%rip), %rsi
	syscall
2:	jmp 2b
reason:
	.long SHUTDOWN_REBOOT

	.macro note type, value:vararg
	.align 4
	.long 4, 9f - 8f, \type
	.asciz "Xen"
8:	\value
9:	.align 4
	.endm

	.section .note.Xen, "a", @note
	note NOTE_XEN_VERSION, .asciz "xen-3.0"
	note NOTE_GUEST_OS, .asciz "spin"
	note NOTE_LOADER, .asciz "generic"
	note NOTE_VIRT_BASE, .quad 0
	note NOTE_ENTRY, .quad _start
	.section .note.GNU-stack, "", @progbits
