/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A guest of two vCPUs with strict priorities, for guest_test.c and
 * record_test.c: each event calls the hooks of vcfs_guest.c as the patched
 * kernel does. What is said to the host by that is the test's business.
 */
#ifndef TEST_GUEST_SIM_H
#define TEST_GUEST_SIM_H

#include "sched.h"
#include "tap.h"

#include <linux/jiffies.h>
#include <linux/reboot.h>
#include <linux/syscore_ops.h>

#include <asm/intent-abi.h>

#define NR_TASKS	8
#define EVENTS		50000

#define NORMAL		120
#define FIFO		50
#define NR_CGROUPS	3
#define DEADLINE	(-1)

/* Ticks of the virtual counter in a second */
#define COUNTER_HZ	24000000

extern struct task_struct tasks[NR_TASKS];
extern struct task_struct idle[NR_VCPUS];
extern struct task_struct kthread[NR_VCPUS];	/* real-time */
extern struct task_struct ksoftirqd[NR_VCPUS];
extern struct rq rqs[NR_VCPUS];
extern u64 counter;

/* The root, one in it, and one in that; all tasks are in the root at first. */
extern struct task_group cgroups[NR_CGROUPS];

/* When the first timer of each vCPU expires, in ns; KTIME_MAX if none is armed */
extern u64 first_timers[NR_VCPUS];

/**
 * struct vcpu - what is known of a vCPU
 * @online: it may speak
 * @late: the running task became critical, and need not be known yet
 * @calls: how often it made INTENT_SET
 * @owed: how often it had to, as the model thinks; the model counts
 * @heard: how many calls said() has reported
 * @registrations: how often it registered or dropped its record
 * @record: its record as the host knows it
 */
struct vcpu {
	bool online;
	bool late;
	unsigned int calls;
	unsigned int owed;
	unsigned int heard;
	unsigned int registrations;
	struct intent_record *record;
};

extern struct vcpu vcpus[NR_VCPUS];

/**
 * struct model - what a test thinks of the events, each just after its hook
 * @records: the host takes records
 * @up: a vCPU is about to come online
 * @down: it is about to go offline
 * @said: it made INTENT_SET
 * @registered: it has just registered its record
 * @switched: it does something else
 * @enqueued: a task is in its queue, or anew; vCPU @by put it there
 * @ticked: its tick; it did not owe a switch
 * @irq_done: the end of an interrupt; it did not owe a switch
 * @check: expect() what must be true after each event
 */
struct model {
	bool records;
	void (*up)(int cpu);
	void (*down)(int cpu);
	void (*said)(int cpu, u32 class);
	void (*registered)(int cpu);
	void (*switched)(int cpu, struct task_struct *prev,
			 struct task_struct *next);
	void (*enqueued)(int cpu, struct task_struct *p, int by);
	void (*ticked)(int cpu);
	void (*irq_done)(int cpu);
	void (*check)(int cpu);
};

/* The test program defines it. */
extern const struct model model;

/* The first thing that went wrong */
extern const char *error;

void expect(bool good, const char *message);

/* All of expect(), and of the model; what is wrong, or NULL. */
const char *check(void);

/* A result: @good, and nothing wrong besides. For the test program alone. */
static inline void result(bool good, const char *what)
{
	const char *wrong = check();

	if (!ok(good && !wrong, "%s", what) && wrong)
		diag("%s", wrong);
}

/* The calls of vCPU 0 since this was asked last. */
unsigned int said(void);

/* The guest before its initcalls, all asleep; and after them. */
void reset(bool coordinated);
void boot(void);
bool is_live(void);

/* What cpuhp_setup_state() returns; what was registered, NULL if not. */
extern int hotplug_error;
extern int (*startup)(unsigned int cpu);
extern struct syscore_ops *syscore;
extern struct notifier_block *reboot_nb;

/* What the admin's marks say, by brute force */
static inline u32 marked(struct task_struct *p)
{
	u32 class = p->vcfs.mark;

	for (struct task_group *g = p->sched_task_group; g; g = g->parent)
		if (g->intent > class)
			class = g->intent;
	return class;
}

/* A class */
static inline u32 urgency(struct task_struct *p)
{
	if (p->prio >= MAX_RT_PRIO)
		return marked(p);
	return p->flags & PF_KTHREAD ? INTENT_NONE : INTENT_CRITICAL;
}

static inline bool urgent(struct task_struct *p)
{
	return urgency(p) != INTENT_NONE;
}

static inline bool is_idle(struct task_struct *p)
{
	return p == &idle[0] || p == &idle[1];
}

/* Comes between, and changes nothing. */
static inline bool kernel(struct task_struct *p)
{
	return (p->prio < MAX_RT_PRIO && p->flags & PF_KTHREAD) ||
	       p == &ksoftirqd[0] || p == &ksoftirqd[1];
}

/* Urgent tasks that went to sleep there: by brute force, by the code. */
int sleepers(int cpu);
int counted_sleepers(int cpu);

/* The highest class of those, and of the vCPU's work */
u32 sleepers_class(int cpu);
u32 work_urgency(int cpu);

/* Nothing but SCHED_IDLE work is runnable there. */
bool only_idle(int cpu);

/* Sleeps, as if it always had. */
struct task_struct *new_task(int i, int prio);

/* Scheduling */
void switch_to(int cpu, struct task_struct *next);
void schedule(int cpu);
void wake(struct task_struct *p, int cpu, int by);
void wake_here(struct task_struct *p, int cpu);
void migrate(struct task_struct *p, int cpu, int by);
void stop(int cpu, unsigned int state);
void set_prio(struct task_struct *p, int prio);
void set_policy(struct task_struct *p, bool idle);
void set_mark(struct task_struct *p, u32 class);
void set_cgroup_mark(int i, u32 class);

/* The running task starts a timer, in @ns from now, that will wake it. */
void start_timer(int cpu, s64 ns, ktime_t clock_offset);

/* The tick's hook, and that at the end of its or another interrupt */
void tick(int cpu);
void irq_done(int cpu);

void bring_up(int cpu);
void offline(int cpu);
void online(int cpu);
void suspend(void);
void resume(void);
void reboot(void);

struct event {
	const char *name;
	bool (*happen)(void);
	unsigned int weight;
};

/*
 * Random events, of ours and of @more, until something is wrong. Return: the
 * last one.
 */
const char *random_events(unsigned int seed, const struct event *more);

/* All tasks end: nobody may be left in the counts. */
void end_all(void);

int any_online(void);

#endif /* TEST_GUEST_SIM_H */
