/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * V-BFQ, guest side: the hooks for BFQ.
 *
 * They cost a static branch unless the host coordinates. bfqd->lock is held
 * where nothing else is said.
 */
#ifndef _BLOCK_VBFQ_GUEST_H
#define _BLOCK_VBFQ_GUEST_H

#include <linux/jiffies.h>
#include <linux/jump_label.h>
#include <linux/minmax.h>
#include <linux/types.h>

struct bfq_data;
struct bfq_queue;
struct elevator_queue;

#ifdef CONFIG_VBFQ_GUEST

/**
 * struct vbfq_disk - part of a disk
 * @need: it has weight-raised requests
 * @held_back: requests wait in BFQ, for fewer in front of weight-raised ones
 * @backlog: how many other requests the host may have before those
 * @hold: for how long the need outlives the last weight-raised queue, in jiffies
 * @hold_until: and when that ends, in jiffies
 * @needs: how often @need began
 * @last: whose request was done last; for comparison only
 * @move_ns: how long a raised queue's request takes after one of another queue; a
 *	moving average, in ns
 */
struct vbfq_disk {
	bool need;
	bool held_back;
	unsigned int backlog;
	unsigned int hold;
	unsigned long hold_until;
	unsigned long needs;
	struct bfq_queue *last;
	u64 move_ns;
};

DECLARE_STATIC_KEY_FALSE(vbfq_guest_key);

void vbfq_guest_init(struct bfq_data *bfqd);
void vbfq_guest_exit(struct bfq_data *bfqd);

void __vbfq_guest_need(struct bfq_data *bfqd, bool need);
void __vbfq_guest_tell(void);
bool __vbfq_guest_hold_back(struct bfq_data *bfqd, struct bfq_queue *bfqq);
bool __vbfq_guest_go_on(struct bfq_queue *bfqq);
struct bfq_queue *__vbfq_guest_raised(struct bfq_data *bfqd);
bool __vbfq_guest_apart(struct bfq_queue *bfqq, struct bfq_queue *other);

/* The attributes intent_hold, intent_backlog and intent_needs. */
ssize_t vbfq_guest_hold_show(struct elevator_queue *e, char *page);
ssize_t vbfq_guest_hold_store(struct elevator_queue *e, const char *page,
			      size_t count);
ssize_t vbfq_guest_backlog_show(struct elevator_queue *e, char *page);
ssize_t vbfq_guest_backlog_store(struct elevator_queue *e, const char *page,
				 size_t count);
ssize_t vbfq_guest_needs_show(struct elevator_queue *e, char *page);

/* The number of weight-raised queues with requests was 0, or is 0 now. */
static inline void vbfq_guest_need(struct bfq_data *bfqd, bool need)
{
	if (static_branch_unlikely(&vbfq_guest_key))
		__vbfq_guest_need(bfqd, need);
}

/* Tell the host what vbfq_guest_need() noted. Without bfqd->lock. */
static inline void vbfq_guest_tell(void)
{
	if (static_branch_unlikely(&vbfq_guest_key))
		__vbfq_guest_tell();
}

/**
 * vbfq_guest_hold_back() - should the next request of a queue wait?
 * @bfqd: a disk
 * @bfqq: its queue in service, or one to inject from
 *
 * Return: true if a weight-raised one may come, and enough others are in front.
 */
static inline bool vbfq_guest_hold_back(struct bfq_data *bfqd,
					struct bfq_queue *bfqq)
{
	return static_branch_unlikely(&vbfq_guest_key) &&
	       __vbfq_guest_hold_back(bfqd, bfqq);
}

/* A request of @bfqq is done: does one wait that was held back? */
static inline bool vbfq_guest_go_on(struct bfq_queue *bfqq)
{
	return static_branch_unlikely(&vbfq_guest_key) &&
	       __vbfq_guest_go_on(bfqq);
}

/**
 * vbfq_guest_raised() - whose request is served while the disk would idle
 * @bfqd: a disk whose queue in service has no requests
 *
 * Return: a weight-raised queue with a request; NULL if there is none.
 */
static inline struct bfq_queue *vbfq_guest_raised(struct bfq_data *bfqd)
{
	if (static_branch_unlikely(&vbfq_guest_key))
		return __vbfq_guest_raised(bfqd);
	return NULL;
}

/**
 * vbfq_guest_apart() - must two queues stay apart, though their requests are close?
 * @bfqq: a queue
 * @other: another one
 *
 * Return: true if one of them is weight-raised, or about to be, and one is not.
 */
static inline bool vbfq_guest_apart(struct bfq_queue *bfqq,
				    struct bfq_queue *other)
{
	return static_branch_unlikely(&vbfq_guest_key) &&
	       __vbfq_guest_apart(bfqq, other);
}

/**
 * vbfq_guest_duration() - for how long does a queue's weight stay raised?
 * @duration: in jiffies, what the rate of the disk suggests
 *
 * The rate is that of the host's page cache, too, for what is written, and the
 * host's other loads are unknown. So a disk is taken to be no faster than the slow
 * one that BFQ refers to.
 *
 * Return: in jiffies, at least 7 s.
 */
static inline unsigned int vbfq_guest_duration(unsigned int duration)
{
	if (static_branch_unlikely(&vbfq_guest_key))
		return max_t(unsigned int, duration, msecs_to_jiffies(7000));
	return duration;
}

#else

struct vbfq_disk { };

static inline void vbfq_guest_init(struct bfq_data *bfqd) { }
static inline void vbfq_guest_exit(struct bfq_data *bfqd) { }
static inline void vbfq_guest_need(struct bfq_data *bfqd, bool need) { }
static inline void vbfq_guest_tell(void) { }

static inline bool vbfq_guest_hold_back(struct bfq_data *bfqd,
					struct bfq_queue *bfqq)
{
	return false;
}

static inline bool vbfq_guest_go_on(struct bfq_queue *bfqq)
{
	return false;
}

static inline struct bfq_queue *vbfq_guest_raised(struct bfq_data *bfqd)
{
	return NULL;
}

static inline bool vbfq_guest_apart(struct bfq_queue *bfqq,
				    struct bfq_queue *other)
{
	return false;
}

static inline unsigned int vbfq_guest_duration(unsigned int duration)
{
	return duration;
}

#endif /* CONFIG_VBFQ_GUEST */

#endif /* _BLOCK_VBFQ_GUEST_H */
