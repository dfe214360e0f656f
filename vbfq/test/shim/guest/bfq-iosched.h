/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What vbfq_guest.c uses of block/bfq-iosched.h and of the kernel, with what
 * guest_test.c needs to play a guest of a few vCPUs and disks.
 */
#ifndef SHIM_GUEST_BFQ_IOSCHED_H
#define SHIM_GUEST_BFQ_IOSCHED_H

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>

#include <linux/compiler.h>
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/list.h>
#include <linux/types.h>

#include "vbfq_guest.h"

#define NR_VCPUS	2
#define NR_DISKS	3

struct request {
	unsigned int sectors;
};

#define blk_rq_sectors(rq)	((rq)->sectors)

struct bfq_entity {
	int budget;
	int service;
};

struct bfq_queue {
	unsigned int wr_coeff;
	struct bfq_data *bfqd;
	bool just_created;
	bool in_large_burst;
	struct request *next_rq;
	struct bfq_entity entity;
	struct list_head bfqq_list;
};

#define bfq_bfqq_just_created(bfqq)	((bfqq)->just_created)
#define bfq_bfqq_in_large_burst(bfqq)	((bfqq)->in_large_burst)

struct bfq_data {
	struct list_head active_list;
	int wr_busy_queues;
	int rq_in_driver;
	u64 last_dispatch;
	struct vbfq_disk vbfq_disk;
};

struct elevator_queue {
	void *elevator_data;
};

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

#define sysfs_emit		sprintf

/* The test's other clock, and the vCPU that it pretends to run on. */
extern int this_cpu;
extern u64 now_ns;
extern bool irqs_off;

#define NSEC_PER_MSEC		1000000L
#define ktime_get_ns()		(now_ns)
#define smp_processor_id()	(this_cpu)

struct shim_lock {
	bool held;
};

#define raw_spinlock_t		struct shim_lock

#define __RAW_SPIN_LOCK_UNLOCKED(name)	{ false }

#define raw_spin_lock_irqsave(lock, flags)	\
	((flags) = irqs_off, irqs_off = true, (lock)->held = true)
#define raw_spin_unlock_irqrestore(lock, flags)	\
	((lock)->held = false, irqs_off = (flags))

struct timer_list {
	unsigned long expires;
	void (*function)(struct timer_list *timer);
	bool pending;
	int cpu;
};

#define DEFINE_TIMER(name, fn)	struct timer_list name = { .function = (fn) }

void add_timer_on(struct timer_list *timer, int cpu);
int del_timer(struct timer_list *timer);

static inline bool timer_pending(struct timer_list *timer)
{
	return timer->pending;
}

void on_each_cpu(void (*fn)(void *info), void *info, int wait);

static inline void atomic_inc(atomic_t *v)
{
	v->counter++;
}

static inline void atomic_dec(atomic_t *v)
{
	v->counter--;
}

static inline int atomic_read(const atomic_t *v)
{
	return v->counter;
}

static inline __printf(1, 2)
void shim_printk(const char *fmt, ...)
{
}

#define pr_info(fmt, ...)	shim_printk(pr_fmt(fmt), ##__VA_ARGS__)

#endif /* SHIM_GUEST_BFQ_IOSCHED_H */
