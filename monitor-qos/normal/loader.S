/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * First code of the normal world, at every start: copies the images from the
 * boot medium (memory that the device tree does not mention, so Linux leaves
 * it alone) to where they run, and starts the kernel. NS-EL2, MMU off,
 * interrupts masked; the RTOS preempts it as it does everything.
 */
	.text
	.globl	_start
_start:
	adr	x10, table
1:	ldp	x0, x1, [x10], #16
	ldr	x2, [x10], #8
	cbz	x1, 3f
	/* x0 from, x1 to, x2 bytes, rounded up to 32 */
2:	ldp	x3, x4, [x0], #16
	ldp	x5, x6, [x0], #16
	stp	x3, x4, [x1], #16
	stp	x5, x6, [x1], #16
	subs	x2, x2, #32
	b.hi	2b
	b	1b

3:	dsb	sy
	ic	ialluis
	dsb	sy
	isb
	/* The last entry: to is 0, from the kernel, bytes its first argument. */
	mov	x10, x0
	mov	x0, x2
	mov	x1, #0
	mov	x2, #0
	mov	x3, #0
	br	x10

	/* Quadwords from, to, bytes; scripts/board fills it. */
	.balign	64
table:
