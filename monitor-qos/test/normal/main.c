// SPDX-License-Identifier: GPL-2.0-only
/*
 * A normal world that measures and attacks: at EL2 it is a kernel gone wrong,
 * at EL1 a guest. TAP on the UART; the secure world's log has the figures.
 */
#include "monitor-qos.h"
#include "normal.h"
#include "services.h"

#define SYSTEM_OFF	0x84000008UL
#define SYSTEM_RESET	0x84000009UL

/* Words of the boot medium: they outlive this program. */
struct record {
	unsigned long starts, tests, failed;
};

static volatile struct record *record = (void *)0xf0000f00UL;

void ok(int passed, const char *what)
{
	record->tests++;
	if (!passed) {
		record->failed++;
		say("not ");
	}
	say("ok ");
	say_decimal(record->tests);
	say(" - ");
	say(what);
	say("\n");
}

unsigned long ticks_of_ms(unsigned long ms)
{
	return ms * (read_reg(cntfrq_el0) / 1000);
}

/* Mostly without the counter: a read of it is slow in the emulator. */
void spin_until(unsigned long end)
{
	unsigned long i;

	while (ticks() < end) {
		for (i = 0; i < 1000; i++)
			__asm__ volatile("");
	}
}

void spin_ms(unsigned long ms)
{
	spin_until(ticks() + ticks_of_ms(ms));
}

unsigned long next_random(unsigned long state)
{
	return state * 6364136223846793005UL + 1442695040888963407UL;
}

/* x1 of the answer; -1 if the call failed. */
unsigned long call2(unsigned long service, unsigned long argument,
		    unsigned long *second)
{
	unsigned long x[8] = { MQ_CALL, service, argument };

	smc(x);
	if (second)
		*second = x[2];
	return x[0] ? ~0UL : x[1];
}

unsigned long call(unsigned long service, unsigned long argument)
{
	return call2(service, argument, 0);
}

unsigned long misses(void)
{
	return call(RTOS_MISSES, 0);
}

unsigned long jobs(void)
{
	unsigned long jobs;

	call2(RTOS_MISSES, 0, &jobs);
	return jobs;
}

/* Each origin of a FIQ in turn: a phase of the RTOS's log. */
static void origins(void)
{
	unsigned long end;

	call(RTOS_PHASE, 1);
	spin_ms(50);
	call(RTOS_PHASE, 2);
	lower_el(SPSR_EL1, 25000000, HCR_EL1);
	call(RTOS_PHASE, 3);
	lower_el(SPSR_EL0, 25000000, HCR_EL0);
	call(RTOS_PHASE, 4);
	for (end = ticks() + 50000000; ticks() < end;)
		__asm__ volatile("wfi");
	call(RTOS_FP, 1);
	call(RTOS_PHASE, 5);
	spin_ms(50);
	call(RTOS_FP, 0);
	call(RTOS_PHASE, 6);
}

static void isolate(const char *what)
{
	unsigned long before = jobs();

	call(RTOS_PATTERN, 20);
	ok(isolation(15000000) == 0, what);
	ok(call(RTOS_PATTERN, 0) == 0, "nor does the RTOS see any of ours");
	ok(jobs() > before + 20, "while it ran");
}

static void power_off(void)
{
	unsigned long x[8] = { SYSTEM_OFF };

	say("1..");
	say_decimal(record->tests);
	say(record->failed ? "\n@EXIT 1\n" : "\n@EXIT 0\n");
	smc(x);
	/* A guest: its hypervisor does not forward SMCs. */
	register unsigned long x0 __asm__("x0") = SYSTEM_OFF;

	__asm__ volatile("hvc #0" : "+r" (x0) :: "memory");
	for (;;)
		__asm__ volatile("wfi");
}

/* Then the RTOS starts us anew, and has missed nothing. */
static void reset(void)
{
	unsigned long x[8] = { SYSTEM_RESET };

	smc(x);
}

static void hang(void)
{
	call(RTOS_WATCHDOG, 20);
	__asm__ volatile("msr daifset, #0xf");
	for (;;)
		;
}

static void kernel(void)
{
	switch (record->starts++) {
	case 0:
		origins();
		measure_calls();
		isolate("no register of ours changes");
		call(RTOS_FP, 1);
		isolate("with live FP/SIMD registers on both sides neither");
		call(RTOS_FP, 0);
		shared_memory();
		attack(2);
		reset();
		break;
	case 1:
		ok(misses() == 0 && jobs() > 300, "a reset leaves the RTOS alone");
		hang();
		break;
	default:
		ok(misses() == 0 && jobs() > 320, "a hang ends in another start");
	}
}

void normal_main(unsigned long level)
{
	static struct record own;

	if (level != 2)
		record = &own;
	if (level == 2 && !mode) {
		kernel();
	} else {
		if (level == 2 && !MODE_REALTIME)
			measure_calls();
		cores_start(MODE_CORES);
		attack(level);
		cores_wait(MODE_CORES);
	}
	power_off();
}
