// SPDX-License-Identifier: GPL-2.0-only
/*
 * A trap to EL3 that is no call is the fault of the code that caused it: it
 * gets the undefined-instruction exception that it would get on a processor
 * without what it touched. The monitor goes on.
 */
#include <arch_helpers.h>

#include "world.h"

#define SPSR_AARCH32	BIT(4)
#define SPSR_SP_ELX	BIT(0)
#define SPSR_SSBS	BIT(12)
#define SPSR_PAN	BIT(22)
#define SPSR_DIT	BIT(24)
#define SPSR_TCO	BIT(25)
#define SPSR_NZCV	(0xfUL << 28)
#define SPSR_DAIF	(0xfUL << 6)
#define SCTLR_SPAN	BIT(23)
#define SCTLR_DSSBS	BIT_64(44)
#define HCR_TGE		BIT_64(27)
#define HCR_RW		BIT_64(31)
#define ESR_UNKNOWN	BIT(25)

static unsigned int level_of(unsigned long spsr)
{
	if (spsr & SPSR_AARCH32)
		return (spsr & 0xf) == 0 ? 0 : 1;
	return (spsr >> 2) & 3;
}

/* An AArch32 EL1 has no vector for it: its hypervisor decides then. */
static unsigned int target_of(struct mq_world *world, unsigned int from)
{
	unsigned long hcr = read_hcr_el2();

	if (!(world->scr & SCR_NS_BIT))
		return 1;
	if (from == 2 || !(hcr & HCR_RW) || (from == 0 && (hcr & HCR_TGE)))
		return 2;
	return 1;
}

static unsigned long vector_of(unsigned long spsr, unsigned int from,
			       unsigned int target)
{
	if (spsr & SPSR_AARCH32)
		return 0x600;
	if (from < target)
		return 0x400;
	return spsr & SPSR_SP_ELX ? 0x200 : 0;
}

static unsigned long new_spsr(unsigned long spsr, unsigned long sctlr,
			      unsigned int target)
{
	unsigned long value = (spsr & SPSR_NZCV) | SPSR_DAIF | SPSR_TCO |
			      target << 2 | SPSR_SP_ELX;

	if (!(spsr & SPSR_AARCH32))
		value |= spsr & (SPSR_PAN | SPSR_DIT);
	if (!(sctlr & SCTLR_SPAN))
		value |= SPSR_PAN;
	if (sctlr & SCTLR_DSSBS)
		value |= SPSR_SSBS;
	return value;
}

void mq_inject_undef(struct mq_world *world)
{
	unsigned int from = level_of(world->spsr);
	unsigned int target = target_of(world, from);
	unsigned long vector = vector_of(world->spsr, from, target);
	unsigned long sctlr;

	if (target == 2) {
		sctlr = read_sctlr_el2();
		write_elr_el2(world->elr);
		write_spsr_el2(world->spsr);
		write_esr_el2(ESR_UNKNOWN);
		world->elr = read_vbar_el2() + vector;
	} else {
		sctlr = world->sys.sctlr;
		world->sys.elr = world->elr;
		world->sys.spsr = world->spsr;
		world->sys.esr = ESR_UNKNOWN;
		world->elr = world->sys.vbar + vector;
	}
	world->spsr = new_spsr(world->spsr, sctlr, target);
}
