/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What vbfq.c uses of block/bfq-iosched.h and of the kernel, with what
 * host_test.c needs to play a few devices and cgroups.
 */
#ifndef SHIM_HOST_BFQ_IOSCHED_H
#define SHIM_HOST_BFQ_IOSCHED_H

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>

#include <linux/compiler.h>
#include <linux/kernel.h>
#include <linux/bits.h>
#include <linux/list.h>
#include <linux/math64.h>
#include <linux/rbtree.h>
#include <linux/types.h>

#include "vbfq.h"

#define HZ			250
#define NSEC_PER_MSEC		1000000ULL
#define NSEC_PER_SEC		1000000000ULL
#define NSEC_PER_USEC		1000ULL
#define jiffies_to_nsecs(j)	((u64)(j) * (NSEC_PER_SEC / HZ))
#define mul_u64_u32_shr(a, b, n)	((u64)(a) * (b) >> (n))
#define div64_u64(a, b)		((u64)(a) / (u64)(b))
#define div_u64(a, b)		((unsigned long long)(a) / (b))

/* The test's clock */
extern u64 now_ns;

#define ktime_get_ns()		(now_ns)

struct cgroup_subsys_state {
	int refs;
};

struct blkcg_policy {
	int plid;
};

struct blkcg_policy_data {
	int plid;
};

struct blkg_policy_data {
	int plid;
};

struct shim_lock {
	bool held;
};

struct blkcg {
	struct cgroup_subsys_state css;
	struct shim_lock lock;
	struct blkcg_policy_data *cpd;
	struct hlist_head blkg_list;
};

struct blkcg_gq {
	struct hlist_node blkcg_node;
	struct blkcg *blkcg;
	struct blkg_policy_data *pd;
};

struct task_struct {
	struct blkcg *blkcg;
};

struct bfq_service_tree {
	struct rb_root active;
	unsigned long wsum;
};

#define BFQ_IOPRIO_CLASSES	1

struct bfq_sched_data {
	struct bfq_entity *in_service_entity;
	struct bfq_entity *next_in_service;
	struct bfq_service_tree service_tree[BFQ_IOPRIO_CLASSES];
};

struct bfq_entity {
	struct rb_node rb_node;
	struct rb_root *tree;
	bool on_st_or_in_serv;
	u64 start, finish, service;
	int weight;
	struct bfq_entity *parent;
	struct bfq_sched_data *my_sched_data;
	struct bfq_sched_data *sched_data;
};

struct bfq_group_data {
	struct blkcg_policy_data pd;
	struct vbfq_cgroup vbfq;
};

struct bfq_group {
	struct blkg_policy_data pd;
	bool online;
	struct bfq_entity entity;
	struct bfq_sched_data sched_data;
	void *bfqd;
	struct bfq_entity *my_entity;
	int active_entities;
	struct vbfq_group vbfq;

	/* host_test.c */
	struct blkcg_gq blkg;
};

struct request;

struct bfq_queue {
	struct bfq_entity entity;
	struct bfq_data *bfqd;
	struct request *next_rq;
	bool async;

	/* host_test.c */
	struct bfq_group *group;
};

struct bfq_data {
	struct bfq_queue *in_service_queue;
	int rq_in_driver;
	unsigned int bfq_timeout;
	struct shim_lock lock;
	struct vbfq_data vbfq;

	/* host_test.c */
	unsigned int busy;
};

struct elevator_queue {
	void *elevator_data;
};

struct seq_file {
	char text[512];
};

enum bfqq_expiration {
	BFQQE_PREEMPTED,
};

#define for_each_entity(entity)	for (; entity; entity = entity->parent)

extern struct blkcg_policy blkcg_policy_bfq;
extern struct blkcg blkcg_root;

unsigned int bfq_tot_busy_queues(struct bfq_data *bfqd);
void bfq_bfqq_expire(struct bfq_data *bfqd, struct bfq_queue *bfqq,
		     bool compensate, enum bfqq_expiration reason);
void bfq_schedule_dispatch(struct bfq_data *bfqd);

static inline struct bfq_service_tree *
bfq_entity_service_tree(struct bfq_entity *entity)
{
	return entity->sched_data->service_tree;
}

static inline struct bfq_queue *bfq_entity_to_bfqq(struct bfq_entity *entity)
{
	return entity->my_sched_data ? NULL :
	       container_of(entity, struct bfq_queue, entity);
}

static inline bool bfq_bfqq_sync(struct bfq_queue *bfqq)
{
	return !bfqq->async;
}

static inline struct bfq_group *bfqq_group(struct bfq_queue *bfqq)
{
	return bfqq->group;
}

static inline struct blkcg_gq *bfqg_to_blkg(struct bfq_group *bfqg)
{
	return &bfqg->blkg;
}

static inline struct blkcg_policy_data *
blkcg_to_cpd(struct blkcg *blkcg, struct blkcg_policy *pol)
{
	return blkcg->cpd;
}

static inline struct blkg_policy_data *blkg_to_pd(struct blkcg_gq *blkg,
						  struct blkcg_policy *pol)
{
	return blkg->pd;
}

#define io_cgrp_id			0
#define task_css(p, id)			(&(p)->blkcg->css)
#define css_to_blkcg(c)			container_of(c, struct blkcg, css)
#define css_tryget(css)			((css)->refs++ >= 0)
#define css_put(css)			((void)(css)->refs--)
#define rcu_read_lock()			do { } while (0)
#define rcu_read_unlock()		do { } while (0)

#define spin_lock_irqsave(l, flags)	((flags) = (l)->held, (l)->held = true)
#define spin_unlock_irqrestore(l, flags)	((l)->held = (flags))
#define spin_lock_irq(l)		((l)->held = true)
#define spin_unlock_irq(l)		((l)->held = false)

#define atomic_inc_return(v)		(++(v)->counter)
#define atomic_dec(v)			((void)(v)->counter--)

static inline int atomic_read(const atomic_t *v)
{
	return v->counter;
}

#define sysfs_emit		sprintf
#define seq_printf(s, ...)	((void)sprintf((s)->text, __VA_ARGS__))

static inline int kstrtouint(const char *s, int base, unsigned int *value)
{
	char *end;
	unsigned long n = strtoul(s, &end, base);

	if (end == s || *end || *s == '-')
		return -EINVAL;
	if (n > UINT_MAX)
		return -ERANGE;
	*value = n;
	return 0;
}

#endif /* SHIM_HOST_BFQ_IOSCHED_H */
