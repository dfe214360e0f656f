/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A small fixed-priority preemptive RTOS for S-EL1: periodic tasks, released
 * by the secure physical timer, and an idle task that yields the core to the
 * normal world. Times are ticks of the system counter.
 */
#ifndef RTOS_H
#define RTOS_H

#include "layout.h"

#define BIT(n)		(1UL << (n))

#define NR_CORES	8
#define NR_TASKS	2
#define IDLE		NR_TASKS
#define NR_BINS		1024
#define NR_ORIGINS	4

/**
 * struct frame - registers of a task that does not run, on its kernel stack
 */
struct frame {
	unsigned long x[31];
	unsigned long sp, elr, spsr;
};

/**
 * struct spread - what a series of values looks like
 */
struct spread {
	unsigned long n, sum, min, max;
};

/**
 * struct spec - a periodic task, the same on every core in @cores
 * @name: for reports
 * @period_us: one job each, the first one @offset_us after the start
 * @deadline_us: by when a job must be done, from its release
 * @cores: bit mask; a core without tasks is the normal world's alone
 * @job: what to do
 */
struct spec {
	const char *name;
	unsigned int period_us, offset_us, deadline_us;
	unsigned int cores;
	void (*job)(void);
};

/**
 * struct task - a task of a core; its index is its priority, 0 first
 * @frame: where it stopped
 * @next: next release; of the job that is active: @release
 * @active: a job is to be done
 * @latency: from release to begin of a job
 * @response: from release to its end
 */
struct task {
	struct frame *frame;
	const struct spec *spec;
	unsigned long period, deadline;
	unsigned long next, release;
	unsigned long active;
	unsigned long jobs, misses;
	struct spread latency, response;
};

/**
 * struct core - a core's state; only the core itself writes it
 * @cval: when the timer is to expire, ~0 for never
 * @busy_since: when the normal world last lost the core; @interrupted: by an
 *	interrupt, and not because it called or has ended
 * @fiq: time from expiry to the first instruction here, by the level at which
 *	the normal world was
 * @away: for how long interrupts took the core from the normal world, since the start
 */
struct core {
	struct task tasks[NR_TASKS + 1];
	unsigned long current;
	unsigned long online;
	unsigned long cval, busy_since, first_job;
	unsigned long interrupted;
	struct spread fiq[NR_ORIGINS], busy, nested;
	struct spread away;
	unsigned int bins[NR_ORIGINS][NR_BINS];
};

/**
 * struct yield - arguments and results of a yield
 * @x: x0 to x7
 * @stamp: counter at the first instruction after it
 */
struct yield {
	unsigned long x[8];
	unsigned long stamp;
};

/* rtos.lds */
extern char rodata_start[], data_start[], data_end[], stacks[], image_end[];

extern struct core cores[NR_CORES];
extern const struct spec task_set[NR_TASKS];

/* start.S */
void rtos_yield(struct yield *yield);
long rtos_smc(unsigned long id, unsigned long x1);
long rtos_pattern(void);
void rtos_wait(void);
void start_task(struct frame *frame, unsigned long kernel_stack);
void fp_fill(unsigned long seed);
unsigned long fp_differs(unsigned long seed);

/* kernel.c */
unsigned long now(void);
struct core *this_core(void);
void spread_add(struct spread *spread, unsigned long value);
unsigned long ticks_of_us(unsigned long us);
void start_core(unsigned long core, unsigned long shared);
struct frame *on_interrupt(struct frame *frame, unsigned long stamp);
struct frame *on_sync(struct frame *frame);
void fiq_measured(struct core *core, unsigned long stamp, unsigned long spsr);

/* memory.c */
void memory_init(unsigned long shared);
void memory_on(void);
void *stack_of(unsigned long core, unsigned long task, unsigned long kernel);

/* report.c */
void say(const char *text);
void say_number(const char *name, unsigned long value);
void report(unsigned long phase);
void fatal(const char *text, unsigned long value);

/* mailbox.c */
void mailbox_init(unsigned long shared);
void mailbox_show(void);
void mailbox_rung(void);
void mailbox_look_after(void);
long mailbox_shed(unsigned long on);
void mailbox_spoil(unsigned long on);
void mailbox_counts(unsigned long *messages, unsigned long *garbage);

/* policy.c */
void idle(void);
void mailbox_serve(unsigned long *word);
void task_fault(const struct task *task);

#endif
