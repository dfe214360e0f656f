// SPDX-License-Identifier: GPL-2.0-only
/*
 * vCFS, guest side: tell the host when urgent work appears on a vCPU and when
 * none is left. Critical are the real-time and deadline tasks of user space,
 * and whoever inherited their priority; of the others, those that the admin
 * marks are urgent, of the class that he says (vcfs_mark.c). If a vCPU has
 * nothing but SCHED_IDLE work to do, the host is told that others go first.
 *
 * A vCPU has a record that it shares with the host (struct intent_record), and
 * keeps it true at every switch: what runs now, what the next wakeup will be
 * for, and when a timer will bring it. That begins with the first task that may
 * be urgent, or is SCHED_IDLE: until then it is true as it is. Only if others
 * wait for the CPU, the end of urgent work is also said by a call. On a host that
 * takes no record, everything is said by calls, and vcfs_edge.h has the rule.
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
#include <linux/tick.h>

#include <clocksource/arm_arch_timer.h>

#include <asm/intent.h>

#include "../time/tick-sched.h"
#include "sched.h"
#include "vcfs_edge.h"
#include "vcfs_guest.h"

DEFINE_STATIC_KEY_FALSE(vcfs_guest_key);

/* The host coordinates. */
static bool coordinates __ro_after_init;

/* Timers beyond that are treated as if they expired then. */
#define TIMER_MAX_S	600

/**
 * struct vcfs_vcpu - a vCPU, and what the host knows of it
 * @lock: for the next five, and @record's wake and next; inside the run queue's
 * @marked: marked tasks that are runnable here, for each class
 * @sleepers: urgent tasks that went to sleep here, for each class
 * @untimed: how many of them have no timer that is known
 * @timers: the timers of the others
 * @record: shared with the host; NULL if intents go by call
 * @ended: an intent or a ticket has ended, and others wait for the CPU; the
 *	vCPU itself changes it
 * @online: the vCPU may speak
 * @raised: by call: the class that the host was told; the vCPU itself changes
 *	it
 * @stated: by call: when, in jiffies
 */
struct vcfs_vcpu {
	raw_spinlock_t lock;
	unsigned int marked[INTENT_NR_CLASSES];
	unsigned int sleepers[INTENT_NR_CLASSES];
	unsigned int untimed;
	struct timerqueue_head timers;
	struct intent_record *record;

	bool ended;
	bool online;
	u32 raised;
	unsigned long stated;
};

static DEFINE_PER_CPU(struct vcfs_vcpu, vcfs_vcpus);
static DEFINE_PER_CPU(struct intent_record, vcfs_records)
	__aligned(INTENT_RECORD_SIZE);

/* Nanoseconds to ticks of the virtual counter */
static u32 counter_mult, counter_shift;

/* A real-time thread of the kernel may work for anybody: see VCFS_KERNEL. */
static u32 task_class(struct task_struct *p)
{
	if (!rt_prio(p->prio))
		return vcfs_mark(p);
	return p->flags & PF_KTHREAD ? INTENT_NONE : INTENT_CRITICAL;
}

/* The highest class of which there are tasks. */
static u32 highest(const unsigned int *tasks)
{
	u32 class = INTENT_NR_CLASSES - 1;

	while (class > INTENT_NONE && !READ_ONCE(tasks[class]))
		class--;
	return class;
}

/* The class of a vCPU that runs @p: others that are marked may wait for it. */
static u32 work_class(struct rq *rq, struct task_struct *p)
{
	struct vcfs_vcpu *vcpu = per_cpu_ptr(&vcfs_vcpus, cpu_of(rq));

	if (p == rq->idle)
		return INTENT_NONE;
	return max(task_class(p), highest(vcpu->marked));
}

static enum vcfs_work work_of(struct rq *rq, struct task_struct *p)
{
	if (p == rq->idle)
		return VCFS_IDLE;
	if (task_class(p))
		return VCFS_CRITICAL;
	if (rt_prio(p->prio) || p == this_cpu_ksoftirqd())
		return VCFS_KERNEL;
	return work_class(rq, p) ? VCFS_CRITICAL : VCFS_BACKGROUND;
}

/* The virtual counter at a time of the monotonic clock, now if that is past */
static u64 counter_at(ktime_t expires)
{
	s64 ns = clamp_t(s64, expires - ktime_get(), 0,
			 (s64)TIMER_MAX_S * NSEC_PER_SEC);

	return arch_timer_read_counter() +
	       mul_u64_u32_shr(ns, counter_mult, counter_shift);
}

/* The first timer of this vCPU, but for the tick, which changes nothing. */
static u64 first_timer(void)
{
	struct tick_sched *ts;
	u64 expires;

	if (!IS_ENABLED(CONFIG_NO_HZ_COMMON))
		return INTENT_NEXT_ANY;

	ts = tick_get_tick_sched(smp_processor_id());
	expires = hrtimer_next_event_without(&ts->sched_timer);
	return expires == KTIME_MAX ? INTENT_NEXT_NONE : counter_at(expires);
}

/*
 * Tell the host for what the vCPU may be woken: with sleepers of several
 * classes, the first timer counts as the highest of them. Holds vcpu->lock.
 */
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
	/* Pairs with the host's load: who sees that one woke sees now as well. */
	smp_store_release(&vcpu->record->wake, highest(vcpu->sleepers));
}

/* It counts as what it is now until it wakes. */
static void sleeps(struct vcfs_vcpu *vcpu, struct task_struct *p, u32 class)
{
	struct vcfs_task *sleeper = &p->vcfs;

	raw_spin_lock(&vcpu->lock);
	sleeper->on = vcpu;
	sleeper->slept = class;
	/* A timer that has expired already was for another sleep. */
	if (sleeper->timer.expires <= arch_timer_read_counter())
		sleeper->timer.expires = 0;
	if (sleeper->timer.expires)
		timerqueue_add(&vcpu->timers, &sleeper->timer);
	else
		vcpu->untimed++;
	vcpu->sleepers[class]++;
	anticipate(vcpu);
	raw_spin_unlock(&vcpu->lock);
}

static void wakes(struct task_struct *p)
{
	struct vcfs_task *sleeper = &p->vcfs;
	struct vcfs_vcpu *vcpu = sleeper->on;

	raw_spin_lock(&vcpu->lock);
	sleeper->on = NULL;
	if (sleeper->timer.expires)
		timerqueue_del(&vcpu->timers, &sleeper->timer);
	else
		vcpu->untimed--;
	sleeper->timer.expires = 0;
	vcpu->sleepers[sleeper->slept]--;
	anticipate(vcpu);
	raw_spin_unlock(&vcpu->lock);
}

static void count_marked(struct vcfs_vcpu *vcpu, u32 class, int n)
{
	raw_spin_lock(&vcpu->lock);
	vcpu->marked[class] += n;
	raw_spin_unlock(&vcpu->lock);
}

/* It is not runnable any more, or not there. */
static void unqueue_marked(struct task_struct *p)
{
	if (!p->vcfs.waits)
		return;

	count_marked(p->vcfs.waits, p->vcfs.queued, -1);
	p->vcfs.waits = NULL;
	p->vcfs.queued = INTENT_NONE;
}

/*
 * A marked task that is runnable may have to wait for others of the guest, so
 * it counts from its wakeup on, and what it counts as is renewed when it runs.
 */
static void queue_marked(struct vcfs_vcpu *vcpu, struct task_struct *p)
{
	u32 class = vcfs_mark(p);

	if (!class)
		vcpu = NULL;
	if (p->vcfs.waits == vcpu && p->vcfs.queued == class)
		return;

	unqueue_marked(p);
	if (class)
		count_marked(vcpu, class, 1);
	p->vcfs.waits = vcpu;
	p->vcfs.queued = class;
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

/* The vCPU does work of this class now. Return: did that end an intent? */
static bool record_work(struct intent_record *record, u32 class)
{
	bool urgent = record->now;

	WRITE_ONCE(record->now, class);
	return urgent && !class;
}

/* Nothing but SCHED_IDLE work is runnable, which waits for nobody. */
static bool only_idle_work(struct rq *rq)
{
	return rq->nr_running && rq->nr_running == rq->cfs.idle_h_nr_running;
}

/* Others go first then, until a timer changes that. Holds the run queue's lock. */
static void record_idle(struct intent_record *record, struct rq *rq)
{
	bool idle = !record->now && only_idle_work(rq);

	if (idle)
		WRITE_ONCE(record->due, first_timer());
	if (record->idle != idle)
		WRITE_ONCE(record->idle, idle);
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

/* A real-time kernel thread comes between and changes nothing urgent. */
static void record_switch(struct vcfs_vcpu *vcpu, struct rq *rq,
			  struct task_struct *next)
{
	enum vcfs_work work = work_of(rq, next);
	bool ended = false, acknowledged = false;

	if (work != VCFS_KERNEL)
		ended = record_work(vcpu->record, work_class(rq, next));
	record_idle(vcpu->record, rq);
	if (work != VCFS_KERNEL)
		acknowledged = acknowledge(vcpu->record);
	if (ended)
		give_back(vcpu, work, INTENT_RELEASE_WORK);
	else if (acknowledged)
		give_back(vcpu, work, INTENT_RELEASE_EVENT);
}

/* Tickets wait for the end of the interrupt: it may still wake somebody. */
static void record_tick(struct vcfs_vcpu *vcpu, struct rq *rq)
{
	enum vcfs_work work = work_of(rq, rq->curr);

	if (work != VCFS_KERNEL &&
	    record_work(vcpu->record, work_class(rq, rq->curr)))
		give_back(vcpu, work, INTENT_RELEASE_WORK);
	record_idle(vcpu->record, rq);
}

/*
 * Does the host know? It forgets when the guest is migrated or restored, which
 * the guest does not notice, so an intent is stated anew once a second.
 */
static bool host_knows(struct vcfs_vcpu *vcpu, u32 class)
{
	return vcpu->raised == class &&
	       (!class || time_before(jiffies, vcpu->stated + HZ));
}

/* Speak if the host does not know it yet. Runs on the vCPU, IRQs off. */
static void call(struct vcfs_vcpu *vcpu, u32 class)
{
	if (!vcpu->online || host_knows(vcpu, class))
		return;

	vcpu->raised = class;
	vcpu->stated = jiffies;
	intent_set(INTENT_CPU, class);
}

/* The class of an intent that the edge rule wants while the vCPU runs @p. */
static u32 call_class(struct vcfs_vcpu *vcpu, struct rq *rq,
		      struct task_struct *p)
{
	return work_of(rq, p) == VCFS_CRITICAL ? work_class(rq, p) :
						 vcpu->raised;
}

static void call_switch(struct vcfs_vcpu *vcpu, struct rq *rq,
			struct task_struct *prev, struct task_struct *next)
{
	enum vcfs_work work = work_of(rq, next);
	u32 class = highest(vcpu->sleepers);

	if (!vcfs_edge(work_of(rq, prev), work, class, vcpu->raised))
		class = INTENT_NONE;
	else if (work != VCFS_IDLE)
		class = call_class(vcpu, rq, next);
	call(vcpu, class);
}

static void call_tick(struct vcfs_vcpu *vcpu, struct rq *rq)
{
	bool raise = vcfs_tick_edge(work_of(rq, rq->curr), vcpu->raised);

	call(vcpu, raise ? call_class(vcpu, rq, rq->curr) : INTENT_NONE);
}

/* @p has left its run queue by itself: it sleeps, or is dead. */
static void leaves(struct vcfs_vcpu *vcpu, struct task_struct *p)
{
	u32 class = task_class(p);

	unqueue_marked(p);
	if (class && READ_ONCE(p->__state) != TASK_DEAD)
		sleeps(vcpu, p, class);
}

void __vcfs_guest_switch(struct rq *rq, struct task_struct *prev,
			 struct task_struct *next)
{
	struct vcfs_vcpu *vcpu = this_cpu_ptr(&vcfs_vcpus);

	if (!task_on_rq_queued(prev))
		leaves(vcpu, prev);
	queue_marked(vcpu, next);

	if (vcpu->record)
		record_switch(vcpu, rq, next);
	else
		call_switch(vcpu, rq, prev, next);
}

void __vcfs_guest_enqueue(struct rq *rq, struct task_struct *p)
{
	struct vcfs_vcpu *vcpu = per_cpu_ptr(&vcfs_vcpus, cpu_of(rq));
	/* Another vCPU may be about to drop its record. */
	struct intent_record *record = READ_ONCE(vcpu->record);
	u32 class = task_class(p);

	if (record) {
		if (record->now < class)
			WRITE_ONCE(record->now, class);
		if (record->idle && (class || !task_has_idle_policy(p)))
			WRITE_ONCE(record->idle, false);
	/* Another vCPU can call for itself only once the wakeup's IPI is there. */
	} else if (class && cpu_of(rq) == smp_processor_id()) {
		call(vcpu, max(class, vcpu->raised));
	}

	/* Only now: at no time may the host see it neither asleep nor awake. */
	if (p->vcfs.on)
		wakes(p);
	queue_marked(vcpu, p);
}

void __vcfs_guest_tick(struct rq *rq)
{
	struct vcfs_vcpu *vcpu = this_cpu_ptr(&vcfs_vcpus);

	/* The switch that is due will tell. */
	if (test_tsk_need_resched(rq->curr))
		return;

	queue_marked(vcpu, rq->curr);
	if (vcpu->record)
		record_tick(vcpu, rq);
	else
		call_tick(vcpu, rq);
}

/* It woke nobody, or the switch will tell. */
void __vcfs_guest_irq_exit(void)
{
	struct vcfs_vcpu *vcpu = this_cpu_ptr(&vcfs_vcpus);
	enum vcfs_work work;

	if (!vcpu->record || need_resched())
		return;

	/* A timer that has expired may have been started anew. */
	if (vcpu->record->idle)
		WRITE_ONCE(vcpu->record->due, first_timer());
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

	if (!task_class(current))
		return;

	current->vcfs.timer.expires =
		counter_at(ktime_sub(hrtimer_get_expires(timer),
				     timer->base->offset));
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

	record->now = work_class(this_rq(), current);
	record->idle = false;
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
	vcpu->raised = INTENT_CRITICAL;
	call(vcpu, INTENT_NONE);
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
	call(vcpu, INTENT_NONE);
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

/* No task of user space is older than what vcfs_guest_init() did. */
void vcfs_guest_begin(void)
{
	if (coordinates && !static_key_enabled(&vcfs_guest_key))
		static_branch_enable(&vcfs_guest_key);
}

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

	ret = cpuhp_setup_state(CPUHP_AP_ONLINE_DYN, "sched/vcfs:online",
				vcfs_guest_online, vcfs_guest_offline);
	if (ret < 0)
		return ret;
	coordinates = true;
	register_syscore_ops(&vcfs_guest_syscore_ops);
	register_reboot_notifier(&vcfs_guest_reboot_nb);
	pr_info("coordinating CPU scheduling with the host\n");
	return 0;
}
late_initcall(vcfs_guest_init);
