// SPDX-License-Identifier: GPL-2.0-only
/*
 * Service trees, time slices, and idling: waiting for the next request of a
 * queue rather than turning to another.
 */
#include "cfq.h"

static struct cfq_queue *first_of(const struct cfq_tree *tree)
{
	struct rb_node *node = rb_first_cached(&tree->root);

	return node ? rb_entry(node, struct cfq_queue, node) : NULL;
}

static struct cfq_queue *last_of(const struct cfq_tree *tree)
{
	struct rb_node *node = rb_last(&tree->root.rb_root);

	return node ? rb_entry(node, struct cfq_queue, node) : NULL;
}

static struct cfq_tree *tree_for(struct cfq_data *cfqd,
				 const struct cfq_queue *queue)
{
	if (queue->class == CFQ_IDLE)
		return &cfqd->idle_tree;
	return &cfqd->tree[queue->class][queue_type(queue)];
}

static void tree_del(struct cfq_queue *queue)
{
	if (!queue->tree)
		return;
	rb_erase_cached(&queue->node, &queue->tree->root);
	queue->tree->count--;
	queue->tree = NULL;
}

static bool key_before(struct rb_node *a, const struct rb_node *b)
{
	return (s64)(rb_entry(a, struct cfq_queue, node)->rb_key -
		     rb_entry(b, struct cfq_queue, node)->rb_key) < 0;
}

/**
 * prio_slice - time for a queue of that priority, others left aside
 * @cfqd: the scheduler
 * @sync: for synchronous requests
 * @level: the priority
 */
u64 prio_slice(const struct cfq_data *cfqd, bool sync, unsigned int level)
{
	u64 base = sync ? cfqd->tune.slice_sync : cfqd->tune.slice_async;

	return base + base / 5 * 4 - base / 5 * level;
}

/* Lower priorities come later, the more there are to come before them. */
static u64 key_of(struct cfq_data *cfqd, struct cfq_queue *queue)
{
	u64 now = ktime_get_ns();
	struct cfq_queue *last;
	u64 late = 0;

	if (queue->class == CFQ_IDLE) {
		last = last_of(&cfqd->idle_tree);
		return CFQ_IDLE_DELAY + (last ? last->rb_key : now);
	}
	if (cfqd->nr_queues)
		late = (cfqd->nr_queues - 1) *
		       (prio_slice(cfqd, true, 0) -
			prio_slice(cfqd, queue->sync, queue->level));
	late -= queue->slice_resid;
	queue->slice_resid = 0;
	return now + late;
}

/**
 * tree_add - to its service tree, or to its new place there
 * @cfqd: the scheduler
 * @queue: the queue
 * @front: before all others
 */
void tree_add(struct cfq_data *cfqd, struct cfq_queue *queue, bool front)
{
	struct cfq_queue *first;
	struct cfq_tree *tree;

	tree_del(queue);
	tree = tree_for(cfqd, queue);
	if (front && queue->class != CFQ_IDLE) {
		first = first_of(tree);
		queue->rb_key = (first ? first->rb_key : ktime_get_ns()) -
				NSEC_PER_SEC;
	} else {
		queue->rb_key = key_of(cfqd, queue);
	}
	rb_add_cached(&queue->node, &tree->root, key_before);
	tree->count++;
	queue->tree = tree;
}

void queue_add_rr(struct cfq_data *cfqd, struct cfq_queue *queue)
{
	queue->on_rr = true;
	queue->ref++;
	cfqd->nr_queues++;
	cfqd->nr_sync_queues += queue->sync;
	list_add_tail(&queue->busy, &cfqd->busy);
	tree_add(cfqd, queue, false);
}

void queue_del_rr(struct cfq_data *cfqd, struct cfq_queue *queue)
{
	queue->on_rr = false;
	cfqd->nr_queues--;
	cfqd->nr_sync_queues -= queue->sync;
	list_del_init(&queue->busy);
	tree_del(queue);
	queue_put(queue);
}

unsigned int class_queues(const struct cfq_data *cfqd, enum cfq_class class)
{
	if (class == CFQ_IDLE)
		return cfqd->idle_tree.count;
	return cfqd->tree[class][CFQ_ASYNC].count +
	       cfqd->tree[class][CFQ_SYNC_NOIDLE].count +
	       cfqd->tree[class][CFQ_SYNC].count;
}

/* Smoothed, and from the larger of old and new more than from the smaller */
static unsigned int average_queues(struct cfq_data *cfqd, enum cfq_class class)
{
	unsigned int busy = class_queues(cfqd, class);
	unsigned int avg = cfqd->busy_avg[class];

	avg = ((CFQ_HIST_DIVISOR - 1) * max(avg, busy) + min(avg, busy) +
	       CFQ_HIST_DIVISOR / 2) / CFQ_HIST_DIVISOR;
	cfqd->busy_avg[class] = avg;
	return avg;
}

/* Shorter when there are so many that a round would take too long */
static u64 scaled_slice(struct cfq_data *cfqd, const struct cfq_queue *queue)
{
	u64 slice = prio_slice(cfqd, queue->sync, queue->level);
	u64 round, least;

	if (!cfqd->tune.low_latency || queue->class == CFQ_IDLE)
		return slice;
	round = cfqd->tune.slice_sync * average_queues(cfqd, queue->class);
	if (round <= cfqd->tune.target_latency)
		return slice;
	least = min(slice, 2 * cfqd->tune.slice_idle * slice /
				   cfqd->tune.slice_sync);
	return max(slice * cfqd->tune.target_latency / round, least);
}

/**
 * slice_set - the slice begins
 * @cfqd: the scheduler
 * @queue: the active queue, at its first completion
 */
void slice_set(struct cfq_data *cfqd, struct cfq_queue *queue)
{
	queue->allocated = scaled_slice(cfqd, queue);
	queue->slice_start = ktime_get_ns();
	queue->slice_end = queue->slice_start + queue->allocated;
	queue->slice_new = false;
}

bool slice_used(const struct cfq_queue *queue)
{
	return !queue->slice_new && ktime_get_ns() >= queue->slice_end;
}

bool slice_used_soon(const struct cfq_data *cfqd, const struct cfq_queue *queue)
{
	return queue->slice_new ||
	       ktime_get_ns() + cfqd->tune.slice_idle * queue->dispatched >
		       queue->slice_end;
}

static void save_workload(struct cfq_data *cfqd)
{
	u64 now = ktime_get_ns();

	cfqd->saved_workload = cfqd->workload_expires > now ?
				       cfqd->workload_expires - now : 0;
}

static void stop_idling(struct cfq_data *cfqd, struct cfq_queue *queue)
{
	if (!queue->wait_request)
		return;
	queue->wait_request = false;
	hrtimer_try_to_cancel(&cfqd->idle_timer);
}

/**
 * slice_expire - the active queue's slice is over
 * @cfqd: the scheduler
 * @timed_out: keep what is left of it, or was too much, for its next one
 */
void slice_expire(struct cfq_data *cfqd, bool timed_out)
{
	struct cfq_queue *queue = cfqd->active;

	if (!queue)
		return;
	stop_idling(cfqd, queue);
	queue->wait_busy = false;
	if (queue->coop && queue_seeky(queue))
		queue->split_coop = true;
	if (timed_out && queue->slice_new)
		queue->slice_resid = scaled_slice(cfqd, queue);
	else if (timed_out)
		queue->slice_resid = queue->slice_end - ktime_get_ns();
	save_workload(cfqd);
	cfqd->active = NULL;
	if (queue->on_rr && queue_empty(queue))
		queue_del_rr(cfqd, queue);
	else if (queue->on_rr)
		tree_add(cfqd, queue, false);
	queue_put(queue);
}

/* Is the group's think time short enough to wait for it? */
static bool group_thinks_briefly(const struct cfq_data *cfqd)
{
	return !think_too_long(&cfqd->think, cfqd->tune.group_idle);
}

bool should_idle(const struct cfq_data *cfqd, const struct cfq_queue *queue)
{
	if (!cfqd->tune.slice_idle || queue->class == CFQ_IDLE || !queue->tree)
		return false;
	if (queue->idle_window &&
	    !(blk_queue_nonrot(cfqd->q) && cfqd->hw_tag == 1))
		return true;
	return queue->tree->count == 1 && queue->sync &&
	       !think_too_long(&queue->tree->think, cfqd->tune.slice_idle);
}

/* One group holds all, so it idles when a queue is alone. */
bool group_should_idle(const struct cfq_data *cfqd)
{
	return cfqd->tune.group_idle && cfqd->nr_queues == 1 &&
	       group_thinks_briefly(cfqd);
}

bool should_wait_busy(const struct cfq_data *cfqd,
		      const struct cfq_queue *queue)
{
	u64 now = ktime_get_ns();

	if (!queue_empty(queue) || cfqd->nr_queues > 1 ||
	    !group_thinks_briefly(cfqd))
		return false;
	if (slice_used(queue) || queue->slice_end - now <= TICK_NSEC)
		return true;
	return think_valid(&queue->think) &&
	       queue->slice_end - now < queue->think.mean;
}

/**
 * arm_idle_timer - wait for the active queue's next request, if it is worth it
 * @cfqd: the scheduler; the active queue has none left
 */
void arm_idle_timer(struct cfq_data *cfqd)
{
	struct cfq_queue *queue = cfqd->active;
	u64 left = queue->slice_end - ktime_get_ns();
	u64 wait = cfqd->tune.slice_idle;

	if (blk_queue_nonrot(cfqd->q) && cfqd->hw_tag == 1 &&
	    !cfqd->tune.group_idle)
		return;
	if (!should_idle(cfqd, queue)) {
		if (!group_should_idle(cfqd))
			return;
		wait = cfqd->tune.group_idle;
	}
	if (queue->dispatched || !queue->users ||
	    (think_valid(&queue->think) && queue->think.mean > left))
		return;
	queue->wait_request = true;
	hrtimer_start(&cfqd->idle_timer, ns_to_ktime(wait), HRTIMER_MODE_REL);
}

enum hrtimer_restart idle_timer_fired(struct hrtimer *timer)
{
	struct cfq_data *cfqd = container_of(timer, struct cfq_data,
					     idle_timer);
	struct cfq_queue *queue;
	unsigned long flags;

	spin_lock_irqsave(&cfqd->lock, flags);
	queue = cfqd->active;
	/* Whoever stopped it may have come too late for that. */
	if (queue && queue->wait_request) {
		queue->wait_request = false;
		if (!queue->must_dispatch && slice_used(queue)) {
			slice_expire(cfqd, false);
		} else if (!queue->must_dispatch && queue_empty(queue)) {
			queue->deep = false;
			slice_expire(cfqd, false);
		}
	}
	kick(cfqd);
	spin_unlock_irqrestore(&cfqd->lock, flags);
	return HRTIMER_NORESTART;
}
