// SPDX-License-Identifier: GPL-2.0-only
/*
 * Scheduling: the active task with the lowest index runs. The timer releases
 * jobs; a task whose job is done waits (svc); both end in pick().
 */
#include "monitor-qos.h"
#include "rtos.h"

#define ESR_EC(esr)	((esr) >> 26)
#define EC_SVC		0x15
#define SPSR_TASK	0x144	/* EL1 on SP_EL0, FIQ and SErrors masked */
#define NEVER		(~0UL)

struct core cores[NR_CORES];

static unsigned long frequency;

unsigned long now(void)
{
	unsigned long value;

	asm volatile("isb; mrs %0, cntpct_el0" : "=r" (value) :: "memory");
	return value;
}

unsigned long ticks_of_us(unsigned long us)
{
	return us * (frequency / 1000000);
}

struct core *this_core(void)
{
	unsigned long mpidr;

	asm("mrs %0, mpidr_el1" : "=r" (mpidr));
	return &cores[((mpidr >> 8 & 0xff) << 2 | (mpidr & 3)) % NR_CORES];
}

void spread_add(struct spread *spread, unsigned long value)
{
	if (!spread->n || value < spread->min)
		spread->min = value;
	if (value > spread->max)
		spread->max = value;
	spread->n++;
	spread->sum += value;
}

static void set_timer(struct core *core, unsigned long cval)
{
	core->cval = cval;
	asm volatile("msr cntps_cval_el1, %0" :: "r" (cval));
	asm volatile("msr cntps_ctl_el1, %0; isb" :: "r" (cval != NEVER));
}

/* A job that is still active when the next is due has missed its deadline. */
static void release(struct task *task, unsigned long time)
{
	while (task->next <= time) {
		if (task->active)
			task->misses++;
		task->release = task->next;
		task->active = 1;
		task->next += task->period;
	}
}

static void release_due(struct core *core)
{
	unsigned long time = now(), first = NEVER;
	struct task *task;

	for (task = core->tasks; task < &core->tasks[IDLE]; task++) {
		if (!task->period)
			continue;
		release(task, time);
		if (task->next < first)
			first = task->next;
	}
	set_timer(core, first);
}

static struct frame *pick(struct core *core, struct frame *frame)
{
	unsigned long i;

	core->tasks[core->current].frame = frame;
	for (i = 0; i < IDLE; i++) {
		if (core->tasks[i].active)
			break;
	}
	core->current = i;
	return core->tasks[i].frame;
}

struct frame *on_interrupt(struct frame *frame, unsigned long stamp)
{
	struct core *core = this_core();
	unsigned long id;

	asm volatile("mrs %0, S3_0_C12_C12_0" : "=r" (id));	/* ICC_IAR1 */
	if (id == MQ_TIMER_PPI) {
		if (core->current != IDLE)
			spread_add(&core->nested, stamp - core->cval);
		release_due(core);
	}
	if (id < 1020)
		asm volatile("msr S3_0_C12_C12_1, %0" :: "r" (id));
	return pick(core, frame);
}

static void job_done(struct task *task)
{
	unsigned long response = now() - task->release;

	spread_add(&task->response, response);
	if (response > task->deadline)
		task->misses++;
	task->jobs++;
	task->active = 0;
}

struct frame *on_sync(struct frame *frame)
{
	struct core *core = this_core();
	unsigned long esr;

	asm volatile("mrs %0, esr_el1" : "=r" (esr));
	if (ESR_EC(esr) == EC_SVC) {
		job_done(&core->tasks[core->current]);
	} else {
		if (core->current == IDLE)
			fatal("exception in the idle task, ESR", esr);
		task_fault(&core->tasks[core->current]);
		core->tasks[core->current].period = 0;
		core->tasks[core->current].active = 0;
	}
	return pick(core, frame);
}

/* What every periodic task does. */
static void task_main(const struct spec *spec)
{
	struct core *core = this_core();
	struct task *task = &core->tasks[spec - task_set];

	for (;;) {
		unsigned long time = now();

		if (!core->first_job)
			core->first_job = time;
		spread_add(&task->latency, time - task->release);
		spec->job();
		rtos_wait();
	}
}

static struct frame *new_frame(unsigned long core, unsigned long index,
			       void (*entry)(const struct spec *spec))
{
	struct frame *frame = stack_of(core, index, 1);
	unsigned long i;

	frame--;
	for (i = 0; i < 31; i++)
		frame->x[i] = 0;
	frame->x[0] = (unsigned long)&task_set[index];
	frame->sp = (unsigned long)stack_of(core, index, 0);
	frame->elr = (unsigned long)entry;
	frame->spsr = SPSR_TASK;
	return frame;
}

static void new_task(struct core *core, unsigned long index)
{
	struct task *task = &core->tasks[index];
	const struct spec *spec = &task_set[index];
	unsigned long number = core - cores;

	task->spec = spec;
	task->frame = new_frame(number, index, task_main);
	if (!(spec->cores >> number & 1))
		return;
	task->period = ticks_of_us(spec->period_us);
	task->deadline = ticks_of_us(spec->deadline_us);
	task->next = now() + ticks_of_us(spec->offset_us);
}

static void gic_init(void)
{
	/* Secure priorities only: the normal world's interrupts wait. */
	asm volatile("msr S3_0_C4_C6_0, %0" :: "r" (0x80UL));	/* ICC_PMR */
	asm volatile("msr S3_0_C12_C12_7, %0; isb" :: "r" (1UL));
}

static void idle_main(const struct spec *unused)
{
	(void)unused;
	idle();
}

/* Called once on each core, on the boot stack; does not return. */
void start_core(unsigned long number, unsigned long shared)
{
	struct core *core = &cores[number];
	unsigned long i;

	asm volatile("mrs %0, cntfrq_el0" : "=r" (frequency));
	gic_init();
	if (!number)
		mailbox_init(shared);
	for (i = 0; i < NR_TASKS; i++)
		new_task(core, i);
	core->tasks[IDLE].frame = new_frame(number, IDLE, idle_main);
	core->current = IDLE;
	core->online = 1;
	core->busy_since = now();
	release_due(core);
	start_task(pick(core, core->tasks[IDLE].frame), 0);
}

/* The normal world lost the core at @stamp, at the level in @spsr. */
void fiq_measured(struct core *core, unsigned long stamp, unsigned long spsr)
{
	unsigned long origin = spsr & 0x10 ? spsr & 0xf ? 1 : 0 : spsr >> 2 & 3;
	unsigned long latency = stamp - core->cval;

	if (stamp < core->cval || origin >= NR_ORIGINS)
		return;
	spread_add(&core->fiq[origin], latency);
	core->bins[origin][latency < NR_BINS ? latency : NR_BINS - 1]++;
}
