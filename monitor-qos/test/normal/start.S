/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A normal world of one small program: at EL2 on the bare board, at EL1 as a
 * KVM guest. MMU off, interrupts masked. Traps are counted and skipped.
 */
	.section .text.start, "ax"
	.globl	_start
_start:
	b	1f
	.long	0
	/* As a guest, the VMM takes this for a kernel: where it is linked to. */
	.quad	0x200000, 0x100000, 0, 0, 0
	/* What to do, patched there: see bench.h and normal.h. */
	.globl	mode
mode:
	.quad	0
	.ascii	"ARM\x64"
	.long	0
1:	adr	x0, stack_top
	mov	sp, x0
	bl	prepare
	bl	normal_main
	b	.

	/* Another core, at EL2: x0 = its stack */
	.globl	other_start
	.weak	other_main
other_start:
	mov	sp, x0
	bl	prepare
	bl	other_main
	b	.

	/* Vectors and FP/SIMD of this level, which is in x0 afterwards */
prepare:
	adr	x0, vectors
	mrs	x1, CurrentEL
	lsr	x1, x1, #2
	cmp	x1, #2
	b.ne	2f
	msr	vbar_el2, x0
2:	msr	vbar_el1, x0
	mov	x0, #(3 << 20)
	msr	cpacr_el1, x0
	isb
	mov	x0, x1
	ret

	/* Skip the instruction that trapped; an interrupt simply returns. */
trap:
	stp	x0, x1, [sp, #-16]!
	mrs	x0, CurrentEL
	tbz	x0, #3, 1f
	mrs	x0, elr_el2
	add	x0, x0, #4
	msr	elr_el2, x0
	b	2f
1:	mrs	x0, elr_el1
	add	x0, x0, #4
	msr	elr_el1, x0
2:	adr	x0, traps
	ldr	x1, [x0]
	add	x1, x1, #1
	str	x1, [x0]
	ldp	x0, x1, [sp], #16
	eret

	/* A call of the code in lower_el() comes back to it. */
from_lower:
	mrs	x0, esr_el2
	lsr	x0, x0, #26
	and	x0, x0, #~3
	cmp	x0, #0x14
	b.ne	trap
	b	lower_done

	.macro	vector label
	.balign	0x80
	b	\label
	.endm

	.balign	0x800
vectors:
	.rept	8
	vector	trap
	.endr
	vector	from_lower
	.rept	7
	vector	trap
	.endr

	/* void smc(unsigned long *x): x0 to x7 from there, and back */
	.globl	smc
smc:
	stp	x19, x30, [sp, #-16]!
	mov	x19, x0
	ldp	x6, x7, [x19, #48]
	ldp	x4, x5, [x19, #32]
	ldp	x2, x3, [x19, #16]
	ldp	x0, x1, [x19]
	smc	#0
	stp	x0, x1, [x19]
	stp	x2, x3, [x19, #16]
	stp	x4, x5, [x19, #32]
	stp	x6, x7, [x19, #48]
	ldp	x19, x30, [sp], #16
	ret

	/*
	 * void lower_el(spsr, rounds, hcr): count down at EL1 or, if that is what
	 * hcr is for (TGE), at EL0, then come back
	 */
	.globl	lower_el
lower_el:
	stp	x29, x30, [sp, #-16]!
	msr	spsr_el2, x0
	adr	x3, 1f
	msr	elr_el2, x3
	msr	hcr_el2, x2
	isb
	eret
1:	subs	x1, x1, #1
	b.ne	1b
	tbnz	x2, #27, 2f
	hvc	#0
2:	svc	#0
lower_done:
	msr	hcr_el2, xzr
	isb
	ldp	x29, x30, [sp], #16
	ret

	/* Every register of EL1 that the other world could see, but for x0. */
	.macro each_register do
	\do	tcr_el1, 0x1111
	\do	ttbr0_el1, 0x2000
	\do	ttbr1_el1, 0x3000
	\do	mair_el1, 0x4444
	\do	amair_el1, 0
	\do	vbar_el1, 0x5800
	\do	cpacr_el1, 0x300000
	\do	sp_el1, 0x6660
	\do	csselr_el1, 2
	\do	spsr_el1, 0x3c5
	\do	elr_el1, 0x7770
	\do	esr_el1, 0x8888
	\do	far_el1, 0x9999
	\do	par_el1, 0xa000
	\do	contextidr_el1, 0xbbbb
	\do	tpidr_el1, 0xcccc
	\do	tpidr_el0, 0xdddd
	\do	tpidrro_el0, 0xeeee
	\do	cntkctl_el1, 0x3
	\do	cntp_cval_el0, 0x1234
	\do	cntv_cval_el0, 0x4321
	\do	cntp_ctl_el0, 2
	\do	cntv_ctl_el0, 2
	\do	mdscr_el1, 0x1000
	\do	dbgbvr0_el1, 0x4560
	\do	dbgwvr0_el1, 0x7890
	\do	pmselr_el0, 3
	\do	pmuserenr_el0, 5
	\do	pmccfiltr_el0, 0x8000000
	\do	S3_0_C4_C6_0, 0xf0
	.endm

	.macro put_register register, value
	mov	x1, #\value
	msr	\register, x1
	.endm

	/* x0 counts what differs; a status bit of a timer is no difference. */
	.macro check_register register, value
	mrs	x1, \register
	.ifc	\register, cntp_ctl_el0
	and	x1, x1, #3
	.endif
	.ifc	\register, cntv_ctl_el0
	and	x1, x1, #3
	.endif
	mov	x2, #\value
	cmp	x1, x2
	cinc	x0, x0, ne
	.endm

	.macro each_x do
	.irp	n, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30
	\do	\n
	.endr
	.endm

	.macro put_x n
	mov	x\n, #(0x4e00 + \n)
	fmov	d\n, x\n
	.endm

	.macro check_x n
	mov	x1, #(0x4e00 + \n)
	cmp	x\n, x1
	cinc	x0, x0, ne
	fmov	x2, d\n
	cmp	x2, x1
	cinc	x0, x0, ne
	.endm

	/*
	 * unsigned long isolation(rounds): known values in all registers, wait,
	 * and return how many changed
	 */
	.globl	isolation
isolation:
	stp	x29, x30, [sp, #-96]!
	stp	x19, x20, [sp, #16]
	stp	x21, x22, [sp, #32]
	stp	x23, x24, [sp, #48]
	stp	x25, x26, [sp, #64]
	stp	x27, x28, [sp, #80]
	each_register put_register
	each_x	put_x
1:	subs	x0, x0, #1
	b.ne	1b
	each_x	check_x
	each_register check_register
	ldp	x19, x20, [sp, #16]
	ldp	x21, x22, [sp, #32]
	ldp	x23, x24, [sp, #48]
	ldp	x25, x26, [sp, #64]
	ldp	x27, x28, [sp, #80]
	ldp	x29, x30, [sp], #96
	ret

	.data
	.balign	16
	.globl	traps
traps:
	.quad	0, 0
	.bss
	.balign	16
	.space	0x8000
stack_top:
