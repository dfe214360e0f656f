/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The world switch: takes exceptions from lower levels before TF-A's generic
 * path, saves what the other world could see, and resumes that world where it
 * stopped. TF-A's context of the normal world stays where it is (SP_EL3) and
 * does not learn of it.
 *
 * A core has two worlds (struct mq_cpu). x30 points to the one that is being
 * saved or loaded, x29 to its system registers; x9 and x10 are scratch. So x0
 * to x8 keep the caller's values until they are loaded.
 */
#include <asm_macros.S>
#include <context.h>
#include <common/runtime_svc.h>
#include <lib/el3_runtime/cpu_data.h>
#include "monitor-qos.h"
#include "switch.h"

#define RUNTIME_SP	(CTX_EL3STATE_OFFSET + CTX_RUNTIME_SP)
#define SAVED_LR	(CTX_GPREGS_OFFSET + CTX_GPREG_LR)

	.globl	mq_fiq
	.globl	mq_sync
	.globl	mq_boot_rtos
	.globl	mq_boot_done
	.globl	mq_fp_save
	.globl	mq_fp_load

	/* x30 = this core's struct mq_cpu, which is its normal world. */
	.macro this_cpu
	mrs	x30, tpidr_el3
	ldr	x30, [x30, #CPU_DATA_CRASH_BUF_END]
	.endm

	.macro save_pair a, b, offset
	mrs	x9, \a
	mrs	x10, \b
	stp	x9, x10, [x29, #\offset]
	.endm

	.macro load_pair a, b, offset
	ldp	x9, x10, [x29, #\offset]
	msr	\a, x9
	msr	\b, x10
	.endm

	/* EL1 has no business but its own: every register that both see. */
	.macro each_pair do
	\do	sctlr_el1, tcr_el1, 0x00
	\do	ttbr0_el1, ttbr1_el1, 0x10
	\do	mair_el1, amair_el1, 0x20
	\do	vbar_el1, cpacr_el1, 0x30
	\do	sp_el1, csselr_el1, 0x40
	\do	spsr_el1, elr_el1, 0x50
	\do	esr_el1, far_el1, 0x60
	\do	afsr0_el1, afsr1_el1, 0x70
	\do	par_el1, contextidr_el1, 0x80
	\do	tpidr_el1, tpidr_el0, 0x90
	\do	tpidrro_el0, cntkctl_el1, 0xa0
	.endm

	/*
	 * FP/SIMD moves only while the RTOS has live state there; otherwise the
	 * RTOS cannot touch it (CPTR_EL3.TFP).
	 */
	.macro each_fp do, base, at
	\do	q0, q1, [\base, #(\at + 0x10)]
	\do	q2, q3, [\base, #(\at + 0x30)]
	\do	q4, q5, [\base, #(\at + 0x50)]
	\do	q6, q7, [\base, #(\at + 0x70)]
	\do	q8, q9, [\base, #(\at + 0x90)]
	\do	q10, q11, [\base, #(\at + 0xb0)]
	\do	q12, q13, [\base, #(\at + 0xd0)]
	\do	q14, q15, [\base, #(\at + 0xf0)]
	\do	q16, q17, [\base, #(\at + 0x110)]
	\do	q18, q19, [\base, #(\at + 0x130)]
	\do	q20, q21, [\base, #(\at + 0x150)]
	\do	q22, q23, [\base, #(\at + 0x170)]
	\do	q24, q25, [\base, #(\at + 0x190)]
	\do	q26, q27, [\base, #(\at + 0x1b0)]
	\do	q28, q29, [\base, #(\at + 0x1d0)]
	\do	q30, q31, [\base, #(\at + 0x1f0)]
	.endm

	.macro save_fp base, at
	each_fp	stp, \base, \at
	mrs	x9, fpcr
	mrs	x10, fpsr
	stp	x9, x10, [\base, #\at]
	.endm

	.macro load_fp base, at
	each_fp	ldp, \base, \at
	ldp	x9, x10, [\base, #\at]
	msr	fpcr, x9
	msr	fpsr, x10
	.endm

	.macro save_sys
	add	x29, x30, #W_SYS
	mrs	x9, elr_el3
	mrs	x10, spsr_el3
	stp	x9, x10, [x30, #W_ELR]
	mrs	x9, scr_el3
	mrs	x10, ICC_PMR_EL1
	stp	x9, x10, [x30, #W_SCR]
	mrs	x9, mdcr_el3
	mrs	x10, cptr_el3
	stp	x9, x10, [x30, #W_MDCR]
	each_pair save_pair
	save_pair	actlr_el1, cntpct_el0, 0xb0
	save_pair	cntp_cval_el0, cntp_ctl_el0, 0xc0
	save_pair	cntv_cval_el0, cntv_ctl_el0, 0xd0
	.endm

	/* A timer must not fire between its two halves: off comes first. */
	.macro load_sys
	add	x29, x30, #W_SYS
	ldp	x9, x10, [x30, #W_ELR]
	msr	elr_el3, x9
	msr	spsr_el3, x10
	each_pair load_pair
	ldr	x9, [x29, #0xb0]
	msr	actlr_el1, x9
	.endm

	.macro load_timers_off
	ldp	x9, x10, [x29, #0xc0]
	msr	cntp_ctl_el0, x10
	msr	cntp_cval_el0, x9
	ldp	x9, x10, [x29, #0xd0]
	msr	cntv_ctl_el0, x10
	msr	cntv_cval_el0, x9
	.endm

	.macro load_timers_on
	load_pair	cntp_cval_el0, cntp_ctl_el0, 0xc0
	load_pair	cntv_cval_el0, cntv_ctl_el0, 0xd0
	.endm

	.macro load_el3
	ldp	x9, x10, [x30, #W_SCR]
	msr	scr_el3, x9
	msr	ICC_PMR_EL1, x10
	ldp	x9, x10, [x30, #W_MDCR]
	msr	mdcr_el3, x9
	msr	cptr_el3, x10
	.endm

	/* What a yield keeps: x18 to x30 and SP_EL0. */
	.macro save_kept_gp
	stp	x18, x19, [x30, #0x90]
	stp	x20, x21, [x30, #0xa0]
	stp	x22, x23, [x30, #0xb0]
	stp	x24, x25, [x30, #0xc0]
	stp	x26, x27, [x30, #0xd0]
	stp	x28, x29, [x30, #0xe0]
	ldr	x9, [sp, #SAVED_LR]
	mrs	x10, sp_el0
	stp	x9, x10, [x30, #W_LR]
	.endm

	.macro save_gp
	stp	x0, x1, [x30, #0x00]
	stp	x2, x3, [x30, #0x10]
	stp	x4, x5, [x30, #0x20]
	stp	x6, x7, [x30, #0x30]
	stp	x8, x9, [x30, #0x40]
	stp	x10, x11, [x30, #0x50]
	stp	x12, x13, [x30, #0x60]
	stp	x14, x15, [x30, #0x70]
	stp	x16, x17, [x30, #0x80]
	save_kept_gp
	.endm

	.macro load_gp_and_return
	ldr	x10, [x30, #W_LR + 8]
	msr	sp_el0, x10
	ldp	x0, x1, [x30, #0x00]
	ldp	x2, x3, [x30, #0x10]
	ldp	x4, x5, [x30, #0x20]
	ldp	x6, x7, [x30, #0x30]
	ldp	x8, x9, [x30, #0x40]
	ldp	x10, x11, [x30, #0x50]
	ldp	x12, x13, [x30, #0x60]
	ldp	x14, x15, [x30, #0x70]
	ldp	x16, x17, [x30, #0x80]
	ldp	x18, x19, [x30, #0x90]
	ldp	x20, x21, [x30, #0xa0]
	ldp	x22, x23, [x30, #0xb0]
	ldp	x24, x25, [x30, #0xc0]
	ldp	x26, x27, [x30, #0xd0]
	ldp	x28, x29, [x30, #0xe0]
	ldr	x30, [x30, #W_LR]
	exception_return
	.endm

	/* Save the world at x30; x11 = its FP/SIMD is live, as the other's. */
	.macro save_world gp=save_gp
	\gp
	save_sys
	ldr	x11, [x30, #W_FP_LIVE]
	cbz	x11, .Lno_fp\@
	save_fp	x29, (W_FP - W_SYS)
.Lno_fp\@:
	.endm

/*
 * A FIQ out of the normal world: only secure interrupts are signalled so, and
 * all of them are the RTOS's. It learns where the normal world was.
 */
func mq_fiq
	str	x30, [sp, #SAVED_LR]
	this_cpu
	save_world
	ldr	x1, [x30, #W_ELR + 8]
	add	x30, x30, #CPU_RTOS
	stp	xzr, x1, [x30]

	/* Load the RTOS at x30 and go there; x11 as after save_world. */
run_rtos:
	load_sys
	load_timers_off
	load_el3
	cbz	x11, 1f
	load_fp	x29, (W_FP - W_SYS)
1:	load_gp_and_return
endfunc mq_fiq

/*
 * A synchronous exception: from the RTOS all are ours; from the normal world
 * our calls, guarded PSCI calls, and everything that is no call. The rest goes
 * TF-A's way (mq_generic_sync in runtime_exceptions.S).
 */
func mq_sync
	str	x30, [sp, #SAVED_LR]
	mrs	x30, scr_el3
	tbz	x30, #0, from_rtos
	mrs	x30, esr_el3
	ubfx	x30, x30, #ESR_EC_SHIFT, #ESR_EC_LENGTH
	cmp	x30, #EC_AARCH64_SMC
	b.ne	not_an_smc
	/* The owner of the call, whatever its width: bits 29:24. */
	ubfx	w30, w0, #24, #6
	cmp	w30, #((MQ_CALL >> 24) & 0x3f)
	b.eq	normal_call
	cmp	w30, #OEN_STD_START
	b.eq	psci_call
generic:
	ldr	x30, [sp, #SAVED_LR]
	b	mq_generic_sync

not_an_smc:
	cmp	x30, #EC_AARCH32_SMC
	b.eq	generic
	this_cpu
	save_world
	adr	x11, mq_normal_trap
	b	run_c
endfunc mq_sync

/* PSCI calls that could stop the RTOS, by function number. */
#define GUARDED	((1 << 1) | (1 << 2) | (1 << 3) | (1 << 4) | (1 << 8) | \
		 (1 << 9) | (1 << 18))

func psci_call
	ubfx	w30, w0, #5, #19
	cbnz	w30, generic
	mov_imm	x30, GUARDED
	lsr	x30, x30, x0
	tbz	x30, #0, generic
	tbz	w0, #31, generic
	this_cpu
	save_world
	adr	x11, mq_normal_psci
	b	run_c
endfunc psci_call

/*
 * MQ_CALL: x1 to x7 become the RTOS's, which answers with MQ_REPLY. Until then
 * the answer is that there was none.
 */
func normal_call
	mov_imm	x30, MQ_CALL
	cmp	w0, w30
	b.ne	normal_other
	this_cpu
	save_world
	mov	x9, #MQ_NO_REPLY
	str	x9, [x30]
	mov	x9, #1
	add	x30, x30, #CPU_RTOS
	str	x9, [x30, #CPU_CALL - CPU_RTOS]
	stp	x9, x1, [x30]
	stp	x2, x3, [x30, #0x10]
	stp	x4, x5, [x30, #0x20]
	stp	x6, x7, [x30, #0x30]
	b	run_rtos

normal_other:
	this_cpu
	save_world
	adr	x11, mq_normal_smc
	b	run_c
endfunc normal_call

/* The RTOS yields, answers a call, or wants something else. */
func from_rtos
	mrs	x30, esr_el3
	ubfx	x30, x30, #ESR_EC_SHIFT, #ESR_EC_LENGTH
	cmp	x30, #EC_AARCH64_SMC
	b.ne	rtos_trap
	mov_imm	x30, MQ_YIELD
	sub	w30, w0, w30
	cmp	w30, #(MQ_REPLY - MQ_YIELD)
	b.hi	rtos_other
	this_cpu
	add	x30, x30, #CPU_RTOS
	save_world save_kept_gp
	sub	x30, x30, #CPU_RTOS
	ldr	x9, [x30, #CPU_CALL]
	cbnz	x9, 2f
	ldr	x9, [x30, #W_STATE]
	cbnz	x9, 3f
	/* An interrupt took the core from the normal world: tell it for how long. */
	mrs	x9, cntpct_el0
	ldr	x10, [x30, #W_LEFT]
	ldp	x12, x13, [x30, #W_STOLEN]
	sub	x9, x9, x10
	add	x12, x12, x9
	str	x12, [x30, #W_STOLEN]
	str	x12, [x13]

	/* Load the normal world at x30 and go there; x11 as after save_world. */
run_normal:
	load_sys
	load_timers_on
	load_el3
	cbz	x11, 1f
	load_fp	x29, (W_FP - W_SYS)
1:	load_gp_and_return

2:	str	xzr, [x30, #CPU_CALL]
	tbz	w0, #0, 4f
	stp	x1, x2, [x30]
	stp	x3, x4, [x30, #0x10]
4:	ldr	x9, [x30, #W_STATE]
	cbz	x9, run_normal
3:	adr	x11, mq_rtos_yield
	b	run_c

rtos_other:
	adr	x30, mq_rtos_smc
	b	rtos_slow
rtos_trap:
	adr	x30, mq_rtos_trap
rtos_slow:
	/* The function waits in the other half of the scratch pair. */
	str	x30, [sp, #CTX_GPREGS_OFFSET + CTX_GPREG_X0]
	this_cpu
	add	x30, x30, #CPU_RTOS
	save_world
	ldr	x11, [sp, #CTX_GPREGS_OFFSET + CTX_GPREG_X0]
	b	run_c
endfunc from_rtos

/*
 * Both worlds are saved: let the C function at x11 say which one runs next. It
 * gets the struct mq_cpu and returns a world of it.
 */
func run_c
	this_cpu
	ldr	x9, [sp, #RUNTIME_SP]
	msr	spsel, #MODE_SP_EL0
	mov	sp, x9
	mov	x0, x30
	blr	x11
	mov	x9, sp
	msr	spsel, #MODE_SP_ELX
	str	x9, [sp, #RUNTIME_SP]
	this_cpu
	cmp	x0, x30
	mov	x30, x0
	ldr	x11, [x30, #W_FP_LIVE]
	b.eq	run_normal
	b	run_rtos
endfunc run_c

/*
 * void mq_boot_rtos(struct mq_cpu *cpu): from C, before the normal world runs;
 * returns when the RTOS first yields (mq_boot_done). SP_EL3 is the context of
 * the normal world already.
 */
func mq_boot_rtos
	stp	x29, x30, [sp, #-96]!
	stp	x19, x20, [sp, #16]
	stp	x21, x22, [sp, #32]
	stp	x23, x24, [sp, #48]
	stp	x25, x26, [sp, #64]
	stp	x27, x28, [sp, #80]
	mov	x9, sp
	msr	spsel, #MODE_SP_ELX
	str	x9, [sp, #RUNTIME_SP]
	mov	x30, x0
	save_sys
	add	x30, x30, #CPU_RTOS
	mov	x11, #0
	b	run_rtos
endfunc mq_boot_rtos

/* void mq_boot_done(struct mq_cpu *cpu): ends mq_boot_rtos(). */
func mq_boot_done
	mov	x30, x0
	load_sys
	load_timers_on
	load_el3
	isb
	msr	spsel, #MODE_SP_ELX
	ldr	x9, [sp, #RUNTIME_SP]
	msr	spsel, #MODE_SP_EL0
	mov	sp, x9
	ldp	x19, x20, [sp, #16]
	ldp	x21, x22, [sp, #32]
	ldp	x23, x24, [sp, #48]
	ldp	x25, x26, [sp, #64]
	ldp	x27, x28, [sp, #80]
	ldp	x29, x30, [sp], #96
	ret
endfunc mq_boot_done

/* void mq_fp_save(void *area), void mq_fp_load(const void *area) */
func mq_fp_save
	save_fp	x0, 0
	ret
endfunc mq_fp_save

func mq_fp_load
	load_fp	x0, 0
	ret
endfunc mq_fp_load
