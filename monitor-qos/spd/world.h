/* SPDX-License-Identifier: GPL-2.0-only */
/* The two worlds of a core, and what the C files of the monitor share. */
#ifndef MQ_WORLD_H
#define MQ_WORLD_H

#include <stddef.h>

#include <lib/cassert.h>

#include "monitor-qos.h"
#include "switch.h"

/**
 * struct mq_sys - registers of EL1 that are not banked, in switch.S's order
 * @left: the counter when they were saved
 */
struct mq_sys {
	unsigned long sctlr, tcr, ttbr0, ttbr1, mair, amair, vbar, cpacr;
	unsigned long sp_el1, csselr, spsr, elr, esr, far, afsr0, afsr1;
	unsigned long par, contextidr, tpidr_el1, tpidr_el0, tpidrro, cntkctl;
	unsigned long actlr, left;
	unsigned long cntp_cval, cntp_ctl, cntv_cval, cntv_ctl;
};

/**
 * struct mq_world - all that the other world of the core could see
 * @gp: x0 to x30, then SP_EL0
 * @state: of the normal world, NORMAL_*; unused for the RTOS
 * @fp_live: FP/SIMD is switched; the same in both worlds
 * @stolen: ticks for which interrupts took the core from the normal world
 * @record: where it reads that
 */
struct mq_world {
	unsigned long gp[32];
	unsigned long elr, spsr;
	unsigned long scr, pmr;
	unsigned long mdcr, cptr;
	unsigned long state, fp_live;
	unsigned long stolen;
	unsigned long *record;
	struct mq_sys sys;
	unsigned long fp[66];
};

/**
 * struct mq_cpu - a core
 * @call: a call from the normal world waits for the RTOS's reply
 * @normal_full: when the normal world has all tokens again to ring; and the RTOS:
 *	@rtos_full
 * @entry: where the normal world starts, and with which x0 (@context)
 * @boot: the normal world's registers as it first found them
 */
struct mq_cpu {
	struct mq_world normal, rtos;
	unsigned long call;
	unsigned long normal_full, rtos_full;
	unsigned long entry, context;
	struct mq_sys boot;
} __aligned(64);

CASSERT(offsetof(struct mq_world, gp[30]) == W_LR, mq_lr);
CASSERT(offsetof(struct mq_world, elr) == W_ELR, mq_elr);
CASSERT(offsetof(struct mq_world, scr) == W_SCR, mq_scr);
CASSERT(offsetof(struct mq_world, mdcr) == W_MDCR, mq_mdcr);
CASSERT(offsetof(struct mq_world, state) == W_STATE, mq_state);
CASSERT(offsetof(struct mq_world, fp_live) == W_FP_LIVE, mq_fp_live);
CASSERT(offsetof(struct mq_world, stolen) == W_STOLEN, mq_stolen);
CASSERT(offsetof(struct mq_world, record) == W_STOLEN + 8, mq_record);
CASSERT(offsetof(struct mq_world, sys) == W_SYS, mq_sys);
CASSERT(offsetof(struct mq_sys, actlr) == 0xb0, mq_actlr);
CASSERT(offsetof(struct mq_world, sys.left) == W_LEFT, mq_left);
CASSERT(offsetof(struct mq_sys, cntp_cval) == 0xc0, mq_cntp);
CASSERT(offsetof(struct mq_world, fp) == W_FP, mq_fp);
CASSERT(sizeof(struct mq_world) == W_SIZE, mq_world);
CASSERT(offsetof(struct mq_cpu, call) == CPU_CALL, mq_call);

/* switch.S */
void mq_boot_rtos(struct mq_cpu *cpu);
void mq_boot_done(struct mq_cpu *cpu);
void mq_fp_save(void *area);
void mq_fp_load(const void *area);

/* world.c: the normal world of this core and of the others */
struct mq_cpu *mq_cpu(unsigned int core);
unsigned int mq_core(struct mq_cpu *cpu);
void mq_normal_stop(struct mq_cpu *self);
void mq_normal_start(unsigned int core, unsigned long entry,
		     unsigned long context);
bool mq_normal_claim(unsigned int core, unsigned long entry,
		     unsigned long context);
void mq_normal_off(struct mq_cpu *self);
struct mq_world *mq_park(struct mq_cpu *cpu);
struct mq_world *mq_event(struct mq_cpu *cpu, unsigned long event);

/* undef.c: an undefined-instruction exception in the world's own level */
void mq_inject_undef(struct mq_world *world);

/* What switch.S calls; each returns the world that runs next. */
struct mq_world *mq_normal_trap(struct mq_cpu *cpu);
struct mq_world *mq_normal_smc(struct mq_cpu *cpu);
struct mq_world *mq_normal_psci(struct mq_cpu *cpu);
struct mq_world *mq_rtos_yield(struct mq_cpu *cpu);
struct mq_world *mq_rtos_smc(struct mq_cpu *cpu);
struct mq_world *mq_rtos_trap(struct mq_cpu *cpu);

#endif
