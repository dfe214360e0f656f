// SPDX-License-Identifier: GPL-2.0-only
/*
 * vCFS, host side: privileged entities in CFS.
 *
 * Privilege is a loan. It changes when an entity is served, never how much it
 * gets: a privileged entity is charged its vruntime as always, and once that
 * leads the queue's min_vruntime by more than the loan it competes like any
 * other until the others have caught up. So nothing is gained by claiming
 * privilege for ever.
 *
 * Beside the timeline, each cfs_rq keeps its waiting privileged entities in a
 * second tree, in the same order. A group's entity is privileged while
 * something privileged is runnable below it, so the rule holds at every level
 * of the hierarchy.
 */
#include <linux/limits.h>
#include <linux/sched/cputime.h>
#include <linux/sched/vcfs.h>

#include "sched.h"
#include "vcfs.h"

DEFINE_STATIC_KEY_FALSE(vcfs_key);

/*
 * How far ahead of min_vruntime a privileged entity may run, in microseconds
 * of vruntime (real time at nice 0). So one privileged entity keeps others
 * waiting for about that long at once. 0 stops vCFS.
 */
static unsigned int sysctl_vcfs_loan_us = 10000;
static unsigned int vcfs_loan_max_us = 1000000;

static struct sched_entity *privileged_of(struct rb_node *node)
{
	return rb_entry_safe(node, struct sched_entity, privileged_node);
}

static bool privileged_less(struct rb_node *a, const struct rb_node *b)
{
	u64 va = rb_entry(a, struct sched_entity, privileged_node)->vruntime;
	u64 vb = rb_entry(b, struct sched_entity, privileged_node)->vruntime;

	return (s64)(va - vb) < 0;
}

static struct sched_entity *vcfs_parent(struct sched_entity *se)
{
#ifdef CONFIG_FAIR_GROUP_SCHED
	return se->parent;
#else
	return NULL;
#endif
}

/* Privileged, and the loan is not used up. */
static bool may_lead(struct cfs_rq *cfs_rq, struct sched_entity *se)
{
	s64 loan = (s64)READ_ONCE(sysctl_vcfs_loan_us) * NSEC_PER_USEC;

	return se && se->privileged && loan &&
	       (s64)(se->vruntime - cfs_rq->min_vruntime) < loan;
}

/* The first of those that wait. If it may not lead, none behind it may. */
static struct sched_entity *first_waiting(struct cfs_rq *cfs_rq)
{
	struct rb_node *left = rb_first_cached(&cfs_rq->privileged_timeline);
	struct sched_entity *se = privileged_of(left);

	return may_lead(cfs_rq, se) ? se : NULL;
}

void __vcfs_add(struct cfs_rq *cfs_rq, struct sched_entity *se)
{
	if (se->privileged)
		rb_add_cached(&se->privileged_node,
			      &cfs_rq->privileged_timeline, privileged_less);
}

void __vcfs_remove(struct cfs_rq *cfs_rq, struct sched_entity *se)
{
	if (se->privileged)
		rb_erase_cached(&se->privileged_node,
				&cfs_rq->privileged_timeline);
}

/* Mark @se, and each ancestor for which that makes a difference. */
static void set_privileged(struct sched_entity *se, bool on)
{
	for (; se && se->privileged != on; se = vcfs_parent(se)) {
		struct cfs_rq *cfs_rq = cfs_rq_of(se);

		/* Counted once it is enqueued. */
		if (!se->on_rq) {
			se->privileged = on;
			return;
		}

		if (se != cfs_rq->curr)
			__vcfs_remove(cfs_rq, se);
		se->privileged = on;
		if (se != cfs_rq->curr)
			__vcfs_add(cfs_rq, se);

		cfs_rq->nr_privileged += on ? 1 : -1;
		if (cfs_rq->nr_privileged != on)
			return;
	}
}

void __vcfs_enqueue(struct cfs_rq *cfs_rq, struct sched_entity *se)
{
	if (se->privileged && !cfs_rq->nr_privileged++)
		set_privileged(vcfs_parent(se), true);
}

void __vcfs_dequeue(struct cfs_rq *cfs_rq, struct sched_entity *se)
{
	if (se->privileged && !--cfs_rq->nr_privileged)
		set_privileged(vcfs_parent(se), false);
}

struct sched_entity *__vcfs_pick(struct cfs_rq *cfs_rq,
				 struct sched_entity *curr)
{
	struct sched_entity *se = first_waiting(cfs_rq);

	if (may_lead(cfs_rq, curr) &&
	    (!se || (s64)(curr->vruntime - se->vruntime) < 0))
		se = curr;

	/* It yields, so let CFS find somebody else. */
	return se == cfs_rq->skip ? NULL : se;
}

int __vcfs_order(struct cfs_rq *cfs_rq, struct sched_entity *a,
		 struct sched_entity *b)
{
	return may_lead(cfs_rq, a) - may_lead(cfs_rq, b);
}

int __vcfs_tick(struct cfs_rq *cfs_rq, struct sched_entity *curr)
{
	return may_lead(cfs_rq, curr) - !!first_waiting(cfs_rq);
}

void vcfs_privilege(struct task_struct *p, bool on)
{
	struct rq_flags rf;
	struct rq *rq;

	rq = task_rq_lock(p, &rf);
	update_rq_clock(rq);
	set_privileged(&p->se, on);
	if (on && task_on_rq_queued(p) && !task_current(rq, p))
		check_preempt_curr(rq, p, 0);
	task_rq_unlock(rq, p, &rf);
}

void vcfs_get(void)
{
	static_branch_inc(&vcfs_key);
}

void vcfs_put(void)
{
	static_branch_dec(&vcfs_key);
}

static struct ctl_table vcfs_sysctls[] = {
	{
		.procname	= "vcfs_loan_us",
		.data		= &sysctl_vcfs_loan_us,
		.maxlen		= sizeof(sysctl_vcfs_loan_us),
		.mode		= 0644,
		.proc_handler	= proc_douintvec_minmax,
		.extra1		= SYSCTL_ZERO,
		.extra2		= &vcfs_loan_max_us,
	},
	{}
};

static int __init vcfs_init(void)
{
	register_sysctl_init("kernel", vcfs_sysctls);
	return 0;
}
late_initcall(vcfs_init);
