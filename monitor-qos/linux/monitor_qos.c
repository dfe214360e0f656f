// SPDX-License-Identifier: GPL-2.0-only
/*
 * A secure RTOS shares the CPUs and goes first (monitor-qos). What it takes
 * becomes stolen time, when it asks to shed load no VM is privileged, and
 * programs exchange messages with it through /dev/monitor-qos.
 *
 * See Documentation/arm64/monitor-qos.rst. Without the monitor, nothing of this
 * is there.
 */
#define pr_fmt(fmt) "monitor-qos: " fmt

#include <linux/arm-smccc.h>
#include <linux/bitops.h>
#include <linux/clocksource.h>
#include <linux/cpuhotplug.h>
#include <linux/fs.h>
#include <linux/init.h>
#include <linux/interrupt.h>
#include <linux/io.h>
#include <linux/miscdevice.h>
#include <linux/mutex.h>
#include <linux/of.h>
#include <linux/of_irq.h>
#include <linux/percpu.h>
#include <linux/poll.h>
#include <linux/uaccess.h>
#include <linux/wait.h>
#include <linux/workqueue.h>

#include <asm/arch_timer.h>
#include <asm/cputype.h>
#include <asm/kvm_intent.h>
#include <asm/paravirt.h>
#include <asm/smp_plat.h>

#include "monitor-qos.h"

/**
 * struct steal - what the RTOS takes of a CPU
 * @time: where the monitor counts; NULL until the CPU was online
 * @base: what it had counted by then
 */
struct steal {
	const struct mq_core_time *time;
	u64 base;
};

static DEFINE_PER_CPU(struct steal, steals);

/* From the counter's ticks to ns. */
static u32 tick_mult, tick_shift;

static const struct mq_times *times;

/* Messages: the box that we write, the RTOS's, and the device's readers. */
static struct mq_box *own;
static const struct mq_box *rtos;
static DECLARE_WAIT_QUEUE_HEAD(rung);

/* Protects what we write to our box, and these counters of what is in it. */
static DEFINE_MUTEX(box_mutex);
static u32 sent, taken;

/* Of what another side writes too: what it wrote before, we see after. */
static u32 peek(const u32 *word)
{
	/* Pairs with the release there. */
	return smp_load_acquire(word);
}

static void poke(u32 *word, u32 value)
{
	/* Pairs with the acquire there. */
	smp_store_release(word, value);
}

static u64 steal_clock(int cpu)
{
	const struct steal *steal = per_cpu_ptr(&steals, cpu);
	const struct mq_core_time *time;

	/* Pairs with steal_online(): @base is valid. */
	time = smp_load_acquire(&steal->time);
	if (!time)
		return 0;
	return mul_u64_u32_shr(READ_ONCE(time->stolen) - steal->base,
			       tick_mult, tick_shift);
}

static int steal_online(unsigned int cpu)
{
	struct steal *steal = per_cpu_ptr(&steals, cpu);
	unsigned int cores = min_t(u32, READ_ONCE(times->cores), MQ_NR_CORES);
	const struct mq_core_time *time;

	if (steal->time)
		return 0;
	for (time = times->core; time < times->core + cores; time++) {
		if (READ_ONCE(time->mpidr) != cpu_logical_map(cpu))
			continue;
		steal->base = READ_ONCE(time->stolen);
		/* Pairs with steal_clock(). */
		smp_store_release(&steal->time, time);
		return 0;
	}
	/* A core that the RTOS has no part of. */
	return 0;
}

static int __init steal_init(void)
{
	int ret;

	if (READ_ONCE(times->magic) != MQ_MAGIC)
		return -EPROTO;
	clocks_calc_mult_shift(&tick_mult, &tick_shift, arch_timer_get_cntfrq(),
			       NSEC_PER_SEC, 1);
	ret = cpuhp_setup_state(CPUHP_AP_ONLINE_DYN, "firmware/monitor-qos:online",
				steal_online, NULL);
	if (ret < 0)
		return ret;
	pv_time_use(steal_clock);
	return 0;
}

static void ring_work(struct work_struct *work);
static DECLARE_DELAYED_WORK(ring_again, ring_work);

/* Tell the RTOS to look at our box; later, if we did so too often. */
static void ring_rtos(void)
{
	struct arm_smccc_res res;

	arm_smccc_1_1_smc(MQ_RING, &res);
	if ((s32)res.a0 == MQ_BUSY)
		schedule_delayed_work(&ring_again, 1);
}

static void ring_work(struct work_struct *work)
{
	ring_rtos();
}

/* Messages that wait for us; what is not well formed is not there. */
static int waiting(void)
{
	return mq_waiting(peek(&rtos->magic), peek(&rtos->sent),
			  READ_ONCE(taken));
}

/* Messages of ours that the RTOS has not taken. */
static int pending(void)
{
	return mq_waiting(peek(&rtos->magic), READ_ONCE(sent),
			  peek(&rtos->taken));
}

static void look_at_shed(void)
{
	if (waiting() < 0) {
		pr_warn_ratelimited("the RTOS's mailbox is not valid, it is ignored until it is\n");
		return;
	}
	kvm_intent_revoke(READ_ONCE(rtos->shed) == 1);
}

static irqreturn_t doorbell(int irq, void *unused)
{
	look_at_shed();
	wake_up_interruptible_all(&rung);
	return IRQ_HANDLED;
}

/* Take a message: 1, 0 if there is none, -EPROTO. */
static int take(struct mq_message *message)
{
	int n, i;

	mutex_lock(&box_mutex);
	n = waiting();
	if (n > 0) {
		const struct mq_message *slot = &rtos->slot[taken % MQ_NR_SLOTS];

		for (i = 0; i < MQ_NR_WORDS; i++)
			message->word[i] = READ_ONCE(slot->word[i]);
		WRITE_ONCE(taken, taken + 1);
		poke(&own->taken, taken);
	}
	mutex_unlock(&box_mutex);

	/* It may have stopped for want of room. */
	if (n == MQ_NR_SLOTS)
		ring_rtos();
	return n < 0 ? -EPROTO : !!n;
}

/* Send a message: 1, 0 if there is no room, -EPROTO. */
static int put(const struct mq_message *message)
{
	int n;

	mutex_lock(&box_mutex);
	n = pending();
	if (n >= 0 && n < MQ_NR_SLOTS) {
		own->slot[sent % MQ_NR_SLOTS] = *message;
		WRITE_ONCE(sent, sent + 1);
		poke(&own->sent, sent);
	}
	mutex_unlock(&box_mutex);

	if (n < 0)
		return -EPROTO;
	if (n == MQ_NR_SLOTS)
		return 0;
	ring_rtos();
	return 1;
}

static ssize_t mailbox_read(struct file *file, char __user *buf, size_t count,
			    loff_t *pos)
{
	struct mq_message message;
	int ret;

	if (count < sizeof(message))
		return -EINVAL;
	while (!(ret = take(&message))) {
		if (file->f_flags & O_NONBLOCK)
			return -EAGAIN;
		if (wait_event_interruptible(rung, waiting()))
			return -ERESTARTSYS;
	}
	if (ret < 0)
		return ret;
	return copy_to_user(buf, &message, sizeof(message)) ? -EFAULT :
							      sizeof(message);
}

static ssize_t mailbox_write(struct file *file, const char __user *buf,
			     size_t count, loff_t *pos)
{
	struct mq_message message;
	int ret;

	if (count != sizeof(message))
		return -EINVAL;
	if (copy_from_user(&message, buf, sizeof(message)))
		return -EFAULT;
	while (!(ret = put(&message))) {
		if (file->f_flags & O_NONBLOCK)
			return -EAGAIN;
		if (wait_event_interruptible(rung, pending() != MQ_NR_SLOTS))
			return -ERESTARTSYS;
	}
	return ret < 0 ? ret : sizeof(message);
}

static __poll_t mailbox_poll(struct file *file, poll_table *wait)
{
	__poll_t mask = 0;

	poll_wait(file, &rung, wait);
	if (waiting() < 0)
		return EPOLLERR;
	if (waiting() > 0)
		mask |= EPOLLIN | EPOLLRDNORM;
	if (pending() < MQ_NR_SLOTS)
		mask |= EPOLLOUT | EPOLLWRNORM;
	return mask;
}

/* One program at a time: answers have no addressee. */
static unsigned long in_use;

static int mailbox_open(struct inode *inode, struct file *file)
{
	if (test_and_set_bit_lock(0, &in_use))
		return -EBUSY;
	return stream_open(inode, file);
}

static int mailbox_release(struct inode *inode, struct file *file)
{
	clear_bit_unlock(0, &in_use);
	return 0;
}

static const struct file_operations mailbox_fops = {
	.open	 = mailbox_open,
	.release = mailbox_release,
	.read	 = mailbox_read,
	.write	 = mailbox_write,
	.poll	 = mailbox_poll,
	.llseek	 = no_llseek,
};

static struct miscdevice mailbox_device = {
	.minor	= MISC_DYNAMIC_MINOR,
	.name	= "monitor-qos",
	.fops	= &mailbox_fops,
	.mode	= 0600,
};

/* What a Linux before us left in our box is not ours. */
static void __init mailbox_reset(void)
{
	WRITE_ONCE(own->magic, 0);
	sent = peek(&rtos->taken);
	taken = peek(&rtos->sent);
	WRITE_ONCE(own->sent, sent);
	WRITE_ONCE(own->taken, taken);
	poke(&own->magic, MQ_MAGIC);
}

/* The doorbell's interrupt: an SPI by its number in the interrupt controller. */
static unsigned int __init map_interrupt(unsigned long intid)
{
	struct of_phandle_args gic = {
		.args_count = 3,
		.args = { 0, intid - 32, IRQ_TYPE_EDGE_RISING },
	};
	unsigned int irq;

	if (intid < 32 || intid >= 1020)
		return 0;
	gic.np = of_find_compatible_node(NULL, NULL, "arm,gic-v3");
	if (!gic.np)
		return 0;
	irq = irq_create_of_mapping(&gic);
	of_node_put(gic.np);
	return irq;
}

static int __init mailbox_init(unsigned long intid)
{
	unsigned int irq = map_interrupt(intid);
	int ret;

	if (!irq)
		return -ENXIO;
	if (READ_ONCE(rtos->magic) != MQ_MAGIC)
		return -EPROTO;
	mailbox_reset();
	ret = request_threaded_irq(irq, NULL, doorbell, IRQF_ONESHOT,
				   "monitor-qos", &mailbox_device);
	if (ret)
		return ret;
	ret = misc_register(&mailbox_device);
	if (ret)
		free_irq(irq, &mailbox_device);
	else
		look_at_shed();
	return ret;
}

/* The trusted OS's UID tells whether the other calls are ours. */
static bool __init is_there(void)
{
	struct arm_smccc_res res;

	if (arm_smccc_1_1_get_conduit() != SMCCC_CONDUIT_SMC)
		return false;
	arm_smccc_1_1_smc(MQ_UID_CALL, &res);
	return lower_32_bits(res.a0) == MQ_UID_0 &&
	       lower_32_bits(res.a1) == MQ_UID_1 &&
	       lower_32_bits(res.a2) == MQ_UID_2 &&
	       lower_32_bits(res.a3) == MQ_UID_3;
}

static int __init monitor_qos_init(void)
{
	struct arm_smccc_res res;
	void *shared;
	int ret;

	if (!is_there())
		return 0;
	arm_smccc_1_1_smc(MQ_FEATURES, &res);
	if (res.a0 >> 16 != MQ_VERSION >> 16 || res.a0 < MQ_VERSION ||
	    res.a2 < MQ_SHARED_SIZE) {
		pr_warn("version %#lx of the monitor is not supported\n", res.a0);
		return 0;
	}
	shared = memremap(res.a1, MQ_SHARED_SIZE, MEMREMAP_WB);
	if (!shared)
		return -ENOMEM;
	times = shared;
	own = shared + MQ_PAGE;
	rtos = shared + 2 * MQ_PAGE;

	ret = steal_init();
	if (ret)
		pr_warn("stolen time is not accounted: error %d\n", ret);
	ret = mailbox_init(res.a3);
	if (ret)
		pr_warn("no mailbox, no load shedding: error %d\n", ret);
	pr_info("a secure RTOS shares the CPUs\n");
	return 0;
}
device_initcall(monitor_qos_init);
