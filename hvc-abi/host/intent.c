// SPDX-License-Identifier: GPL-2.0-only
/*
 * Intents, host side: a vCPU says how urgent its work is, by hypercall or in
 * its record (intent_record.c), the owner of the VM says how far the host may
 * believe it, and the smaller of the two is what the scheduler gets to know
 * when it asks about the vCPU's thread. For disk requests, see intent_io.c.
 *
 * See Documentation/virt/kvm/arm/intent.rst for the calls, and
 * Documentation/ABI/testing/sysfs-kernel-intent for the files:
 *
 *	/sys/kernel/intent/enabled		kill switch for all VMs
 *	/sys/kernel/intent/revoked		1 while the secure world wants it so
 *	/sys/kernel/intent/lead_ns		how early urgent timers count
 *	/sys/kernel/intent/<pid>-<n>/cpu	highest class granted to that VM
 *	/sys/kernel/intent/<pid>-<n>/io		the same for its disk requests
 */
#include <linux/arm-smccc.h>
#include <linux/cred.h>
#include <linux/kobject.h>
#include <linux/kvm_host.h>
#include <linux/sched/stat.h>
#include <linux/sched/task.h>
#include <linux/sched/vcfs.h>
#include <linux/sysfs.h>
#include <linux/vbfq.h>

#include <asm/kvm_emulate.h>
#include <asm/kvm_intent.h>

#include <kvm/arm_hypercalls.h>

#include "intent_decode.h"
#include "intent_io.h"
#include "intent_record.h"

#define CREATE_TRACE_POINTS
#include "trace_intent.h"

/* Our functions in x3 of KVM's features call, which shows 96 to 127. */
#define KVM_INTENT_SERVICES	(BIT(INTENT_NR_FEATURES - 96) | \
				 BIT(INTENT_NR_SET - 96) | \
				 BIT(INTENT_NR_RECORD - 96))

/**
 * struct kvm_intent_dir - a VM in /sys/kernel/intent
 * @kobj: the directory; it may outlive the VM, its files may not
 * @kvm: the VM; valid while @kobj is in sysfs
 * @link: in all_vms
 * @uid: who may write the files: the user that created the VM
 * @gid: likewise
 */
struct kvm_intent_dir {
	struct kobject kobj;
	struct kvm *kvm;
	struct list_head link;
	kuid_t uid;
	kgid_t gid;
};

/* Protects all_vms, intents_off and what owners allow; may sleep. */
static DEFINE_MUTEX(intent_mutex);
static LIST_HEAD(all_vms);
static unsigned long intents_off;

/* Why nobody gets privilege now: bits of intents_off. */
#define OFF_SWITCHED	BIT(0)	/* the file "enabled" */
#define OFF_REVOKED	BIT(1)	/* kvm_intent_revoke() */

static struct kobject *intent_root;

/*
 * How long it takes, in ns, from a timer interrupt on the host until a vCPU runs
 * in the guest: so much earlier it gets the CPU for an urgent timer. What else is
 * pending for one that was preempted, the guest's tick above all, may take longer
 * now and then; but whoever else runs would pay for a longer lead.
 */
static unsigned int intent_lead_ns = 10000;
#define INTENT_LEAD_MAX_NS	(100 * NSEC_PER_USEC)

/*
 * So much later, in ns, the interrupt may come: a guest sets its timer to a distance
 * from now, and is late by what the host needs if it interrupts just then.
 */
#define LATE_NS		(10 * NSEC_PER_USEC)

/* An urgent vCPU has so many siblings privileged that may hold a lock. */
#define UNBLOCK_MAX	4

/* An urgent vCPU that is in its kernel for so long may spin on a lock. */
#define SPIN_NS		(20 * NSEC_PER_USEC)

static const char * const class_names[INTENT_NR_CLASSES] = {
	[INTENT_NONE]		= "none",
	[INTENT_LATENCY]	= "latency",
	[INTENT_CRITICAL]	= "critical",
};

/* Resources that a scheduler serves. */
static u32 intent_served(void)
{
	return (IS_ENABLED(CONFIG_VCFS) ? BIT(INTENT_CPU) : 0) |
	       (IS_ENABLED(CONFIG_VBFQ) ? BIT(INTENT_IO) : 0);
}

/* The highest class that may be granted to this VM now. */
static u8 intent_limit(struct kvm *kvm, unsigned int resource)
{
	if (READ_ONCE(intents_off))
		return INTENT_NONE;

	return READ_ONCE(kvm->arch.intent.allowed[resource]);
}

static void intent_count(struct kvm_vcpu *vcpu, bool urgent)
{
	if (xchg(&vcpu->arch.intent.urgent, urgent) != urgent)
		atomic_add(urgent ? 1 : -1, &vcpu->kvm->arch.intent.urgent);
}

/*
 * The scheduler asks, under the lock of the run queue, about another thread of
 * the VMM: it may be what an urgent vCPU waits for, or serve disk requests that
 * are urgent. Either way it gets the CPU first, so that is what the owner must
 * allow, on top of what made the work urgent. Not before a vCPU that is critical
 * and can run: that does not wait for it.
 */
static int intent_vmm_wants(struct vcfs_source *source)
{
	struct kvm *kvm = container_of(source, struct kvm, arch.intent.source);

	if (!atomic_read(&kvm->arch.intent.urgent) && !intent_io_granted(kvm))
		return INTENT_NONE;

	return min_t(u8, intent_limit(kvm, INTENT_CPU), INTENT_LATENCY);
}

/*
 * From @early ns before an urgent timer of the guest may expire until @late ns after it
 * has to.
 */
static bool intent_expects(struct kvm_intent_vcpu *intent, u64 early, u64 late)
{
	u64 due = READ_ONCE(intent->due);
	u64 now;

	if (!due)
		return false;

	now = ktime_get_mono_fast_ns();
	return now + early >= READ_ONCE(intent->start) && now < due + late;
}

static bool intent_early(struct kvm_intent_vcpu *intent)
{
	return intent_expects(intent, 0, 0);
}

/*
 * How urgent is the vCPU by all that the guest and its timers say? To take the CPU
 * from one that is about to get it early does not pay, nor before the guest has
 * noticed why it got it.
 */
static u8 intent_class(struct kvm_vcpu *vcpu, bool runs)
{
	struct kvm_intent_vcpu *intent = &vcpu->arch.intent;
	u8 class = max(READ_ONCE(intent->stated), intent_record_class(vcpu));

	if (intent_early(intent))
		return max(class, intent_record_wake(vcpu));
	if (runs)
		return max(class, intent_record_soon(vcpu,
						     READ_ONCE(intent_lead_ns)));
	return class;
}

/* What the guest gets to know. */
static void intent_tell(struct kvm_vcpu *vcpu, u8 granted, u8 limit)
{
	if (single_task_running())
		intent_record_show(vcpu, granted, limit, INTENT_RELEASE_NONE);
	else if (intent_early(&vcpu->arch.intent))
		intent_record_show(vcpu, granted, limit, INTENT_RELEASE_WORK);
	else
		intent_record_show(vcpu, granted, limit, INTENT_RELEASE_EVENT);
}

/*
 * Urgent work goes before all else that the record says. A vCPU that waits for
 * the CPU already does not begin: nothing would watch for what ends that.
 */
static bool intent_yields(struct kvm_vcpu *vcpu, u8 class, u8 limit)
{
	struct kvm_intent_vcpu *intent = &vcpu->arch.intent;
	bool may = intent->yields || READ_ONCE(vcpu->cpu) != -1;
	bool yields = may && limit && !class && READ_ONCE(intent->inside) &&
		      intent_record_idle(vcpu);

	if (yields != intent->yields) {
		WRITE_ONCE(intent->yields, yields);
		trace_kvm_intent_yield(vcpu->vcpu_id, yields);
	}
	return yields;
}

static struct kvm_vcpu *vcpu_of(struct vcfs_source *source)
{
	return container_of(source, struct kvm_vcpu, arch.intent.source);
}

/* Does it wait for the CPU? */
static bool vcpu_waits(struct kvm_vcpu *vcpu)
{
	return READ_ONCE(vcpu->cpu) == -1 && !kvm_vcpu_is_blocking(vcpu);
}

/* May it hold a lock? One that a kernel takes in interrupts masks them. */
static bool vcpu_locks(struct kvm_vcpu *vcpu)
{
	return vcpu_mode_priv(vcpu) && *vcpu_cpsr(vcpu) & PSR_I_BIT;
}

static bool vcpu_has_siblings(struct kvm_vcpu *vcpu)
{
	return atomic_read(&vcpu->kvm->online_vcpus) > 1;
}

/* Does it run here, and may it hold a lock, or wait for one, that siblings take? */
static bool vcpu_is_masked(struct kvm_vcpu *vcpu)
{
	return vcpu_has_siblings(vcpu) && vcpu->cpu == smp_processor_id() &&
	       vcpu_locks(vcpu);
}

/* May an urgent sibling wait for a lock that this vCPU, which does not run, holds? */
static bool intent_blocks(struct kvm_vcpu *vcpu)
{
	bool itself = READ_ONCE(vcpu->arch.intent.urgent);

	return atomic_read(&vcpu->kvm->arch.intent.urgent) > itself &&
	       (vcpu_locks(vcpu) || READ_ONCE(vcpu->arch.intent.suspect));
}

/* The vCPU runs and is urgent: look later whether it waits for a sibling. */
static void intent_watch(struct kvm_vcpu *vcpu)
{
	if (vcpu_has_siblings(vcpu))
		hrtimer_start(&vcpu->arch.intent.look, ns_to_ktime(SPIN_NS),
			      HRTIMER_MODE_REL_PINNED_HARD);
}

/*
 * The scheduler asks, under the lock of the run queue: is the vCPU urgent, or is
 * it the opposite?
 */
static int intent_wants(struct vcfs_source *source)
{
	struct kvm_vcpu *vcpu = vcpu_of(source);
	struct kvm_intent_vcpu *intent = &vcpu->arch.intent;
	u8 limit = intent_limit(vcpu->kvm, INTENT_CPU);
	u8 class = INTENT_NONE;
	bool runs = vcpu->cpu == smp_processor_id();

	if (limit)
		class = min(intent_class(vcpu, runs), limit);
	if (class != intent->granted) {
		intent->granted = class;
		intent_count(vcpu, class);
		trace_kvm_intent_grant(vcpu->vcpu_id, class);
		if (class && runs)
			intent_watch(vcpu);
		else
			hrtimer_try_to_cancel(&intent->look);
	}
	if (runs)
		intent_tell(vcpu, class, limit);

	if (!class && vcpu_waits(vcpu) && intent_blocks(vcpu))
		class = limit;
	return intent_yields(vcpu, class, limit) ? -1 : class;
}

/* The scheduler asks, under the lock of the run queue. */
static bool intent_locks(struct vcfs_source *source)
{
	return vcpu_is_masked(vcpu_of(source));
}

/* Let the scheduler ask about the vCPU's thread, by vcfs_update() or the like. */
static void intent_ask(struct kvm_vcpu *vcpu, void (*ask)(struct task_struct *p))
{
	struct kvm_intent_vcpu *intent = &vcpu->arch.intent;
	unsigned long flags;

	raw_spin_lock_irqsave(&intent->lock, flags);
	if (intent->task)
		ask(intent->task);
	raw_spin_unlock_irqrestore(&intent->lock, flags);
}

/* What the vCPU says, or what its VM may get, is new. */
static void intent_update(struct kvm_vcpu *vcpu)
{
	intent_ask(vcpu, vcfs_update);
}

/*
 * If the vCPU is urgent, those that it may wait for go first. One that spins may
 * wait for whoever was preempted in its kernel: most locks are held with
 * interrupts on.
 */
static bool intent_unblock(struct kvm_vcpu *vcpu, bool spins)
{
	unsigned int left = UNBLOCK_MAX;
	struct kvm_vcpu *sibling;
	unsigned long i;

	if (!READ_ONCE(vcpu->arch.intent.urgent))
		return false;

	kvm_for_each_vcpu(i, sibling, vcpu->kvm) {
		if (!vcpu_waits(sibling))
			continue;
		if (spins)
			WRITE_ONCE(sibling->arch.intent.suspect,
				   vcpu_mode_priv(sibling));
		if (!intent_blocks(sibling))
			continue;
		intent_ask(sibling, vcfs_hurry);
		if (!--left)
			break;
	}
	return left < UNBLOCK_MAX;
}

/* Whoever runs is not to go on if another should. */
static void intent_resched(void)
{
	set_tsk_need_resched(current);
	set_preempt_need_resched();
}

/* The vCPU, urgent, has been running for a while. */
static enum hrtimer_restart intent_look(struct hrtimer *timer)
{
	struct kvm_vcpu *vcpu = container_of(timer, struct kvm_vcpu,
					     arch.intent.look);

	if (vcpu_mode_priv(vcpu) && intent_unblock(vcpu, true))
		intent_resched();
	return HRTIMER_NORESTART;
}

/* The guest's word by hypercall, or none. */
static u8 intent_cpu_state(struct kvm_vcpu *vcpu, u8 class)
{
	WRITE_ONCE(vcpu->arch.intent.stated, class);
	intent_update(vcpu);
	return min(class, intent_limit(vcpu->kvm, INTENT_CPU));
}

static void intent_reconsider(struct kvm *kvm)
{
	struct kvm_vcpu *vcpu;
	unsigned long i;

	lockdep_assert_held(&intent_mutex);

	kvm_for_each_vcpu(i, vcpu, kvm)
		intent_update(vcpu);
	intent_io_limit(kvm, intent_limit(kvm, INTENT_IO));
}

/* The owner begins to allow something: the scheduler's hooks become live. */
static void intent_begin(unsigned int resource)
{
	if (resource == INTENT_IO)
		vbfq_get();
	else
		vcfs_get();
}

/* Nothing is allowed any more: nor are the VMM's threads privileged for it. */
static void intent_end(unsigned int resource)
{
	vcfs_end();
	if (resource == INTENT_IO)
		vbfq_put();
	else
		vcfs_put();
}

/* Set what the owner allows. */
static void intent_allow(struct kvm *kvm, unsigned int resource, u8 class)
{
	u8 *allowed = &kvm->arch.intent.allowed[resource];
	u8 old = *allowed;

	if (!old && class)
		intent_begin(resource);
	WRITE_ONCE(*allowed, class);
	intent_reconsider(kvm);
	if (old && !class)
		intent_end(resource);
}

static ssize_t allowed_show(struct kobject *kobj, unsigned int resource,
			    char *buf)
{
	struct kvm_intent_dir *dir = container_of(kobj, typeof(*dir), kobj);
	u8 class = READ_ONCE(dir->kvm->arch.intent.allowed[resource]);

	return sysfs_emit(buf, "%s\n", class_names[class]);
}

static ssize_t allowed_store(struct kobject *kobj, unsigned int resource,
			     const char *buf, size_t count)
{
	struct kvm_intent_dir *dir = container_of(kobj, typeof(*dir), kobj);
	int class = sysfs_match_string(class_names, buf);

	if (class < 0)
		return class;
	if (class && !(intent_served() & BIT(resource)))
		return -EOPNOTSUPP;
	if (class && resource == INTENT_IO && !intent_io_possible(dir->kvm)) {
		pr_warn_ratelimited("intent: %s: move the VMM to a cgroup with the io controller first, its disk requests cannot be told from the host's\n",
				    kobject_name(kobj));
		return -EXDEV;
	}

	mutex_lock(&intent_mutex);
	intent_allow(dir->kvm, resource, class);
	mutex_unlock(&intent_mutex);
	return count;
}

static ssize_t cpu_show(struct kobject *kobj, struct kobj_attribute *attr,
			char *buf)
{
	return allowed_show(kobj, INTENT_CPU, buf);
}

static ssize_t cpu_store(struct kobject *kobj, struct kobj_attribute *attr,
			 const char *buf, size_t count)
{
	return allowed_store(kobj, INTENT_CPU, buf, count);
}

static ssize_t io_show(struct kobject *kobj, struct kobj_attribute *attr,
		       char *buf)
{
	return allowed_show(kobj, INTENT_IO, buf);
}

static ssize_t io_store(struct kobject *kobj, struct kobj_attribute *attr,
			const char *buf, size_t count)
{
	return allowed_store(kobj, INTENT_IO, buf, count);
}

static struct kobj_attribute cpu_attr = __ATTR_RW(cpu);
static struct kobj_attribute io_attr = __ATTR_RW(io);

static struct attribute *intent_vm_attrs[] = {
	&cpu_attr.attr,
	&io_attr.attr,
	NULL,
};
ATTRIBUTE_GROUPS(intent_vm);

static void intent_dir_release(struct kobject *kobj)
{
	kfree(container_of(kobj, struct kvm_intent_dir, kobj));
}

static void intent_dir_get_ownership(struct kobject *kobj, kuid_t *uid,
				     kgid_t *gid)
{
	struct kvm_intent_dir *dir = container_of(kobj, typeof(*dir), kobj);

	*uid = dir->uid;
	*gid = dir->gid;
}

static struct kobj_type intent_dir_type = {
	.release	= intent_dir_release,
	.sysfs_ops	= &kobj_sysfs_ops,
	.default_groups	= intent_vm_groups,
	.get_ownership	= intent_dir_get_ownership,
};

/*
 * Show a VM in sysfs. Scratch VMs, which never run, do not get here. The number
 * behind the pid makes the name unique: a VM may outlive its process, and a
 * process may have several.
 */
static int intent_dir_create(struct kvm *kvm)
{
	static u64 serial;
	struct kvm_intent_dir *dir;
	int ret;

	lockdep_assert_held(&intent_mutex);

	if (!intent_root)
		return -ENODEV;
	dir = kzalloc(sizeof(*dir), GFP_KERNEL_ACCOUNT);
	if (!dir)
		return -ENOMEM;

	dir->kvm = kvm;
	current_euid_egid(&dir->uid, &dir->gid);
	ret = kobject_init_and_add(&dir->kobj, &intent_dir_type, intent_root,
				   "%d-%llu", task_tgid_nr(current), serial++);
	if (ret) {
		kobject_put(&dir->kobj);
		return ret;
	}

	list_add(&dir->link, &all_vms);
	kvm->arch.intent.dir = dir;
	vcfs_attach_mm(kvm->mm, &kvm->arch.intent.source);
	return 0;
}

/**
 * kvm_intent_vm_init() - prepare a VM that is being created
 * @kvm: the VM; nobody else sees it yet
 */
void kvm_intent_vm_init(struct kvm *kvm)
{
	kvm->arch.intent.source.wants = intent_vmm_wants;
	intent_io_init(kvm);
}

/**
 * kvm_intent_vm_destroy() - forget a VM
 * @kvm: the VM, with no vCPU running any more but none freed yet
 *
 * Context: process context, may sleep.
 */
void kvm_intent_vm_destroy(struct kvm *kvm)
{
	struct kvm_intent_dir *dir = kvm->arch.intent.dir;
	struct kvm_vcpu *vcpu;
	unsigned long i;

	if (!dir)
		return;

	/* Waits for whoever is in a file of the directory. */
	kobject_del(&dir->kobj);

	mutex_lock(&intent_mutex);
	list_del(&dir->link);
	intent_allow(kvm, INTENT_CPU, INTENT_NONE);
	intent_allow(kvm, INTENT_IO, INTENT_NONE);
	mutex_unlock(&intent_mutex);
	/* The timer of one looks at the others. */
	kvm_for_each_vcpu(i, vcpu, kvm)
		hrtimer_cancel(&vcpu->arch.intent.event);
	vcfs_detach_mm(kvm->mm, &kvm->arch.intent.source);

	kobject_put(&dir->kobj);
}

/*
 * The guest's next urgent timer is about to expire. A vCPU that sleeps asks for
 * privilege at its wakeup.
 */
static enum hrtimer_restart intent_event(struct hrtimer *timer)
{
	struct kvm_vcpu *vcpu = container_of(timer, struct kvm_vcpu,
					     arch.intent.event);

	if (kvm_vcpu_is_blocking(vcpu)) {
		kvm_vcpu_wake_up(vcpu);
		intent_unblock(vcpu, false);
	} else {
		kvm_intent_vcpu_event(vcpu);
	}
	return HRTIMER_NORESTART;
}

/**
 * kvm_intent_vcpu_init() - prepare a vCPU that is being created
 * @vcpu: the vCPU; nobody else sees it yet
 */
void kvm_intent_vcpu_init(struct kvm_vcpu *vcpu)
{
	struct kvm_intent_vcpu *intent = &vcpu->arch.intent;

	raw_spin_lock_init(&intent->lock);
	intent->source.wants = intent_wants;
	intent->source.locks = intent_locks;
	hrtimer_init(&intent->event, CLOCK_MONOTONIC, HRTIMER_MODE_ABS_PINNED_HARD);
	intent->event.function = intent_event;
	hrtimer_init(&intent->look, CLOCK_MONOTONIC, HRTIMER_MODE_REL_PINNED_HARD);
	intent->look.function = intent_look;
}

/**
 * kvm_intent_vcpu_run() - a thread is about to run this vCPU for the first time
 * @vcpu: the vCPU; current is the thread
 *
 * A privilege moves along when a VMM runs a vCPU from another thread.
 *
 * Context: process context with vcpu->mutex held, may sleep.
 * Return: 0; -EAGAIN while the vCPU is being created, and its VM could not find
 * it to take a privilege away; what creating a sysfs directory may return.
 */
int kvm_intent_vcpu_run(struct kvm_vcpu *vcpu)
{
	struct kvm_intent_vcpu *intent = &vcpu->arch.intent;
	struct kvm *kvm = vcpu->kvm;
	struct task_struct *old;
	int ret = 0;

	mutex_lock(&intent_mutex);
	if (vcpu->vcpu_idx >= atomic_read(&kvm->online_vcpus))
		ret = -EAGAIN;
	else if (!kvm->arch.intent.dir)
		ret = intent_dir_create(kvm);
	mutex_unlock(&intent_mutex);
	if (ret)
		return ret;

	get_task_struct(current);

	raw_spin_lock_irq(&intent->lock);
	old = intent->task;
	if (old)
		vcfs_detach(old, &intent->source);
	intent->task = current;
	vcfs_attach(current, &intent->source);
	raw_spin_unlock_irq(&intent->lock);

	if (old)
		put_task_struct(old);
	return 0;
}

/**
 * kvm_intent_vcpu_enter() - the vCPU's thread is in KVM_RUN
 * kvm_intent_vcpu_exit() - it is about to return to user space
 * @vcpu: the vCPU; current is the thread
 *
 * Context: process context.
 */
void kvm_intent_vcpu_enter(struct kvm_vcpu *vcpu)
{
	WRITE_ONCE(vcpu->arch.intent.inside, true);
}

void kvm_intent_vcpu_exit(struct kvm_vcpu *vcpu)
{
	WRITE_ONCE(vcpu->arch.intent.inside, false);
	if (READ_ONCE(vcpu->arch.intent.yields))
		intent_update(vcpu);
}

/**
 * kvm_intent_vcpu_load() - the vCPU's thread got the CPU
 * @vcpu: the vCPU, loaded
 *
 * Context: preemption disabled, no lock of a run queue.
 */
void kvm_intent_vcpu_load(struct kvm_vcpu *vcpu)
{
	struct kvm_intent_vcpu *intent = &vcpu->arch.intent;
	u8 limit = intent_limit(vcpu->kvm, INTENT_CPU);

	if (current != intent->task)
		return;

	/* A thread may run several vCPUs in turn. */
	if (limit)
		vcfs_attach(current, &intent->source);
	/* It got the CPU to unlock what others wait for, maybe. */
	if (limit && !kvm_vcpu_is_blocking(vcpu) && intent_blocks(vcpu))
		vcfs_hold();
	WRITE_ONCE(intent->suspect, false);
	if (intent->granted)
		intent_watch(vcpu);
	/* Also that nothing is allowed any more. */
	intent_tell(vcpu, intent->granted, limit);
}

/* Is its next urgent timer watched, or has it got what that would bring? */
static bool intent_watched(struct kvm_intent_vcpu *intent)
{
	return hrtimer_active(&intent->event) ||
	       (intent->granted && intent_early(intent));
}

/**
 * kvm_intent_vcpu_put() - the vCPU's thread loses the CPU, or leaves KVM
 * @vcpu: the vCPU, no longer loaded
 *
 * While it waits for the CPU, no timer of the guest is running: watch for the
 * urgent ones, and for any if it waits because it yields. If it sleeps, they are
 * watched; but it should have the CPU by the time the urgent ones expire.
 *
 * Context: preemption disabled; the lock of the run queue may be held.
 */
void kvm_intent_vcpu_put(struct kvm_vcpu *vcpu)
{
	struct kvm_intent_vcpu *intent = &vcpu->arch.intent;
	u64 ns, due;

	if (current != intent->task)
		return;
	hrtimer_try_to_cancel(&intent->look);
	if (!intent_limit(vcpu->kvm, INTENT_CPU))
		return;
	if (kvm_vcpu_is_blocking(vcpu)) {
		/* It has not been in the guest since it went to sleep. */
		if (kvm_intent_vcpu_awake(vcpu) && intent_watched(intent))
			return;
		intent_count(vcpu, intent->stated || intent_record_wake(vcpu));
		ns = intent_record_next(vcpu);
	} else if (!single_task_running()) {
		/* Pairs with kvm_intent_vcpu_event(): the later sees the other. */
		smp_mb();
		ns = intent_record_wait(vcpu);
	} else {
		return;
	}
	if (ns > KTIME_MAX / 2 || (!ns && intent->granted)) {
		hrtimer_try_to_cancel(&intent->event);
		WRITE_ONCE(intent->due, 0);
		return;
	}
	due = ktime_get_mono_fast_ns() + ns;
	WRITE_ONCE(intent->start, due - min_t(u64, ns, READ_ONCE(intent_lead_ns)));
	WRITE_ONCE(intent->due, due);
	hrtimer_start(&intent->event, intent->start,
		      HRTIMER_MODE_ABS_PINNED_HARD);
}

/**
 * kvm_intent_vcpu_awake() - was a vCPU woken that still counts as asleep?
 * @vcpu: the vCPU, blocking, that loses the CPU
 *
 * Then no timer needs to wake it.
 *
 * Context: any.
 */
bool kvm_intent_vcpu_awake(struct kvm_vcpu *vcpu)
{
	return READ_ONCE(vcpu->preempted);
}

/**
 * kvm_intent_vcpu_early() - should a vCPU that waits for interrupts go on?
 * @vcpu: the vCPU
 *
 * Context: any.
 * Return: true if it should, to kvm_intent_vcpu_wait().
 */
bool kvm_intent_vcpu_early(struct kvm_vcpu *vcpu)
{
	return intent_early(&vcpu->arch.intent);
}

/**
 * kvm_intent_vcpu_wait() - a vCPU that got the CPU early waits for its timer
 * @vcpu: the vCPU, loaded
 *
 * Its timer is running, so the interrupt comes here, later than the record says, by
 * LATE_NS at most, and the guest has it as soon as it is entered: that is sooner than
 * if it interrupted other work of the guest, or if the vCPU went to sleep again. That
 * is so, too, if the CPU came a little before that time for another reason. Urgent work
 * does not wait.
 *
 * Context: the vCPU's thread, between exit and entry, preemptible.
 */
void kvm_intent_vcpu_wait(struct kvm_vcpu *vcpu)
{
	struct kvm_intent_vcpu *intent = &vcpu->arch.intent;

	if (!READ_ONCE(intent->due))
		return;

	/* From here on its own timer does. */
	hrtimer_try_to_cancel(&intent->event);
	while (intent_expects(intent, READ_ONCE(intent_lead_ns), LATE_NS) &&
	       !intent->stated &&
	       !intent_record_now(vcpu) &&
	       !kvm_test_request(KVM_REQ_IRQ_PENDING, vcpu) &&
	       !signal_pending(current)) {
		cpu_relax();
		cond_resched();
	}
	/* What is over need not be looked at again. */
	if (ktime_get_mono_fast_ns() >= READ_ONCE(intent->due))
		WRITE_ONCE(intent->due, 0);
}

/**
 * kvm_intent_vcpu_event() - an interrupt or timer of the guest is due
 * @vcpu: the vCPU that will take it
 *
 * A vCPU cannot speak while it waits for the CPU, nor while it masks interrupts:
 * what it said beforehand about such events counts.
 *
 * Context: any but NMI, no lock of a run queue; takes it.
 */
void kvm_intent_vcpu_event(struct kvm_vcpu *vcpu)
{
	struct kvm_intent_vcpu *intent = &vcpu->arch.intent;
	unsigned long flags;

	if (!intent_limit(vcpu->kvm, INTENT_CPU))
		return;

	raw_spin_lock_irqsave(&intent->lock, flags);
	if (intent->task && intent_record_event(vcpu)) {
		/* Pairs with kvm_intent_vcpu_put(). */
		smp_mb();
		/*
		 * One that sleeps will ask at its wakeup. One that masks them may
		 * spin on a lock, and is looked at once it is urgent.
		 */
		if (vcpu_waits(vcpu) ||
		    (!READ_ONCE(intent->granted) && vcpu_is_masked(vcpu)))
			vcfs_update(intent->task);
	}
	raw_spin_unlock_irqrestore(&intent->lock, flags);
	intent_unblock(vcpu, false);
}

/**
 * kvm_intent_vcpu_withdraw() - the vCPU was reset or powered off
 * @vcpu: the vCPU
 *
 * A guest that starts anew has no intent until it says so.
 *
 * Context: any but hard irq and NMI; takes the locks of the schedulers.
 */
void kvm_intent_vcpu_withdraw(struct kvm_vcpu *vcpu)
{
	intent_record_drop(vcpu);
	intent_cpu_state(vcpu, INTENT_NONE);
	intent_io_state(vcpu, INTENT_NONE);
}

/**
 * kvm_intent_vcpu_destroy() - take the privilege away for good
 * @vcpu: the vCPU, not running any more
 *
 * Context: process context.
 */
void kvm_intent_vcpu_destroy(struct kvm_vcpu *vcpu)
{
	struct kvm_intent_vcpu *intent = &vcpu->arch.intent;

	kvm_intent_vcpu_withdraw(vcpu);
	intent_count(vcpu, false);
	if (!intent->task)
		return;
	vcfs_detach(intent->task, &intent->source);
	put_task_struct(intent->task);
	intent->task = NULL;
}

/* A protected VM does not get the calls: nobody may learn what it runs. */
static bool intent_offered(struct kvm_vcpu *vcpu)
{
	return !kvm_vm_is_protected(vcpu->kvm) &&
	       !READ_ONCE(vcpu->kvm->arch.intent.hidden);
}

/* INTENT_FN_FEATURES: version, resources served, size of the record. */
static void intent_features(u64 *val)
{
	val[0] = INTENT_ABI_VERSION;
	val[1] = intent_served();
	val[2] = INTENT_RECORD_SIZE;
}

/*
 * The vCPU gives the CPU back, if somebody waits. Not without a record: then
 * nobody would watch for its next urgent timer.
 */
static void intent_give_back(struct kvm_vcpu *vcpu)
{
	if (intent_record_ipa(vcpu) == INTENT_RECORD_NONE ||
	    intent_early(&vcpu->arch.intent) || single_task_running())
		return;

	intent_resched();
}

/* INTENT_FN_SET: error, class granted. The guest's arguments are in w1 to w3. */
static void intent_set(struct kvm_vcpu *vcpu, u64 *val)
{
	u32 resource = lower_32_bits(smccc_get_arg1(vcpu));
	u32 class = lower_32_bits(smccc_get_arg2(vcpu));
	u32 reserved = lower_32_bits(smccc_get_arg3(vcpu));
	long ret;

	ret = intent_decode(kvm_vcpu_hvc_get_imm(vcpu), resource, class,
			    reserved, intent_served());
	trace_kvm_intent_set(vcpu->vcpu_id, resource, class, ret);
	val[0] = ret;
	if (ret) {
		vcpu->stat.intent_invalid++;
		return;
	}

	val[1] = resource == INTENT_IO ? intent_io_state(vcpu, class) :
					 intent_cpu_state(vcpu, class);
	if (class == INTENT_NONE)
		vcpu->stat.intent_releases++;
	else if (val[1])
		vcpu->stat.intent_grants++;
	else
		vcpu->stat.intent_denials++;

	if (class == INTENT_NONE && resource == INTENT_CPU)
		intent_give_back(vcpu);
}

/* INTENT_FN_RECORD: error. The address is in w1 and w2, low half first. */
static void intent_record(struct kvm_vcpu *vcpu, u64 *val)
{
	u64 ipa = lower_32_bits(smccc_get_arg1(vcpu)) |
		  (u64)lower_32_bits(smccc_get_arg2(vcpu)) << 32;
	int ret = -EINVAL;

	if (!lower_32_bits(smccc_get_arg3(vcpu)))
		ret = intent_record_set(vcpu, ipa);
	trace_kvm_intent_record(vcpu->vcpu_id, ipa, ret);

	switch (ret) {
	case 0:
		intent_update(vcpu);
		val[0] = INTENT_SUCCESS;
		break;
	case -EINVAL:
		val[0] = INTENT_INVALID_PARAMETER;
		vcpu->stat.intent_invalid++;
		break;
	default:
		val[0] = INTENT_NOT_SUPPORTED;
		vcpu->stat.intent_invalid++;
	}
}

/**
 * kvm_intent_call() - answer a hypercall if it is one of ours
 * @vcpu: the calling vCPU; its registers hold the guest's arguments
 * @func_id: w0
 * @val: x0 to x3 for the guest, of which the last three are 0
 *
 * Context: the vCPU's thread, between exit and entry.
 * Return: true if @val is the answer.
 */
bool kvm_intent_call(struct kvm_vcpu *vcpu, u32 func_id, u64 *val)
{
	if (!intent_offered(vcpu))
		return false;

	switch (func_id) {
	case INTENT_FN_FEATURES:
		intent_features(val);
		return true;
	case INTENT_FN_SET:
		intent_set(vcpu, val);
		return true;
	case INTENT_FN_RECORD:
		intent_record(vcpu, val);
		return true;
	default:
		return false;
	}
}

/**
 * kvm_intent_show() - add our functions to KVM's features call
 * @vcpu: the calling vCPU
 * @val: x0 to x3 for the guest, of which x3 stands for functions 96 to 127
 */
void kvm_intent_show(struct kvm_vcpu *vcpu, u64 *val)
{
	if (intent_offered(vcpu))
		val[3] |= KVM_INTENT_SERVICES;
}

/**
 * kvm_intent_get_reg() - read a register by which a VMM controls the intents
 * @vcpu: the vCPU
 * @id: KVM_REG_ARM_VENDOR_HYP_BMAP_2, of the VM; KVM_REG_ARM_INTENT_RECORD, of
 *	the vCPU; or whatever the VMM asks for
 * @val: result
 *
 * Return: 0; -ENOENT for another register.
 */
int kvm_intent_get_reg(struct kvm_vcpu *vcpu, u64 id, u64 *val)
{
	switch (id) {
	case KVM_REG_ARM_VENDOR_HYP_BMAP_2:
		*val = READ_ONCE(vcpu->kvm->arch.intent.hidden) ?
		       0 : BIT(KVM_REG_ARM_VENDOR_HYP_BIT_INTENT);
		return 0;
	case KVM_REG_ARM_INTENT_RECORD:
		*val = intent_record_ipa(vcpu);
		return 0;
	default:
		return -ENOENT;
	}
}

static int intent_hide(struct kvm *kvm, u64 val)
{
	bool hide = !val;
	int ret = 0;

	if (val & ~BIT(KVM_REG_ARM_VENDOR_HYP_BIT_INTENT))
		return -EINVAL;

	mutex_lock(&kvm->arch.config_lock);
	if (hide != kvm->arch.intent.hidden &&
	    test_bit(KVM_ARCH_FLAG_HAS_RAN_ONCE, &kvm->arch.flags))
		ret = -EBUSY;
	else
		WRITE_ONCE(kvm->arch.intent.hidden, hide);
	mutex_unlock(&kvm->arch.config_lock);
	return ret;
}

/* A VMM writes all registers now and then; only news counts. */
static int intent_move_record(struct kvm_vcpu *vcpu, u64 ipa)
{
	if (ipa == intent_record_ipa(vcpu))
		return 0;
	if (!intent_offered(vcpu))
		return -EINVAL;

	return intent_record_set(vcpu, ipa);
}

/**
 * kvm_intent_set_reg() - write it
 * @vcpu: the vCPU
 * @id: as in kvm_intent_get_reg()
 * @val: the new value
 *
 * Context: process context, may sleep.
 * Return: 0; -ENOENT for another register; -EINVAL for unknown bits, or an
 * address that cannot be a record; -EBUSY for hiding or showing the calls
 * after a vCPU has run; -ENOMEM; -EFAULT if the record's page is not there.
 */
int kvm_intent_set_reg(struct kvm_vcpu *vcpu, u64 id, u64 val)
{
	switch (id) {
	case KVM_REG_ARM_VENDOR_HYP_BMAP_2:
		return intent_hide(vcpu->kvm, val);
	case KVM_REG_ARM_INTENT_RECORD:
		return intent_move_record(vcpu, val);
	default:
		return -ENOENT;
	}
}

/* Set or clear a reason why nobody gets privilege. */
static void intent_off(unsigned long reason, bool off)
{
	struct kvm_intent_dir *dir;
	unsigned long reasons;

	mutex_lock(&intent_mutex);
	reasons = off ? intents_off | reason : intents_off & ~reason;
	if (reasons != intents_off) {
		WRITE_ONCE(intents_off, reasons);
		list_for_each_entry(dir, &all_vms, link)
			intent_reconsider(dir->kvm);
	}
	mutex_unlock(&intent_mutex);
}

/**
 * kvm_intent_revoke() - take all privilege away, or allow it again
 * @revoke: true to take it away; calls are not counted, the last one holds
 *
 * For whom even a privileged VM must do with less, such as a secure world that
 * shares the CPUs. What owners allow, and the kill switch, stay as they are.
 *
 * Context: process context, may sleep.
 */
void kvm_intent_revoke(bool revoke)
{
	intent_off(OFF_REVOKED, revoke);
}

static ssize_t enabled_show(struct kobject *kobj, struct kobj_attribute *attr,
			    char *buf)
{
	return sysfs_emit(buf, "%d\n", !(READ_ONCE(intents_off) & OFF_SWITCHED));
}

static ssize_t enabled_store(struct kobject *kobj, struct kobj_attribute *attr,
			     const char *buf, size_t count)
{
	bool on;
	int ret;

	ret = kstrtobool(buf, &on);
	if (ret)
		return ret;

	intent_off(OFF_SWITCHED, !on);
	return count;
}

static struct kobj_attribute enabled_attr = __ATTR_RW(enabled);

static ssize_t revoked_show(struct kobject *kobj, struct kobj_attribute *attr,
			    char *buf)
{
	return sysfs_emit(buf, "%d\n", !!(READ_ONCE(intents_off) & OFF_REVOKED));
}

static struct kobj_attribute revoked_attr = __ATTR_RO(revoked);

static ssize_t lead_ns_show(struct kobject *kobj, struct kobj_attribute *attr,
			    char *buf)
{
	return sysfs_emit(buf, "%u\n", READ_ONCE(intent_lead_ns));
}

static ssize_t lead_ns_store(struct kobject *kobj, struct kobj_attribute *attr,
			     const char *buf, size_t count)
{
	unsigned int ns;
	int ret;

	ret = kstrtouint(buf, 0, &ns);
	if (ret)
		return ret;
	if (ns > INTENT_LEAD_MAX_NS)
		return -EINVAL;

	WRITE_ONCE(intent_lead_ns, ns);
	return count;
}

static struct kobj_attribute lead_ns_attr = __ATTR_RW(lead_ns);

static const struct attribute *intent_attrs[] = {
	&enabled_attr.attr,
	&revoked_attr.attr,
	&lead_ns_attr.attr,
	NULL,
};

static int __init kvm_intent_init(void)
{
	intent_root = kobject_create_and_add("intent", kernel_kobj);
	if (!intent_root)
		return -ENOMEM;

	return sysfs_create_files(intent_root, intent_attrs);
}
subsys_initcall(kvm_intent_init);
