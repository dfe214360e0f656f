/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * vCFS, host side: the hooks for kernel/sched/fair.c.
 *
 * All of them run under the lock of the run queue. While no VM may be
 * privileged they cost a static branch.
 */
#ifndef _KERNEL_SCHED_VCFS_H
#define _KERNEL_SCHED_VCFS_H

#include <linux/sched/vcfs.h>

#ifdef CONFIG_VCFS

static inline struct sched_entity *vcfs_parent(struct sched_entity *se)
{
#ifdef CONFIG_FAIR_GROUP_SCHED
	return se->parent;
#else
	return NULL;
#endif
}

void __vcfs_refresh(struct task_struct *p);
int __vcfs_place(struct task_struct *p, int cpu);
void __vcfs_enqueue(struct cfs_rq *cfs_rq, struct sched_entity *se);
void __vcfs_dequeue(struct cfs_rq *cfs_rq, struct sched_entity *se);
void __vcfs_add(struct cfs_rq *cfs_rq, struct sched_entity *se);
void __vcfs_remove(struct cfs_rq *cfs_rq, struct sched_entity *se);
void __vcfs_charge(struct cfs_rq *cfs_rq, struct sched_entity *curr, u64 delta);
struct sched_entity *__vcfs_pick(struct cfs_rq *cfs_rq,
				 struct sched_entity *curr);
int __vcfs_order(struct cfs_rq *cfs_rq, struct sched_entity *a,
		 struct sched_entity *b);
int __vcfs_tick(struct cfs_rq *cfs_rq, struct sched_entity *curr);
bool __vcfs_defer(struct rq *rq, struct task_struct *p);

#ifdef CONFIG_VCFS_YIELD

void __vcfs_yield(struct sched_entity *se, bool on);
void vcfs_yield_enqueue(struct cfs_rq *cfs_rq, struct sched_entity *se);
void vcfs_yield_dequeue(struct cfs_rq *cfs_rq, struct sched_entity *se);
unsigned long __vcfs_shares(struct sched_entity *se, unsigned long shares);

/**
 * vcfs_keep_lead() - adapt an entity's vruntime to another weight
 * @cfs_rq: its queue, with up-to-date vruntime of the running entity
 * @se: the entity; its weight is still the old one
 * @weight: the new one
 *
 * What it is ahead of others is the same CPU time afterwards.
 */
void vcfs_keep_lead(struct cfs_rq *cfs_rq, struct sched_entity *se,
		    unsigned long weight);

/* Give @se this weight and keep its lead, wherever it is. In fair.c. */
void vcfs_reweight(struct cfs_rq *cfs_rq, struct sched_entity *se,
		   unsigned long weight);

static inline bool vcfs_yields(struct sched_entity *se)
{
	return se->yields;
}

/* @se, of a task, yields from now on, or no longer. */
static inline void vcfs_yield(struct sched_entity *se, bool on)
{
	if (se->yields != on)
		__vcfs_yield(se, on);
}

/* A new task has its parent's weight, but does not yield. */
static inline void vcfs_yield_fork(struct sched_entity *se)
{
	if (se->yields)
		se->load = (struct load_weight) { .weight = se->own_weight };
	se->yields = false;
}

/* @p is about to leave its queue. */
static inline void vcfs_leave(struct task_struct *p)
{
	if (vcfs_live())
		vcfs_yield(&p->se, false);
}

/* The weight for @se, of a group whose shares give it @shares. */
static inline unsigned long vcfs_shares(struct sched_entity *se,
					unsigned long shares)
{
	if (vcfs_live() && se->yields)
		return __vcfs_shares(se, shares);
	return shares;
}

#else

static inline bool vcfs_yields(struct sched_entity *se) { return false; }
static inline void vcfs_yield(struct sched_entity *se, bool on) { }
static inline void vcfs_yield_fork(struct sched_entity *se) { }
static inline void vcfs_yield_enqueue(struct cfs_rq *cfs_rq,
				      struct sched_entity *se) { }
static inline void vcfs_yield_dequeue(struct cfs_rq *cfs_rq,
				      struct sched_entity *se) { }

#endif /* CONFIG_VCFS_YIELD */

/* A new task starts without privilege. */
static inline void vcfs_fork(struct task_struct *p)
{
	p->vcfs = NULL;
	p->se.privileged = 0;
	vcfs_yield_fork(&p->se);
}

/* A decision about @p is due: it wakes, or others compete with it. */
static inline void vcfs_refresh(struct task_struct *p)
{
	if (vcfs_live())
		__vcfs_refresh(p);
}

/**
 * vcfs_place() - where should a task wake up?
 * @p: the task; its pi_lock is held, and RCU
 * @cpu: where CFS would have it
 *
 * Return: another CPU that shares the cache, if privileged work is on @cpu but
 * not there, and @p may be privileged; else @cpu.
 */
static inline int vcfs_place(struct task_struct *p, int cpu)
{
	if (vcfs_live() && p->vcfs)
		return __vcfs_place(p, cpu);
	return cpu;
}

static inline void vcfs_init_cfs_rq(struct cfs_rq *cfs_rq)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(cfs_rq->privileged_timeline); i++)
		cfs_rq->privileged_timeline[i] = RB_ROOT_CACHED;
}

/* @se becomes runnable, and waits unless it runs; its on_rq is still 0. */
static inline void vcfs_enqueue(struct cfs_rq *cfs_rq, struct sched_entity *se)
{
	if (vcfs_live())
		__vcfs_enqueue(cfs_rq, se);
}

/* @se is no longer runnable, nor does it wait; its on_rq is already 0. */
static inline void vcfs_dequeue(struct cfs_rq *cfs_rq, struct sched_entity *se)
{
	if (vcfs_live())
		__vcfs_dequeue(cfs_rq, se);
}

/* @se, that did run, enters the timeline: it waits. */
static inline void vcfs_add(struct cfs_rq *cfs_rq, struct sched_entity *se)
{
	if (vcfs_live())
		__vcfs_add(cfs_rq, se);
}

/* @se leaves the timeline: it runs. */
static inline void vcfs_remove(struct cfs_rq *cfs_rq, struct sched_entity *se)
{
	if (vcfs_live())
		__vcfs_remove(cfs_rq, se);
}

/* @curr, the running entity, has run for another @delta nanoseconds. */
static inline void vcfs_charge(struct cfs_rq *cfs_rq, struct sched_entity *curr,
			       u64 delta)
{
	if (vcfs_live())
		__vcfs_charge(cfs_rq, curr, delta);
}

/**
 * vcfs_pick() - the privileged entity to run next
 * @cfs_rq: the queue
 * @curr: its running entity if that stays runnable, else NULL
 *
 * Return: NULL when ordinary CFS order decides.
 */
static inline struct sched_entity *vcfs_pick(struct cfs_rq *cfs_rq,
					     struct sched_entity *curr)
{
	if (vcfs_live())
		return __vcfs_pick(cfs_rq, curr);
	return NULL;
}

/**
 * vcfs_order() - does privilege order two entities of one queue?
 * @cfs_rq: the queue, with up-to-date vruntime of the running entity
 * @a: an entity
 * @b: another one
 *
 * Who yields comes last. Return: > 0 if @a goes first, < 0 if @b does, 0 if CFS
 * decides.
 */
static inline int vcfs_order(struct cfs_rq *cfs_rq, struct sched_entity *a,
			     struct sched_entity *b)
{
	if (vcfs_live())
		return __vcfs_order(cfs_rq, a, b);
	return 0;
}

/**
 * vcfs_tick() - does privilege decide whether the running entity goes on?
 * @cfs_rq: the queue, with up-to-date vruntime of @curr
 * @curr: its running entity
 *
 * Return: > 0 if @curr goes on, < 0 if it must yield, 0 if CFS decides.
 */
static inline int vcfs_tick(struct cfs_rq *cfs_rq, struct sched_entity *curr)
{
	if (vcfs_live())
		return __vcfs_tick(cfs_rq, curr);
	return 0;
}

/**
 * vcfs_defer() - should a task that goes first wait for a moment yet?
 * @rq: the queue
 * @p: the task; it is about to preempt the running one
 *
 * Return: true if it should; then the running task is preempted a little later.
 */
static inline bool vcfs_defer(struct rq *rq, struct task_struct *p)
{
	return vcfs_live() && __vcfs_defer(rq, p);
}

#else

static inline void vcfs_fork(struct task_struct *p) { }
static inline void vcfs_refresh(struct task_struct *p) { }
static inline int vcfs_place(struct task_struct *p, int cpu) { return cpu; }
static inline void vcfs_init_cfs_rq(struct cfs_rq *cfs_rq) { }
static inline void vcfs_enqueue(struct cfs_rq *cfs_rq, struct sched_entity *se)
{ }
static inline void vcfs_dequeue(struct cfs_rq *cfs_rq, struct sched_entity *se)
{ }
static inline void vcfs_add(struct cfs_rq *cfs_rq, struct sched_entity *se) { }
static inline void vcfs_remove(struct cfs_rq *cfs_rq, struct sched_entity *se)
{ }
static inline void vcfs_charge(struct cfs_rq *cfs_rq, struct sched_entity *curr,
			       u64 delta)
{ }

static inline struct sched_entity *vcfs_pick(struct cfs_rq *cfs_rq,
					     struct sched_entity *curr)
{
	return NULL;
}

static inline int vcfs_order(struct cfs_rq *cfs_rq, struct sched_entity *a,
			     struct sched_entity *b)
{
	return 0;
}

static inline int vcfs_tick(struct cfs_rq *cfs_rq, struct sched_entity *curr)
{
	return 0;
}

static inline bool vcfs_defer(struct rq *rq, struct task_struct *p)
{
	return false;
}

#endif /* CONFIG_VCFS */

#ifndef CONFIG_VCFS_YIELD

static inline void vcfs_leave(struct task_struct *p) { }

static inline unsigned long vcfs_shares(struct sched_entity *se,
					unsigned long shares)
{
	return shares;
}

#endif /* CONFIG_VCFS_YIELD */

#endif /* _KERNEL_SCHED_VCFS_H */
