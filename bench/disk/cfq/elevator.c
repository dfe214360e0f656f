// SPDX-License-Identifier: GPL-2.0-only
/*
 * CFQ as blk-mq sees it: allocation, merging, insertion, dispatch, completion.
 */
#include <linux/module.h>
#include <linux/slab.h>

#include "cfq.h"

#include "blk.h"
#include "blk-mq.h"
#include "blk-mq-sched.h"

static struct cfq_data *cfq_of(struct request_queue *q)
{
	return q->elevator->elevator_data;
}

static struct cfq_io_cq *cfq_icq(struct io_cq *icq)
{
	return icq ? container_of(icq, struct cfq_io_cq, icq) : NULL;
}

/* Which queue? */

static unsigned short current_ioprio(struct io_context *ioc)
{
	if (IOPRIO_PRIO_CLASS(ioc->ioprio) != IOPRIO_CLASS_NONE)
		return ioc->ioprio;
	return IOPRIO_PRIO_VALUE(task_nice_ioclass(current),
				 task_nice_ioprio(current));
}

static enum cfq_class class_of(unsigned short ioprio)
{
	switch (IOPRIO_PRIO_CLASS(ioprio)) {
	case IOPRIO_CLASS_RT:
		return CFQ_RT;
	case IOPRIO_CLASS_IDLE:
		return CFQ_IDLE;
	default:
		return CFQ_BE;
	}
}

static unsigned int level_of(unsigned short ioprio)
{
	if (class_of(ioprio) == CFQ_IDLE)
		return CFQ_LEVELS - 1;
	return IOPRIO_PRIO_DATA(ioprio) % CFQ_LEVELS;
}

static struct cfq_queue *async_queue(struct cfq_data *cfqd,
				     unsigned short ioprio)
{
	enum cfq_class class = class_of(ioprio);

	if (class == CFQ_IDLE)
		return &cfqd->async_idle;
	return &cfqd->async[class][level_of(ioprio)];
}

static void leave_queue(struct cfq_data *cfqd, struct cfq_io_cq *cic)
{
	struct cfq_queue *queue = cic->queue;

	cic->queue = NULL;
	queue->users--;
	if (!queue->users && queue == cfqd->active) {
		slice_expire(cfqd, false);
		kick(cfqd);
	}
	queue_put(queue);
}

static void join_queue(struct cfq_io_cq *cic, struct cfq_queue *queue)
{
	cic->queue = queue;
	queue->users++;
	queue->ref++;
}

/* Its users got close to those of another queue, or apart. */
static void merge_or_split(struct cfq_data *cfqd, struct cfq_io_cq *cic)
{
	struct cfq_queue *queue = cic->queue, *into = queue->merge_into;

	if (into) {
		join_queue(cic, into);
		into->coop = true;
		cic->queue = queue;
		leave_queue(cfqd, cic);
		cic->queue = into;
	} else if (queue->split_coop && queue->users > 1) {
		leave_queue(cfqd, cic);
	} else if (queue->split_coop) {
		queue->coop = false;
		queue->split_coop = false;
	}
}

static struct cfq_queue *sync_queue(struct cfq_data *cfqd,
				    struct cfq_io_cq *cic)
{
	struct cfq_queue *queue;

	if (cic->queue)
		merge_or_split(cfqd, cic);
	if (!cic->queue) {
		queue = kmalloc(sizeof(*queue), GFP_ATOMIC | __GFP_NOWARN);
		if (!queue)
			return &cfqd->spare;
		queue_init(queue, true, class_of(cic->ioprio),
			   level_of(cic->ioprio));
		queue->users = 1;
		cic->queue = queue;
	}
	cic->queue->class = class_of(cic->ioprio);
	cic->queue->level = level_of(cic->ioprio);
	return cic->queue;
}

static struct cfq_queue *queue_for(struct cfq_data *cfqd, struct request *rq)
{
	struct cfq_io_cq *cic = cfq_icq(rq->elv.icq);

	if (!rq_is_sync(rq))
		return async_queue(cfqd, cic ? cic->ioprio : 0);
	return cic ? sync_queue(cfqd, cic) : &cfqd->spare;
}

/* Requests */

static void cfq_prepare_request(struct request *rq)
{
	struct cfq_io_cq *cic;

	rq->elv.priv[0] = NULL;
	rq->elv.icq = ioc_find_get_icq(rq->q);
	cic = cfq_icq(rq->elv.icq);
	if (cic)
		cic->ioprio = current_ioprio(cic->icq.ioc);
}

static void inserted(struct cfq_data *cfqd, struct request *rq)
{
	struct cfq_queue *queue = rq_queue(rq);

	if (queue == cfqd->active) {
		if (!queue->wait_request)
			return;
		if (blk_rq_bytes(rq) > PAGE_SIZE || cfqd->nr_queues > 1) {
			queue->wait_request = false;
			hrtimer_try_to_cancel(&cfqd->idle_timer);
		} else {
			queue->must_dispatch = true;
		}
	} else if (should_preempt(cfqd, queue, rq)) {
		preempt(cfqd, queue);
	}
}

static void insert_request(struct cfq_data *cfqd, struct request *rq,
			   bool at_head, struct list_head *free)
{
	struct cfq_queue *queue;

	if (at_head || blk_rq_is_passthrough(rq)) {
		if (at_head)
			list_add(&rq->queuelist, &cfqd->dispatch);
		else
			list_add_tail(&rq->queuelist, &cfqd->dispatch);
		return;
	}
	if (blk_mq_sched_try_insert_merge(cfqd->q, rq, free))
		return;
	queue = queue_for(cfqd, rq);
	queue->ref++;
	rq->elv.priv[0] = queue;
	add_request(cfqd, rq);
	if (rq_mergeable(rq)) {
		elv_rqhash_add(cfqd->q, rq);
		if (!cfqd->q->last_merge)
			cfqd->q->last_merge = rq;
	}
	learn_from(cfqd, rq);
	inserted(cfqd, rq);
}

static void cfq_insert_requests(struct blk_mq_hw_ctx *hctx,
				struct list_head *list, bool at_head)
{
	struct cfq_data *cfqd = cfq_of(hctx->queue);
	struct request *rq;
	LIST_HEAD(free);

	spin_lock_irq(&cfqd->lock);
	while (!list_empty(list)) {
		rq = list_first_entry(list, struct request, queuelist);
		list_del_init(&rq->queuelist);
		insert_request(cfqd, rq, at_head, &free);
	}
	spin_unlock_irq(&cfqd->lock);
	blk_mq_free_requests(&free);
}

static struct request *cfq_dispatch_request(struct blk_mq_hw_ctx *hctx)
{
	struct cfq_data *cfqd = cfq_of(hctx->queue);
	struct request *rq;

	spin_lock_irq(&cfqd->lock);
	rq = list_first_entry_or_null(&cfqd->dispatch, struct request,
				      queuelist);
	if (rq)
		list_del_init(&rq->queuelist);
	else
		rq = dispatch_one(cfqd);
	spin_unlock_irq(&cfqd->lock);
	if (rq)
		rq->rq_flags |= RQF_STARTED;
	return rq;
}

static bool cfq_has_work(struct blk_mq_hw_ctx *hctx)
{
	struct cfq_data *cfqd = cfq_of(hctx->queue);

	/* Without the lock: whoever adds one runs the hardware queue. */
	return READ_ONCE(cfqd->rq_queued) ||
	       !list_empty_careful(&cfqd->dispatch);
}

/* Done, merged into another one, or to be inserted anew */
static void cfq_finish_request(struct request *rq)
{
	struct cfq_data *cfqd = cfq_of(rq->q);
	struct cfq_queue *queue = rq_queue(rq);
	unsigned long flags;

	if (queue) {
		spin_lock_irqsave(&cfqd->lock, flags);
		if (rq->rq_flags & RQF_STARTED)
			request_completed(cfqd, rq);
		queue_put(queue);
		spin_unlock_irqrestore(&cfqd->lock, flags);
		rq->elv.priv[0] = NULL;
	}
	if (rq->elv.icq) {
		put_io_context(rq->elv.icq->ioc);
		rq->elv.icq = NULL;
	}
}

static void cfq_limit_depth(blk_opf_t opf, struct blk_mq_alloc_data *data)
{
	unsigned int shift = data->hctx->sched_tags->bitmap_tags.sb.shift;

	/* Readers must find a tag when writers have all theirs. */
	if (!op_is_sync(opf))
		data->shallow_depth = max(1U, (1U << shift) / 2);
}

static void cfq_depth_updated(struct blk_mq_hw_ctx *hctx)
{
	sbitmap_queue_min_shallow_depth(&hctx->sched_tags->bitmap_tags, 1);
}

static int cfq_init_hctx(struct blk_mq_hw_ctx *hctx, unsigned int index)
{
	cfq_depth_updated(hctx);
	return 0;
}

/* Merging */

static struct cfq_io_cq *current_cic(struct request_queue *q)
{
	struct io_cq *icq;
	unsigned long flags;

	if (!current->io_context)
		return NULL;
	spin_lock_irqsave(&q->queue_lock, flags);
	icq = ioc_lookup_icq(q);
	spin_unlock_irqrestore(&q->queue_lock, flags);
	return cfq_icq(icq);
}

static bool cfq_bio_merge(struct request_queue *q, struct bio *bio,
			  unsigned int nr_segs)
{
	struct cfq_data *cfqd = cfq_of(q);
	struct cfq_io_cq *cic = current_cic(q);
	struct request *free = NULL;
	bool merged;

	spin_lock_irq(&cfqd->lock);
	cfqd->merging = cic;
	merged = blk_mq_sched_try_merge(q, bio, nr_segs, &free);
	spin_unlock_irq(&cfqd->lock);
	if (free)
		blk_mq_free_request(free);
	return merged;
}

/* The queue that a new request of this task would go to, if there is one */
static struct cfq_queue *own_queue(struct cfq_data *cfqd, bool sync)
{
	struct cfq_io_cq *cic = cfqd->merging;

	if (!cic)
		return NULL;
	return sync ? cic->queue : async_queue(cfqd, cic->ioprio);
}

static bool cfq_allow_merge(struct request_queue *q, struct request *rq,
			    struct bio *bio)
{
	bool sync = op_is_sync(bio->bi_opf);

	if (sync && !rq_is_sync(rq))
		return false;
	return rq_queue(rq) && rq_queue(rq) == own_queue(cfq_of(q), sync);
}

static int cfq_request_merge(struct request_queue *q, struct request **rq,
			     struct bio *bio)
{
	struct cfq_queue *queue = own_queue(cfq_of(q),
					    op_is_sync(bio->bi_opf));
	struct request *found;

	if (!queue)
		return ELEVATOR_NO_MERGE;
	found = elv_rb_find(&queue->sorted, bio_end_sector(bio));
	if (!found || !elv_bio_merge_ok(found, bio))
		return ELEVATOR_NO_MERGE;
	*rq = found;
	return ELEVATOR_FRONT_MERGE;
}

static void cfq_request_merged(struct request_queue *q, struct request *rq,
			       enum elv_merge type)
{
	if (type == ELEVATOR_FRONT_MERGE && rq_queue(rq))
		queue_reposition(cfq_of(q), rq);
}

static void cfq_requests_merged(struct request_queue *q, struct request *rq,
				struct request *next)
{
	struct cfq_data *cfqd = cfq_of(q);
	struct cfq_queue *queue = rq_queue(next);

	if (!queue)
		return;
	if (rq_queue(rq) == queue && next->fifo_time < rq->fifo_time) {
		list_move(&rq->queuelist, &next->queuelist);
		rq->fifo_time = next->fifo_time;
	}
	if (queue->next_rq == next && rq_queue(rq) == queue)
		queue->next_rq = rq;
	remove_request(cfqd, next);
	if (queue->on_rr && queue_empty(queue) && queue != cfqd->active)
		queue_del_rr(cfqd, queue);
}

/* Life and death */

static void cfq_exit_icq(struct io_cq *icq)
{
	struct cfq_io_cq *cic = cfq_icq(icq);
	struct cfq_data *cfqd;
	unsigned long flags;

	if (!cic->queue)
		return;
	cfqd = cfq_of(icq->q);
	spin_lock_irqsave(&cfqd->lock, flags);
	leave_queue(cfqd, cic);
	spin_unlock_irqrestore(&cfqd->lock, flags);
}

static void init_queues(struct cfq_data *cfqd)
{
	enum cfq_class class;
	unsigned int level;

	for (class = CFQ_BE; class <= CFQ_RT; class++)
		for (level = 0; level < CFQ_LEVELS; level++)
			queue_init(&cfqd->async[class][level], false, class,
				   level);
	queue_init(&cfqd->async_idle, false, CFQ_IDLE, CFQ_LEVELS - 1);
	queue_init(&cfqd->spare, true, CFQ_BE, IOPRIO_BE_NORM);
}

static const struct cfq_tunables defaults = {
	.quantum = 8,
	.fifo_expire_sync = 125 * NSEC_PER_MSEC,
	.fifo_expire_async = 250 * NSEC_PER_MSEC,
	.back_seek_max = 16384,
	.back_seek_penalty = 2,
	.slice_sync = 100 * NSEC_PER_MSEC,
	.slice_async = 40 * NSEC_PER_MSEC,
	.slice_async_rq = 2,
	.slice_idle = 8 * NSEC_PER_MSEC,
	.group_idle = 8 * NSEC_PER_MSEC,
	.low_latency = 1,
	.target_latency = 300 * NSEC_PER_MSEC,
};

static struct cfq_data *new_data(struct request_queue *q)
{
	struct cfq_data *cfqd;

	cfqd = kzalloc_node(sizeof(*cfqd), GFP_KERNEL, q->node);
	if (!cfqd)
		return NULL;
	spin_lock_init(&cfqd->lock);
	INIT_LIST_HEAD(&cfqd->busy);
	INIT_LIST_HEAD(&cfqd->dispatch);
	hrtimer_init(&cfqd->idle_timer, CLOCK_MONOTONIC, HRTIMER_MODE_REL);
	cfqd->idle_timer.function = idle_timer_fired;
	cfqd->q = q;
	cfqd->hw_tag = -1;
	cfqd->tune = defaults;
	if (blk_queue_nonrot(q))
		cfqd->tune.slice_idle = 0;
	cfqd->last_delayed_sync = ktime_get_ns() - NSEC_PER_SEC;
	init_queues(cfqd);
	return cfqd;
}

static int cfq_init_sched(struct request_queue *q, struct elevator_type *e)
{
	struct elevator_queue *eq = elevator_alloc(q, e);

	if (!eq)
		return -ENOMEM;
	eq->elevator_data = new_data(q);
	if (!eq->elevator_data) {
		kobject_put(&eq->kobj);
		return -ENOMEM;
	}
	blk_queue_flag_set(QUEUE_FLAG_SQ_SCHED, q);
	q->elevator = eq;
	return 0;
}

static void cfq_exit_sched(struct elevator_queue *e)
{
	struct cfq_data *cfqd = e->elevator_data;

	spin_lock_irq(&cfqd->lock);
	slice_expire(cfqd, false);
	spin_unlock_irq(&cfqd->lock);
	hrtimer_cancel(&cfqd->idle_timer);
	WARN_ON_ONCE(cfqd->nr_queues || cfqd->rq_queued);
	kfree(cfqd);
}

/* Attributes, those by which people change what CFQ does most */

static int parse(const char *page, unsigned int most, u64 unit, u64 *result)
{
	unsigned int value;
	int err = kstrtouint(page, 10, &value);

	if (err)
		return err;
	if (value > most)
		return -EINVAL;
	*result = value * unit;
	return 0;
}

static ssize_t slice_idle_show(struct elevator_queue *e, char *page)
{
	struct cfq_data *cfqd = e->elevator_data;

	return sysfs_emit(page, "%llu\n",
			  cfqd->tune.slice_idle / NSEC_PER_MSEC);
}

static ssize_t slice_idle_store(struct elevator_queue *e, const char *page,
				size_t count)
{
	struct cfq_data *cfqd = e->elevator_data;

	return parse(page, MSEC_PER_SEC, NSEC_PER_MSEC,
		     &cfqd->tune.slice_idle) ?: count;
}

static ssize_t group_idle_show(struct elevator_queue *e, char *page)
{
	struct cfq_data *cfqd = e->elevator_data;

	return sysfs_emit(page, "%llu\n",
			  cfqd->tune.group_idle / NSEC_PER_MSEC);
}

static ssize_t group_idle_store(struct elevator_queue *e, const char *page,
				size_t count)
{
	struct cfq_data *cfqd = e->elevator_data;

	return parse(page, MSEC_PER_SEC, NSEC_PER_MSEC,
		     &cfqd->tune.group_idle) ?: count;
}

static ssize_t low_latency_show(struct elevator_queue *e, char *page)
{
	struct cfq_data *cfqd = e->elevator_data;

	return sysfs_emit(page, "%llu\n", cfqd->tune.low_latency);
}

static ssize_t low_latency_store(struct elevator_queue *e, const char *page,
				 size_t count)
{
	struct cfq_data *cfqd = e->elevator_data;

	return parse(page, 1, 1, &cfqd->tune.low_latency) ?: count;
}

static struct elv_fs_entry cfq_attributes[] = {
	__ATTR_RW(slice_idle),
	__ATTR_RW(group_idle),
	__ATTR_RW(low_latency),
	__ATTR_NULL
};

static struct elevator_type cfq_elevator = {
	.ops = {
		.limit_depth = cfq_limit_depth,
		.depth_updated = cfq_depth_updated,
		.prepare_request = cfq_prepare_request,
		.insert_requests = cfq_insert_requests,
		.dispatch_request = cfq_dispatch_request,
		.has_work = cfq_has_work,
		.finish_request = cfq_finish_request,
		.requeue_request = cfq_finish_request,
		.exit_icq = cfq_exit_icq,
		.next_request = elv_rb_latter_request,
		.former_request = elv_rb_former_request,
		.allow_merge = cfq_allow_merge,
		.bio_merge = cfq_bio_merge,
		.request_merge = cfq_request_merge,
		.request_merged = cfq_request_merged,
		.requests_merged = cfq_requests_merged,
		.init_hctx = cfq_init_hctx,
		.init_sched = cfq_init_sched,
		.exit_sched = cfq_exit_sched,
	},
	.icq_size = sizeof(struct cfq_io_cq),
	.icq_align = __alignof__(struct cfq_io_cq),
	.elevator_attrs = cfq_attributes,
	.elevator_name = "cfq",
	.elevator_owner = THIS_MODULE,
};

static int __init cfq_init(void)
{
	return elv_register(&cfq_elevator);
}

static void __exit cfq_exit(void)
{
	elv_unregister(&cfq_elevator);
}

module_init(cfq_init);
module_exit(cfq_exit);
MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("CFQ on blk-mq, a baseline for the bench");
