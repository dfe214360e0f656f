// SPDX-License-Identifier: GPL-2.0-only
/*
 * The log on the secure UART. Lines for programs begin with "@"; times in them
 * are ticks of the counter. Only the idle tasks write, and fatal().
 */
#include "rtos.h"

static unsigned int busy;

static void put(char c)
{
	__atomic_store_n((unsigned int *)UART_BASE, c, __ATOMIC_RELAXED);
}

void say(const char *text)
{
	while (*text)
		put(*text++);
}

static void say_value(unsigned long value)
{
	char digits[20];
	int n = 0;

	do {
		digits[n++] = '0' + value % 10;
		value /= 10;
	} while (value);
	while (n)
		put(digits[--n]);
}

void say_number(const char *name, unsigned long value)
{
	put(' ');
	say(name);
	put('=');
	say_value(value);
}

static void say_spread(const struct spread *spread)
{
	say_number("n", spread->n);
	say_number("min", spread->min);
	say_number("avg", spread->n ? spread->sum / spread->n : 0);
	say_number("max", spread->max);
}

static void report_task(unsigned long core, const struct task *task)
{
	say("@TASK");
	say_number("core", core);
	put(' ');
	say(task->spec->name);
	say_number("jobs", task->jobs);
	say_number("misses", task->misses);
	say_number("response", task->response.max);
	say_spread(&task->latency);
	say("\n");
}

/* Values and how often: at most a few differ. */
static void report_bins(const unsigned int *bins)
{
	unsigned long i;

	say(" bins");
	for (i = 0; i < NR_BINS; i++) {
		if (!bins[i])
			continue;
		put(' ');
		say_value(i);
		put(':');
		say_value(bins[i]);
	}
}

static void report_fiq(unsigned long number, struct core *core)
{
	unsigned long origin;

	for (origin = 0; origin < NR_ORIGINS; origin++) {
		if (!core->fiq[origin].n)
			continue;
		say("@FIQ");
		say_number("core", number);
		say_number("el", origin);
		say_spread(&core->fiq[origin]);
		report_bins(core->bins[origin]);
		say("\n");
	}
}

static void report_core(unsigned long number, struct core *core)
{
	unsigned long i;

	for (i = 0; i < NR_TASKS; i++) {
		if (core->tasks[i].period)
			report_task(number, &core->tasks[i]);
	}
	report_fiq(number, core);
	say("@BOOT");
	say_number("core", number);
	say_number("first", core->first_job);
	say("\n@BUSY");
	say_number("core", number);
	say_spread(&core->busy);
	say("\n@NESTED");
	say_number("core", number);
	say_spread(&core->nested);
	say("\n");
}

static void clear(void *object, unsigned long bytes)
{
	unsigned long *word = object;

	for (; bytes; bytes -= sizeof(*word))
		*word++ = 0;
}

static void forget(struct core *core)
{
	unsigned long i;

	for (i = 0; i < NR_TASKS; i++) {
		clear(&core->tasks[i].latency, sizeof(struct spread));
		clear(&core->tasks[i].response, sizeof(struct spread));
	}
	clear(core->fiq, sizeof(core->fiq));
	clear(&core->busy, sizeof(core->busy));
	clear(&core->nested, sizeof(core->nested));
	clear(core->bins, sizeof(core->bins));
}

/* All figures since the last report, as those of @phase. */
void report(unsigned long phase)
{
	unsigned long i;

	if (__atomic_exchange_n(&busy, 1, __ATOMIC_ACQUIRE))
		return;
	say("@PHASE");
	say_number("phase", phase);
	say_number("time", now());
	say("\n");
	for (i = 0; i < NR_CORES; i++) {
		if (!cores[i].online)
			continue;
		report_core(i, &cores[i]);
		forget(&cores[i]);
	}
	say("@END\n");
	__atomic_store_n(&busy, 0, __ATOMIC_RELEASE);
}

void fatal(const char *text, unsigned long value)
{
	say("@FATAL ");
	say(text);
	say_number("value", value);
	say("\n");
	for (;;)
		asm volatile("wfi");
}
