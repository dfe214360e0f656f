// SPDX-License-Identifier: GPL-2.0-only
/*
 * vCFS, host side: entities that yield.
 *
 * A vCPU that has nothing but SCHED_IDLE work in its guest is served as if its
 * thread were SCHED_IDLE: it has that weight while it yields, and others preempt
 * it when they wake. A group's entity yields while all that is runnable below it
 * does. So it never starves, and as its vruntime grows that much faster, it is
 * owed nothing afterwards.
 *
 * Two things differ from a change of policy. It happens any number of times a
 * second, so what an entity is ahead of the others is kept in terms of CPU time,
 * not of vruntime: who ran for one tick as SCHED_IDLE would otherwise pay for it
 * with a second or more, and who only changes its weight must not lose its debt
 * by that. And a task yields from a tick, or the end of its turn, until it
 * leaves the queue: it wakes as what it is.
 */
#include <linux/math64.h>
#include <linux/minmax.h>
#include <linux/sched/cputime.h>

#include "sched.h"
#include "vcfs.h"

static unsigned long yield_weight(unsigned long own)
{
	return min(own, scale_load(WEIGHT_IDLEPRIO));
}

void vcfs_keep_lead(struct cfs_rq *cfs_rq, struct sched_entity *se,
		    unsigned long weight)
{
	s64 lead = se->vruntime - cfs_rq->min_vruntime;

	if (lead > 0)
		se->vruntime = cfs_rq->min_vruntime +
			mul_u64_u64_div_u64(lead, se->load.weight, weight);
}

static void change_weight(struct sched_entity *se, bool yields)
{
	unsigned long weight = se->own_weight;

	if (yields) {
		se->own_weight = se->load.weight;
		weight = yield_weight(se->own_weight);
	}
	se->yields = yields;
	vcfs_reweight(cfs_rq_of(se), se, weight);
}

/* Of those that are runnable in @cfs_rq, which are so many */
static bool all_yield(struct cfs_rq *cfs_rq, unsigned int nr_running)
{
	return nr_running && cfs_rq->nr_yielding == nr_running;
}

/* @se, and each ancestor for which that makes a difference */
static void set_yields(struct sched_entity *se, bool on)
{
	for (; se && se->yields != on; se = vcfs_parent(se)) {
		struct cfs_rq *cfs_rq = cfs_rq_of(se);

		change_weight(se, on);
		/* Counted once it is enqueued. */
		if (!se->on_rq)
			return;

		cfs_rq->nr_yielding += on ? 1 : -1;
		if (all_yield(cfs_rq, cfs_rq->nr_running) != on)
			return;
	}
}

/* A task that is not in a queue has a vruntime that is relative, or soon is. */
void __vcfs_yield(struct sched_entity *se, bool on)
{
	set_yields(se, on && se->on_rq);
}

void vcfs_yield_enqueue(struct cfs_rq *cfs_rq, struct sched_entity *se)
{
	cfs_rq->nr_yielding += se->yields;
	set_yields(vcfs_parent(se), all_yield(cfs_rq, cfs_rq->nr_running));
}

/* It is still in nr_running. */
void vcfs_yield_dequeue(struct cfs_rq *cfs_rq, struct sched_entity *se)
{
	cfs_rq->nr_yielding -= se->yields;
	set_yields(vcfs_parent(se), all_yield(cfs_rq, cfs_rq->nr_running - 1));
}

unsigned long __vcfs_shares(struct sched_entity *se, unsigned long shares)
{
	se->own_weight = shares;
	return yield_weight(shares);
}
