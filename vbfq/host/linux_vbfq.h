/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * V-BFQ, host side: what the rest of the kernel may ask of it.
 */
#ifndef _LINUX_VBFQ_H
#define _LINUX_VBFQ_H

#include <linux/types.h>

struct blkcg;
struct task_struct;

#ifdef CONFIG_VBFQ

/**
 * vbfq_get() - make the I/O scheduler's hooks live
 * vbfq_put() - undo one vbfq_get()
 *
 * Every privilege must be granted and ended between the two.
 *
 * Context: process context, may sleep; takes cpu_hotplug_lock for reading.
 */
void vbfq_get(void);
void vbfq_put(void);

/**
 * vbfq_serves() - can this task's disk requests be told from the host's?
 * @p: the task, with a reference held
 *
 * Return: false if the io controller has it in the root cgroup.
 */
bool vbfq_serves(struct task_struct *p);

/**
 * vbfq_privilege() - privilege the io cgroup of a task, on all disks
 * @held: what the previous call for the same VM returned, NULL at first
 * @p: a thread of the VM, with a reference held; NULL ends the privilege
 *
 * A thread that changed cgroups takes the privilege along at the next call.
 * Several VMs may hold the same cgroup. Calls for one VM must not overlap.
 *
 * Context: any but hard irq and NMI; takes the locks of the I/O schedulers.
 * Return: what is held now; NULL for nothing, because that was asked for or
 * because @p is in the root cgroup.
 */
struct blkcg *vbfq_privilege(struct blkcg *held, struct task_struct *p);

#else

static inline void vbfq_get(void) { }
static inline void vbfq_put(void) { }

static inline bool vbfq_serves(struct task_struct *p)
{
	return false;
}

static inline struct blkcg *vbfq_privilege(struct blkcg *held,
					   struct task_struct *p)
{
	return NULL;
}

#endif /* CONFIG_VBFQ */

#endif /* _LINUX_VBFQ_H */
