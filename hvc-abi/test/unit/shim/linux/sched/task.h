/* SPDX-License-Identifier: GPL-2.0-only */
/* A thread: its cgroup, and how many references to it there are. */
#ifndef SHIM_LINUX_SCHED_TASK_H
#define SHIM_LINUX_SCHED_TASK_H

struct task_struct {
	struct blkcg *blkcg;
	int refs;
};

static inline void get_task_struct(struct task_struct *p)
{
	p->refs++;
}

static inline void put_task_struct(struct task_struct *p)
{
	p->refs--;
}

#endif /* SHIM_LINUX_SCHED_TASK_H */
