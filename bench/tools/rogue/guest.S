/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The guest: bare metal at EL1, MMU and caches off, interrupts masked. It needs
 * no memory but for its code and its record, if it has one.
 */
/* As kernels have it; compilers say __ASSEMBLER__. */
#define __ASSEMBLY__
#include "intent-abi.h"
#include "rogue.h"

	/* INTENT_SET, the conduit says whether it is a claim or a release. */
	.macro	state class, conduit, resource=INTENT_CPU
	ldr	w0, =INTENT_FN_SET
	mov	w1, #\resource
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

	/* INTENT_RECORD with the address in x\n, all ones for none. */
	.macro	record n
	ldr	w0, =INTENT_FN_RECORD
	mov	w1, w\n
	lsr	x2, x\n, #32
	mov	w3, #0
	hvc	#0
	.endm

	/* x20 = the next random number. */
	.macro	random
	eor	x20, x20, x20, lsl #13
	eor	x20, x20, x20, lsr #7
	eor	x20, x20, x20, lsl #17
	.endm

	/* \ticks = \us in ticks of the counter; x9 is its frequency. */
	.macro	ticks_of ticks, us
	ldr	x10, =\us
	mul	x10, x10, x9
	ldr	x11, =1000000
	udiv	\ticks, x10, x11
	.endm

	/*
	 * For x21 ticks from x23. The timer ends WFI though its interrupt goes
	 * nowhere.
	 */
	.macro	rest
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
	mov	x19, x1
	cmp	x0, #ROGUE_GARBAGE
	b.eq	garbage
	cmp	x0, #ROGUE_STORM
	b.eq	storm
	cmp	x0, #ROGUE_DISK
	b.eq	disk
	claim
burn:
	/* Many, so that the emulator has little to do, see busy.h. */
	.rept	250
	nop
	.endr
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
	rest
	b	1b

garbage:
	mrs	x20, cntvct_el0
	eor	x20, x20, x19
	orr	x20, x20, #1
1:	record	19
	/* Words of any size to any place, of the host's half as well. */
	mov	w24, #256
2:	random
	and	x21, x20, #31
	ubfx	x22, x20, #5, #5
	lsr	x23, x20, #32
	lsr	w23, w23, w22
	str	w23, [x19, x21, lsl #2]
	subs	w24, w24, #1
	b.ne	2b
	/* A call, in half of the cases with nothing reserved in it. */
	random
	ldr	w0, =INTENT_FN_SET
	and	w1, w20, #3
	ubfx	w2, w20, #2, #2
	ubfx	w3, w20, #4, #1
	tbz	w20, #5, 4f
	hvc	#INTENT_HVC_GRANT
	b	5f
4:	hvc	#INTENT_HVC_RELEASE
	/* A record anywhere, in half of the cases aligned. */
5:	random
	and	x21, x20, #(2 * RECORDS_SIZE - 1)
	tbz	x20, #40, 6f
	and	x21, x21, #~(INTENT_RECORD_SIZE - 1)
6:	ldr	x22, =RECORDS_BASE
	add	x21, x21, x22
	record	21
	tst	x20, #(3 << 41)
	b.ne	1b
	record	19
	mrs	x9, cntfrq_el0
	ticks_of x21, NAP_US
	isb
	mrs	x23, cntvct_el0
	rest
	b	1b

storm:
	mov	w24, #INTENT_CRITICAL
	add	x22, x19, #INTENT_RECORD_SIZE
	mov	x23, #INTENT_RECORD_NONE
1:	record	19
	stp	w24, w24, [x19]
	record	22
	stp	w24, w24, [x22]
	record	23
	b	1b

disk:
	mrs	x9, cntfrq_el0
	ticks_of x21, NAP_US
1:	state	INTENT_CRITICAL, INTENT_HVC_GRANT, INTENT_IO
	isb
	mrs	x23, cntvct_el0
	rest
	state	INTENT_NONE, INTENT_HVC_RELEASE, INTENT_IO
	b	1b

	.ltorg
guest_end:
