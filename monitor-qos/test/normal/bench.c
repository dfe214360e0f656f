// SPDX-License-Identifier: GPL-2.0-only
/*
 * What scenario secure measures: calls, then interrupts at one origin, with
 * our monitor or with TF-A's test dispatcher below. The bench sets the mode.
 */
#include "bench.h"
#include "monitor-qos.h"
#include "normal.h"
#include "services.h"

#define TSP_ADD		0xf2002000UL
#define SYSTEM_OFF	0x84000008UL
#define CALLS		4
#define TIME_MS		10
#define ROUNDS		(TIME_MS * 500000UL)

static void service(unsigned long number, unsigned long argument)
{
	unsigned long x[8] = { MQ_CALL, number, argument };

	if (!(mode & MODE_TSPD))
		smc(x);
}

static void call_secure_world(void)
{
	unsigned long x[8] = { TSP_ADD, 1, 2 };

	if (mode & MODE_TSPD)
		smc(x);
	else
		service(RTOS_ECHO, 1);
}

static void wait_for_interrupts(void)
{
	unsigned long end = read_reg(cntvct_el0) + TIME_MS * 1000000UL;

	while (read_reg(cntvct_el0) < end)
		__asm__ volatile("wfi");
}

static void be_interrupted(void)
{
	switch (mode & MODE_ORIGIN) {
	case MODE_EL0:
		lower_el(SPSR_EL0, ROUNDS, HCR_EL0);
		break;
	case MODE_EL1:
		lower_el(SPSR_EL1, ROUNDS, HCR_EL1);
		break;
	case MODE_EL2:
		for (unsigned long i = 0; i < ROUNDS; i++)
			__asm__ volatile("");
		break;
	case MODE_WFI:
		wait_for_interrupts();
		break;
	case MODE_CALLS:
		measure_calls();
		break;
	}
}

static void finish(void)
{
	unsigned long x[8] = { SYSTEM_OFF };

	say("@EXIT 0\n");
	smc(x);
	for (;;)
		__asm__ volatile("wfi");
}

void normal_main(unsigned long level)
{
	(void)level;
	if (mode & MODE_FP)
		service(RTOS_FP, 1);
	service(RTOS_PHASE, 1);
	for (int i = 0; i < CALLS; i++)
		call_secure_world();
	be_interrupted();
	service(RTOS_PHASE, 2);
	finish();
}
