// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a hostile normal world can do to keep a core, to keep interrupts from
 * the RTOS, or to reach its memory and devices. After each attack the RTOS must
 * have run on and missed nothing.
 */
#include "monitor-qos.h"
#include "normal.h"
#include "services.h"

#define ATTACK_MS	12
#define FIRST_PHASE	10
#define GICD		0x08000000UL
#define GICR		0x080a0000UL
#define GICR_SGI	0x080b0000UL

/* PSCI calls after which this program would not go on. */
static const unsigned int fatal_calls[] = { 2, 8, 9, 18 };

static void poke(unsigned long address, unsigned int value)
{
	*(volatile unsigned int *)address = value;
}

static unsigned int peek(unsigned long address)
{
	return *(volatile unsigned int *)address;
}

static void masked_loop(void)
{
	__asm__ volatile("msr daifset, #0xf");
	spin_ms(ATTACK_MS);
}

static void wait_for_ever(void)
{
	unsigned long i;

	for (i = 0; i < ATTACK_MS; i++)
		__asm__ volatile("msr daifset, #0xf; wfi");
}

static int is_fatal(unsigned long id)
{
	unsigned long i;

	if ((id >> 24 & 0x3f) != 4)
		return 0;
	for (i = 0; i < sizeof(fatal_calls) / sizeof(fatal_calls[0]); i++) {
		if ((id & 0x1f) == fatal_calls[i])
			return 1;
	}
	return 0;
}

/* Both widths, fast and yielding, all owners, the first functions of each. */
static void smc_storm(void)
{
	unsigned long width, owner, function, id;

	for (width = 0; width < 4; width++) {
		for (owner = 0; owner < 64; owner++) {
			for (function = 0; function < 40; function++) {
				id = width << 30 | owner << 24 | function;
				if (!is_fatal(id) && id != MQ_CALL)
					make_call(id, ~0UL);
			}
		}
	}
}

static void psci_in_flight(void)
{
	unsigned long i;

	for (i = 0; i < 30; i++) {
		make_call(0x84000001, 0);		/* CPU_SUSPEND */
		make_call(0xc4000001, 0x10000);		/* power down */
		make_call(0xc4000001, ~0UL);
		make_call(0xc4000003, read_reg(mpidr_el1) & 0xffffff);
		make_call(0xc4000003, ~0UL);
		make_call(0xc4000004, 0);
		make_call(0xc400000e, 0x40200000);	/* SYSTEM_SUSPEND */
	}
}

static void priority_mask(void)
{
	unsigned long pmr = read_reg(S3_0_C4_C6_0);

	write_reg(S3_0_C4_C6_0, 0);
	spin_ms(ATTACK_MS);
	write_reg(S3_0_C4_C6_0, pmr);
}

/* All that the normal world may write about the secure timer's interrupt. */
static void interrupt_controller(void)
{
	unsigned long i;

	write_reg(S3_0_C12_C12_7, 0);			/* ICC_IGRPEN1 */
	poke(GICD, 0);
	poke(GICR + 0x14, 2);				/* GICR_WAKER */
	poke(GICR_SGI + 0x80, ~0U);			/* GICR_IGROUPR0 */
	poke(GICR_SGI + 0xd00, ~0U);			/* GICR_IGRPMODR0 */
	poke(GICR_SGI + 0xe00, ~0U);			/* GICR_NSACR */
	for (i = 0; i < 8; i++)
		poke(GICR_SGI + 0x400 + 4 * i, ~0U);	/* priorities */
	for (i = 0; i < ATTACK_MS * 100; i++) {
		poke(GICR_SGI + 0x180, ~0U);		/* GICR_ICENABLER0 */
		poke(GICR_SGI + 0x280, ~0U);		/* GICR_ICPENDR0 */
		poke(GICR_SGI + 0x380, ~0U);		/* GICR_ICACTIVER0 */
		poke(GICR_SGI + 0x300, ~0U);		/* GICR_ISACTIVER0 */
		spin_ms(0);
	}
	spin_ms(ATTACK_MS);
}

static void sgi_flood(void)
{
	unsigned long end = ticks() + ticks_of_ms(ATTACK_MS);
	unsigned long id = 0;

	while (ticks() < end) {
		write_reg(S3_0_C12_C11_5, id << 24 | 0xffff);	/* SGI1R */
		write_reg(S3_0_C12_C11_6, id << 24 | 0xffff);	/* ASGI1R */
		write_reg(S3_0_C12_C11_7, id << 24 | 0xffff);	/* SGI0R */
		id = (id + 1) & 15;
	}
}

/* Group 0 is not ours: each access is an undefined instruction at our level. */
static void group_0_registers(void)
{
	unsigned long i;

	for (i = 0; i < 1000; i++) {
		read_reg(S3_0_C12_C8_0);			/* IAR0 */
		read_reg(S3_0_C12_C8_2);			/* HPPIR0 */
		write_reg(S3_0_C12_C8_1, 29);			/* EOIR0 */
		write_reg(S3_0_C12_C8_3, 7);			/* BPR0 */
		write_reg(S3_0_C12_C8_4, 0);			/* AP0R0 */
		write_reg(S3_0_C12_C12_6, 0);			/* IGRPEN0 */
	}
}

static void secure_timer(void)
{
	unsigned long i;

	for (i = 0; i < 1000; i++) {
		write_reg(S3_7_C14_C2_1, 0);			/* CNTPS_CTL */
		write_reg(S3_7_C14_C2_2, ~0UL);			/* CNTPS_CVAL */
	}
}

/* Monitor, RTOS, mailbox of the cores, flash; UART and GPIO of the secure world. */
static void secure_memory(void)
{
	static const unsigned int addresses[] = {
		0x0e000000, 0x0e001000, 0x0e0a0000, 0x0e0b0000, 0x0e0f0000,
		0x0e100000, 0x0e105000, 0x0e124000, 0x0efff000, 0,
		0x09040000, 0x09040030, 0x090b0000, 0x090b0400,
	};
	unsigned long i;

	for (i = 0; i < sizeof(addresses) / sizeof(addresses[0]); i++) {
		poke(addresses[i], 0xdeadbeef);
		peek(addresses[i]);
	}
	spin_ms(ATTACK_MS);
}

static void debug_and_pmu(void)
{
	write_reg(oslar_el1, 0);
	write_reg(mdscr_el1, 0xa001);
	write_reg(dbgbvr0_el1, 0x0e101000);
	write_reg(dbgbcr0_el1, 0x1e7);
	write_reg(pmcr_el0, 0x47);
	write_reg(pmcntenset_el0, ~0U);
	write_reg(pmintenset_el1, ~0U);
	write_reg(pmccntr_el0, ~0UL - 1000);
	spin_ms(ATTACK_MS);
	write_reg(mdscr_el1, 0);
	write_reg(pmintenclr_el1, ~0U);
}

static const struct {
	const char *name;
	void (*run)(void);
	unsigned int guests, traps;
} attacks[] = {
	{ "a loop with all interrupts masked", masked_loop, 1, 0 },
	{ "waiting for an interrupt, all masked", wait_for_ever, 0, 0 },
	{ "a storm of SMCs", smc_storm, 1, 0 },
	{ "PSCI calls in flight", psci_in_flight, 0, 0 },
	{ "priority mask 0", priority_mask, 1, 0 },
	{ "the interrupt controller turned off", interrupt_controller, 0, 0 },
	{ "a flood of SGIs", sgi_flood, 1, 0 },
	{ "Group 0 registers", group_0_registers, 1, 6000 },
	{ "the secure timer", secure_timer, 0, 2000 },
	{ "secure memory and devices", secure_memory, 0, 28 },
	{ "debug and PMU registers", debug_and_pmu, 1, 0 },
	{ "a flood of rings and garbage", mailbox_flood, 0, 0 },
};

#define NR_ATTACKS	(sizeof(attacks) / sizeof(attacks[0]))

/* Once; or for MODE_MS, each time at another distance to the timer of the RTOS. */
static void run(unsigned long i)
{
	unsigned long end = ticks() + ticks_of_ms(MODE_MS);
	unsigned long state = 1;

	attacks[i].run();
	while (ticks() < end) {
		state = next_random(state);
		spin_until(ticks() + (state >> 33) % ticks_of_ms(1));
		attacks[i].run();
	}
}

/* Several cores count traps without a lock: of no use then. */
static void say_result(const char *name, unsigned long before)
{
	say("# ");
	say(name);
	if (!MODE_CORES) {
		say(", traps ");
		say_decimal(traps - before);
	}
	say("\n");
}

static void judge(unsigned long i, unsigned long before)
{
	ok(MODE_REALTIME || misses() == 0, attacks[i].name);
	if (attacks[i].traps && !mode)
		ok(traps - before == attacks[i].traps, "and every access traps");
}

/*
 * Each attack is a phase of the RTOS's log. A guest cannot ask the RTOS (its SMCs
 * are KVM's): the log tells.
 */
void attack(unsigned long level)
{
	unsigned long i, before;

	for (i = 0; i < NR_ATTACKS; i++) {
		if (level != 2 && !attacks[i].guests)
			continue;
		if (level == 2)
			call(RTOS_PHASE, FIRST_PHASE + i);
		before = traps;
		run(i);
		say_result(attacks[i].name, before);
		if (level == 2)
			judge(i, before);
		else
			ok(1, attacks[i].name);
	}
}

/* All of them on a core that nobody asks, in an order of its own. */
void attack_unseen(unsigned long first)
{
	unsigned long i;

	for (i = 0; i < NR_ATTACKS; i++)
		run((first + i) % NR_ATTACKS);
}
