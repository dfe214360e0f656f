/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * CFQ on blk-mq: a baseline for the bench, no more. Linux dropped CFQ in 5.0
 * with the single-queue block layer; this one is written anew after the
 * published behaviour of the old one, and bench/disk/README.md compares their
 * figures.
 *
 * Left out: control groups (one group holds all), and whatever needs them.
 * Think time is kept for a queue, not for an io_context, which differ only
 * for queues that were merged. All times are nanoseconds.
 */
#ifndef CFQ_H
#define CFQ_H

#include <linux/blk-mq.h>
#include <linux/blkdev.h>
#include <linux/hrtimer.h>
#include <linux/iocontext.h>
#include <linux/ioprio.h>
#include <linux/rbtree.h>

#include "elevator.h"

enum cfq_type {
	CFQ_ASYNC,
	CFQ_SYNC_NOIDLE,
	CFQ_SYNC,
	CFQ_TYPES,
};

enum cfq_class {
	CFQ_BE,
	CFQ_RT,
	CFQ_IDLE,
};

#define CFQ_LEVELS		8
#define CFQ_HIST_DIVISOR	4
#define CFQ_IDLE_DELAY		(200 * NSEC_PER_MSEC)
#define CFQ_MIN_WORKLOAD	(2 * (u64)TICK_NSEC)
#define CFQ_HW_QUEUE_MIN	5
#define CFQ_SEEK_DISTANCE	800	/* sectors */
#define CFQ_CLOSE_DISTANCE	8192	/* sectors */
#define CFQ_SMALL_REQUEST	64	/* sectors, without rotation */

/* How long its users take from the end of a request to the next one */
struct cfq_think {
	u64 last_end;
	u64 total;
	u64 mean;
	u32 samples;
};

/* Queues by rb_key */
struct cfq_tree {
	struct rb_root_cached root;
	unsigned int count;
	struct cfq_think think;
};

/**
 * struct cfq_queue - requests of one io_context, or asynchronous ones
 * @ref: of io_contexts, of requests, of queues that merge into it
 * @users: io_contexts
 * @class: of its priority
 * @level: 0 is the highest
 * @sync: somebody waits for its requests
 * @on_rr: has, or had until just now, requests: is in @tree
 * @node: there
 * @tree: one of the service trees
 * @rb_key: its place there
 * @busy: in the list of those with @on_rr
 * @sorted: requests by position
 * @fifo: requests by age
 * @next_rq: the one to dispatch next
 * @queued: requests in it: asynchronous, synchronous
 * @dispatched: requests that left it and are not done
 * @slice_start: time of its first completion
 * @slice_end: when it is over
 * @allocated: how long it was to be
 * @dispatch_start: when it became active
 * @slice_resid: what it had left, or had taken too much
 * @slice_dispatch: requests dispatched in this slice
 * @seek_history: a bit for each of the last requests: far or small
 * @last_pos: end of the last request, 0 for none
 * @think: think time
 * @merge_into: its users move there with their next request
 * @wait_request: idling for its next request
 * @must_dispatch: serve it before the slice is taken away
 * @fifo_checked: age was looked at in this slice
 * @idle_window: worth idling for
 * @slice_new: no completion yet in this slice
 * @coop: several io_contexts share it
 * @split_coop: and should no longer
 * @deep: has had many requests at a time
 * @wait_busy: the slice was extended until the next request
 */
struct cfq_queue {
	int ref;
	int users;
	enum cfq_class class;
	unsigned int level;
	bool sync;
	bool on_rr;
	struct rb_node node;
	struct cfq_tree *tree;
	u64 rb_key;
	struct list_head busy;
	struct rb_root sorted;
	struct list_head fifo;
	struct request *next_rq;
	unsigned int queued[2];
	unsigned int dispatched;
	u64 slice_start;
	u64 slice_end;
	u64 allocated;
	u64 dispatch_start;
	s64 slice_resid;
	unsigned int slice_dispatch;
	u32 seek_history;
	sector_t last_pos;
	struct cfq_think think;
	struct cfq_queue *merge_into;
	bool wait_request;
	bool must_dispatch;
	bool fifo_checked;
	bool idle_window;
	bool slice_new;
	bool coop;
	bool split_coop;
	bool deep;
	bool wait_busy;
};

struct cfq_io_cq {
	struct io_cq icq; /* first */
	struct cfq_queue *queue;
	unsigned short ioprio;
};

/* Named as the sysfs files of the old one */
struct cfq_tunables {
	u64 quantum;
	u64 fifo_expire_sync;
	u64 fifo_expire_async;
	u64 back_seek_max;
	u64 back_seek_penalty;
	u64 slice_sync;
	u64 slice_async;
	u64 slice_async_rq;
	u64 slice_idle;
	u64 group_idle;
	u64 low_latency;
	u64 target_latency;
};

/**
 * struct cfq_data - of a request queue
 * @lock: all of it, and its queues
 * @q: the request queue
 * @tune: what users set
 * @tree: queues of the classes CFQ_BE and CFQ_RT by type
 * @idle_tree: queues of CFQ_IDLE
 * @think: think time of all
 * @nr_queues: in all trees
 * @nr_sync_queues: of them, synchronous ones
 * @busy_avg: smoothed number of queues in a class
 * @busy: queues in the trees
 * @active: is being served
 * @serving_class: of the workload
 * @serving_type: of the workload
 * @workload_expires: when another type may come
 * @saved_workload: what was left when the last slice expired, 0 for nothing
 * @rq_queued: requests not dispatched
 * @in_flight: requests that are: asynchronous, synchronous
 * @prio_pending: queued requests with REQ_PRIO
 * @hw_tag: the disk takes several requests: -1 for unknown, 0, 1
 * @hw_tag_samples: looked so often
 * @hw_tag_peak: most requests in flight
 * @last_pos: sector that follows the last one dispatched
 * @last_delayed_sync: when a synchronous request last took too long
 * @merging: who sends the bio that may be merged just now, or NULL
 * @dispatch: requests that are not scheduled
 * @idle_timer: ends idling
 * @async: asynchronous queues by class and level
 * @async_idle: the one of class CFQ_IDLE
 * @spare: for synchronous requests without an io_context
 */
struct cfq_data {
	spinlock_t lock; /* the rest */
	struct request_queue *q;
	struct cfq_tunables tune;
	struct cfq_tree tree[2][CFQ_TYPES];
	struct cfq_tree idle_tree;
	struct cfq_think think;
	unsigned int nr_queues;
	unsigned int nr_sync_queues;
	unsigned int busy_avg[2];
	struct list_head busy;
	struct cfq_queue *active;
	enum cfq_class serving_class;
	enum cfq_type serving_type;
	u64 workload_expires;
	u64 saved_workload;
	unsigned int rq_queued;
	unsigned int in_flight[2];
	unsigned int prio_pending;
	int hw_tag;
	unsigned int hw_tag_samples;
	unsigned int hw_tag_peak;
	sector_t last_pos;
	u64 last_delayed_sync;
	struct cfq_io_cq *merging;
	struct list_head dispatch;
	struct hrtimer idle_timer;
	struct cfq_queue async[2][CFQ_LEVELS];
	struct cfq_queue async_idle;
	struct cfq_queue spare;
};

static inline struct cfq_queue *rq_queue(struct request *rq)
{
	return rq->elv.priv[0];
}

static inline bool queue_empty(const struct cfq_queue *queue)
{
	return RB_EMPTY_ROOT(&queue->sorted);
}

/* More than an eighth of the last requests were */
static inline bool queue_seeky(const struct cfq_queue *queue)
{
	return hweight32(queue->seek_history) > 32 / 8;
}

static inline enum cfq_type queue_type(const struct cfq_queue *queue)
{
	if (!queue->sync)
		return CFQ_ASYNC;
	return queue->idle_window ? CFQ_SYNC : CFQ_SYNC_NOIDLE;
}

static inline unsigned int in_driver(const struct cfq_data *cfqd)
{
	return cfqd->in_flight[0] + cfqd->in_flight[1];
}

static inline void kick(struct cfq_data *cfqd)
{
	if (cfqd->rq_queued || !list_empty(&cfqd->dispatch))
		blk_mq_run_hw_queues(cfqd->q, true);
}

/* request.c: requests of a queue, and what they say about their sender */
void queue_init(struct cfq_queue *queue, bool sync, enum cfq_class class,
		unsigned int level);
void queue_put(struct cfq_queue *queue);
struct request *next_request(struct cfq_data *cfqd, struct request *rq);
void add_request(struct cfq_data *cfqd, struct request *rq);
void remove_request(struct cfq_data *cfqd, struct request *rq);
void queue_reposition(struct cfq_data *cfqd, struct request *rq);
bool think_too_long(const struct cfq_think *think, u64 idle);
bool think_valid(const struct cfq_think *think);
void learn_from(struct cfq_data *cfqd, struct request *rq);
struct request *expired_request(struct cfq_queue *queue);
bool request_close(const struct cfq_data *cfqd, const struct request *rq);
void update_hw_tag(struct cfq_data *cfqd);

/* slice.c: service trees, slices, idling */
void tree_add(struct cfq_data *cfqd, struct cfq_queue *queue, bool front);
void queue_add_rr(struct cfq_data *cfqd, struct cfq_queue *queue);
void queue_del_rr(struct cfq_data *cfqd, struct cfq_queue *queue);
unsigned int class_queues(const struct cfq_data *cfqd, enum cfq_class class);
u64 prio_slice(const struct cfq_data *cfqd, bool sync, unsigned int level);
void slice_set(struct cfq_data *cfqd, struct cfq_queue *queue);
bool slice_used(const struct cfq_queue *queue);
bool slice_used_soon(const struct cfq_data *cfqd,
		     const struct cfq_queue *queue);
void slice_expire(struct cfq_data *cfqd, bool timed_out);
bool should_idle(const struct cfq_data *cfqd, const struct cfq_queue *queue);
bool group_should_idle(const struct cfq_data *cfqd);
bool should_wait_busy(const struct cfq_data *cfqd,
		      const struct cfq_queue *queue);
void arm_idle_timer(struct cfq_data *cfqd);
enum hrtimer_restart idle_timer_fired(struct hrtimer *timer);

/* select.c: who is next */
struct cfq_queue *close_cooperator(struct cfq_data *cfqd,
				   struct cfq_queue *queue);
bool should_preempt(struct cfq_data *cfqd, struct cfq_queue *queue,
		    struct request *rq);
void preempt(struct cfq_data *cfqd, struct cfq_queue *queue);
struct request *dispatch_one(struct cfq_data *cfqd);
void request_completed(struct cfq_data *cfqd, struct request *rq);

#endif
