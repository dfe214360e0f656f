/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * vCFS, guest side: the hooks for kernel/sched.
 *
 * Unless it says otherwise, they run under the lock of the run queue. They cost a
 * static branch until a task matters to a host that coordinates.
 */
#ifndef _KERNEL_SCHED_VCFS_GUEST_H
#define _KERNEL_SCHED_VCFS_GUEST_H

#include <linux/sched/vcfs_guest.h>

#include <uapi/linux/sched.h>

#ifdef CONFIG_VCFS_GUEST

#include <asm/intent-abi.h>

#ifdef CONFIG_VCFS_GUEST_MARK

DECLARE_STATIC_KEY_FALSE(vcfs_mark_key);

u32 __vcfs_mark(struct task_struct *p);

/* cpu.intent of a cgroup */
int cpu_intent_show(struct seq_file *m, void *v);
ssize_t cpu_intent_write(struct kernfs_open_file *of, char *buf, size_t nbytes,
			 loff_t off);

/*
 * The class that the admin gave to @p or its cgroups: an INTENT_. Under the lock
 * of its run queue, or @p is current.
 */
static inline u32 vcfs_mark(struct task_struct *p)
{
	if (static_branch_unlikely(&vcfs_mark_key))
		return __vcfs_mark(p);
	return INTENT_NONE;
}

#else

static inline u32 vcfs_mark(struct task_struct *p)
{
	return INTENT_NONE;
}

#endif /* CONFIG_VCFS_GUEST_MARK */

void __vcfs_guest_switch(struct rq *rq, struct task_struct *prev,
			 struct task_struct *next);
void __vcfs_guest_enqueue(struct rq *rq, struct task_struct *p);
void __vcfs_guest_tick(struct rq *rq);
void __vcfs_guest_release(void);

/* @rq switches from @prev to @next. */
static inline void vcfs_guest_switch(struct rq *rq, struct task_struct *prev,
				     struct task_struct *next)
{
	if (static_branch_unlikely(&vcfs_guest_key))
		__vcfs_guest_switch(rq, prev, next);
}

/* @p goes into @rq: it wakes, comes from another one, or is something else now. */
static inline void vcfs_guest_enqueue(struct rq *rq, struct task_struct *p)
{
	if (static_branch_unlikely(&vcfs_guest_key))
		__vcfs_guest_enqueue(rq, p);
}

/* The tick of @rq, on its own CPU. */
static inline void vcfs_guest_tick(struct rq *rq)
{
	if (static_branch_unlikely(&vcfs_guest_key))
		__vcfs_guest_tick(rq);
}

/*
 * After a switch or tick: give the CPU back if that ended an intent. The vCPU may
 * not run again for long, so it holds no lock. Preemption disabled.
 */
static inline void vcfs_guest_release(void)
{
	if (static_branch_unlikely(&vcfs_guest_key))
		__vcfs_guest_release();
}

/* A new task is nowhere yet. It keeps its parent's mark, as nice levels are. */
static inline void vcfs_guest_fork(struct task_struct *p)
{
	p->vcfs.on = NULL;
	p->vcfs.waits = NULL;
	p->vcfs.queued = INTENT_NONE;
	timerqueue_init(&p->vcfs.timer);
	p->vcfs.timer.expires = 0;
	if (p->sched_reset_on_fork)
		p->vcfs.mark = INTENT_NONE;
}

/**
 * vcfs_guest_begin() - from now on there may be tasks that matter to the host
 *
 * Context: process context, may sleep; takes cpu_hotplug_lock for reading.
 */
void vcfs_guest_begin(void);

/* User space is about to give a task this policy. Context: as above. */
static inline void vcfs_guest_policy(int policy)
{
	if (policy != SCHED_NORMAL && policy != SCHED_BATCH)
		vcfs_guest_begin();
}

#else

static inline void vcfs_guest_switch(struct rq *rq, struct task_struct *prev,
				     struct task_struct *next) { }
static inline void vcfs_guest_enqueue(struct rq *rq, struct task_struct *p) { }
static inline void vcfs_guest_tick(struct rq *rq) { }
static inline void vcfs_guest_release(void) { }
static inline void vcfs_guest_fork(struct task_struct *p) { }
static inline void vcfs_guest_begin(void) { }
static inline void vcfs_guest_policy(int policy) { }

#endif /* CONFIG_VCFS_GUEST */

#endif /* _KERNEL_SCHED_VCFS_GUEST_H */
