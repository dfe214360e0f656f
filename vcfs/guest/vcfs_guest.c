// SPDX-License-Identifier: GPL-2.0-only
/*
 * vCFS, guest side: tell the host when critical work appears on a vCPU and
 * when none is left. Critical are the real-time and deadline tasks of user
 * space, and whoever inherited their priority.
 *
 * vcfs_edge.h has the rule; here are the events.
 */
#define pr_fmt(fmt) "vcfs: " fmt

#include <linux/cpuhotplug.h>
#include <linux/jiffies.h>
#include <linux/reboot.h>
#include <linux/sched/cputime.h>
#include <linux/syscore_ops.h>

#include <asm/intent.h>

#include "sched.h"
#include "vcfs_edge.h"
#include "vcfs_guest.h"

DEFINE_STATIC_KEY_FALSE(vcfs_guest_key);

/**
 * struct vcfs_vcpu - what the host knows of a vCPU
 * @sleepers: critical tasks that went to sleep here
 * @online: the vCPU may speak
 * @raised: the host was told of an intent; only the vCPU itself changes it
 * @stated: when, in jiffies
 */
struct vcfs_vcpu {
	atomic_t sleepers;
	bool online;
	bool raised;
	unsigned long stated;
};

static DEFINE_PER_CPU(struct vcfs_vcpu, vcfs_vcpus);

static bool is_critical(struct task_struct *p)
{
	return rt_prio(p->prio) && !(p->flags & PF_KTHREAD);
}

static enum vcfs_work work_of(struct rq *rq, struct task_struct *p)
{
	if (p == rq->idle)
		return VCFS_IDLE;
	if (!rt_prio(p->prio))
		return VCFS_BACKGROUND;
	return is_critical(p) ? VCFS_CRITICAL : VCFS_KERNEL;
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
static void vcfs_state(struct vcfs_vcpu *vcpu, bool raise)
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
	    READ_ONCE(prev->__state) != TASK_DEAD) {
		prev->vcfs_sleeps = &vcpu->sleepers;
		atomic_inc(&vcpu->sleepers);
	}

	vcfs_state(vcpu, vcfs_edge(work_of(rq, prev), work_of(rq, next),
				   atomic_read(&vcpu->sleepers),
				   vcpu->raised));
}

void __vcfs_guest_wakeup(struct rq *rq, struct task_struct *p)
{
	if (p->vcfs_sleeps) {
		atomic_dec(p->vcfs_sleeps);
		p->vcfs_sleeps = NULL;
	}

	/* Another vCPU speaks for itself once the wakeup's IPI gets there. */
	if (is_critical(p) && cpu_of(rq) == smp_processor_id())
		vcfs_state(this_cpu_ptr(&vcfs_vcpus), true);
}

void __vcfs_guest_tick(struct rq *rq)
{
	struct vcfs_vcpu *vcpu = this_cpu_ptr(&vcfs_vcpus);

	/* The switch that is due will tell. */
	if (test_tsk_need_resched(rq->curr))
		return;

	vcfs_state(vcpu, vcfs_tick_edge(work_of(rq, rq->curr), vcpu->raised));
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
	vcfs_state(vcpu, false);
	local_irq_restore(flags);
	return 0;
}

static int vcfs_guest_offline(unsigned int cpu)
{
	struct vcfs_vcpu *vcpu = this_cpu_ptr(&vcfs_vcpus);
	unsigned long flags;

	local_irq_save(flags);
	vcfs_state(vcpu, false);
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
	int ret;

	if (!intent_available(INTENT_CPU)) {
		pr_info("the host does not coordinate CPU scheduling\n");
		return 0;
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
