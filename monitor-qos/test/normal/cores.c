// SPDX-License-Identifier: GPL-2.0-only
/* The other cores of the board: they only attack. */
#include "normal.h"

#define CPU_OFF		0x84000002UL
#define CPU_ON		0xc4000003UL
#define AFFINITY_INFO	0xc4000004UL
#define OFF		1
#define CORES		8

static unsigned char stacks[CORES][0x2000] __attribute__((aligned(16)));

static unsigned long psci(unsigned long id, unsigned long x1, unsigned long x2,
			  const void *x3)
{
	unsigned long x[8] = { id, x1, x2, (unsigned long)x3 };

	smc(x);
	return x[0];
}

/* What start.S calls on each of them. */
void other_main(void)
{
	attack_unseen(read_reg(mpidr_el1) & 0xff);
	psci(CPU_OFF, 0, 0, 0);
}

/* Cores 1 to @n. */
void cores_start(unsigned long n)
{
	for (; n; n--)
		ok(!psci(CPU_ON, n, (unsigned long)other_start, stacks[n + 1]),
		   "another core starts");
}

void cores_wait(unsigned long n)
{
	for (; n; n--) {
		while (psci(AFFINITY_INFO, n, 0, 0) != OFF)
			spin_ms(1);
		ok(1, "another core is off");
	}
}
