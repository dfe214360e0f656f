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
/* At most for so long task filter works on request, in each of its periods. */
#define LOAD_MAX_US	8000

static unsigned long phase, watchdog, power_off, fp_live, patterns, changed;
static unsigned long load, spoiled;

static void control(void)
{
	if (fp_live)
		changed += fp_differs(FP_SEED);
}

/* Some work, so that jobs of the higher priority preempt it. */
static void filter(void)
{
	unsigned long i, state = 1, end = now() + load;

	for (i = 0; i < 20000; i++)
		asm volatile("add %0, %0, %1" : "+r" (state) : "r" (i));
	while (now() < end)
		;
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

static long set_load(unsigned long us)
{
	if (us > LOAD_MAX_US)
		return MQ_INVALID;
	load = ticks_of_us(us);
	return MQ_SUCCESS;
}

/* What the normal world lost to interrupts, by our own count. */
static void sum_away(struct yield *yield)
{
	struct core *core;

	yield->x[2] = 0;
	yield->x[3] = 0;
	for (core = cores; core < &cores[NR_CORES]; core++) {
		yield->x[2] += core->away.sum;
		yield->x[3] += core->away.n;
	}
}

static long spoil(unsigned long ms)
{
	spoiled = now() + ticks_of_us(1000 * ms);
	mailbox_spoil(1);
	return MQ_SUCCESS;
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
	case RTOS_LOAD:
		return set_load(argument);
	case RTOS_AWAY:
		sum_away(yield);
		return MQ_SUCCESS;
	case RTOS_SHED:
		return mailbox_shed(argument);
	case RTOS_MAILBOX:
		mailbox_counts(&yield->x[2], &yield->x[3]);
		return MQ_SUCCESS;
	case RTOS_SPOIL:
		return spoil(argument);
	default:
		return MQ_NOT_SUPPORTED;
	}
}

/* A message is a call: x1 to x3 there and x0 to x2 back are its first words. */
void mailbox_serve(unsigned long *word)
{
	struct yield yield = { .x = { 0, word[0], word[1], word[2] } };

	word[0] = serve(&yield);
	word[1] = yield.x[2];
	word[2] = yield.x[3];
}

static void restart(const char *why)
{
	say(why);
	mailbox_show();
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
	if (spoiled && time >= spoiled) {
		spoiled = 0;
		mailbox_spoil(0);
	}
	mailbox_look_after();
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
	case MQ_EVENT_RING:
		mailbox_rung();
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

/* Did the monitor wait for an interrupt, with no normal world to run? */
static int nobody_there(unsigned long spsr)
{
	return (spsr & 0x1c) == 0xc;
}

/* Yield, with interrupts masked. Every yield with known values is a test. */
static void give_way(struct core *core, struct yield *yield)
{
	if (patterns && yield->x[0] == MQ_YIELD) {
		patterns--;
		changed += rtos_pattern();
		yield->x[0] = MQ_EVENT_INTERRUPT;
		core->busy_since = now();
		core->interrupted = 0;
		return;
	}
	rtos_yield(yield);
	core->busy_since = yield->stamp;
	core->interrupted = yield->x[0] == MQ_EVENT_INTERRUPT &&
			    !nobody_there(yield->x[1]);
	if (yield->x[0] == MQ_EVENT_INTERRUPT)
		fiq_measured(core, yield->stamp, yield->x[1]);
}

/* The normal world is about to get the core back. */
static void give_back(struct core *core)
{
	unsigned long busy = now() - core->busy_since;

	spread_add(&core->busy, busy);
	if (core->interrupted)
		spread_add(&core->away, busy);
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
		give_back(core);
		give_way(core, &yield);
		interrupts(1);
		handle(&yield);
	}
}
