// SPDX-License-Identifier: GPL-2.0-only
/*
 * vCFS, guest side: tell the host when critical work appears on a vCPU and
 * when none is left. Critical are the real-time and deadline tasks of user
 * space, and whoever inherited their priority.
 *
 * A vCPU has a record that it shares with the host (struct intent_record), and
 * keeps it true at every switch: what runs now, what the next wakeup will be
 * for, and when a timer will bring it. Only if others wait for the CPU, the end
 * of critical work is also said by a call. On a host that takes no record,
 * everything is said by calls, and vcfs_edge.h has the rule.
 */
#define pr_fmt(fmt) "vcfs: " fmt

#include <linux/clocksource.h>
#include <linux/cpuhotplug.h>
#include <linux/hrtimer.h>
#include <linux/interrupt.h>
#include <linux/jiffies.h>
#include <linux/reboot.h>
#include <linux/sched/cputime.h>
#include <linux/syscore_ops.h>

#include <clocksource/arm_arch_timer.h>

#include <asm/intent.h>

#include "sched.h"
#include "vcfs_edge.h"
#include "vcfs_guest.h"

DEFINE_STATIC_KEY_FALSE(vcfs_guest_key);

/* Timers beyond that are treated as if they expired then. */
#define TIMER_MAX_S	600

/**
 * struct vcfs_vcpu - a vCPU, and what the host knows of it
 * @lock: for the next four, and @record's wake and next; inside the run queue's
 * @sleepers: critical tasks that went to sleep here
 * @untimed: how many of them have no timer that is known
 * @timers: the timers of the others
 * @record: shared with the host; NULL if intents go by call
 * @ended: an intent or a ticket has ended, and others wait for the CPU; the
 *	vCPU itself changes it
 * @online: the vCPU may speak
 * @raised: by call: the host was told of an intent; the vCPU itself changes it
 * @stated: by call: when, in jiffies
 */
struct vcfs_vcpu {
	raw_spinlock_t lock;
	unsigned int sleepers;
	unsigned int untimed;
	struct timerqueue_head timers;
	struct intent_record *record;

	bool ended;
	bool online;
	bool raised;
	unsigned long stated;
};

static DEFINE_PER_CPU(struct vcfs_vcpu, vcfs_vcpus);
static DEFINE_PER_CPU(struct intent_record, vcfs_records)
	__aligned(INTENT_RECORD_SIZE);

/* Nanoseconds to ticks of the virtual counter */
static u32 counter_mult, counter_shift;

static bool is_critical(struct task_struct *p)
{
	return rt_prio(p->prio) && !(p->flags & PF_KTHREAD);
}

static enum vcfs_work work_of(struct rq *rq, struct task_struct *p)
{
	if (p == rq->idle)
		return VCFS_IDLE;
	if (is_critical(p))
		return VCFS_CRITICAL;
	if (rt_prio(p->prio) || p == this_cpu_ksoftirqd())
		return VCFS_KERNEL;
	return VCFS_BACKGROUND;
}

/* Tell the host for what the vCPU may be woken. Holds vcpu->lock. */
static void anticipate(struct vcfs_vcpu *vcpu)
{
	struct timerqueue_node *first;
	u64 next = INTENT_NEXT_NONE;

	if (!vcpu->record)
		return;

	first = timerqueue_getnext(&vcpu->timers);
	if (vcpu->untimed)
		next = INTENT_NEXT_ANY;
	else if (first)
		next = first->expires;
	WRITE_ONCE(vcpu->record->next, next);
	WRITE_ONCE(vcpu->record->wake,
		   vcpu->sleepers ? INTENT_CRITICAL : INTENT_NONE);
}

static void sleeps(struct vcfs_vcpu *vcpu, struct task_struct *p)
{
	struct vcfs_sleeper *sleeper = &p->vcfs;

	raw_spin_lock(&vcpu->lock);
	sleeper->on = vcpu;
	/* A timer that has expired already was for another sleep. */
	if (sleeper->timer.expires <= arch_timer_read_counter())
		sleeper->timer.expires = 0;
	if (sleeper->timer.expires)
		timerqueue_add(&vcpu->timers, &sleeper->timer);
	else
		vcpu->untimed++;
	vcpu->sleepers++;
	anticipate(vcpu);
	raw_spin_unlock(&vcpu->lock);
}

static void wakes(struct task_struct *p)
{
	struct vcfs_sleeper *sleeper = &p->vcfs;
	struct vcfs_vcpu *vcpu = sleeper->on;

	raw_spin_lock(&vcpu->lock);
	sleeper->on = NULL;
	if (sleeper->timer.expires)
		timerqueue_del(&vcpu->timers, &sleeper->timer);
	else
		vcpu->untimed--;
	sleeper->timer.expires = 0;
	vcpu->sleepers--;
	anticipate(vcpu);
	raw_spin_unlock(&vcpu->lock);
}

/*
 * The host gave a ticket when it took an event for urgent; the record is true
 * again. Return: was there a new one?
 */
static bool acknowledge(struct intent_record *record)
{
	u32 ticket = READ_ONCE(record->ticket);

	if (ticket == record->ack)
		return false;

	/* Pairs with the host's load: who sees it sees now as well. */
	smp_store_release(&record->ack, ticket);
	return true;
}

/* The vCPU does this kind of work now. Return: did that end an intent? */
static bool record_work(struct intent_record *record, enum vcfs_work work)
{
	bool urgent = record->now;

	WRITE_ONCE(record->now, work == VCFS_CRITICAL ? INTENT_CRITICAL :
							INTENT_NONE);
	return urgent && work != VCFS_CRITICAL;
}

/*
 * @what has ended, an INTENT_RELEASE. If others wait for the CPU, the host wants
 * to know at once; but it learns by itself that the vCPU goes idle.
 */
static void give_back(struct vcfs_vcpu *vcpu, enum vcfs_work work, u32 what)
{
	struct intent_record *record = vcpu->record;

	if (!record->now && work != VCFS_IDLE &&
	    READ_ONCE(record->release) >= what)
		vcpu->ended = true;
}

/* A real-time kernel thread comes between and changes nothing. */
static void record_switch(struct vcfs_vcpu *vcpu, enum vcfs_work work)
{
	bool ended, acknowledged;

	if (work == VCFS_KERNEL)
		return;

	ended = record_work(vcpu->record, work);
	acknowledged = acknowledge(vcpu->record);
	if (ended)
		give_back(vcpu, work, INTENT_RELEASE_WORK);
	else if (acknowledged)
		give_back(vcpu, work, INTENT_RELEASE_EVENT);
}

/* Tickets wait for the end of the interrupt: it may still wake somebody. */
static void record_tick(struct vcfs_vcpu *vcpu, enum vcfs_work work)
{
	if (work != VCFS_KERNEL && record_work(vcpu->record, work))
		give_back(vcpu, work, INTENT_RELEASE_WORK);
}

/*
 * Does the host know? It forgets when the guest is migrated or restored, which
 * the guest does not notice, so an intent is stated anew once a second.
 */
static bool host_knows(struct vcfs_vcpu *vcpu, bool raise)
{
	return vcpu->raised == raise &&
	       (!raise || time_before(jiffies, vcpu->stated + HZ));
}

/* Speak if the host does not know it yet. Runs on the vCPU, IRQs off. */
static void call(struct vcfs_vcpu *vcpu, bool raise)
{
	if (!vcpu->online || host_knows(vcpu, raise))
		return;

	vcpu->raised = raise;
	vcpu->stated = jiffies;
	intent_set(INTENT_CPU, raise ? INTENT_CRITICAL : INTENT_NONE);
}

void __vcfs_guest_switch(struct rq *rq, struct task_struct *prev,
			 struct task_struct *next)
{
	struct vcfs_vcpu *vcpu = this_cpu_ptr(&vcfs_vcpus);

	if (is_critical(prev) && !task_on_rq_queued(prev) &&
	    READ_ONCE(prev->__state) != TASK_DEAD)
		sleeps(vcpu, prev);

	if (vcpu->record)
		record_switch(vcpu, work_of(rq, next));
	else
		call(vcpu, vcfs_edge(work_of(rq, prev), work_of(rq, next),
				     READ_ONCE(vcpu->sleepers), vcpu->raised));
}

void __vcfs_guest_activate(struct rq *rq, struct task_struct *p)
{
	struct vcfs_vcpu *vcpu = per_cpu_ptr(&vcfs_vcpus, cpu_of(rq));
	/* Another vCPU may be about to drop its record. */
	struct intent_record *record = READ_ONCE(vcpu->record);

	if (p->vcfs.on)
		wakes(p);
	if (!is_critical(p))
		return;

	if (record)
		WRITE_ONCE(record->now, INTENT_CRITICAL);
	/* Another vCPU can call for itself only once the wakeup's IPI is there. */
	else if (cpu_of(rq) == smp_processor_id())
		call(vcpu, true);
}

void __vcfs_guest_tick(struct rq *rq)
{
	struct vcfs_vcpu *vcpu = this_cpu_ptr(&vcfs_vcpus);
	enum vcfs_work work;

	/* The switch that is due will tell. */
	if (test_tsk_need_resched(rq->curr))
		return;

	work = work_of(rq, rq->curr);
	if (vcpu->record)
		record_tick(vcpu, work);
	else
		call(vcpu, vcfs_tick_edge(work, vcpu->raised));
}

/* It woke nobody, or the switch will tell. */
void __vcfs_guest_irq_exit(void)
{
	struct vcfs_vcpu *vcpu = this_cpu_ptr(&vcfs_vcpus);
	enum vcfs_work work;

	if (!vcpu->record || need_resched())
		return;

	work = work_of(this_rq(), current);
	if (work != VCFS_KERNEL && acknowledge(vcpu->record))
		give_back(vcpu, work, INTENT_RELEASE_EVENT);
	__vcfs_guest_release();
}

/* The host takes the CPU away in here. */
void __vcfs_guest_release(void)
{
	struct vcfs_vcpu *vcpu = this_cpu_ptr(&vcfs_vcpus);

	if (!vcpu->ended)
		return;

	vcpu->ended = false;
	/* Critical work may have come since, or the record gone. */
	if (vcpu->record && !READ_ONCE(vcpu->record->now))
		intent_set(INTENT_CPU, INTENT_NONE);
}

void __vcfs_guest_timer(struct hrtimer_sleeper *sl)
{
	struct hrtimer *timer = &sl->timer;
	ktime_t expires;
	s64 ns;

	if (!is_critical(current))
		return;

	expires = ktime_sub(hrtimer_get_expires(timer), timer->base->offset);
	ns = clamp_t(s64, expires - ktime_get(), 0,
		     (s64)TIMER_MAX_S * NSEC_PER_SEC);
	current->vcfs.timer.expires = arch_timer_read_counter() +
		mul_u64_u32_shr(ns, counter_mult, counter_shift);
}

static void set_record(struct vcfs_vcpu *vcpu, struct intent_record *record)
{
	raw_spin_lock(&vcpu->lock);
	WRITE_ONCE(vcpu->record, record);
	anticipate(vcpu);
	raw_spin_unlock(&vcpu->lock);
}

/* It is true before the host sees it. */
static void share_record(struct vcfs_vcpu *vcpu)
{
	struct intent_record *record = this_cpu_ptr(&vcfs_records);

	record->now = is_critical(current) ? INTENT_CRITICAL : INTENT_NONE;
	set_record(vcpu, record);
	if (!intent_record(record))
		set_record(vcpu, NULL);
}

static void unshare_record(struct vcfs_vcpu *vcpu)
{
	if (!vcpu->record)
		return;

	set_record(vcpu, NULL);
	intent_record(NULL);
}

/*
 * Begin with what the host surely knows: a kernel that ran here before, and
 * was left by kexec or a crash, may have raised an intent.
 */
static int vcfs_guest_online(unsigned int cpu)
{
	struct vcfs_vcpu *vcpu = this_cpu_ptr(&vcfs_vcpus);
	unsigned long flags;

	local_irq_save(flags);
	vcpu->online = true;
	vcpu->raised = true;
	call(vcpu, false);
	share_record(vcpu);
	local_irq_restore(flags);
	return 0;
}

static int vcfs_guest_offline(unsigned int cpu)
{
	struct vcfs_vcpu *vcpu = this_cpu_ptr(&vcfs_vcpus);
	unsigned long flags;

	local_irq_save(flags);
	unshare_record(vcpu);
	call(vcpu, false);
	vcpu->online = false;
	local_irq_restore(flags);
	return 0;
}

static int vcfs_guest_suspend(void)
{
	return vcfs_guest_offline(smp_processor_id());
}

static void vcfs_guest_resume(void)
{
	vcfs_guest_online(smp_processor_id());
}

static struct syscore_ops vcfs_guest_syscore_ops = {
	.suspend	= vcfs_guest_suspend,
	.resume		= vcfs_guest_resume,
};

static void vcfs_guest_silence(void *unused)
{
	vcfs_guest_offline(smp_processor_id());
}

/* Also before kexec: the next kernel may know nothing of intents. */
static int vcfs_guest_reboot(struct notifier_block *nb, unsigned long action,
			     void *data)
{
	on_each_cpu(vcfs_guest_silence, NULL, true);
	return NOTIFY_DONE;
}

static struct notifier_block vcfs_guest_reboot_nb = {
	.notifier_call = vcfs_guest_reboot,
};

static int __init vcfs_guest_init(void)
{
	struct vcfs_vcpu *vcpu;
	int cpu, ret;

	if (!intent_available(INTENT_CPU)) {
		pr_info("the host does not coordinate CPU scheduling\n");
		return 0;
	}

	clocks_calc_mult_shift(&counter_mult, &counter_shift, NSEC_PER_SEC,
			       arch_timer_get_rate(), TIMER_MAX_S);
	for_each_possible_cpu(cpu) {
		vcpu = per_cpu_ptr(&vcfs_vcpus, cpu);
		raw_spin_lock_init(&vcpu->lock);
		timerqueue_init_head(&vcpu->timers);
	}

	static_branch_enable(&vcfs_guest_key);
	ret = cpuhp_setup_state(CPUHP_AP_ONLINE_DYN, "sched/vcfs:online",
				vcfs_guest_online, vcfs_guest_offline);
	if (ret < 0) {
		static_branch_disable(&vcfs_guest_key);
		return ret;
	}
	register_syscore_ops(&vcfs_guest_syscore_ops);
	register_reboot_notifier(&vcfs_guest_reboot_nb);
	pr_info("coordinating CPU scheduling with the host\n");
	return 0;
}
late_initcall(vcfs_guest_init);
