/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * vCFS, guest side: what it keeps in a task, and what it learns from timers.
 */
#ifndef _LINUX_SCHED_VCFS_GUEST_H
#define _LINUX_SCHED_VCFS_GUEST_H

#include <linux/jump_label.h>
#include <linux/ktime.h>
#include <linux/minmax.h>
#include <linux/preempt.h>
#include <linux/timerqueue.h>

struct file;
struct hrtimer_sleeper;
struct seq_file;
struct task_struct;
struct vcfs_vcpu;

/**
 * struct vcfs_task - what vCFS keeps in a task
 * @on: the vCPU where it sleeps as an urgent task, NULL while it does not
 * @timer: expires at the value of the virtual counter at which a timer wakes
 *	it, 0 if none is known
 * @waits: the vCPU where it is runnable as a marked task, or NULL
 * @slept: its class when it went to sleep; valid while @on is
 * @queued: its class then, else %INTENT_NONE
 * @mark: the class that it was given in /proc, an INTENT_
 */
struct vcfs_task {
	struct vcfs_vcpu	*on;
	struct timerqueue_node	timer;
	struct vcfs_vcpu	*waits;
	u8			slept;
	u8			queued;
	u8			mark;
};

/* A hang of the timer interrupt holds timers back for so long at most, in ns. */
#define VCFS_GUEST_HANG_NS	(50 * NSEC_PER_USEC)

#ifdef CONFIG_VCFS_GUEST

DECLARE_STATIC_KEY_FALSE(vcfs_guest_key);

void __vcfs_guest_timer(struct hrtimer_sleeper *sl);
void __vcfs_guest_irq_exit(void);
bool __vcfs_guest_first(u32 softirqs);

/* @sl, just started, will wake current. */
static inline void vcfs_guest_timer(struct hrtimer_sleeper *sl)
{
	if (static_branch_unlikely(&vcfs_guest_key))
		__vcfs_guest_timer(sl);
}

/**
 * vcfs_guest_hang() - until when does a hang of the timer interrupt hold timers back?
 * @now: its end
 * @until: until when without the host's help
 *
 * In a guest it took that long as the vCPU was without the CPU, most likely.
 */
static inline ktime_t vcfs_guest_hang(ktime_t now, ktime_t until)
{
	if (static_branch_unlikely(&vcfs_guest_key))
		return min(until, ktime_add_ns(now, VCFS_GUEST_HANG_NS));
	return until;
}

/**
 * vcfs_guest_first() - should the task that an interrupt woke go before softirqs?
 * @softirqs: what the interrupt leaves to be done
 *
 * Context: IRQs off, at the end of the outermost interrupt.
 */
static inline bool vcfs_guest_first(u32 softirqs)
{
	return static_branch_unlikely(&vcfs_guest_key) &&
	       __vcfs_guest_first(softirqs);
}

/* An interrupt is done, its softirqs too if it was the outermost. IRQs off. */
static inline void vcfs_guest_irq_exit(void)
{
	if (static_branch_unlikely(&vcfs_guest_key) && !in_interrupt())
		__vcfs_guest_irq_exit();
}

#else

static inline void vcfs_guest_timer(struct hrtimer_sleeper *sl) { }
static inline ktime_t vcfs_guest_hang(ktime_t now, ktime_t until) { return until; }
static inline bool vcfs_guest_first(u32 softirqs) { return false; }
static inline void vcfs_guest_irq_exit(void) { }

#endif /* CONFIG_VCFS_GUEST */

#ifdef CONFIG_VCFS_GUEST_MARK

/* Show the mark of @p, a word. Context: any. */
void vcfs_mark_show(struct seq_file *m, struct task_struct *p);

/**
 * vcfs_mark_write() - mark a task
 * @file: through which that is done
 * @p: the task, with a reference held
 * @word: "none", "latency" or "critical"
 *
 * Holds from the task's next wakeup or tick on.
 *
 * Context: process context, may sleep.
 * Return: 0; -EINVAL for another word; -EPERM for a class higher than before,
 * unless @file was opened with CAP_SYS_NICE; what a security module says.
 */
int vcfs_mark_write(struct file *file, struct task_struct *p, const char *word);

#endif /* CONFIG_VCFS_GUEST_MARK */

#endif /* _LINUX_SCHED_VCFS_GUEST_H */
