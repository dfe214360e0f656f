/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * V-BFQ, host side: the hooks for BFQ.
 *
 * All of them run under the lock of the device, bfqd->lock. While no VM may be
 * privileged they cost a static branch.
 */
#ifndef _BLOCK_VBFQ_H
#define _BLOCK_VBFQ_H

#include <linux/atomic.h>
#include <linux/jump_label_ratelimit.h>
#include <linux/list.h>

struct bfq_data;
struct bfq_entity;
struct bfq_group;
struct bfq_queue;
struct bfq_sched_data;
struct blkg_policy_data;
struct elevator_queue;
struct seq_file;

#ifdef CONFIG_VBFQ

/**
 * struct vbfq_cgroup - part of a cgroup
 * @held: how many VMs hold a privilege of this cgroup
 */
struct vbfq_cgroup {
	atomic_t held;
};

/**
 * struct vbfq_group - part of a cgroup on one device
 * @node: in the device's groups, while privileged and once busy, or in debt
 * @lent: service time that the others on the device lost to it, in ns
 * @overdrawn: @lent reached the loan, and is not paid back yet
 * @overtakes: how often others of its queues went before the one that is not awaited
 * @led_ns: service time as leader; for statistics, as all that follows
 * @preemptions: queues that were interrupted for it
 * @overdrafts: how often it reached the loan
 */
struct vbfq_group {
	struct list_head node;
	u64 lent;
	bool overdrawn;
	unsigned int overtakes;
	u64 led_ns;
	u64 preemptions;
	u64 overdrafts;
};

/**
 * struct vbfq_data - part of a device
 * @groups: of struct vbfq_group
 * @leader: while the next queue is chosen: the privileged group to serve, or
 *	NULL when B-WF2Q+ decides
 * @served: the group that the drive works for, NULL if for none
 * @leads: its queue was chosen, and goes on, because it is privileged
 * @stamp: since when, in ns
 * @loan: in ns, 0 for no privilege on this device
 */
struct vbfq_data {
	struct list_head groups;
	struct bfq_group *leader;
	struct bfq_group *served;
	bool leads;
	u64 stamp;
	u64 loan;
};

extern struct static_key_false_deferred vbfq_key;

void vbfq_init(struct bfq_data *bfqd);
void vbfq_init_group(struct bfq_group *bfqg);
void vbfq_forget(struct bfq_group *bfqg);
void vbfq_stat(struct blkg_policy_data *pd, struct seq_file *s);
#define VBFQ_STAT	vbfq_stat

ssize_t bfq_vbfq_loan_show(struct elevator_queue *e, char *page);
ssize_t bfq_vbfq_loan_store(struct elevator_queue *e, const char *page,
			    size_t count);

void __vbfq_choose(struct bfq_data *bfqd);
struct bfq_entity *__vbfq_entity(struct bfq_data *bfqd,
				 struct bfq_sched_data *sd,
				 struct bfq_entity *next);
void __vbfq_serve(struct bfq_data *bfqd, struct bfq_queue *bfqq);
void __vbfq_stamp(struct bfq_entity *entity);
void __vbfq_rest(struct bfq_data *bfqd);
void __vbfq_busy(struct bfq_data *bfqd, struct bfq_queue *bfqq);
bool __vbfq_leads(struct bfq_data *bfqd, struct bfq_queue *bfqq);
bool __vbfq_spent(struct bfq_data *bfqd, struct bfq_queue *bfqq);
bool __vbfq_alone(struct bfq_queue *bfqq);
bool __vbfq_unlimited(struct bfq_queue *bfqq);
bool __vbfq_waits(struct bfq_data *bfqd, struct bfq_queue *bfqq);

/**
 * vbfq_choose() - look for the privileged group to serve next
 * @bfqd: a device with nothing in service, about to choose a queue
 */
static inline void vbfq_choose(struct bfq_data *bfqd)
{
	if (static_branch_unlikely(&vbfq_key.key))
		__vbfq_choose(bfqd);
}

/**
 * vbfq_entity() - the way down to that group
 * @bfqd: the device
 * @sd: a level of the hierarchy
 * @next: the entity that B-WF2Q+ has chosen there
 *
 * Return: the entity to serve at this level.
 */
static inline struct bfq_entity *vbfq_entity(struct bfq_data *bfqd,
					     struct bfq_sched_data *sd,
					     struct bfq_entity *next)
{
	if (static_branch_unlikely(&vbfq_key.key))
		return __vbfq_entity(bfqd, sd, next);
	return next;
}

/* @bfqq was chosen. */
static inline void vbfq_serve(struct bfq_data *bfqd, struct bfq_queue *bfqq)
{
	if (static_branch_unlikely(&vbfq_key.key))
		__vbfq_serve(bfqd, bfqq);
}

/* @entity was charged the service that it got up to now: its finish is set. */
static inline void vbfq_stamp(struct bfq_entity *entity)
{
	if (static_branch_unlikely(&vbfq_key.key))
		__vbfq_stamp(entity);
}

/* The queue in service has stopped being so, or the drive has no more work. */
static inline void vbfq_rest(struct bfq_data *bfqd)
{
	if (static_branch_unlikely(&vbfq_key.key))
		__vbfq_rest(bfqd);
}

/* @bfqq has become busy: it may interrupt the one in service. */
static inline void vbfq_busy(struct bfq_data *bfqd, struct bfq_queue *bfqq)
{
	if (static_branch_unlikely(&vbfq_key.key))
		__vbfq_busy(bfqd, bfqq);
}

/* Is @bfqq in service as leader? */
static inline bool vbfq_leads(struct bfq_data *bfqd, struct bfq_queue *bfqq)
{
	return static_branch_unlikely(&vbfq_key.key) &&
	       __vbfq_leads(bfqd, bfqq);
}

/* Must @bfqq, in service, stop leading? */
static inline bool vbfq_spent(struct bfq_data *bfqd, struct bfq_queue *bfqq)
{
	return static_branch_unlikely(&vbfq_key.key) &&
	       __vbfq_spent(bfqd, bfqq);
}

/* Has the group of @bfqq, in service, no other queue whose requests are awaited? */
static inline bool vbfq_alone(struct bfq_queue *bfqq)
{
	return static_branch_unlikely(&vbfq_key.key) && __vbfq_alone(bfqq);
}

/* May @bfqq allocate requests beyond its group's share of them? */
static inline bool vbfq_unlimited(struct bfq_queue *bfqq)
{
	return static_branch_unlikely(&vbfq_key.key) && __vbfq_unlimited(bfqq);
}

/* Must @bfqq, in service, wait until the drive has done what it has? */
static inline bool vbfq_waits(struct bfq_data *bfqd, struct bfq_queue *bfqq)
{
	return static_branch_unlikely(&vbfq_key.key) &&
	       __vbfq_waits(bfqd, bfqq);
}

#else

struct vbfq_cgroup { };
struct vbfq_group { };
struct vbfq_data { };

static inline void vbfq_init(struct bfq_data *bfqd) { }
static inline void vbfq_init_group(struct bfq_group *bfqg) { }
static inline void vbfq_forget(struct bfq_group *bfqg) { }
#define VBFQ_STAT	NULL

static inline void vbfq_choose(struct bfq_data *bfqd) { }

static inline struct bfq_entity *vbfq_entity(struct bfq_data *bfqd,
					     struct bfq_sched_data *sd,
					     struct bfq_entity *next)
{
	return next;
}

static inline void vbfq_serve(struct bfq_data *bfqd, struct bfq_queue *bfqq) { }
static inline void vbfq_stamp(struct bfq_entity *entity) { }
static inline void vbfq_rest(struct bfq_data *bfqd) { }
static inline void vbfq_busy(struct bfq_data *bfqd, struct bfq_queue *bfqq) { }

static inline bool vbfq_leads(struct bfq_data *bfqd, struct bfq_queue *bfqq)
{
	return false;
}

static inline bool vbfq_spent(struct bfq_data *bfqd, struct bfq_queue *bfqq)
{
	return false;
}

static inline bool vbfq_alone(struct bfq_queue *bfqq)
{
	return false;
}

static inline bool vbfq_unlimited(struct bfq_queue *bfqq)
{
	return false;
}

static inline bool vbfq_waits(struct bfq_data *bfqd, struct bfq_queue *bfqq)
{
	return false;
}

#endif /* CONFIG_VBFQ */

#endif /* _BLOCK_VBFQ_H */
