// SPDX-License-Identifier: GPL-2.0-only
/*
 * The requests of a queue: which is next, and what they say about the habits
 * of whoever sends them.
 */
#include <linux/slab.h>

#include "cfq.h"

/**
 * queue_init - an empty queue, with one reference
 * @queue: the queue
 * @sync: for synchronous requests
 * @class: of its priority
 * @level: of its priority
 */
void queue_init(struct cfq_queue *queue, bool sync, enum cfq_class class,
		unsigned int level)
{
	memset(queue, 0, sizeof(*queue));
	queue->ref = 1;
	queue->sync = sync;
	queue->class = class;
	queue->level = level;
	queue->idle_window = sync && class != CFQ_IDLE;
	queue->sorted = RB_ROOT;
	INIT_LIST_HEAD(&queue->fifo);
	INIT_LIST_HEAD(&queue->busy);
}

/**
 * queue_put - drop a reference; the last one frees a queue
 * @queue: the queue; those inside of struct cfq_data never lose their first
 */
void queue_put(struct cfq_queue *queue)
{
	struct cfq_queue *into;

	while (queue && !--queue->ref) {
		into = queue->merge_into;
		WARN_ON_ONCE(queue->on_rr || !queue_empty(queue));
		kfree(queue);
		queue = into;
	}
}

/* Forward distance, or backward at a price; else it is behind the end. */
static bool distance(const struct cfq_data *cfqd, sector_t pos, sector_t last,
		     u64 *cost)
{
	u64 back_max = cfqd->tune.back_seek_max * 2;

	if (pos >= last)
		*cost = pos - last;
	else if (pos + back_max >= last)
		*cost = (last - pos) * cfqd->tune.back_seek_penalty;
	else
		return false;
	return true;
}

/* The better one to follow @last; either may be NULL. */
static struct request *choose(const struct cfq_data *cfqd, struct request *a,
			      struct request *b, sector_t last)
{
	u64 cost_a, cost_b;
	bool in_a, in_b;

	if (!a || a == b)
		return b;
	if (!b)
		return a;
	if (rq_is_sync(a) != rq_is_sync(b))
		return rq_is_sync(a) ? a : b;
	if ((a->cmd_flags ^ b->cmd_flags) & REQ_PRIO)
		return a->cmd_flags & REQ_PRIO ? a : b;
	in_a = distance(cfqd, blk_rq_pos(a), last, &cost_a);
	in_b = distance(cfqd, blk_rq_pos(b), last, &cost_b);
	if (in_a && in_b && cost_a != cost_b)
		return cost_a < cost_b ? a : b;
	if (in_a != in_b)
		return in_a ? a : b;
	if (in_a)
		return blk_rq_pos(a) >= blk_rq_pos(b) ? a : b;
	return blk_rq_pos(a) <= blk_rq_pos(b) ? a : b;
}

static struct request *neighbour(struct rb_node *node)
{
	return node ? rb_entry_rq(node) : NULL;
}

/**
 * next_request - what to dispatch after another one
 * @cfqd: the scheduler
 * @rq: the other one, still in its queue
 */
struct request *next_request(struct cfq_data *cfqd, struct request *rq)
{
	struct request *next = neighbour(rb_next(&rq->rb_node));
	struct request *prev = neighbour(rb_prev(&rq->rb_node));

	if (!next) {
		next = neighbour(rb_first(&rq_queue(rq)->sorted));
		if (next == rq)
			next = NULL;
	}
	return choose(cfqd, next, prev, blk_rq_pos(rq));
}

static void sort_in(struct cfq_data *cfqd, struct request *rq)
{
	struct cfq_queue *queue = rq_queue(rq);

	elv_rb_add(&queue->sorted, rq);
	queue->next_rq = choose(cfqd, queue->next_rq, rq, cfqd->last_pos);
}

/**
 * add_request - into its queue, which becomes busy
 * @cfqd: the scheduler
 * @rq: the request
 */
void add_request(struct cfq_data *cfqd, struct request *rq)
{
	struct cfq_queue *queue = rq_queue(rq);

	queue->queued[rq_is_sync(rq)]++;
	cfqd->rq_queued++;
	if (rq->cmd_flags & REQ_PRIO)
		cfqd->prio_pending++;
	rq->fifo_time = ktime_get_ns() + (rq_is_sync(rq) ?
					  cfqd->tune.fifo_expire_sync :
					  cfqd->tune.fifo_expire_async);
	list_add_tail(&rq->queuelist, &queue->fifo);
	if (!queue->on_rr)
		queue_add_rr(cfqd, queue);
	sort_in(cfqd, rq);
}

/**
 * remove_request - out of its queue, to be dispatched or merged
 * @cfqd: the scheduler
 * @rq: the request
 */
void remove_request(struct cfq_data *cfqd, struct request *rq)
{
	struct cfq_queue *queue = rq_queue(rq);

	if (queue->next_rq == rq)
		queue->next_rq = next_request(cfqd, rq);
	list_del_init(&rq->queuelist);
	elv_rb_del(&queue->sorted, rq);
	queue->queued[rq_is_sync(rq)]--;
	cfqd->rq_queued--;
	if (rq->cmd_flags & REQ_PRIO)
		cfqd->prio_pending--;
	elv_rqhash_del(cfqd->q, rq);
	if (cfqd->q->last_merge == rq)
		cfqd->q->last_merge = NULL;
}

/**
 * queue_reposition - the request now begins elsewhere
 * @cfqd: the scheduler
 * @rq: the request
 */
void queue_reposition(struct cfq_data *cfqd, struct request *rq)
{
	elv_rb_del(&rq_queue(rq)->sorted, rq);
	sort_in(cfqd, rq);
}

/**
 * expired_request - the oldest request, if it has waited too long
 * @queue: the active queue, whose requests' age is looked at once a slice
 */
struct request *expired_request(struct cfq_queue *queue)
{
	struct request *rq;

	if (queue->fifo_checked)
		return NULL;
	queue->fifo_checked = true;
	if (list_empty(&queue->fifo))
		return NULL;
	rq = rq_entry_fifo(queue->fifo.next);
	return ktime_get_ns() >= rq->fifo_time ? rq : NULL;
}

bool think_valid(const struct cfq_think *think)
{
	return think->samples > 80;
}

bool think_too_long(const struct cfq_think *think, u64 idle)
{
	return think_valid(think) && think->mean > idle;
}

/* Means over the last eight or so, in units of 1/256 */
static void think_sample(struct cfq_think *think, u64 idle)
{
	u64 elapsed = min(ktime_get_ns() - think->last_end, 2 * idle);

	think->samples = (7 * think->samples + 256) / 8;
	think->total = (7 * think->total + 256 * elapsed) / 8;
	think->mean = (think->total + 128) / think->samples;
}

static void learn_seek(struct cfq_data *cfqd, struct cfq_queue *queue,
		       struct request *rq)
{
	sector_t pos = blk_rq_pos(rq), far = 0;

	if (queue->last_pos)
		far = pos > queue->last_pos ? pos - queue->last_pos :
					      queue->last_pos - pos;
	queue->seek_history <<= 1;
	if (blk_queue_nonrot(cfqd->q))
		queue->seek_history |= blk_rq_sectors(rq) < CFQ_SMALL_REQUEST;
	else
		queue->seek_history |= far > CFQ_SEEK_DISTANCE;
}

static bool no_idle_wanted(struct request *rq)
{
	return rq && op_is_write(req_op(rq)) && rq_is_sync(rq) &&
	       !(rq->cmd_flags & REQ_IDLE);
}

static void learn_idle_window(struct cfq_data *cfqd, struct cfq_queue *queue)
{
	if (!queue->sync || queue->class == CFQ_IDLE)
		return;
	if (queue->queued[0] + queue->queued[1] >= 4)
		queue->deep = true;
	if (no_idle_wanted(queue->next_rq) || !queue->users ||
	    !cfqd->tune.slice_idle || (!queue->deep && queue_seeky(queue)))
		queue->idle_window = false;
	else if (think_valid(&queue->think))
		queue->idle_window =
			queue->think.mean <= cfqd->tune.slice_idle;
}

/**
 * learn_from - what a new request says about its queue
 * @cfqd: the scheduler
 * @rq: the request, in its queue
 */
void learn_from(struct cfq_data *cfqd, struct request *rq)
{
	struct cfq_queue *queue = rq_queue(rq);

	if (queue->sync) {
		think_sample(&queue->think, cfqd->tune.slice_idle);
		think_sample(&queue->tree->think, cfqd->tune.slice_idle);
	}
	think_sample(&cfqd->think, cfqd->tune.group_idle);
	learn_seek(cfqd, queue, rq);
	learn_idle_window(cfqd, queue);
	queue->last_pos = blk_rq_pos(rq) + blk_rq_sectors(rq);
}

bool request_close(const struct cfq_data *cfqd, const struct request *rq)
{
	sector_t pos = blk_rq_pos(rq), last = cfqd->last_pos;

	return (pos > last ? pos - last : last - pos) <= CFQ_CLOSE_DISTANCE;
}

/**
 * update_hw_tag - does the disk take several requests at a time?
 * @cfqd: the scheduler, when a request is done
 */
void update_hw_tag(struct cfq_data *cfqd)
{
	cfqd->hw_tag_peak = max(cfqd->hw_tag_peak, in_driver(cfqd));
	if (cfqd->hw_tag == 1 || (cfqd->rq_queued <= CFQ_HW_QUEUE_MIN &&
				  in_driver(cfqd) <= CFQ_HW_QUEUE_MIN))
		return;
	if (cfqd->hw_tag_samples++ < 50)
		return;
	cfqd->hw_tag = cfqd->hw_tag_peak >= CFQ_HW_QUEUE_MIN;
}
