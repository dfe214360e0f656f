// SPDX-License-Identifier: GPL-2.0-only
/*
 * V-BFQ, host side: privileged groups in BFQ.
 *
 * BFQ raises the weight of single queues, which counts only among the queues of
 * one cgroup. What a VM competes with is in other cgroups, so here it is the
 * group that is privileged: while one of its queues has requests, B-WF2Q+ is
 * bypassed on the way down to it, at every level of the hierarchy, and whoever
 * else is in service is interrupted.
 *
 * What the page cache writes for a VM nobody waits for: a group with nothing else does
 * not lead, and of its queues that one goes last, and slowly.
 *
 * Privilege is a loan. What the others on the device lose while a group leads is
 * counted in time: once that reaches the loan, the group does not lead until all of
 * it is paid back: by what the others get in place of it, because it wants nothing,
 * or somebody else leads; and when its privilege has ended, by what it gets, which
 * B-WF2Q+ then charges double. Of what it gets as leader B-WF2Q+ knows nothing: it is
 * not charged for that, nor do the others fall behind a virtual time. Or it would have
 * to wait for all of that at once, urgent or not. What it gets otherwise is nobody's
 * loss. In any interval the others get what is due to them, less one loan.
 */
#include <linux/blk-cgroup.h>
#include <linux/blkdev.h>
#include <linux/cgroup.h>
#include <linux/math64.h>
#include <linux/seq_file.h>
#include <linux/vbfq.h>

#include "blk.h"
#include "blk-cgroup.h"
#include "elevator.h"
#include "bfq-iosched.h"

#define CREATE_TRACE_POINTS
#include "trace_vbfq.h"

/*
 * The service time that a group may get in advance, when others have a right to
 * all but a small part of the disk. 5 % of ten seconds, less one time slice of
 * BFQ, by which a leader may go too far.
 */
#define VBFQ_LOAN_NS	(375 * NSEC_PER_MSEC)
#define VBFQ_LOAN_MAX	(60 * NSEC_PER_SEC)

/* How often in a row queues that are awaited go before one that is not. */
#define VBFQ_OVERTAKES	64

/* Shares of the device's service are in units of 2^-20. */
#define VBFQ_SHARE_SHIFT	20
#define VBFQ_WHOLE		BIT(VBFQ_SHARE_SHIFT)

/* Owners of VMs may switch at will; the code is not patched back at will. */
DEFINE_STATIC_KEY_DEFERRED_FALSE(vbfq_key, HZ);

static struct vbfq_cgroup *cgroup_of(struct blkcg *blkcg)
{
	struct blkcg_policy_data *cpd = blkcg_to_cpd(blkcg, &blkcg_policy_bfq);

	return &container_of(cpd, struct bfq_group_data, pd)->vbfq;
}

static bool is_privileged(struct bfq_group *bfqg)
{
	return atomic_read(&cgroup_of(bfqg_to_blkg(bfqg)->blkcg)->held) > 0;
}

static bool may_lead(struct bfq_data *bfqd, struct bfq_group *bfqg)
{
	return bfqd->vbfq.loan && !bfqg->vbfq.overdrawn && is_privileged(bfqg);
}

/* It makes up for its debt by what it gets. */
static bool pays(struct bfq_group *bfqg)
{
	return bfqg->vbfq.lent && !is_privileged(bfqg);
}

/* Somebody waits for it: not so for what the page cache writes in its own time. */
static bool is_awaited(struct bfq_entity *entity)
{
	struct bfq_queue *bfqq = bfq_entity_to_bfqq(entity);

	return !bfqq || bfq_bfqq_sync(bfqq);
}

/* The first of its queues that is awaited, NULL if there is none. */
static struct bfq_entity *first_awaited(struct bfq_group *bfqg)
{
	struct bfq_sched_data *sd = &bfqg->sched_data;
	struct bfq_entity *entity = sd->next_in_service;
	struct rb_node *node;
	int i;

	if (!entity || is_awaited(entity))
		return entity;

	for (i = 0; i < BFQ_IOPRIO_CLASSES; i++) {
		node = rb_first(&sd->service_tree[i].active);
		for (; node; node = rb_next(node)) {
			entity = rb_entry(node, struct bfq_entity, rb_node);
			if (is_awaited(entity))
				return entity;
		}
	}

	return NULL;
}

/* It waits for service: all its ancestors do as well. */
static bool is_waiting(struct bfq_group *bfqg)
{
	struct bfq_entity *entity = &bfqg->entity;

	return bfqg->sched_data.next_in_service && entity->tree &&
	       entity->tree == &bfq_entity_service_tree(entity)->active;
}

/* What @bfqg is entitled to, when all who are active stay so. */
static u32 share_of(struct bfq_group *bfqg)
{
	struct bfq_entity *entity = bfqg->my_entity;
	u64 share = VBFQ_WHOLE;

	for_each_entity(entity) {
		u64 wsum = bfq_entity_service_tree(entity)->wsum;

		if (!entity->on_st_or_in_serv)
			wsum += entity->weight;
		share = div64_u64(share * entity->weight, wsum);
	}

	return share;
}

static u64 scale(u64 ns, u32 share)
{
	return mul_u64_u32_shr(ns, share, VBFQ_SHARE_SHIFT);
}

static bool is_served(struct bfq_data *bfqd, struct bfq_group *bfqg)
{
	struct bfq_queue *bfqq = bfqd->in_service_queue;

	return bfqq && bfqq_group(bfqq) == bfqg;
}

/* Has a queue of another group requests? */
static bool others_wait(struct bfq_data *bfqd, struct bfq_group *bfqg)
{
	/* In service it is not counted as active. */
	unsigned int own = bfqg->active_entities + is_served(bfqd, bfqg);

	return bfq_tot_busy_queues(bfqd) > own;
}

/* The others have a right to @rest. */
static void lend(struct bfq_data *bfqd, struct bfq_group *bfqg, u64 delta,
		 u32 rest)
{
	struct vbfq_group *group = &bfqg->vbfq;
	u64 limit = scale(bfqd->vbfq.loan, rest);

	group->lent = min(group->lent + scale(delta, rest), limit);
	if (group->lent < limit || group->overdrawn)
		return;

	group->overdrawn = true;
	group->overdrafts++;
	trace_vbfq_overdrawn(bfqd, bfqg);
}

static void pay_back(struct bfq_group *bfqg, u64 delta)
{
	struct vbfq_group *group = &bfqg->vbfq;

	/* Whole, or each request would be an overdraft of its own. */
	group->lent -= min(group->lent, delta);
	if (!group->lent)
		group->overdrawn = false;
}

/* The drive has worked for vbfq.served, if for any, for @delta. */
static void account_group(struct bfq_data *bfqd, struct bfq_group *bfqg, u64 delta)
{
	/* If it is more, the hooks were off in between. */
	u64 slice = jiffies_to_nsecs(bfqd->bfq_timeout);
	struct bfq_group *served = bfqd->vbfq.served;
	u32 share = share_of(bfqg), rest = VBFQ_WHOLE - share;
	bool leads = bfqd->vbfq.leads;

	if (!served) {
		pay_back(bfqg, delta);
	} else if (served != bfqg) {
		if (leads || !is_waiting(bfqg))
			pay_back(bfqg, scale(delta, share));
	} else if (leads) {
		if (others_wait(bfqd, bfqg))
			lend(bfqd, bfqg, min(delta, slice), rest);
	} else if (pays(bfqg)) {
		pay_back(bfqg, scale(delta, rest));
	}
}

/* The drive has worked for vbfq.served, if for any, since vbfq.stamp. */
static void account(struct bfq_data *bfqd)
{
	struct bfq_group *served = bfqd->vbfq.served, *bfqg, *next;
	u64 now = ktime_get_ns();
	u64 delta = now - bfqd->vbfq.stamp;

	bfqd->vbfq.stamp = now;
	list_for_each_entry_safe(bfqg, next, &bfqd->vbfq.groups, vbfq.node) {
		account_group(bfqd, bfqg, delta);
		if (!bfqg->vbfq.lent && !is_privileged(bfqg))
			list_del_init(&bfqg->vbfq.node);
	}

	if (served && bfqd->vbfq.leads)
		served->vbfq.led_ns += delta;
}

/* The one that lent least: so those who compete take turns. */
void __vbfq_choose(struct bfq_data *bfqd)
{
	struct bfq_group *leader = NULL, *bfqg;

	account(bfqd);
	list_for_each_entry(bfqg, &bfqd->vbfq.groups, vbfq.node) {
		if (may_lead(bfqd, bfqg) && is_waiting(bfqg) &&
		    first_awaited(bfqg) &&
		    (!leader || bfqg->vbfq.lent < leader->vbfq.lent))
			leader = bfqg;
	}

	bfqd->vbfq.leader = leader;
}

/*
 * @next, a queue of @leader, is not awaited, and lets those go before it that are: not
 * for ever, as somebody may come to wait for it.
 */
static struct bfq_entity *overtake(struct bfq_group *leader,
				   struct bfq_entity *next)
{
	if (leader->vbfq.overtakes++ < VBFQ_OVERTAKES)
		return first_awaited(leader);

	leader->vbfq.overtakes = 0;
	return next;
}

struct bfq_entity *__vbfq_entity(struct bfq_data *bfqd,
				 struct bfq_sched_data *sd,
				 struct bfq_entity *next)
{
	struct bfq_group *leader = bfqd->vbfq.leader;
	struct bfq_entity *entity;

	if (!leader)
		return next;

	if (sd == &leader->sched_data && !is_awaited(next))
		return overtake(leader, next);

	entity = &leader->entity;
	for_each_entity(entity) {
		if (entity->sched_data == sd)
			return entity;
	}

	return next;
}

void __vbfq_serve(struct bfq_data *bfqd, struct bfq_queue *bfqq)
{
	bfqd->vbfq.served = bfqq_group(bfqq);
	bfqd->vbfq.leads = bfqd->vbfq.leader;
	bfqd->vbfq.leader = NULL;
}

/*
 * On each level of the way down to who was served: so it pays all others the same
 * part, wherever they are in the hierarchy. BFQ does this to a group in service
 * whenever one of its queues becomes busy, and charges it for all since it was
 * chosen, again and again: not here.
 */
void __vbfq_stamp(struct bfq_entity *entity)
{
	struct bfq_group *served;
	struct bfq_data *bfqd;

	if (bfq_entity_to_bfqq(entity) ||
	    entity != entity->sched_data->in_service_entity)
		return;

	bfqd = container_of(entity, struct bfq_group, entity)->bfqd;
	served = bfqd->vbfq.served;
	if (bfqd->vbfq.leads)
		entity->finish = entity->start;
	else if (served && pays(served))
		entity->finish += entity->finish - entity->start;
	entity->service = 0;
}

void __vbfq_rest(struct bfq_data *bfqd)
{
	account(bfqd);
	bfqd->vbfq.leads = false;
	if (!bfqd->rq_in_driver)
		bfqd->vbfq.served = NULL;
}

bool __vbfq_leads(struct bfq_data *bfqd, struct bfq_queue *bfqq)
{
	return bfqd->vbfq.leads && bfqq == bfqd->in_service_queue;
}

bool __vbfq_spent(struct bfq_data *bfqd, struct bfq_queue *bfqq)
{
	if (!__vbfq_leads(bfqd, bfqq))
		return false;

	account(bfqd);
	return !may_lead(bfqd, bfqq_group(bfqq));
}

bool __vbfq_alone(struct bfq_queue *bfqq)
{
	return !first_awaited(bfqq_group(bfqq));
}

bool __vbfq_unlimited(struct bfq_queue *bfqq)
{
	return bfq_bfqq_sync(bfqq) &&
	       may_lead(bfqq->bfqd, bfqq_group(bfqq));
}

bool __vbfq_waits(struct bfq_data *bfqd, struct bfq_queue *bfqq)
{
	if (bfq_bfqq_sync(bfqq) || !may_lead(bfqd, bfqq_group(bfqq)))
		return false;

	/* Nor is it injected. */
	return bfqd->rq_in_driver || bfqq != bfqd->in_service_queue;
}

/*
 * Does @bfqg, which may lead and has requests that are awaited, go before the queue in
 * service? If that is its own, only while that has nothing to do, when the disk idles
 * for the wrong thread of the VM, or is not awaited.
 */
static bool goes_first(struct bfq_data *bfqd, struct bfq_group *bfqg)
{
	struct bfq_queue *bfqq = bfqd->in_service_queue;

	if (bfqq_group(bfqq) == bfqg)
		return !bfqq->next_rq || !bfq_bfqq_sync(bfqq);
	return !may_lead(bfqd, bfqq_group(bfqq));
}

static void enlist(struct bfq_data *bfqd, struct bfq_group *bfqg)
{
	if (list_empty(&bfqg->vbfq.node))
		list_add_tail(&bfqg->vbfq.node, &bfqd->vbfq.groups);
}

/* @bfqg has requests: see that they are served in time. */
static void attend(struct bfq_data *bfqd, struct bfq_group *bfqg)
{
	enlist(bfqd, bfqg);

	if (!may_lead(bfqd, bfqg) || !bfqd->in_service_queue ||
	    !goes_first(bfqd, bfqg) || !first_awaited(bfqg))
		return;

	bfqg->vbfq.preemptions++;
	trace_vbfq_preempt(bfqd, bfqg);
	bfq_bfqq_expire(bfqd, bfqd->in_service_queue, false, BFQQE_PREEMPTED);
}

void __vbfq_busy(struct bfq_data *bfqd, struct bfq_queue *bfqq)
{
	struct bfq_group *bfqg = bfqq_group(bfqq);

	if (is_privileged(bfqg))
		attend(bfqd, bfqg);
}

/*
 * @bfqg has just been privileged, and may have requests already, waiting or in
 * service: then it goes on as leader.
 */
static void promote(struct bfq_group *bfqg)
{
	struct bfq_data *bfqd = bfqg->bfqd;
	unsigned long flags;

	spin_lock_irqsave(&bfqd->lock, flags);
	if (bfqg->online && is_served(bfqd, bfqg) &&
	    bfq_bfqq_sync(bfqd->in_service_queue)) {
		account(bfqd);
		enlist(bfqd, bfqg);
		bfqd->vbfq.leads = may_lead(bfqd, bfqg);
	} else if (bfqg->online && first_awaited(bfqg)) {
		attend(bfqd, bfqg);
		bfq_schedule_dispatch(bfqd);
	}
	spin_unlock_irqrestore(&bfqd->lock, flags);
}

static void grant(struct blkcg *blkcg)
{
	struct blkcg_gq *blkg;
	unsigned long flags;

	trace_vbfq_privilege(blkcg, true);
	if (atomic_inc_return(&cgroup_of(blkcg)->held) > 1)
		return;

	/* A disk that it uses later on is noticed by vbfq_busy(). */
	spin_lock_irqsave(&blkcg->lock, flags);
	hlist_for_each_entry(blkg, &blkcg->blkg_list, blkcg_node) {
		struct blkg_policy_data *pd = blkg_to_pd(blkg,
							 &blkcg_policy_bfq);

		if (pd)
			promote(container_of(pd, struct bfq_group, pd));
	}
	spin_unlock_irqrestore(&blkcg->lock, flags);
}

/* What leads notices at the next request, what waits never leads. */
static void withdraw(struct blkcg *blkcg)
{
	trace_vbfq_privilege(blkcg, false);
	atomic_dec(&cgroup_of(blkcg)->held);
	css_put(&blkcg->css);
}

/* The io cgroup of @p with a reference; NULL for the root cgroup. */
static struct blkcg *blkcg_get(struct task_struct *p)
{
	struct blkcg *blkcg;

	rcu_read_lock();
	blkcg = css_to_blkcg(task_css(p, io_cgrp_id));
	if (blkcg == &blkcg_root || !css_tryget(&blkcg->css))
		blkcg = NULL;
	rcu_read_unlock();

	return blkcg;
}

bool vbfq_serves(struct task_struct *p)
{
	struct blkcg *blkcg = blkcg_get(p);

	if (!blkcg)
		return false;

	css_put(&blkcg->css);
	return true;
}

struct blkcg *vbfq_privilege(struct blkcg *held, struct task_struct *p)
{
	struct blkcg *blkcg = p ? blkcg_get(p) : NULL;

	if (blkcg && blkcg == held) {
		css_put(&blkcg->css);
		return held;
	}

	if (blkcg)
		grant(blkcg);
	if (held)
		withdraw(held);

	return blkcg;
}

void vbfq_get(void)
{
	static_branch_deferred_inc(&vbfq_key);
}

void vbfq_put(void)
{
	static_branch_slow_dec_deferred(&vbfq_key);
}

void vbfq_init(struct bfq_data *bfqd)
{
	INIT_LIST_HEAD(&bfqd->vbfq.groups);
	bfqd->vbfq.loan = VBFQ_LOAN_NS;
}

void vbfq_init_group(struct bfq_group *bfqg)
{
	INIT_LIST_HEAD(&bfqg->vbfq.node);
}

/* @bfqg goes offline; under bfqd->lock. */
void vbfq_forget(struct bfq_group *bfqg)
{
	struct bfq_data *bfqd = bfqg->bfqd;

	list_del_init(&bfqg->vbfq.node);
	if (bfqd->vbfq.leader == bfqg)
		bfqd->vbfq.leader = NULL;
	if (bfqd->vbfq.served == bfqg) {
		bfqd->vbfq.served = NULL;
		bfqd->vbfq.leads = false;
	}
}

/* The group's part of a line in its cgroup's io.stat. */
void vbfq_stat(struct blkg_policy_data *pd, struct seq_file *s)
{
	struct bfq_group *bfqg = container_of(pd, struct bfq_group, pd);
	struct vbfq_group *group = &bfqg->vbfq;

	if (bfqg->my_entity && (is_privileged(bfqg) || group->led_ns))
		seq_printf(s, " vbfq.privileged=%d vbfq.led_usec=%llu vbfq.lent_usec=%llu vbfq.preemptions=%llu vbfq.overdrafts=%llu",
			   is_privileged(bfqg),
			   div_u64(group->led_ns, NSEC_PER_USEC),
			   div_u64(group->lent, NSEC_PER_USEC),
			   group->preemptions, group->overdrafts);
}

ssize_t bfq_vbfq_loan_show(struct elevator_queue *e, char *page)
{
	struct bfq_data *bfqd = e->elevator_data;

	return sysfs_emit(page, "%llu\n",
			  div_u64(bfqd->vbfq.loan, NSEC_PER_MSEC));
}

/* In ms. Clamped to its range, as BFQ's other attributes are. */
ssize_t bfq_vbfq_loan_store(struct elevator_queue *e, const char *page,
			    size_t count)
{
	struct bfq_data *bfqd = e->elevator_data;
	unsigned int loan;
	int ret = kstrtouint(page, 10, &loan);

	if (ret)
		return ret;

	spin_lock_irq(&bfqd->lock);
	bfqd->vbfq.loan = min((u64)loan * NSEC_PER_MSEC, VBFQ_LOAN_MAX);
	spin_unlock_irq(&bfqd->lock);
	return count;
}
