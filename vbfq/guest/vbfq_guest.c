// SPDX-License-Identifier: GPL-2.0-only
/*
 * V-BFQ, guest side: tell the host while somebody waits for a disk.
 *
 * That is while BFQ raises the weight of a queue with requests, because its
 * process is interactive or soft real-time, on whichever disk. The queue of a
 * process that reads one block after the other is empty after each: so the need
 * ends only some time after the last such queue was seen, and the host hears of
 * a whole burst but twice. The intent is the guest's, but a vCPU that stated one
 * has to withdraw it, for that is how the host keeps them: so a timer on that
 * vCPU does.
 */
#define pr_fmt(fmt) "vbfq: " fmt

#include <linux/atomic.h>
#include <linux/blkdev.h>
#include <linux/cpuhotplug.h>
#include <linux/jiffies.h>
#include <linux/reboot.h>
#include <linux/smp.h>
#include <linux/spinlock.h>
#include <linux/syscore_ops.h>
#include <linux/sysfs.h>
#include <linux/timer.h>

#include <asm/intent.h>

#include "elevator.h"
#include "bfq-iosched.h"

/*
 * Two calls in more than 100 ms are less than 20 a second, and the pauses that
 * an application makes as it starts are mostly shorter.
 */
#define VBFQ_HOLD_MS		100
#define VBFQ_HOLD_MAX_MS	10000

/* Enough to keep a simple disk busy, and little to wait for. */
#define VBFQ_BACKLOG		1

DEFINE_STATIC_KEY_FALSE(vbfq_guest_key);

/*
 * Where the next request takes longer than this if it is another process's, heads
 * move: then processes are better served one after the other.
 */
#define VBFQ_FAST_NS		NSEC_PER_MSEC

/* How often to look, while raised, whether that should end; in jiffies. */
#define VBFQ_LOOK		(HZ / 10)

/* Disks in need, and until when the need holds without one; in jiffies. */
static atomic_t needy_disks;
static unsigned long hold_until = INITIAL_JIFFIES;

/**
 * struct vbfq_intent - what the host knows
 * @lock: protects the rest; taken with IRQs off, inside of no other lock
 * @silent: the guest goes down, or has not come up
 * @raised: the host was told of an intent
 * @cpu: by this vCPU, which must be the one to withdraw it
 * @stated: when, in jiffies
 */
static struct vbfq_intent {
	raw_spinlock_t lock;
	bool silent;
	bool raised;
	int cpu;
	unsigned long stated;
} intent = {
	.lock = __RAW_SPIN_LOCK_UNLOCKED(intent.lock),
	.silent = true,
};

static void vbfq_guest_timeout(struct timer_list *unused);
static DEFINE_TIMER(intent_timer, vbfq_guest_timeout);

/* Both on the vCPU that speaks, with the lock held. */
static void state(bool raise)
{
	intent.raised = raise;
	intent.stated = jiffies;
	intent_set(INTENT_IO, raise ? INTENT_LATENCY : INTENT_NONE);
}

static void look_again_at(unsigned long when)
{
	intent_timer.expires = when;
	add_timer_on(&intent_timer, intent.cpu);
}

void __vbfq_guest_need(struct bfq_data *bfqd, bool need)
{
	struct vbfq_disk *disk = &bfqd->vbfq_disk;

	if (disk->need == need)
		return;

	disk->need = need;
	if (need) {
		disk->needs++;
		atomic_inc(&needy_disks);
		return;
	}

	disk->hold_until = jiffies + disk->hold;
	if (time_after(disk->hold_until, READ_ONCE(hold_until)))
		WRITE_ONCE(hold_until, disk->hold_until);
	atomic_dec(&needy_disks);
}

void __vbfq_guest_tell(void)
{
	unsigned long flags;

	if (READ_ONCE(intent.raised) || !atomic_read(&needy_disks))
		return;

	raw_spin_lock_irqsave(&intent.lock, flags);
	if (!intent.raised && !intent.silent) {
		intent.cpu = smp_processor_id();
		state(true);
		look_again_at(jiffies + VBFQ_LOOK);
	}
	raw_spin_unlock_irqrestore(&intent.lock, flags);
}

/*
 * The host forgets when the guest is migrated or restored, which the guest does
 * not notice, so an intent is stated anew once a second.
 */
static void look(void)
{
	unsigned long now = jiffies, next = now + VBFQ_LOOK;
	unsigned long until = READ_ONCE(hold_until);

	if (!atomic_read(&needy_disks)) {
		if (!time_before(now, until)) {
			state(false);
			return;
		}
		if (time_before(until, next))
			next = until;
	}

	if (!time_before(now, intent.stated + HZ))
		state(true);
	look_again_at(next);
}

static void vbfq_guest_timeout(struct timer_list *unused)
{
	unsigned long flags;

	raw_spin_lock_irqsave(&intent.lock, flags);
	/* Or vbfq_guest_offline() came between. */
	if (intent.raised && intent.cpu == smp_processor_id() &&
	    !timer_pending(&intent_timer))
		look();
	raw_spin_unlock_irqrestore(&intent.lock, flags);
}

bool __vbfq_guest_hold_back(struct bfq_data *bfqd, struct bfq_queue *bfqq)
{
	struct vbfq_disk *disk = &bfqd->vbfq_disk;

	if (bfqq->wr_coeff > 1 || bfqd->rq_in_driver < disk->backlog)
		return false;

	disk->held_back = disk->need || time_before(jiffies, disk->hold_until);
	return disk->held_back;
}

/*
 * A request of @bfqq is done. That a single one took long says little: it may have
 * waited for the host.
 */
bool __vbfq_guest_go_on(struct bfq_queue *bfqq)
{
	struct vbfq_disk *disk = &bfqq->bfqd->vbfq_disk;
	u64 took = ktime_get_ns() - bfqq->bfqd->last_dispatch;
	bool held_back = disk->held_back;

	if (bfqq->wr_coeff > 1 && bfqq != disk->last)
		disk->move_ns = (disk->move_ns +
				 min_t(u64, took, 2 * VBFQ_FAST_NS)) / 2;
	disk->last = bfqq;
	disk->held_back = false;
	return held_back;
}

/*
 * While BFQ idles the disk for one process of an application, the others need
 * not wait for their turn, if it is no hard disk. As for the budget: of a
 * weight-raised queue each request is charged what it is.
 */
struct bfq_queue *__vbfq_guest_raised(struct bfq_data *bfqd)
{
	struct bfq_queue *bfqq;

	if (!bfqd->wr_busy_queues ||
	    bfqd->vbfq_disk.move_ns > VBFQ_FAST_NS)
		return NULL;

	list_for_each_entry(bfqq, &bfqd->active_list, bfqq_list) {
		if (bfqq->wr_coeff > 1 && bfqq->next_rq &&
		    blk_rq_sectors(bfqq->next_rq) + bfqq->entity.service <=
		    bfqq->entity.budget)
			return bfqq;
	}

	return NULL;
}

/* A new queue is raised with its first request, unless it is one of many. */
static bool deserves_raise(struct bfq_queue *bfqq)
{
	return bfqq->wr_coeff > 1 ||
	       (bfq_bfqq_just_created(bfqq) && !bfq_bfqq_in_large_burst(bfqq));
}

/*
 * BFQ makes one queue of two whose requests are close, and gives it the raised
 * weight of either. So what the urgent one is due would go to the other, and end
 * with it, for both.
 */
bool __vbfq_guest_apart(struct bfq_queue *bfqq, struct bfq_queue *other)
{
	return deserves_raise(bfqq) != deserves_raise(other);
}

void vbfq_guest_init(struct bfq_data *bfqd)
{
	struct vbfq_disk *disk = &bfqd->vbfq_disk;

	disk->backlog = VBFQ_BACKLOG;
	disk->hold = msecs_to_jiffies(VBFQ_HOLD_MS);
	disk->hold_until = jiffies;
}

/* No request is left, whatever BFQ's counter says. */
void vbfq_guest_exit(struct bfq_data *bfqd)
{
	__vbfq_guest_need(bfqd, false);
}

/*
 * Begin with what the host surely knows: a kernel that ran here before, and
 * was left by kexec or a crash, may have raised an intent.
 */
static int vbfq_guest_online(unsigned int cpu)
{
	unsigned long flags;

	raw_spin_lock_irqsave(&intent.lock, flags);
	intent.silent = false;
	if (!intent.raised || intent.cpu != smp_processor_id())
		intent_set(INTENT_IO, INTENT_NONE);
	raw_spin_unlock_irqrestore(&intent.lock, flags);
	return 0;
}

/* While there is a need, the next request raises the intent on another vCPU. */
static int vbfq_guest_offline(unsigned int cpu)
{
	unsigned long flags;

	raw_spin_lock_irqsave(&intent.lock, flags);
	if (intent.raised && intent.cpu == smp_processor_id()) {
		del_timer(&intent_timer);
		state(false);
	}
	raw_spin_unlock_irqrestore(&intent.lock, flags);
	return 0;
}

static void vbfq_guest_silence(void *unused)
{
	WRITE_ONCE(intent.silent, true);
	vbfq_guest_offline(smp_processor_id());
}

/* On the last vCPU that is online, with IRQs off. */
static int vbfq_guest_suspend(void)
{
	vbfq_guest_silence(NULL);
	return 0;
}

static void vbfq_guest_resume(void)
{
	vbfq_guest_online(smp_processor_id());
}

static struct syscore_ops vbfq_guest_syscore_ops = {
	.suspend	= vbfq_guest_suspend,
	.resume		= vbfq_guest_resume,
};

/* Also before kexec: the next kernel may know nothing of intents. */
static int vbfq_guest_reboot(struct notifier_block *nb, unsigned long action,
			     void *data)
{
	on_each_cpu(vbfq_guest_silence, NULL, true);
	return NOTIFY_DONE;
}

static struct notifier_block vbfq_guest_reboot_nb = {
	.notifier_call = vbfq_guest_reboot,
};

static ssize_t show(unsigned long value, char *page)
{
	return sysfs_emit(page, "%lu\n", value);
}

/* Clamped to its range, as BFQ's other attributes are. */
static ssize_t store(unsigned int *value, const char *page, size_t count,
		     unsigned int min, unsigned int max)
{
	unsigned int new;
	int ret = kstrtouint(page, 10, &new);

	if (ret)
		return ret;

	WRITE_ONCE(*value, clamp(new, min, max));
	return count;
}

/* In ms. */
ssize_t vbfq_guest_hold_show(struct elevator_queue *e, char *page)
{
	struct bfq_data *bfqd = e->elevator_data;

	return show(jiffies_to_msecs(bfqd->vbfq_disk.hold), page);
}

ssize_t vbfq_guest_hold_store(struct elevator_queue *e, const char *page,
			      size_t count)
{
	struct bfq_data *bfqd = e->elevator_data;
	unsigned int hold;
	ssize_t ret = store(&hold, page, count, VBFQ_HOLD_MS,
			    VBFQ_HOLD_MAX_MS);

	if (ret > 0)
		WRITE_ONCE(bfqd->vbfq_disk.hold, msecs_to_jiffies(hold));
	return ret;
}

/* In requests. */
ssize_t vbfq_guest_backlog_show(struct elevator_queue *e, char *page)
{
	struct bfq_data *bfqd = e->elevator_data;

	return show(bfqd->vbfq_disk.backlog, page);
}

ssize_t vbfq_guest_backlog_store(struct elevator_queue *e, const char *page,
				 size_t count)
{
	struct bfq_data *bfqd = e->elevator_data;

	return store(&bfqd->vbfq_disk.backlog, page, count, 1, INT_MAX);
}

ssize_t vbfq_guest_needs_show(struct elevator_queue *e, char *page)
{
	struct bfq_data *bfqd = e->elevator_data;

	return show(bfqd->vbfq_disk.needs, page);
}

static int __init vbfq_guest_start(void)
{
	int ret;

	if (!intent_available(INTENT_IO)) {
		pr_info("the host does not coordinate disk requests\n");
		return 0;
	}

	ret = cpuhp_setup_state(CPUHP_AP_ONLINE_DYN, "block/vbfq:online",
				vbfq_guest_online, vbfq_guest_offline);
	if (ret < 0)
		return ret;
	static_branch_enable(&vbfq_guest_key);
	register_syscore_ops(&vbfq_guest_syscore_ops);
	register_reboot_notifier(&vbfq_guest_reboot_nb);
	pr_info("coordinating disk requests with the host\n");
	return 0;
}
late_initcall(vbfq_guest_start);
