/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * vCFS, host side: what the rest of the kernel may ask of it.
 */
#ifndef _LINUX_SCHED_VCFS_H
#define _LINUX_SCHED_VCFS_H

#include <linux/types.h>

struct task_struct;

#ifdef CONFIG_VCFS

/**
 * vcfs_get() - make the scheduler's hooks live
 * vcfs_put() - undo one vcfs_get()
 *
 * Every privilege must be granted and ended between the two.
 *
 * Context: process context, may sleep; takes cpu_hotplug_lock for reading.
 */
void vcfs_get(void);
void vcfs_put(void);

/**
 * vcfs_privilege() - grant or end a task's privilege
 * @p: the task, with a reference held; any scheduling class, dead or alive
 * @on: serve it before unprivileged CFS tasks, within the loan
 *
 * It counts while the task is in the fair class. Not inherited by fork.
 *
 * Context: any but NMI; takes @p->pi_lock and the lock of its run queue.
 */
void vcfs_privilege(struct task_struct *p, bool on);

#else

static inline void vcfs_get(void) { }
static inline void vcfs_put(void) { }
static inline void vcfs_privilege(struct task_struct *p, bool on) { }

#endif /* CONFIG_VCFS */

#endif /* _LINUX_SCHED_VCFS_H */
