// SPDX-License-Identifier: GPL-2.0-only
/*
 * Intents for disk requests. They are those of the VM, not of a vCPU: the
 * highest class that any vCPU states counts, and what is privileged is the io
 * cgroup of the VM's threads.
 */
#include <linux/kvm_host.h>
#include <linux/sched/task.h>
#include <linux/vbfq.h>

#include <asm/intent-abi.h>
#include <asm/kvm_intent.h>

#include "intent_io.h"
#include "trace_intent.h"

/* The thread that runs a vCPU, with a reference; NULL if none has. */
static struct task_struct *task_get(struct kvm_vcpu *vcpu)
{
	struct kvm_intent_vcpu *intent = &vcpu->arch.intent;
	struct task_struct *task;
	unsigned long flags;

	raw_spin_lock_irqsave(&intent->lock, flags);
	task = intent->task;
	if (task)
		get_task_struct(task);
	raw_spin_unlock_irqrestore(&intent->lock, flags);

	return task;
}

/* The vCPU that states the highest class: it counts for the VM. */
static struct kvm_vcpu *highest_vcpu(struct kvm *kvm)
{
	struct kvm_vcpu *vcpu, *highest = NULL;
	unsigned long i;

	kvm_for_each_vcpu(i, vcpu, kvm) {
		if (!highest ||
		    vcpu->arch.intent.io > highest->arch.intent.io)
			highest = vcpu;
	}

	return highest;
}

/* What the vCPUs state, within the limit; and a thread of the VM for it. */
static u8 wanted(struct kvm *kvm, struct task_struct **task)
{
	u8 limit = kvm->arch.intent.io.limit;
	struct kvm_vcpu *vcpu;
	u8 class;

	*task = NULL;
	vcpu = limit ? highest_vcpu(kvm) : NULL;
	if (!vcpu)
		return INTENT_NONE;

	class = min(vcpu->arch.intent.io, limit);
	if (class)
		*task = task_get(vcpu);
	return class;
}

/*
 * Tell the I/O scheduler what the VM gets, also if that is as before: its
 * threads may have moved to another cgroup.
 */
static void apply(struct kvm *kvm)
{
	struct kvm_intent_io *io = &kvm->arch.intent.io;
	struct task_struct *task;
	u8 class;

	lockdep_assert_held(&io->lock);

	class = wanted(kvm, &task);
	if (!task && !io->held)
		return;

	io->held = vbfq_privilege(io->held, task);
	if (task)
		put_task_struct(task);

	if (!io->held)
		class = INTENT_NONE;
	if (class != io->granted)
		trace_kvm_intent_io_grant(class);
	WRITE_ONCE(io->granted, class);
}

void intent_io_init(struct kvm *kvm)
{
	spin_lock_init(&kvm->arch.intent.io.lock);
}

bool intent_io_possible(struct kvm *kvm)
{
	struct task_struct *task;
	struct kvm_vcpu *vcpu;
	bool possible = true;
	unsigned long i;

	kvm_for_each_vcpu(i, vcpu, kvm) {
		task = task_get(vcpu);
		if (!task)
			continue;
		possible = vbfq_serves(task) && possible;
		put_task_struct(task);
	}

	return possible;
}

void intent_io_limit(struct kvm *kvm, u8 limit)
{
	struct kvm_intent_io *io = &kvm->arch.intent.io;

	spin_lock_irq(&io->lock);
	io->limit = limit;
	apply(kvm);
	spin_unlock_irq(&io->lock);
}

u8 intent_io_state(struct kvm_vcpu *vcpu, u8 class)
{
	struct kvm_intent_io *io = &vcpu->kvm->arch.intent.io;
	unsigned long flags;
	u8 granted;

	spin_lock_irqsave(&io->lock, flags);
	vcpu->arch.intent.io = class;
	apply(vcpu->kvm);
	granted = io->granted;
	spin_unlock_irqrestore(&io->lock, flags);

	return granted;
}

u8 intent_io_granted(struct kvm *kvm)
{
	return READ_ONCE(kvm->arch.intent.io.granted);
}
