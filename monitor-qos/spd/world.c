// SPDX-License-Identifier: GPL-2.0-only
/*
 * Life of a core's normal world: it boots after the RTOS, runs, is parked and
 * started again. The RTOS lives through all of it.
 */
#include <arch_helpers.h>
#include <common/debug.h>
#include <drivers/arm/gic_common.h>
#include <bl31/bl31.h>
#include <bl31/interrupt_mgmt.h>
#include <common/runtime_svc.h>
#include <lib/el3_runtime/context_mgmt.h>
#include <lib/el3_runtime/cpu_data.h>
#include <lib/psci/psci_lib.h>
#include <lib/spinlock.h>
#include <plat/common/platform.h>
#include <platform_def.h>
#include <string.h>

#include "world.h"

#define ISR_FIQ		BIT(6)
#define SCTLR_RESET	0x30d00800UL
#define SCTLR_EL2_RESET	0x30c50830UL
#define CPTR_EL2_RESET	0x33ffUL

/* What the RTOS's level may do: no debug, no PMU, no trace, no AMU. */
#define RTOS_MDCR	(MDCR_TDOSA_BIT | MDCR_TDA_BIT | MDCR_TPM_BIT)
#define RTOS_CPTR	(TFP_BIT | TTA_BIT | TAM_BIT)
#define RTOS_SCR	(SCR_RES1_BITS | SCR_RW_BIT | SCR_ST_BIT | SCR_SIF_BIT)

static struct mq_cpu cpus[PLATFORM_CORE_COUNT];

/* Guards every core's normal.state; the switch reads its own without. */
static spinlock_t lock;

/* The normal world starts again once all of its cores are off. */
static bool restarting;

struct mq_cpu *mq_cpu(unsigned int core)
{
	return core < PLATFORM_CORE_COUNT ? &cpus[core] : NULL;
}

unsigned int mq_core(struct mq_cpu *cpu)
{
	return cpu - cpus;
}

/* Ask the RTOS of another core to yield, so that mq_park() looks around. */
static void poke(struct mq_cpu *cpu)
{
	unsigned int core = mq_core(cpu);
	unsigned long scr = read_scr_el3();
	unsigned long cluster = core >> PLATFORM_CPU_PER_CLUSTER_SHIFT;
	unsigned int bit = core & (PLATFORM_MAX_CPUS_PER_CLUSTER - 1);

	dsb();
	write_scr_el3(scr & ~SCR_NS_BIT);
	isb();
	write_icc_sgi1r((unsigned long)MQ_SGI << 24 | cluster << 16 | 1U << bit);
	isb();
	write_scr_el3(scr);
	isb();
}

static bool is_active(struct mq_cpu *cpu)
{
	return cpu->normal.state == NORMAL_RUNS ||
	       cpu->normal.state == NORMAL_STOPS;
}

static bool any_other_active(struct mq_cpu *self)
{
	unsigned int i;

	for (i = 0; i < PLATFORM_CORE_COUNT; i++) {
		if (&cpus[i] != self && is_active(&cpus[i]))
			return true;
	}
	return false;
}

void mq_normal_off(struct mq_cpu *self)
{
	spin_lock(&lock);
	self->normal.state = NORMAL_OFF;
	spin_unlock(&lock);
}

/* The normal world ends: here at once, on other cores when they get there. */
void mq_normal_stop(struct mq_cpu *self)
{
	unsigned int i;

	spin_lock(&lock);
	for (i = 0; i < PLATFORM_CORE_COUNT; i++) {
		if (&cpus[i] == self) {
			cpus[i].normal.state = NORMAL_OFF;
		} else if (cpus[i].normal.state == NORMAL_STARTS) {
			cpus[i].normal.state = NORMAL_OFF;
		} else if (cpus[i].normal.state == NORMAL_RUNS) {
			cpus[i].normal.state = NORMAL_STOPS;
			poke(&cpus[i]);
		}
	}
	spin_unlock(&lock);
}

static void set_start(struct mq_cpu *cpu, unsigned long entry,
		      unsigned long context)
{
	cpu->entry = entry;
	cpu->context = context;
	cpu->normal.state = NORMAL_STARTS;
	poke(cpu);
}

/* PSCI CPU_ON of a core that is parked; false if it is not. */
bool mq_normal_claim(unsigned int core, unsigned long entry,
		     unsigned long context)
{
	bool off;

	spin_lock(&lock);
	off = cpus[core].normal.state == NORMAL_OFF && !restarting;
	if (off)
		set_start(&cpus[core], entry, context);
	spin_unlock(&lock);
	return off;
}

/* Start the normal world anew, on this core, when all of it has ended. */
void mq_normal_start(unsigned int core, unsigned long entry,
		     unsigned long context)
{
	spin_lock(&lock);
	restarting = true;
	set_start(&cpus[core], entry, context);
	spin_unlock(&lock);
}

/* The page by which the normal world learns what interrupts cost it. */
static struct mq_times *const times = (void *)MQ_SHARED_BASE;

/* Tell it from the start, whatever is in the page. */
static void publish(struct mq_cpu *cpu)
{
	struct mq_core_time *core = &times->core[mq_core(cpu)];

	core->mpidr = read_mpidr_el1() & MPIDR_AFFINITY_MASK;
	core->stolen = cpu->normal.stolen;
	cpu->normal.record = &core->stolen;
	times->cores = PLATFORM_CORE_COUNT;
	times->magic = MQ_MAGIC;
}

/* EL2 as it was at reset, and no interrupt of the old normal world's. */
static void reset_el2(void)
{
	unsigned long scr = read_scr_el3();

	write_scr_el3(scr | SCR_NS_BIT);
	isb();
	write_hcr_el2(0);
	isb();
	write_sctlr_el2(SCTLR_EL2_RESET);
	write_cptr_el2(CPTR_EL2_RESET);
	write_hstr_el2(0);
	write_mdcr_el2((read_pmcr_el0() >> PMCR_EL0_N_SHIFT) & PMCR_EL0_N_MASK);
	write_cnthctl_el2(EL1PCEN_BIT | EL1PCTEN_BIT);
	write_cntvoff_el2(0);
	write_cnthp_ctl_el2(0);
	__asm__ volatile("msr S3_4_C14_C3_1, xzr");	/* CNTHV_CTL_EL2 */
	__asm__ volatile("msr S3_4_C12_C11_0, xzr");	/* ICH_HCR_EL2 */
	__asm__ volatile("msr S3_0_C12_C9_0, xzr");	/* ICC_AP1R0_EL1 */
	__asm__ volatile("msr S3_0_C12_C12_7, xzr");	/* ICC_IGRPEN1_EL1 */
	__asm__ volatile("msr mdscr_el1, xzr");
	write_vttbr_el2(0);
	write_vtcr_el2(0);
	write_tcr_el2(0);
	write_ttbr0_el2(0);
	write_vpidr_el2(read_midr_el1());
	write_vmpidr_el2(read_mpidr_el1());
	isb();
	__asm__ volatile("tlbi alle2; tlbi alle1; dsb sy; isb");
	write_scr_el3(scr);
	isb();
}

/* Nothing is left of what ran here before. */
static void start_normal(struct mq_cpu *cpu)
{
	struct mq_world *normal = &cpu->normal;

	memset(normal->gp, 0, sizeof(normal->gp));
	memset(normal->fp, 0, sizeof(normal->fp));
	normal->gp[0] = cpu->context;
	normal->elr = cpu->entry;
	normal->spsr = SPSR_64(MODE_EL2, MODE_SP_ELX, DISABLE_ALL_EXCEPTIONS);
	normal->pmr = GIC_PRI_MASK;
	normal->sys = cpu->boot;
	publish(cpu);
	reset_el2();
}

/* Called with the lock held: does this core's normal world run now? */
static bool step(struct mq_cpu *cpu)
{
	if (cpu->normal.state == NORMAL_STOPS) {
		cpu->normal.state = NORMAL_OFF;
		if (restarting)
			poke(&cpus[0]);
	}
	if (cpu->normal.state == NORMAL_RUNS)
		return true;
	if (cpu->normal.state != NORMAL_STARTS)
		return false;
	if (restarting && any_other_active(cpu))
		return false;
	restarting = false;
	cpu->normal.state = NORMAL_RUNS;
	start_normal(cpu);
	return true;
}

/* The RTOS has nothing to do, and the normal world may not run: wait. */
struct mq_world *mq_park(struct mq_cpu *cpu)
{
	bool runs;

	for (;;) {
		spin_lock(&lock);
		runs = step(cpu);
		spin_unlock(&lock);
		if (runs)
			return &cpu->normal;
		if (read_isr_el1() & ISR_FIQ)
			return mq_event(cpu, MQ_EVENT_INTERRUPT);
		dsb();
		wfi();
	}
}

struct mq_world *mq_event(struct mq_cpu *cpu, unsigned long event)
{
	cpu->rtos.gp[0] = event;
	cpu->rtos.gp[1] = MODE_EL3 << MODE_EL_SHIFT;
	return &cpu->rtos;
}

/* Where switch.S looks: the platform's part of TF-A's data of a core. */
static struct mq_cpu **this_cpu(void)
{
	CASSERT(CPU_DATA_CRASH_BUF_END + sizeof(void *) <= sizeof(cpu_data_t),
		mq_cpu_data);
	return (void *)((char *)_cpu_data() + CPU_DATA_CRASH_BUF_END);
}

/* Start this core's RTOS, until it yields for the first time. */
static void boot_rtos(void)
{
	struct mq_cpu *cpu = &cpus[plat_my_core_pos()];
	struct mq_world *rtos = &cpu->rtos;

	*this_cpu() = cpu;
	publish(cpu);
	memset(rtos, 0, sizeof(*rtos));
	rtos->gp[0] = MQ_VERSION;
	rtos->gp[1] = mq_core(cpu);
	rtos->gp[2] = MQ_SHARED_BASE;
	rtos->elr = bl31_plat_get_next_image_ep_info(SECURE)->pc;
	rtos->spsr = SPSR_64(MODE_EL1, MODE_SP_ELX, DISABLE_ALL_EXCEPTIONS);
	rtos->scr = RTOS_SCR;
	rtos->mdcr = read_mdcr_el3() | RTOS_MDCR;
	rtos->cptr = read_cptr_el3() | RTOS_CPTR;
	rtos->sys.sctlr = SCTLR_RESET;
	cpu->normal.state = NORMAL_BOOTS;
	cm_set_next_eret_context(NON_SECURE);
	mq_boot_rtos(cpu);
	cpu->boot = cpu->normal.sys;
	cpu->boot.sctlr = SCTLR_RESET;
	mq_fp_load(cpu->normal.fp);
}

static int32_t boot_first(void)
{
	unsigned int i;

	CASSERT(PLATFORM_CORE_COUNT <= MQ_NR_CORES, mq_core_times);
	memset(times, 0, sizeof(*times));
	for (i = 0; i < PLATFORM_CORE_COUNT; i++)
		cpus[i].normal.state = NORMAL_BOOTS;
	boot_rtos();
	return 1;
}

static void boot_other(u_register_t unused)
{
	boot_rtos();
}

static const spd_pm_ops_t pm_ops = {
	.svc_on_finish = boot_other,
};

/* Only here so that the FIQ is routed: switch.S takes it before. */
static uint64_t no_interrupt(unsigned int id, unsigned int flags, void *handle,
			     void *cookie)
{
	return 0;
}

static int32_t setup(void)
{
	unsigned int flags = 0;

	if (!bl31_plat_get_next_image_ep_info(SECURE))
		return 1;
	set_interrupt_rm_flag(flags, NON_SECURE);
	if (register_interrupt_type_handler(INTR_TYPE_S_EL1, no_interrupt,
					    flags))
		panic();
	psci_register_spd_pm_hook(&pm_ops);
	bl31_register_bl32_init(boot_first);
	return 0;
}

/* What switch.S leaves of the trusted-OS range. */
static uintptr_t unknown(unsigned int fid, u_register_t x1, u_register_t x2,
			 u_register_t x3, u_register_t x4, void *cookie,
			 void *handle, u_register_t flags)
{
	if (fid == MQ_UID_CALL)
		SMC_RET4(handle, MQ_UID_0, MQ_UID_1, MQ_UID_2, MQ_UID_3);
	SMC_RET1(handle, SMC_UNK);
}

DECLARE_RT_SVC(monitor_qos, OEN_TOS_START, OEN_TOS_END, SMC_TYPE_FAST, setup,
	       unknown);
