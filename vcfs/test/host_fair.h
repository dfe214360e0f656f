/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * One CPU's fair class, for host_test.c: it calls the hooks of vcfs.h in the
 * order in which the patched kernel/sched/fair.c does, and is otherwise as
 * simple as can be.
 */
#ifndef TEST_HOST_FAIR_H
#define TEST_HOST_FAIR_H

#include "sched.h"
#include "vcfs.h"

#define NR_GROUPS	7	/* with the root, which is 0 */
#define NR_TASKS	12

struct group {
	struct sched_entity se;	/* unused by the root */
	struct cfs_rq *q;
};

extern struct rq rq;
extern struct group groups[NR_GROUPS];
extern struct task_struct tasks[NR_TASKS];

/* Chance decides about weights, bonuses, buddies and ways to pick. */
extern bool fair_random;

/* The task that runs is to be preempted. */
extern bool must_resched;

/* How often a task was privileged while it waited, and of throttling. */
extern unsigned int preempt_checks, throttles;

extern struct ctl_table *fair_sysctls;

/* For the test's own account: called just before vcfs_charge(). */
void fair_charged(struct cfs_rq *q, struct sched_entity *curr, u64 delta);

/* And before a task leaves its queue */
void fair_left(struct task_struct *p);

static inline bool waits(struct cfs_rq *q, struct sched_entity *se)
{
	return se->cfs_rq == q && se->on_rq && se != q->curr;
}

/* All entities, of groups and tasks, in no order. */
#define NR_ENTITIES	(NR_GROUPS - 1 + NR_TASKS)

static inline struct sched_entity *entity(int i)
{
	return i < NR_GROUPS - 1 ? &groups[i + 1].se :
				   &tasks[i - NR_GROUPS + 1].se;
}

/* All asleep; group @i is in group @parents[i], task @i in @homes[i]. */
void fair_init(const int *parents, const int *homes, u64 min_vruntime);

void fair_run(u64 ns);
void fair_tick(void);
void fair_schedule(void);
void fair_yield(void);
void fair_nominate(struct task_struct *p);
void fair_wake(struct task_struct *p);
void fair_sleep(struct task_struct *p);
void fair_detach(struct task_struct *p);
void fair_move(struct task_struct *p, struct group *to);
void fair_fork(struct task_struct *p);
void fair_unthrottle(struct cfs_rq *q);

/* For how long vcfs_put() has waited until now. */
extern long ticks_waited;

/* The shares of a group have changed. */
void fair_update_group(struct group *g, unsigned long shares);

#endif /* TEST_HOST_FAIR_H */
