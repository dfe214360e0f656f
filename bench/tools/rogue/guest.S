/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The guest: bare metal at EL1, MMU and caches off, interrupts masked. It needs
 * no memory but for its code.
 */
/* As kernels have it; compilers say __ASSEMBLER__. */
#define __ASSEMBLY__
#include "intent-abi.h"
#include "rogue.h"

	/* INTENT_SET, the conduit says whether it is a claim or a release. */
	.macro	state class, conduit
	ldr	w0, =INTENT_FN_SET
	mov	w1, #INTENT_CPU
	mov	w2, #\class
	mov	w3, #0
	hvc	#\conduit
	.endm

	.macro	claim
	state	INTENT_CRITICAL, INTENT_HVC_GRANT
	.endm

	.macro	release
	state	INTENT_NONE, INTENT_HVC_RELEASE
	.endm

	/* \ticks = \us in ticks of the counter; x9 is its frequency. */
	.macro	ticks_of ticks, us
	ldr	x10, =\us
	mul	x10, x10, x9
	ldr	x11, =1000000
	udiv	\ticks, x10, x11
	.endm

	.section .rodata, "a"
	.balign	8
	.globl	guest_begin, guest_end
guest_begin:
	cmp	x0, #ROGUE_TOGGLE
	b.eq	toggle
	cmp	x0, #ROGUE_NAP
	b.eq	nap
	cmp	x0, #ROGUE_HONEST
	b.eq	burn
	claim
burn:
	b	burn

toggle:
	claim
	release
	b	toggle

nap:
	mrs	x9, cntfrq_el0
	ticks_of x20, WORK_US
	ticks_of x21, NAP_US
	claim
1:	isb
	mrs	x22, cntvct_el0
	add	x22, x22, x20
2:	isb
	mrs	x23, cntvct_el0
	cmp	x23, x22
	b.lo	2b
	/* The timer ends WFI though its interrupt goes nowhere. */
	add	x22, x23, x21
	msr	cntv_cval_el0, x22
	mov	x23, #1
	msr	cntv_ctl_el0, x23
	isb
3:	wfi
	mrs	x23, cntvct_el0
	cmp	x23, x22
	b.lo	3b
	msr	cntv_ctl_el0, xzr
	isb
	b	1b

	.ltorg
guest_end:
