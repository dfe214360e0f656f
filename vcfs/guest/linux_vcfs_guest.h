/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * vCFS, guest side: what it keeps in a task, and what it learns from timers.
 */
#ifndef _LINUX_SCHED_VCFS_GUEST_H
#define _LINUX_SCHED_VCFS_GUEST_H

#include <linux/jump_label.h>
#include <linux/preempt.h>
#include <linux/timerqueue.h>

struct hrtimer_sleeper;
struct vcfs_vcpu;

/**
 * struct vcfs_sleeper - a critical task's sleep
 * @on: the vCPU where it sleeps, NULL while it does not
 * @timer: expires at the value of the virtual counter at which a timer wakes
 *	it, 0 if none is known
 */
struct vcfs_sleeper {
	struct vcfs_vcpu	*on;
	struct timerqueue_node	timer;
};

#ifdef CONFIG_VCFS_GUEST

DECLARE_STATIC_KEY_FALSE(vcfs_guest_key);

void __vcfs_guest_timer(struct hrtimer_sleeper *sl);
void __vcfs_guest_irq_exit(void);

/* @sl, just started, will wake current. */
static inline void vcfs_guest_timer(struct hrtimer_sleeper *sl)
{
	if (static_branch_unlikely(&vcfs_guest_key))
		__vcfs_guest_timer(sl);
}

/* An interrupt is done, its softirqs too if it was the outermost. IRQs off. */
static inline void vcfs_guest_irq_exit(void)
{
	if (static_branch_unlikely(&vcfs_guest_key) && !in_interrupt())
		__vcfs_guest_irq_exit();
}

#else

static inline void vcfs_guest_timer(struct hrtimer_sleeper *sl) { }
static inline void vcfs_guest_irq_exit(void) { }

#endif /* CONFIG_VCFS_GUEST */

#endif /* _LINUX_SCHED_VCFS_GUEST_H */
