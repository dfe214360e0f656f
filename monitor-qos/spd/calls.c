// SPDX-License-Identifier: GPL-2.0-only
/*
 * Calls that switch.S does not answer itself: rare ones of both worlds, and
 * the PSCI calls by which the normal world could stop the RTOS.
 */
#include <arch_helpers.h>
#include <common/debug.h>
#include <lib/psci/psci.h>
#include <lib/psci/psci_lib.h>
#include <lib/smccc.h>
#include <plat/common/platform.h>
#include <platform_def.h>

#include "world.h"

/* A power state's bits that are neither id, type nor level. */
#define POWER_STATE_RESERVED	0xfcfe0000UL

static struct mq_world *answer(struct mq_world *world, long value)
{
	world->gp[0] = value;
	return world;
}

/* Ticks for a token to ring. */
#define TOKEN		(SYS_COUNTER_FREQ_IN_TICKS / MQ_RINGS_PER_SECOND)

/*
 * May this world ring now? A token bucket: it begins full, with MQ_RING_BURST, and
 * gets MQ_RINGS_PER_SECOND. Kept as the time at which it will be full again.
 */
static bool may_ring(unsigned long *full)
{
	unsigned long time = read_cntpct_el0();

	if (*full < time)
		*full = time;
	if (*full - time > (MQ_RING_BURST - 1) * TOKEN)
		return false;
	*full += TOKEN;
	return true;
}

static long pass_on(struct mq_world *normal)
{
	unsigned long *gp = normal->gp;

	return psci_smc_handler(gp[0], gp[1], gp[2], gp[3], gp[4], NULL, NULL,
				SMC_FROM_NON_SECURE);
}

static bool is_entry(unsigned long entry)
{
	return entry >= NS_DRAM0_BASE && entry - NS_DRAM0_BASE < NS_DRAM0_SIZE &&
	       !(entry & 3);
}

/* Cores that never ran are TF-A's; for it all others are on for ever. */
static long cpu_on(struct mq_world *normal)
{
	int core = plat_core_pos_by_mpidr(normal->gp[1]);

	if (core < 0)
		return PSCI_E_INVALID_PARAMS;
	if (!is_entry(normal->gp[2]))
		return PSCI_E_INVALID_ADDRESS;
	switch (mq_cpu(core)->normal.state) {
	case NORMAL_BOOTS:
		return pass_on(normal);
	case NORMAL_STARTS:
		return PSCI_E_ON_PENDING;
	default:
		return mq_normal_claim(core, normal->gp[2], normal->gp[3]) ?
			PSCI_E_SUCCESS : PSCI_E_ALREADY_ON;
	}
}

static long affinity_info(struct mq_world *normal)
{
	int core = plat_core_pos_by_mpidr(normal->gp[1]);

	if (core < 0 || normal->gp[2])
		return PSCI_E_INVALID_PARAMS;
	switch (mq_cpu(core)->normal.state) {
	case NORMAL_BOOTS:
		return pass_on(normal);
	case NORMAL_STARTS:
		return AFF_STATE_ON_PENDING;
	case NORMAL_OFF:
		return AFF_STATE_OFF;
	default:
		return AFF_STATE_ON;
	}
}

/* A hint: the core stays on, and any interrupt ends it. */
static long cpu_suspend(struct mq_world *normal)
{
	if (normal->gp[1] & POWER_STATE_RESERVED)
		return PSCI_E_INVALID_PARAMS;
	dsb();
	wfi();
	return PSCI_E_SUCCESS;
}

struct mq_world *mq_normal_psci(struct mq_cpu *cpu)
{
	struct mq_world *normal = &cpu->normal;

	switch (normal->gp[0] & 0xffffffff) {
	case PSCI_CPU_SUSPEND_AARCH32:
	case PSCI_CPU_SUSPEND_AARCH64:
		return answer(normal, cpu_suspend(normal));
	case PSCI_CPU_ON_AARCH32:
	case PSCI_CPU_ON_AARCH64:
		return answer(normal, cpu_on(normal));
	case PSCI_AFFINITY_INFO_AARCH32:
	case PSCI_AFFINITY_INFO_AARCH64:
		return answer(normal, affinity_info(normal));
	case PSCI_CPU_OFF:
		mq_normal_off(cpu);
		return mq_park(cpu);
	case PSCI_SYSTEM_OFF:
		mq_normal_stop(cpu);
		return mq_event(cpu, MQ_EVENT_OFF);
	case PSCI_SYSTEM_RESET:
	case PSCI_SYSTEM_RESET2_AARCH32:
	case PSCI_SYSTEM_RESET2_AARCH64:
		mq_normal_stop(cpu);
		return mq_event(cpu, MQ_EVENT_RESET);
	default:
		return answer(normal, PSCI_E_NOT_SUPPORTED);
	}
}

static struct mq_world *features(struct mq_world *normal)
{
	normal->gp[1] = MQ_SHARED_BASE;
	normal->gp[2] = MQ_SHARED_SIZE;
	normal->gp[3] = MQ_RING_INTID;
	return answer(normal, MQ_VERSION);
}

/* The RTOS gets the core for it, so it is a call: no time is stolen. */
static struct mq_world *ring_rtos(struct mq_cpu *cpu)
{
	if (!may_ring(&cpu->normal_full))
		return answer(&cpu->normal, MQ_BUSY);
	answer(&cpu->normal, MQ_SUCCESS);
	cpu->call = 1;
	return mq_event(cpu, MQ_EVENT_RING);
}

static long ring_normal(struct mq_cpu *cpu)
{
	if (!may_ring(&cpu->rtos_full))
		return MQ_BUSY;
	plat_ic_set_interrupt_pending(MQ_RING_INTID);
	return MQ_SUCCESS;
}

struct mq_world *mq_normal_smc(struct mq_cpu *cpu)
{
	switch (cpu->normal.gp[0] & 0xffffffff) {
	case MQ_FEATURES:
		return features(&cpu->normal);
	case MQ_RING:
		return ring_rtos(cpu);
	default:
		return answer(&cpu->normal, MQ_NOT_SUPPORTED);
	}
}

struct mq_world *mq_normal_trap(struct mq_cpu *cpu)
{
	mq_inject_undef(&cpu->normal);
	return &cpu->normal;
}

struct mq_world *mq_rtos_trap(struct mq_cpu *cpu)
{
	mq_inject_undef(&cpu->rtos);
	return &cpu->rtos;
}

/* Only when the normal world does not simply run on: see from_rtos. */
struct mq_world *mq_rtos_yield(struct mq_cpu *cpu)
{
	if (cpu->normal.state == NORMAL_BOOTS) {
		cpu->normal.state = NORMAL_RUNS;
		mq_boot_done(cpu);
	}
	return mq_park(cpu);
}

/* From now on FP/SIMD registers are switched with the others, or no longer. */
static long set_fp(struct mq_cpu *cpu, unsigned long live)
{
	if (live > 1)
		return MQ_INVALID;
	if (live == cpu->rtos.fp_live)
		return MQ_SUCCESS;
	write_cptr_el3(read_cptr_el3() & ~TFP_BIT);
	isb();
	if (live) {
		mq_fp_save(cpu->normal.fp);
		mq_fp_load(cpu->rtos.fp);
		cpu->rtos.cptr = read_cptr_el3();
	} else {
		mq_fp_save(cpu->rtos.fp);
		mq_fp_load(cpu->normal.fp);
		cpu->rtos.cptr = read_cptr_el3() | TFP_BIT;
	}
	cpu->rtos.fp_live = live;
	cpu->normal.fp_live = live;
	return MQ_SUCCESS;
}

static long restart(struct mq_cpu *cpu)
{
	if (cpu->normal.state == NORMAL_RUNS)
		return MQ_DENIED;
	mq_normal_start(0, MQ_NORMAL_ENTRY, 0);
	return MQ_SUCCESS;
}

struct mq_world *mq_rtos_smc(struct mq_cpu *cpu)
{
	struct mq_world *rtos = &cpu->rtos;

	switch (rtos->gp[0] & 0xffffffff) {
	case MQ_RING:
		return answer(rtos, ring_normal(cpu));
	case MQ_FP:
		return answer(rtos, set_fp(cpu, rtos->gp[1]));
	case MQ_NORMAL_STOP:
		mq_normal_stop(cpu);
		return answer(rtos, MQ_SUCCESS);
	case MQ_NORMAL_START:
		return answer(rtos, restart(cpu));
	case MQ_POWER_OFF:
		psci_smc_handler(PSCI_SYSTEM_OFF, 0, 0, 0, 0, NULL, NULL,
				 SMC_FROM_NON_SECURE);
		panic();
	default:
		return answer(rtos, MQ_NOT_SUPPORTED);
	}
}
