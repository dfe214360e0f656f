// SPDX-License-Identifier: GPL-2.0-only
/*
 * vCFS, host side: privileged entities in CFS.
 *
 * Privilege is a loan. It changes when an entity is served, not how much it
 * gets, and it is bounded twice. A privileged entity is charged its vruntime
 * as always: once that leads the queue's min_vruntime by the loan, the entity
 * competes like any other until the others have caught up. And the queue lends:
 * once its privileged entities together have run for the loan while others
 * waited, none of them goes first until the others ran for as long. The former
 * keeps the shares of those that always run; the latter serves those that
 * sleep, which min_vruntime does not remember, and bounds many privileged
 * entities together and heavy ones.
 *
 * Privilege has two classes: what is critical goes before all else, such as the
 * threads of its VMM, which are privileged along with it.
 *
 * Beside the timeline, each cfs_rq keeps its waiting privileged entities in two
 * more trees, one for each class, in the same order. A group's entity is as
 * privileged as the most privileged that is runnable below it, so the rule holds
 * at every level of the hierarchy.
 *
 * The opposite, entities that yield to others, is in vcfs_yield.c.
 */
#include <linux/jiffies.h>
#include <linux/sched/cputime.h>
#include <linux/sched/signal.h>
#include <linux/sched/vcfs.h>

#include "sched.h"
#include "vcfs.h"

/* Owners of VMs may switch at will; the code is not patched back at will. */
DEFINE_STATIC_KEY_DEFERRED_FALSE(vcfs_key, HZ);

/*
 * The loan, in microseconds: of vruntime for the lead of one entity, of real
 * time for what a queue lends. The latter is how long, give or take a tick,
 * privileged entities keep others waiting at once. 0 stops vCFS.
 */
static unsigned int sysctl_vcfs_loan_us = 10000;
static unsigned int vcfs_loan_max_us = 1000000;

/* Classes of privilege: se->privileged is one of 1 to CLASSES, or 0. */
#define CLASSES ((int)ARRAY_SIZE(((struct cfs_rq *)0)->privileged_timeline))

/* Those of the class of @se that wait. */
static struct rb_root_cached *timeline_of(struct cfs_rq *cfs_rq,
					  struct sched_entity *se)
{
	return &cfs_rq->privileged_timeline[se->privileged - 1];
}

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

static u64 loan_ns(void)
{
	return (u64)READ_ONCE(sysctl_vcfs_loan_us) * NSEC_PER_USEC;
}

/* Privileged, and neither loan is used up. */
static bool may_lead(struct cfs_rq *cfs_rq, struct sched_entity *se)
{
	s64 loan = loan_ns();

	return se && se->privileged && loan && !cfs_rq->overdrawn &&
	       (s64)(se->vruntime - cfs_rq->min_vruntime) < loan;
}

/* As what class does it compete? */
static int leads_as(struct cfs_rq *cfs_rq, struct sched_entity *se)
{
	return may_lead(cfs_rq, se) ? se->privileged : 0;
}

/*
 * The first of those that wait, but for one that yields. If it may not lead,
 * none of its class behind it may.
 */
static struct sched_entity *first_waiting(struct cfs_rq *cfs_rq)
{
	struct sched_entity *se;
	struct rb_node *node;
	int i;

	for (i = CLASSES - 1; i >= 0; i--) {
		node = rb_first_cached(&cfs_rq->privileged_timeline[i]);
		se = privileged_of(node);
		if (se && se == cfs_rq->skip)
			se = privileged_of(rb_next(node));
		if (may_lead(cfs_rq, se))
			return se;
	}
	return NULL;
}

/* Of two that may lead */
static bool goes_before(struct sched_entity *a, struct sched_entity *b)
{
	if (a->privileged != b->privileged)
		return a->privileged > b->privileged;

	return (s64)(a->vruntime - b->vruntime) < 0;
}

void __vcfs_charge(struct cfs_rq *cfs_rq, struct sched_entity *curr, u64 delta)
{
	u64 loan = loan_ns();

	if (!curr->privileged)
		cfs_rq->lent -= min(cfs_rq->lent, delta);
	else if (cfs_rq->nr_running > cfs_rq->nr_privileged)
		cfs_rq->lent = min(cfs_rq->lent + delta, loan);

	/* Paid back whole, or a tick would lend more than was paid back. */
	if (!cfs_rq->lent)
		cfs_rq->overdrawn = false;
	else if (cfs_rq->lent >= loan)
		cfs_rq->overdrawn = true;
}

void __vcfs_add(struct cfs_rq *cfs_rq, struct sched_entity *se)
{
	if (se->privileged)
		rb_add_cached(&se->privileged_node, timeline_of(cfs_rq, se),
			      privileged_less);
}

void __vcfs_remove(struct cfs_rq *cfs_rq, struct sched_entity *se)
{
	if (se->privileged)
		rb_erase_cached(&se->privileged_node, timeline_of(cfs_rq, se));
}

/* The highest class that is runnable here */
static int class_of(struct cfs_rq *cfs_rq)
{
	return cfs_rq->nr_critical ? CLASSES : !!cfs_rq->nr_privileged;
}

static void count(struct cfs_rq *cfs_rq, int class, int n)
{
	if (class)
		cfs_rq->nr_privileged += n;
	if (class == CLASSES)
		cfs_rq->nr_critical += n;
}

/* Mark @se, and each ancestor for which that makes a difference. */
static void set_privileged(struct sched_entity *se, int class)
{
	while (se && se->privileged != class) {
		struct cfs_rq *cfs_rq = cfs_rq_of(se);

		/* Counted once it is enqueued. */
		if (!se->on_rq) {
			se->privileged = class;
			return;
		}

		if (se != cfs_rq->curr)
			__vcfs_remove(cfs_rq, se);
		count(cfs_rq, se->privileged, -1);
		se->privileged = class;
		count(cfs_rq, class, 1);
		if (se != cfs_rq->curr)
			__vcfs_add(cfs_rq, se);

		se = vcfs_parent(se);
		class = class_of(cfs_rq);
	}
}

void __vcfs_enqueue(struct cfs_rq *cfs_rq, struct sched_entity *se)
{
	vcfs_yield_enqueue(cfs_rq, se);
	if (se != cfs_rq->curr)
		__vcfs_add(cfs_rq, se);
	count(cfs_rq, se->privileged, 1);
	set_privileged(vcfs_parent(se), class_of(cfs_rq));
}

void __vcfs_dequeue(struct cfs_rq *cfs_rq, struct sched_entity *se)
{
	if (se != cfs_rq->curr)
		__vcfs_remove(cfs_rq, se);
	count(cfs_rq, se->privileged, -1);
	set_privileged(vcfs_parent(se), class_of(cfs_rq));
	vcfs_yield_dequeue(cfs_rq, se);
}

struct sched_entity *__vcfs_pick(struct cfs_rq *cfs_rq,
				 struct sched_entity *curr)
{
	struct sched_entity *se;

	/* Another one yields to it. */
	if (may_lead(cfs_rq, cfs_rq->next))
		return cfs_rq->next;

	se = first_waiting(cfs_rq);
	if (may_lead(cfs_rq, curr) && curr != cfs_rq->skip &&
	    (!se || goes_before(curr, se)))
		se = curr;

	return se;
}

int __vcfs_order(struct cfs_rq *cfs_rq, struct sched_entity *a,
		 struct sched_entity *b)
{
	int order = leads_as(cfs_rq, a) - leads_as(cfs_rq, b);

	return order ?: vcfs_yields(b) - vcfs_yields(a);
}

int __vcfs_tick(struct cfs_rq *cfs_rq, struct sched_entity *curr)
{
	return leads_as(cfs_rq, curr) - leads_as(cfs_rq, first_waiting(cfs_rq));
}

static bool runs_elsewhere(struct task_struct *p)
{
	struct rq *rq = task_rq(p);

	return task_current(rq, p) && cpu_of(rq) != smp_processor_id();
}

/* How often to look whether a vCPU still masks interrupts, and how many times */
#define DEFER_NS	(5 * NSEC_PER_USEC)
#define DEFER_LOOKS	10

/**
 * struct vcfs_deferral - a vCPU of this CPU goes on for a moment
 * @timer: the next look at it
 * @holder: its thread, as long as that runs
 * @looks: how many are left
 *
 * Only its CPU uses it, with interrupts masked.
 */
struct vcfs_deferral {
	struct hrtimer timer;
	struct task_struct *holder;
	unsigned int looks;
};

static DEFINE_PER_CPU(struct vcfs_deferral, vcfs_deferrals);

/* May @p, current, hold a lock of its guest? */
static bool holds_lock(struct task_struct *p)
{
	struct vcfs_source *source = p->vcfs;

	return source && source->locks && source->locks(source);
}

static enum hrtimer_restart deferral_look(struct hrtimer *timer)
{
	struct vcfs_deferral *deferral = container_of(timer, struct vcfs_deferral,
						      timer);
	struct rq *rq = this_rq();
	struct rq_flags rf;
	bool again = false;

	rq_lock(rq, &rf);
	if (rq->curr == deferral->holder) {
		again = holds_lock(rq->curr) && --deferral->looks;
		if (!again)
			resched_curr(rq);
	}
	rq_unlock(rq, &rf);

	if (!again)
		return HRTIMER_NORESTART;
	hrtimer_forward_now(timer, ns_to_ktime(DEFER_NS));
	return HRTIMER_RESTART;
}

static bool defer(struct task_struct *holder)
{
	struct vcfs_deferral *deferral = this_cpu_ptr(&vcfs_deferrals);

	if (!hrtimer_is_hres_active(&deferral->timer))
		return false;

	deferral->holder = holder;
	deferral->looks = DEFER_LOOKS;
	hrtimer_start(&deferral->timer, ns_to_ktime(DEFER_NS),
		      HRTIMER_MODE_REL_PINNED_HARD);
	return true;
}

/*
 * The vCPUs of one VM share locks. Whoever sends the interrupt that makes a
 * sibling urgent holds one more often than not, and the sibling would spin on it,
 * ahead of the holder, until the loan is used up. Other threads of the VMM, which
 * have no source of their own, wait for none of them.
 */
bool __vcfs_defer(struct rq *rq, struct task_struct *p)
{
	struct task_struct *curr = rq->curr;

	return p->vcfs && curr->mm == p->mm && cpu_of(rq) == smp_processor_id() &&
	       holds_lock(curr) && defer(curr);
}

/*
 * The task's own source, or else that of its memory. If it runs on another CPU
 * it may drop that memory in exec right now: then all stays as it is until the
 * question comes from there.
 */
static int wants(struct task_struct *p)
{
	struct vcfs_source *source = p->vcfs;

	if (!source) {
		if (runs_elsewhere(p))
			return p->se.privileged;
		if (p->mm)
			source = READ_ONCE(p->mm->vcfs);
	}

	return source ? source->wants(source) : 0;
}

/* At no time both */
void __vcfs_refresh(struct task_struct *p)
{
	int want = wants(p);

	if (want >= 0)
		vcfs_yield(&p->se, false);
	set_privileged(&p->se, clamp(want, 0, CLASSES));
	if (want < 0)
		vcfs_yield(&p->se, true);
}

static int rank(struct sched_entity *se)
{
	return se->privileged - vcfs_yields(se);
}

/* Ask, and let a better rank begin at once, not at the next tick. */
static void ask(struct rq *rq, struct task_struct *p)
{
	int was = rank(&p->se);

	__vcfs_refresh(p);
	if (rank(&p->se) > was && task_on_rq_queued(p) && !task_current(rq, p))
		check_preempt_curr(rq, p, 0);
}

void vcfs_attach(struct task_struct *p, struct vcfs_source *source)
{
	struct rq_flags rf;
	struct rq *rq;

	if (READ_ONCE(p->vcfs) == source)
		return;

	rq = task_rq_lock(p, &rf);
	update_rq_clock(rq);
	WRITE_ONCE(p->vcfs, source);
	ask(rq, p);
	task_rq_unlock(rq, p, &rf);
}

void vcfs_detach(struct task_struct *p, struct vcfs_source *source)
{
	struct rq_flags rf;
	struct rq *rq;

	rq = task_rq_lock(p, &rf);
	update_rq_clock(rq);
	if (p->vcfs == source) {
		WRITE_ONCE(p->vcfs, NULL);
		ask(rq, p);
	}
	task_rq_unlock(rq, p, &rf);
}

void vcfs_update(struct task_struct *p)
{
	struct rq_flags rf;
	struct rq *rq;

	rq = task_rq_lock(p, &rf);
	update_rq_clock(rq);
	ask(rq, p);
	task_rq_unlock(rq, p, &rf);
}

void vcfs_hurry(struct task_struct *p)
{
	struct sched_entity *se;
	struct rq_flags rf;
	struct rq *rq;

	rq = task_rq_lock(p, &rf);
	update_rq_clock(rq);
	ask(rq, p);
	for (se = &p->se; se && se->privileged && se->on_rq; se = vcfs_parent(se))
		cfs_rq_of(se)->next = se;
	task_rq_unlock(rq, p, &rf);
}

void vcfs_hold(void)
{
	unsigned long flags;

	local_irq_save(flags);
	defer(current);
	local_irq_restore(flags);
}

void vcfs_attach_mm(struct mm_struct *mm, struct vcfs_source *source)
{
	WRITE_ONCE(mm->vcfs, source);
}

void vcfs_detach_mm(struct mm_struct *mm, struct vcfs_source *source)
{
	cmpxchg(&mm->vcfs, source, NULL);
	/* Whoever asks holds the lock of a run queue. */
	synchronize_rcu();
}

/* What wants() leaves as it is: a task that runs elsewhere asks again at its tick. */
static void end(struct task_struct *p)
{
	struct rq_flags rf;
	struct rq *rq;

	rq = task_rq_lock(p, &rf);
	update_rq_clock(rq);
	if (!p->vcfs && runs_elsewhere(p))
		set_privileged(&p->se, 0);
	else
		ask(rq, p);
	task_rq_unlock(rq, p, &rf);
}

void vcfs_end(void)
{
	struct task_struct *g, *p;

	/* Whoever asks holds the lock of a run queue: what they heard is old. */
	synchronize_rcu();

	rcu_read_lock();
	for_each_process_thread(g, p) {
		if (READ_ONCE(p->se.privileged))
			end(p);
	}
	rcu_read_unlock();
}

#ifdef CONFIG_SMP
int __vcfs_place(struct task_struct *p, int cpu)
{
	struct sched_domain *sd = rcu_dereference(per_cpu(sd_llc, cpu));
	int other;

	if (!sd || !READ_ONCE(cpu_rq(cpu)->cfs.nr_privileged))
		return cpu;

	for_each_cpu_wrap(other, sched_domain_span(sd), cpu) {
		if (cpumask_test_cpu(other, p->cpus_ptr) &&
		    !READ_ONCE(cpu_rq(other)->cfs.nr_privileged))
			return other;
	}
	return cpu;
}
#endif

bool vcfs_throttled(struct task_struct *p)
{
	struct sched_entity *se;

	for (se = &p->se; se; se = vcfs_parent(se)) {
		if (se->privileged && !may_lead(cfs_rq_of(se), se))
			return true;
	}
	return false;
}

static bool any_privileged(void)
{
	int cpu;

	for_each_online_cpu(cpu) {
		if (READ_ONCE(cpu_rq(cpu)->cfs.nr_privileged))
			return true;
	}
	return false;
}

/*
 * Nobody becomes privileged any more. But a thread that is about to end may still
 * be: it is none of its process's any more, where vcfs_end() looks.
 */
static void wait_for_privileged(void)
{
	int ticks = HZ;

	while (any_privileged() && ticks--)
		schedule_timeout_uninterruptible(1);
	WARN_ON_ONCE(any_privileged());
}

/* Between vcfs_get() and vcfs_put() */
static unsigned int vcfs_users;

void vcfs_get(void)
{
	vcfs_users++;
	static_branch_deferred_inc(&vcfs_key);
}

void vcfs_put(void)
{
	if (!--vcfs_users)
		wait_for_privileged();
	static_branch_slow_dec_deferred(&vcfs_key);
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
	struct hrtimer *timer;
	int cpu;

	for_each_possible_cpu(cpu) {
		timer = &per_cpu(vcfs_deferrals, cpu).timer;
		hrtimer_init(timer, CLOCK_MONOTONIC, HRTIMER_MODE_REL_PINNED_HARD);
		timer->function = deferral_look;
	}
	register_sysctl_init("kernel", vcfs_sysctls);
	return 0;
}
late_initcall(vcfs_init);
