// SPDX-License-Identifier: GPL-2.0-only
/*
 * /dev/modeldisk: a disk that takes as long as a real one would. It stores
 * nothing: reads give zeros.
 *
 *	insmod modeldisk.ko profile=emmc|ssd|hdd [seed=N] [write_cache=0]
 *
 * The model says when a command is done, and a timer completes it then. So in
 * virtual time a run repeats digit by digit.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/bitmap.h>
#include <linux/blk-mq.h>
#include <linux/blkdev.h>
#include <linux/hrtimer.h>
#include <linux/module.h>

#include "model.h"

static char *profile = "ssd";
module_param(profile, charp, 0444);
MODULE_PARM_DESC(profile, "what it is like: emmc, ssd or hdd");

static unsigned long seed = 1;
module_param(seed, ulong, 0444);
MODULE_PARM_DESC(seed, "of the angle of the platter, of what pages take");

static bool write_cache = true;
module_param(write_cache, bool, 0444);
MODULE_PARM_DESC(write_cache, "writes are done once they are in the cache");

/**
 * struct modeldisk - the device
 * @lock: for the rest; taken with interrupts off
 * @model: says how long commands take
 * @used: slots that hold a command
 * @budgets: commands that were let through, at most the model's depth
 * @starved: the block layer was told to wait
 * @rq: the request in each slot
 * @timer: fires when something is done
 * @set: tags
 * @disk: what users see
 */
struct modeldisk {
	spinlock_t lock; /* all below */
	struct model model;
	DECLARE_BITMAP(used, MODEL_SLOTS);
	unsigned int budgets;
	bool starved;
	struct request *rq[MODEL_SLOTS];
	struct hrtimer timer;
	struct blk_mq_tag_set set;
	struct gendisk *disk;
};

static struct modeldisk *the_disk;

static void arm(struct modeldisk *md)
{
	u64 next = model_next(&md->model);

	lockdep_assert_held(&md->lock);
	if (next != MODEL_NEVER)
		hrtimer_start(&md->timer, ns_to_ktime(next),
			      HRTIMER_MODE_ABS);
}

static struct model_command command_of(struct request *rq)
{
	struct model_command cmd = {
		.fua = rq->cmd_flags & REQ_FUA,
		.start = blk_rq_pos(rq) << SECTOR_SHIFT,
		.bytes = blk_rq_bytes(rq),
	};

	switch (req_op(rq)) {
	case REQ_OP_READ:
		cmd.op = MODEL_READ;
		break;
	case REQ_OP_FLUSH:
		cmd.op = MODEL_FLUSH;
		break;
	default:
		cmd.op = MODEL_WRITE;
	}
	return cmd;
}

static blk_status_t modeldisk_queue_rq(struct blk_mq_hw_ctx *hctx,
				       const struct blk_mq_queue_data *bd)
{
	struct modeldisk *md = hctx->queue->queuedata;
	struct model_command cmd = command_of(bd->rq);
	unsigned int slot;
	unsigned long flags;

	blk_mq_start_request(bd->rq);
	spin_lock_irqsave(&md->lock, flags);
	slot = find_first_zero_bit(md->used, md->model.profile->depth);
	__set_bit(slot, md->used);
	md->rq[slot] = bd->rq;
	model_submit(&md->model, slot, &cmd, ktime_get_ns());
	arm(md);
	spin_unlock_irqrestore(&md->lock, flags);
	return BLK_STS_OK;
}

/* At most as many commands as the disk holds: so there is always a slot. */
static int modeldisk_get_budget(struct request_queue *q)
{
	struct modeldisk *md = q->queuedata;
	unsigned long flags;
	int token = 0;

	spin_lock_irqsave(&md->lock, flags);
	if (md->budgets < md->model.profile->depth) {
		md->budgets++;
	} else {
		md->starved = true;
		token = -1;
	}
	spin_unlock_irqrestore(&md->lock, flags);
	return token;
}

static void modeldisk_put_budget(struct request_queue *q, int token)
{
	struct modeldisk *md = q->queuedata;
	unsigned long flags;

	spin_lock_irqsave(&md->lock, flags);
	md->budgets--;
	spin_unlock_irqrestore(&md->lock, flags);
}

/* What is done by now, one at a time; NULL if nothing is. */
static struct request *take_done(struct modeldisk *md, u64 now, bool *starved)
{
	struct request *rq = NULL;
	unsigned long flags;
	int slot;

	spin_lock_irqsave(&md->lock, flags);
	model_advance(&md->model, now);
	slot = model_done(&md->model, now);
	if (slot >= 0) {
		rq = md->rq[slot];
		__clear_bit(slot, md->used);
		md->budgets--;
		*starved |= md->starved;
		md->starved = false;
	} else {
		arm(md);
	}
	spin_unlock_irqrestore(&md->lock, flags);
	return rq;
}

static enum hrtimer_restart modeldisk_timer(struct hrtimer *timer)
{
	struct modeldisk *md = container_of(timer, struct modeldisk, timer);
	struct request *rq;
	bool starved = false;

	while ((rq = take_done(md, ktime_get_ns(), &starved)))
		blk_mq_complete_request(rq);
	if (starved)
		blk_mq_run_hw_queues(md->disk->queue, true);
	return HRTIMER_NORESTART;
}

static void modeldisk_complete(struct request *rq)
{
	struct bio *bio;

	if (req_op(rq) == REQ_OP_READ)
		__rq_for_each_bio(bio, rq)
			zero_fill_bio(bio);
	blk_mq_end_request(rq, BLK_STS_OK);
}

static const struct blk_mq_ops modeldisk_mq_ops = {
	.queue_rq = modeldisk_queue_rq,
	.get_budget = modeldisk_get_budget,
	.put_budget = modeldisk_put_budget,
	.complete = modeldisk_complete,
};

static const struct block_device_operations modeldisk_ops = {
	.owner = THIS_MODULE,
};

static void set_limits(struct modeldisk *md)
{
	struct request_queue *q = md->disk->queue;

	if (!md->model.profile->rotational)
		blk_queue_flag_set(QUEUE_FLAG_NONROT, q);
	blk_queue_flag_clear(QUEUE_FLAG_ADD_RANDOM, q);
	blk_queue_write_cache(q, md->model.write_cache, true);
	blk_queue_logical_block_size(q, 512);
	blk_queue_physical_block_size(q, 4096);
	blk_queue_max_segments(q, 256);
	blk_queue_max_hw_sectors(q, 2048);
	set_capacity(md->disk, md->model.profile->capacity >> SECTOR_SHIFT);
}

static int add_tags(struct modeldisk *md)
{
	md->set.ops = &modeldisk_mq_ops;
	md->set.nr_hw_queues = 1;
	md->set.nr_maps = 1;
	md->set.queue_depth = md->model.profile->tags;
	md->set.numa_node = NUMA_NO_NODE;
	md->set.flags = BLK_MQ_F_SHOULD_MERGE;
	return blk_mq_alloc_tag_set(&md->set);
}

static int add_modeldisk(struct modeldisk *md)
{
	int err = add_tags(md);

	if (err)
		return err;
	md->disk = blk_mq_alloc_disk(&md->set, md);
	if (IS_ERR(md->disk)) {
		err = PTR_ERR(md->disk);
		goto free_tags;
	}
	md->disk->fops = &modeldisk_ops;
	strscpy(md->disk->disk_name, "modeldisk", DISK_NAME_LEN);
	set_limits(md);
	err = add_disk(md->disk);
	if (err)
		goto free_disk;
	return 0;

free_disk:
	put_disk(md->disk);
free_tags:
	blk_mq_free_tag_set(&md->set);
	return err;
}

static int __init modeldisk_init(void)
{
	const struct model_profile *p = model_find(profile);
	struct modeldisk *md;
	int err;

	if (!p) {
		pr_err("no profile '%s'; there are emmc, ssd and hdd\n",
		       profile);
		return -EINVAL;
	}
	md = kzalloc(sizeof(*md), GFP_KERNEL);
	if (!md)
		return -ENOMEM;
	spin_lock_init(&md->lock);
	hrtimer_init(&md->timer, CLOCK_MONOTONIC, HRTIMER_MODE_ABS);
	md->timer.function = modeldisk_timer;
	model_init(&md->model, p, seed, write_cache);
	err = add_modeldisk(md);
	if (err)
		kfree(md);
	else
		the_disk = md;
	return err;
}

static void __exit modeldisk_exit(void)
{
	del_gendisk(the_disk->disk);
	put_disk(the_disk->disk);
	/* Its write cache may still be busy. */
	hrtimer_cancel(&the_disk->timer);
	blk_mq_free_tag_set(&the_disk->set);
	kfree(the_disk);
}

module_init(modeldisk_init);
module_exit(modeldisk_exit);
MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Disk that takes as long as a real one, in virtual time");
