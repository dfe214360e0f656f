/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Start-up of the bare-metal guest, and its hypercalls: EL1, interrupts masked,
 * memory write-back as intent.rst wants it for records.
 */
#include "doorbell.h"

	.section .text.start, "ax"

	/* ENTRY_COLD and ENTRY_RESET */
	.globl	_start
_start:
	b	cold
	b	warm

	/* First of all: no write may go past the caches. */
	.macro	enable_mmu
	ldr	x0, =0xff00			/* 0: device, 1: write-back */
	msr	mair_el1, x0
	ldr	x0, =0x803520			/* 4 GiB, 4 KiB pages, TTBR0 */
	msr	tcr_el1, x0
	ldr	x0, =translations
	msr	ttbr0_el1, x0
	isb
	tlbi	vmalle1
	dsb	nsh
	isb
	mrs	x0, sctlr_el1
	mov	x1, #0x1005			/* M, C, I */
	orr	x0, x0, x1
	msr	sctlr_el1, x0
	isb
	.endm

	/* The first boot starts with empty variables, a reset keeps them. */
cold:
	enable_mmu
	ldr	x0, =bss_start
	ldr	x1, =bss_end
1:	cmp	x0, x1
	b.hs	ready
	str	xzr, [x0], #8
	b	1b

warm:
	enable_mmu
ready:
	ldr	x0, =vectors
	msr	vbar_el1, x0
	ldr	x0, =stacks + STACK_SIZE
	mov	sp, x0
	bl	guest_main
	b	halt

	/* PSCI CPU_ON leads here. */
	.globl	start_second
start_second:
	enable_mmu
	ldr	x0, =vectors
	msr	vbar_el1, x0
	ldr	x0, =stacks + 2 * STACK_SIZE
	mov	sp, x0
	bl	second_main
halt:
	wfi
	b	halt

	/* No exception is expected, so each of them ends the run. */
trap:
	mrs	x0, esr_el1
	mrs	x1, elr_el1
	mrs	x2, far_el1
	bl	unexpected
	b	halt

	.balign	0x800
vectors:
	.rept	16
	.balign	0x80
	b	trap
	.endr

/*
 * void hvc_xxx(struct regs *regs): x0 to x17 from there, hvc, and back. A
 * host that changes x19 or sp as well makes the guest fail in another way.
 */
	.macro	hvc_function name, imm
	.globl	\name
\name:
	stp	x19, x30, [sp, #-16]!
	mov	x19, x0
	ldp	x16, x17, [x19, #128]
	ldp	x14, x15, [x19, #112]
	ldp	x12, x13, [x19, #96]
	ldp	x10, x11, [x19, #80]
	ldp	x8, x9, [x19, #64]
	ldp	x6, x7, [x19, #48]
	ldp	x4, x5, [x19, #32]
	ldp	x2, x3, [x19, #16]
	ldp	x0, x1, [x19]
	hvc	\imm
	stp	x0, x1, [x19]
	stp	x2, x3, [x19, #16]
	stp	x4, x5, [x19, #32]
	stp	x6, x7, [x19, #48]
	stp	x8, x9, [x19, #64]
	stp	x10, x11, [x19, #80]
	stp	x12, x13, [x19, #96]
	stp	x14, x15, [x19, #112]
	stp	x16, x17, [x19, #128]
	ldp	x19, x30, [sp], #16
	ret
	.endm

	/* A GiB each: the doorbell is in the first, memory in the second. */
	.section .rodata
	.balign	32
translations:
	.quad	0x0060000000000401
	.quad	0x0000000040000705
	.quad	0, 0

	.text
	hvc_function hvc_0, #0
	hvc_function hvc_1, #1
	hvc_function hvc_2, #2
	hvc_function hvc_ffff, #0xffff

/* The compiler wants these two: x0 to, x1 from or value, x2 bytes. */
	.globl	memcpy
memcpy:
	mov	x3, x0
1:	cbz	x2, 2f
	ldrb	w4, [x1], #1
	strb	w4, [x3], #1
	sub	x2, x2, #1
	b	1b
2:	ret

	.globl	memset
memset:
	mov	x3, x0
1:	cbz	x2, 2f
	strb	w1, [x3], #1
	sub	x2, x2, #1
	b	1b
2:	ret

	.bss
	.balign	16
stacks:
	.space	STACK_SIZE * NR_VCPUS
