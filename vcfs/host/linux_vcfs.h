/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * vCFS, host side: what the rest of the kernel may ask of it.
 */
#ifndef _LINUX_SCHED_VCFS_H
#define _LINUX_SCHED_VCFS_H

#include <linux/jump_label_ratelimit.h>
#include <linux/mm_types.h>
#include <linux/types.h>

struct task_struct;

/**
 * struct vcfs_source - who knows whether a task should be privileged
 * @wants: should it be, now? 1 if so; 2 if even before those; 0 if it competes as
 *	CFS has it; < 0 if it yields, that is, competes as if it were SCHED_IDLE.
 *	Asked whenever the scheduler is about to decide for or against the task,
 *	under the lock of its run queue: any CPU, IRQs off, must not sleep, wake
 *	or take a lock that is held around a wakeup
 * @locks: may the task, current, hold a spinlock of its guest? Asked likewise;
 *	NULL if it has no guest
 */
struct vcfs_source {
	int (*wants)(struct vcfs_source *source);
	bool (*locks)(struct vcfs_source *source);
};

#ifdef CONFIG_VCFS

extern struct static_key_false_deferred vcfs_key;

/* May anybody be privileged? If not, that costs one instruction. */
static inline bool vcfs_live(void)
{
	return static_branch_unlikely(&vcfs_key.key);
}

/* An interrupt waits for so many wakeups, and one more. */
#define VCFS_WAKEUPS 4

/**
 * vcfs_wakeups() - how many of a wait queue to wake before IRQs are let in
 * @most: as many, if nobody may be privileged
 *
 * Context: any.
 */
static inline int vcfs_wakeups(int most)
{
	return vcfs_live() ? VCFS_WAKEUPS : most;
}

/* A new mm has no source, not that of its parent. */
static inline void vcfs_init_mm(struct mm_struct *mm)
{
	mm->vcfs = NULL;
}

/**
 * vcfs_get() - make the scheduler's hooks live
 * vcfs_put() - undo one vcfs_get()
 *
 * No source may want anything but 0 but between the two. The last one waits until
 * nobody is privileged, a second at most.
 *
 * Context: process context, may sleep; takes cpu_hotplug_lock for reading. Callers
 * take turns.
 */
void vcfs_get(void);
void vcfs_put(void);

/**
 * vcfs_attach() - from now on ask this source about a task, and no other
 * vcfs_detach() - ask it no longer; the task competes as CFS has it
 * @p: the task, with a reference held; any scheduling class, dead or alive
 * @source: whom to ask
 *
 * A privileged task is served before unprivileged CFS tasks, within the loan,
 * while it is in the fair class. Not inherited by fork.
 *
 * Context: any but NMI; takes @p->pi_lock and the lock of its run queue.
 */
void vcfs_attach(struct task_struct *p, struct vcfs_source *source);
void vcfs_detach(struct task_struct *p, struct vcfs_source *source);

/**
 * vcfs_attach_mm() - ask about all tasks with this memory that have no source
 *	of their own: the other threads of a VMM, and kernel threads that work
 *	for it
 * vcfs_detach_mm() - ask no longer
 * @mm: the memory, with a reference held
 * @source: whom to ask; it may be freed once vcfs_detach_mm() is done
 *
 * An mm has one source, the last.
 *
 * Context: process context; detaching may sleep, after the answer has become
 * no.
 */
void vcfs_attach_mm(struct mm_struct *mm, struct vcfs_source *source);
void vcfs_detach_mm(struct mm_struct *mm, struct vcfs_source *source);

/**
 * vcfs_end() - a source of somebody's memory says no from now on: act on it
 *
 * Before vcfs_put(), or tasks would stay privileged that nobody keeps account of.
 * A task without a source of its own that runs on another CPU loses its privilege
 * whatever memory it has by now, and asks again at its next tick.
 *
 * Context: process context, may sleep. Looks at all tasks.
 */
void vcfs_end(void);

/**
 * vcfs_update() - the source's answer may have changed: act on it
 * @p: the task, with a reference held
 *
 * Context: as vcfs_attach().
 */
void vcfs_update(struct task_struct *p);

/**
 * vcfs_hurry() - as vcfs_update(); and if privileged, the task has the next turn
 * @p: the task, with a reference held
 *
 * Others that are privileged wait for it.
 *
 * Context: as vcfs_attach().
 */
void vcfs_hurry(struct task_struct *p);

/**
 * vcfs_hold() - current's turn lasts while its source says that it holds a lock
 *
 * Then whoever is privileged takes over, as if it had just been woken.
 *
 * Context: preemption disabled.
 */
void vcfs_hold(void);

/**
 * vcfs_throttled() - is privilege of no use at present, as the loan is used up?
 * @p: current
 *
 * Read without locks: a hint.
 *
 * Context: preemption disabled.
 */
bool vcfs_throttled(struct task_struct *p);

#else

static inline bool vcfs_live(void) { return false; }
static inline int vcfs_wakeups(int most) { return most; }

static inline void vcfs_init_mm(struct mm_struct *mm) { }
static inline void vcfs_get(void) { }
static inline void vcfs_put(void) { }
static inline void vcfs_attach(struct task_struct *p,
			       struct vcfs_source *source) { }
static inline void vcfs_detach(struct task_struct *p,
			       struct vcfs_source *source) { }
static inline void vcfs_attach_mm(struct mm_struct *mm,
				  struct vcfs_source *source) { }
static inline void vcfs_detach_mm(struct mm_struct *mm,
				  struct vcfs_source *source) { }
static inline void vcfs_end(void) { }
static inline void vcfs_update(struct task_struct *p) { }
static inline void vcfs_hurry(struct task_struct *p) { }
static inline void vcfs_hold(void) { }

static inline bool vcfs_throttled(struct task_struct *p)
{
	return false;
}

#endif /* CONFIG_VCFS */

#endif /* _LINUX_SCHED_VCFS_H */
