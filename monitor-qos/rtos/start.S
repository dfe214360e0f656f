/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Entry from the monitor, vectors, and what C cannot say. Tasks run at EL1 on
 * SP_EL0; exceptions use the task's kernel stack, SP_EL1: a task that overruns
 * its stack meets the guard page and still has a stack to be reported on.
 */
#include "layout.h"
#include "monitor-qos.h"

#define FRAME_SIZE	272

	.section .text.start, "ax"
	.globl	_start
	/* x0 version of the interface, x1 core, x2 shared memory; MMU off, all masked */
_start:
	lsr	x0, x0, #16
	cmp	x0, #(MQ_VERSION >> 16)
	b.ne	.
	mov	x19, x1
	mov	x20, x2
	cbnz	x19, 2f
	ldr	x0, =bss_start
	ldr	x1, =bss_end
1:	stp	xzr, xzr, [x0], #16
	cmp	x0, x1
	b.lo	1b
2:	mov	x0, x19
	mov	x1, #0
	bl	boot_stack
	mov	sp, x0
	ldr	x0, =vectors
	msr	vbar_el1, x0
	mov	x0, #(3 << 20)
	msr	cpacr_el1, x0
	isb
	cbnz	x19, 3f
	mov	x0, x20
	bl	memory_init
3:	bl	memory_on
	mov	x0, x19
	mov	x1, x20
	bl	start_core
	b	.

	/* x0 = top of the stack of core x0's first task, which does not run yet */
boot_stack:
	mov	x1, #(3 * STACKS_A_TASK * (PAGE + STACK_SIZE))
	mov	x2, #(PAGE + STACK_SIZE)
	madd	x0, x0, x1, x2
	ldr	x1, =stacks
	add	x0, x0, x1
	ret

	.macro save_frame
	sub	sp, sp, #FRAME_SIZE
	stp	x0, x1, [sp, #0]
	stp	x2, x3, [sp, #16]
	stp	x4, x5, [sp, #32]
	stp	x6, x7, [sp, #48]
	stp	x8, x9, [sp, #64]
	stp	x10, x11, [sp, #80]
	stp	x12, x13, [sp, #96]
	stp	x14, x15, [sp, #112]
	stp	x16, x17, [sp, #128]
	stp	x18, x19, [sp, #144]
	stp	x20, x21, [sp, #160]
	stp	x22, x23, [sp, #176]
	stp	x24, x25, [sp, #192]
	stp	x26, x27, [sp, #208]
	stp	x28, x29, [sp, #224]
	mrs	x0, sp_el0
	stp	x30, x0, [sp, #240]
	mrs	x0, elr_el1
	mrs	x1, spsr_el1
	stp	x0, x1, [sp, #256]
	.endm

	.text
	/* The frame at sp. */
resume:
	ldp	x0, x1, [sp, #256]
	msr	elr_el1, x0
	msr	spsr_el1, x1
	ldp	x30, x0, [sp, #240]
	msr	sp_el0, x0
	ldp	x2, x3, [sp, #16]
	ldp	x4, x5, [sp, #32]
	ldp	x6, x7, [sp, #48]
	ldp	x8, x9, [sp, #64]
	ldp	x10, x11, [sp, #80]
	ldp	x12, x13, [sp, #96]
	ldp	x14, x15, [sp, #112]
	ldp	x16, x17, [sp, #128]
	ldp	x18, x19, [sp, #144]
	ldp	x20, x21, [sp, #160]
	ldp	x22, x23, [sp, #176]
	ldp	x24, x25, [sp, #192]
	ldp	x26, x27, [sp, #208]
	ldp	x28, x29, [sp, #224]
	ldp	x0, x1, [sp, #0]
	add	sp, sp, #FRAME_SIZE
	eret

interrupt:
	save_frame
	mrs	x1, cntpct_el0
	mov	x0, sp
	bl	on_interrupt
	mov	sp, x0
	b	resume

sync:
	save_frame
	mov	x0, sp
	bl	on_sync
	mov	sp, x0
	b	resume

	/* Nothing of the kernel's own may fault. */
broken:
	ldr	x0, =text_broken
	mrs	x1, esr_el1
	bl	fatal

	.macro vector label
	.balign	0x80
	b	\label
	.endm

	.balign	0x800
vectors:
	vector	sync
	vector	interrupt
	vector	broken
	vector	broken
	.rept	12
	vector	broken
	.endr

	/* void start_task(struct frame *frame, kernel_stack): the first one */
	.globl	start_task
start_task:
	mov	sp, x0
	b	resume

	.globl	rtos_wait
rtos_wait:
	svc	#0
	ret

	/* long rtos_smc(unsigned long id, unsigned long x1) */
	.globl	rtos_smc
rtos_smc:
	smc	#0
	ret

	/*
	 * void rtos_yield(struct yield *yield): with interrupts masked, so that
	 * the instruction after the call is the first that runs here.
	 */
	.globl	rtos_yield
rtos_yield:
	stp	x19, x30, [sp, #-16]!
	mov	x19, x0
	ldp	x6, x7, [x19, #48]
	ldp	x4, x5, [x19, #32]
	ldp	x2, x3, [x19, #16]
	ldp	x0, x1, [x19]
	smc	#0
	.globl	rtos_resumed
rtos_resumed:
	mrs	x8, cntpct_el0
	stp	x0, x1, [x19]
	stp	x2, x3, [x19, #16]
	stp	x4, x5, [x19, #32]
	stp	x6, x7, [x19, #48]
	str	x8, [x19, #64]
	ldp	x19, x30, [sp], #16
	ret

	/* Registers that the RTOS does not use otherwise, and their values. */
	.macro each_pattern do
	\do	tpidr_el0, 0x1111
	\do	tpidrro_el0, 0x2222
	\do	tpidr_el1, 0x3333
	\do	contextidr_el1, 0x4444
	\do	par_el1, 0x5000
	\do	far_el1, 0x6666
	\do	cntkctl_el1, 0x3
	\do	cntp_cval_el0, 0x7777
	\do	cntv_cval_el0, 0x8888
	\do	cntp_ctl_el0, 0
	\do	cntv_ctl_el0, 0
	.endm

	.macro put_pattern register, value
	mov	x9, #\value
	msr	\register, x9
	.endm

	/* x0 counts what differs. */
	.macro check_pattern register, value
	mrs	x9, \register
	mov	x10, #\value
	cmp	x9, x10
	cinc	x0, x0, ne
	.endm

	.macro put_x n
	mov	x\n, #(0x5ec0 + \n)
	.endm

	.macro check_x n
	mov	x9, #(0x5ec0 + \n)
	cmp	x\n, x9
	cinc	x0, x0, ne
	.endm

	.macro each_x do
	.irp	n, 11, 12, 13, 14, 15, 16, 17, 18, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29
	\do	\n
	.endr
	.endm

	/*
	 * long rtos_pattern(void): yield once with known values everywhere, and
	 * return how many came back changed. Interrupts are masked.
	 *
	 * A yield does not save x0 to x17: what comes back there is what another
	 * call saved last, so there is one first (an unknown one).
	 */
	.globl	rtos_pattern
rtos_pattern:
	stp	x19, x20, [sp, #-96]!
	stp	x21, x22, [sp, #16]
	stp	x23, x24, [sp, #32]
	stp	x25, x26, [sp, #48]
	stp	x27, x28, [sp, #64]
	stp	x29, x30, [sp, #80]
	each_pattern put_pattern
	each_x	put_x
	mrs	x19, S3_0_C4_C6_0
	mov	x0, #0
	smc	#0
	ldr	x0, =MQ_YIELD
	smc	#0
	mov	x0, #0
	each_x	check_x
	each_pattern check_pattern
	mrs	x9, S3_0_C4_C6_0
	cmp	x9, x19
	cinc	x0, x0, ne
	ldp	x21, x22, [sp, #16]
	ldp	x23, x24, [sp, #32]
	ldp	x25, x26, [sp, #48]
	ldp	x27, x28, [sp, #64]
	ldp	x29, x30, [sp, #80]
	ldp	x19, x20, [sp], #96
	ret

	.arch_extension fp
	.arch_extension simd
	/* void fp_fill(seed): v0 to v31 get seed, seed + 1, ... */
	.globl	fp_fill
fp_fill:
	.irp	n, 0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31
	dup	v\n\().2d, x0
	add	x0, x0, #1
	.endr
	ret

	/* unsigned long fp_differs(seed): how many do not have that */
	.globl	fp_differs
fp_differs:
	mov	x1, #0
	.irp	n, 0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31
	mov	x2, v\n\().d[0]
	mov	x3, v\n\().d[1]
	cmp	x2, x0
	ccmp	x3, x0, #0, eq
	cinc	x1, x1, ne
	add	x0, x0, #1
	.endr
	mov	x0, x1
	ret

	.section .rodata
text_broken:
	.asciz	"exception in the kernel, ESR"
