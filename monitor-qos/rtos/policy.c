// SPDX-License-Identifier: GPL-2.0-only
/*
 * This RTOS's tasks, what it does for the normal world, and what becomes of
 * the board when the normal world ends.
 */
#include "monitor-qos.h"
#include "rtos.h"
#include "services.h"

#define FP_SEED		0x5ec0de00UL
/* Time that the RTOS goes on alone before it powers the board off. */
#define LINGER_US	20000

static unsigned long phase, watchdog, power_off, fp_live, patterns, changed;

static void control(void)
{
	if (fp_live)
		changed += fp_differs(FP_SEED);
}

/* Some work, so that jobs of the higher priority preempt it. */
static void filter(void)
{
	unsigned long i, state = 1;

	for (i = 0; i < 20000; i++)
		asm volatile("add %0, %0, %1" : "+r" (state) : "r" (i));
}

const struct spec task_set[NR_TASKS] = {
	{ "control", 1000, 0, 500, 0xff, control },
	{ "filter", 10000, 960, 10000, 0x01, filter },
};

void task_fault(const struct task *task)
{
	say("@FAULT task ");
	say(task->spec->name);
	say(" is stopped\n");
}

static void sum_up(struct yield *yield)
{
	struct core *core;
	unsigned long i;

	yield->x[2] = 0;
	yield->x[3] = 0;
	for (core = cores; core < &cores[NR_CORES]; core++) {
		for (i = 0; i < NR_TASKS; i++) {
			yield->x[2] += core->tasks[i].misses;
			yield->x[3] += core->tasks[i].jobs;
		}
	}
}

static long set_fp(unsigned long live)
{
	long rc;

	fp_live = 0;
	rc = rtos_smc(MQ_FP, live);
	if (rc == MQ_SUCCESS && live) {
		fp_fill(FP_SEED);
		fp_live = 1;
	}
	return rc;
}

/* A call with x1 to x3; the answer goes where MQ_REPLY takes it from. */
static long serve(struct yield *yield)
{
	unsigned long argument = yield->x[2];

	switch (yield->x[1]) {
	case RTOS_ECHO:
		yield->x[2] = argument + 1;
		yield->x[3] += 2;
		return MQ_SUCCESS;
	case RTOS_PHASE:
		report(phase);
		phase = argument;
		return MQ_SUCCESS;
	case RTOS_WATCHDOG:
		watchdog = argument ? now() + ticks_of_us(1000 * argument) : 0;
		return MQ_SUCCESS;
	case RTOS_MISSES:
		sum_up(yield);
		return MQ_SUCCESS;
	case RTOS_FP:
		return set_fp(argument);
	case RTOS_PATTERN:
		patterns = argument;
		yield->x[2] = changed;
		return MQ_SUCCESS;
	default:
		return MQ_NOT_SUPPORTED;
	}
}

static void restart(const char *why)
{
	say(why);
	rtos_smc(MQ_NORMAL_START, 0);
}

/* Once a tick or so, on the first core. */
static void look_after(void)
{
	unsigned long time = now();

	if (power_off && time >= power_off) {
		report(phase);
		say("@OFF\n");
		rtos_smc(MQ_POWER_OFF, 0);
	}
	if (watchdog && time >= watchdog) {
		watchdog = 0;
		rtos_smc(MQ_NORMAL_STOP, 0);
		restart("@RESTART the normal world hangs\n");
	}
}

static void handle(struct yield *yield)
{
	unsigned long event = yield->x[0];

	yield->x[0] = MQ_YIELD;
	switch (event) {
	case MQ_EVENT_CALL:
		yield->x[1] = serve(yield);
		yield->x[0] = MQ_REPLY;
		break;
	case MQ_EVENT_OFF:
		power_off = now() + ticks_of_us(LINGER_US);
		break;
	case MQ_EVENT_RESET:
		watchdog = 0;
		restart("@RESTART the normal world asks for it\n");
		break;
	}
}

static void interrupts(int on)
{
	if (on)
		asm volatile("msr daifclr, #2; isb" ::: "memory");
	else
		asm volatile("msr daifset, #2" ::: "memory");
}

/* Yield, with interrupts masked. Every yield with known values is a test. */
static void give_way(struct core *core, struct yield *yield)
{
	if (patterns && yield->x[0] == MQ_YIELD) {
		patterns--;
		changed += rtos_pattern();
		yield->x[0] = MQ_EVENT_INTERRUPT;
		core->busy_since = now();
		return;
	}
	rtos_yield(yield);
	core->busy_since = yield->stamp;
	if (yield->x[0] == MQ_EVENT_INTERRUPT)
		fiq_measured(core, yield->stamp, yield->x[1]);
}

/* The lowest priority: give the core away, and answer to what comes back. */
void idle(void)
{
	struct core *core = this_core();
	struct yield yield = { .x = { MQ_YIELD } };

	for (;;) {
		if (core == cores)
			look_after();
		interrupts(0);
		spread_add(&core->busy, now() - core->busy_since);
		give_way(core, &yield);
		interrupts(1);
		handle(&yield);
	}
}
