// SPDX-License-Identifier: GPL-2.0-only
/*
 * Which queue is served next, for how long, and which of its requests.
 */
#include "cfq.h"

static struct cfq_queue *leftmost(const struct cfq_tree *tree)
{
	struct rb_node *node = rb_first_cached(&tree->root);

	return node ? rb_entry(node, struct cfq_queue, node) : NULL;
}

static enum cfq_class choose_class(const struct cfq_data *cfqd)
{
	if (class_queues(cfqd, CFQ_RT))
		return CFQ_RT;
	return class_queues(cfqd, CFQ_BE) ? CFQ_BE : CFQ_IDLE;
}

/* The type whose first queue has waited longest */
static enum cfq_type choose_type(const struct cfq_data *cfqd,
				 enum cfq_class class)
{
	enum cfq_type type, best = CFQ_SYNC_NOIDLE;
	const struct cfq_queue *first;
	bool found = false;
	u64 lowest = 0;

	for (type = 0; type < CFQ_TYPES; type++) {
		first = leftmost(&cfqd->tree[class][type]);
		if (!first || (found && (s64)(first->rb_key - lowest) >= 0))
			continue;
		found = true;
		lowest = first->rb_key;
		best = type;
	}
	return best;
}

static unsigned int async_queues(const struct cfq_data *cfqd)
{
	return cfqd->tree[CFQ_RT][CFQ_ASYNC].count +
	       cfqd->tree[CFQ_BE][CFQ_ASYNC].count;
}

/* Its share of the target latency */
static u64 workload_length(const struct cfq_data *cfqd, enum cfq_class class,
			   enum cfq_type type)
{
	const struct cfq_tunables *t = &cfqd->tune;
	unsigned int all = max(cfqd->busy_avg[class],
			       class_queues(cfqd, class));
	u64 length = t->target_latency * cfqd->tree[class][type].count / all;

	if (type == CFQ_ASYNC) {
		length = min(length, t->target_latency * async_queues(cfqd) /
					     cfqd->nr_queues);
		length = length * t->slice_async / t->slice_sync;
	} else {
		length = max(length, 2 * t->slice_idle);
	}
	return max(length, CFQ_MIN_WORKLOAD);
}

static void choose_workload(struct cfq_data *cfqd)
{
	enum cfq_class class = choose_class(cfqd);
	u64 now = ktime_get_ns();

	cfqd->workload_expires = cfqd->saved_workload ?
					 now + cfqd->saved_workload : now - 1;
	cfqd->saved_workload = 0;
	if (class == CFQ_IDLE) {
		cfqd->serving_class = class;
		cfqd->workload_expires = now + TICK_NSEC;
		return;
	}
	if (class == cfqd->serving_class && now <= cfqd->workload_expires &&
	    cfqd->tree[class][cfqd->serving_type].count)
		return;
	cfqd->serving_class = class;
	cfqd->serving_type = choose_type(cfqd, class);
	cfqd->workload_expires =
		now + workload_length(cfqd, class, cfqd->serving_type);
}

static struct cfq_queue *first_queue(const struct cfq_data *cfqd)
{
	if (!cfqd->rq_queued)
		return NULL;
	if (cfqd->serving_class == CFQ_IDLE)
		return leftmost(&cfqd->idle_tree);
	return leftmost(&cfqd->tree[cfqd->serving_class][cfqd->serving_type]);
}

static struct cfq_queue *set_active(struct cfq_data *cfqd,
				    struct cfq_queue *queue)
{
	if (!queue) {
		choose_workload(cfqd);
		queue = first_queue(cfqd);
	}
	cfqd->active = queue;
	if (!queue)
		return NULL;
	queue->ref++;
	queue->slice_start = 0;
	queue->slice_end = 0;
	queue->allocated = 0;
	queue->slice_dispatch = 0;
	queue->dispatch_start = ktime_get_ns();
	queue->wait_request = false;
	queue->must_dispatch = false;
	queue->fifo_checked = false;
	queue->slice_new = true;
	return queue;
}

/**
 * close_cooperator - a queue that goes on where another one was
 * @cfqd: the scheduler
 * @queue: the other one, active
 *
 * Return: a queue of the same priority with a request near the last one, or
 * NULL.
 */
struct cfq_queue *close_cooperator(struct cfq_data *cfqd,
				   struct cfq_queue *queue)
{
	struct cfq_queue *other;

	if (queue->class == CFQ_IDLE || !queue->sync || queue_seeky(queue) ||
	    cfqd->nr_queues == 1)
		return NULL;
	list_for_each_entry(other, &cfqd->busy, busy)
		if (other != queue && other->sync && other->next_rq &&
		    other->class == queue->class &&
		    other->level == queue->level && !queue_seeky(other) &&
		    request_close(cfqd, other->next_rq))
			return other;
	return NULL;
}

/* The users of one move to the other with their next requests. */
static void setup_merge(struct cfq_queue *queue, struct cfq_queue *into)
{
	struct cfq_queue *q;

	for (q = into; q; q = q->merge_into)
		if (q == queue)
			return;
	while (into->merge_into)
		into = into->merge_into;
	if (!queue->users || !into->users || queue->merge_into)
		return;
	queue->merge_into = into;
	into->ref++;
}

/* With less than half of the slice used, a seeky queue is not worth it. */
static void give_up_idling(struct cfq_queue *queue)
{
	u64 now = ktime_get_ns();

	if (!queue_seeky(queue) || !queue->idle_window)
		return;
	if (queue->slice_new ||
	    queue->slice_end - now > now - queue->slice_start) {
		queue->deep = false;
		queue->idle_window = false;
	}
}

/* What to do with the active queue; WAIT is to dispatch nothing now. */
enum verdict { KEEP, WAIT, DROP };

static enum verdict judge_group(struct cfq_data *cfqd, struct cfq_queue *queue)
{
	if (cfqd->tune.group_idle && cfqd->nr_queues == 1 && in_driver(cfqd) &&
	    group_should_idle(cfqd))
		return WAIT;
	return DROP;
}

static enum verdict judge(struct cfq_data *cfqd, struct cfq_queue *queue,
			  struct cfq_queue **next)
{
	if (queue->wait_busy && !queue_empty(queue))
		return DROP;
	if (slice_used(queue) && !queue->must_dispatch) {
		if (cfqd->nr_queues == 1 && queue_empty(queue) &&
		    queue->dispatched && should_idle(cfqd, queue))
			return WAIT;
		return judge_group(cfqd, queue);
	}
	if (!queue_empty(queue))
		return KEEP;
	*next = close_cooperator(cfqd, queue);
	if (*next) {
		setup_merge(queue, *next);
		return DROP;
	}
	if (hrtimer_active(&cfqd->idle_timer))
		return WAIT;
	give_up_idling(queue);
	if (queue->dispatched && should_idle(cfqd, queue))
		return WAIT;
	return judge_group(cfqd, queue);
}

static struct cfq_queue *select_queue(struct cfq_data *cfqd)
{
	struct cfq_queue *queue = cfqd->active, *next = NULL;

	if (queue) {
		if (!cfqd->rq_queued)
			return NULL;
		switch (judge(cfqd, queue, &next)) {
		case KEEP:
			return queue;
		case WAIT:
			return NULL;
		case DROP:
			slice_expire(cfqd, false);
		}
	}
	return set_active(cfqd, next);
}

/* Asynchronous requests in flight: the longer no reader suffered, the more. */
static unsigned int async_depth(const struct cfq_data *cfqd,
				const struct cfq_queue *queue)
{
	u64 calm = ktime_get_ns() - cfqd->last_delayed_sync;
	u64 depth = calm / cfqd->tune.slice_sync;

	return depth || queue->dispatched ? depth : 1;
}

static bool may_dispatch(const struct cfq_data *cfqd,
			 const struct cfq_queue *queue)
{
	unsigned int most = max_t(unsigned int, cfqd->tune.quantum / 2, 1);
	bool alone = cfqd->nr_queues == 1;
	bool promote = queue->sync && cfqd->nr_sync_queues == 1;

	if (queue->must_dispatch)
		return true;
	if (should_idle(cfqd, queue) && cfqd->in_flight[0])
		return false;
	if (!queue->sync && cfqd->in_flight[1])
		return false;
	if (queue->class == CFQ_IDLE)
		most = 1;
	if (queue->dispatched >= most) {
		if (queue->class == CFQ_IDLE)
			return false;
		if (!alone && slice_used_soon(cfqd, queue) && !promote)
			return false;
		most = alone || promote ? UINT_MAX : cfqd->tune.quantum;
	}
	if (!queue->sync && cfqd->tune.low_latency)
		most = min(most, async_depth(cfqd, queue));
	return queue->dispatched < most;
}

static void end_turn(struct cfq_data *cfqd, struct cfq_queue *queue)
{
	unsigned int most = 2 * cfqd->tune.slice_async_rq *
			    (CFQ_LEVELS - queue->level);

	if (cfqd->nr_queues > 1 &&
	    ((!queue->sync && queue->slice_dispatch >= most) ||
	     queue->class == CFQ_IDLE))
		slice_expire(cfqd, false);
}

/**
 * dispatch_one - the next request
 * @cfqd: the scheduler
 *
 * Return: the request, no longer in its queue; or NULL, when there is none or
 * when it is better to wait.
 */
struct request *dispatch_one(struct cfq_data *cfqd)
{
	struct cfq_queue *queue;
	struct request *rq;

	if (!cfqd->nr_queues)
		return NULL;
	queue = select_queue(cfqd);
	if (!queue || queue_empty(queue) || !may_dispatch(cfqd, queue))
		return NULL;
	rq = expired_request(queue);
	if (rq)
		queue->must_dispatch = true;
	else
		rq = queue->next_rq;
	remove_request(cfqd, rq);
	queue->dispatched++;
	cfqd->in_flight[rq_is_sync(rq)]++;
	cfqd->last_pos = blk_rq_pos(rq) + blk_rq_sectors(rq);
	queue->slice_dispatch++;
	queue->must_dispatch = false;
	end_turn(cfqd, queue);
	return rq;
}

/**
 * should_preempt - may a new request take the disk from the active queue?
 * @cfqd: the scheduler
 * @queue: of the new request, not the active one
 * @rq: the new request
 */
bool should_preempt(struct cfq_data *cfqd, struct cfq_queue *queue,
		    struct request *rq)
{
	struct cfq_queue *active = cfqd->active;

	if (!active || queue->class == CFQ_IDLE)
		return false;
	if (active->class == CFQ_IDLE)
		return true;
	if (active->class == CFQ_RT && queue->class != CFQ_RT)
		return false;
	if (rq_is_sync(rq) && !active->sync && !active->must_dispatch)
		return true;
	if (slice_used(active) || queue->class == CFQ_RT)
		return true;
	if (cfqd->serving_type == CFQ_SYNC_NOIDLE &&
	    queue_type(queue) == CFQ_SYNC_NOIDLE && queue_empty(active))
		return true;
	if ((rq->cmd_flags & REQ_PRIO) && !cfqd->prio_pending)
		return true;
	if (queue_empty(active) && !should_idle(cfqd, active))
		return true;
	return active->wait_request && request_close(cfqd, rq);
}

/**
 * preempt - end the active queue's slice in favour of another
 * @cfqd: the scheduler
 * @queue: the other one, which comes next
 */
void preempt(struct cfq_data *cfqd, struct cfq_queue *queue)
{
	enum cfq_type old = queue_type(cfqd->active);

	slice_expire(cfqd, true);
	if (old != queue_type(queue))
		cfqd->saved_workload = 0;
	tree_add(cfqd, queue, true);
	queue->slice_end = 0;
	queue->slice_new = true;
}

static void active_completed(struct cfq_data *cfqd, struct cfq_queue *queue,
			     struct request *rq)
{
	if (queue->slice_new)
		slice_set(cfqd, queue);
	if (should_wait_busy(cfqd, queue)) {
		queue->slice_end = ktime_get_ns() + (cfqd->tune.slice_idle ?:
						     cfqd->tune.group_idle);
		queue->wait_busy = true;
	}
	if (slice_used(queue) || queue->class == CFQ_IDLE)
		slice_expire(cfqd, true);
	else if (rq_is_sync(rq) && queue_empty(queue) &&
		 !close_cooperator(cfqd, queue))
		arm_idle_timer(cfqd);
}

/**
 * request_completed - a dispatched request is done
 * @cfqd: the scheduler
 * @rq: the request
 */
void request_completed(struct cfq_data *cfqd, struct request *rq)
{
	struct cfq_queue *queue = rq_queue(rq);
	u64 now = ktime_get_ns();

	update_hw_tag(cfqd);
	queue->dispatched--;
	cfqd->in_flight[rq_is_sync(rq)]--;
	cfqd->think.last_end = now;
	if (rq_is_sync(rq)) {
		queue->think.last_end = now;
		if (queue->tree)
			queue->tree->think.last_end = now;
		if (rq->start_time_ns + cfqd->tune.fifo_expire_sync <= now)
			cfqd->last_delayed_sync = now;
	}
	if (queue == cfqd->active)
		active_completed(cfqd, queue, rq);
	if (!in_driver(cfqd))
		kick(cfqd);
}
