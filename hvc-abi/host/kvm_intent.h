/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * KVM's side of the intents: it decodes, validates and forwards. Whom to serve
 * first is the schedulers' business (see kernel/sched/vcfs.c, block/vbfq.c).
 */
#ifndef __ASM_KVM_INTENT_H
#define __ASM_KVM_INTENT_H

#include <linux/errno.h>
#include <linux/hrtimer.h>
#include <linux/sched/vcfs.h>
#include <linux/spinlock_types.h>
#include <linux/types.h>

#include <asm/intent-abi.h>

struct blkcg;
struct kvm;
struct kvm_intent_dir;
struct kvm_intent_record;
struct kvm_vcpu;
struct task_struct;

#ifdef CONFIG_KVM_ARM_INTENT

/**
 * struct kvm_intent_io - the VM's disk requests
 * @lock: protects the rest, and what the vCPUs state for %INTENT_IO; taken
 *	before a vCPU's lock and those of the I/O schedulers
 * @held: what the I/O scheduler privileges for the VM
 * @limit: the highest class that may be granted
 * @granted: what the I/O scheduler was told, a class
 */
struct kvm_intent_io {
	spinlock_t	lock; /* see above */
	struct blkcg	*held;
	u8		limit;
	u8		granted;
};

/**
 * struct kvm_intent_vm - what the owner of the VM allows
 * @dir: the VM's directory in sysfs, NULL until a vCPU has run
 * @source: what the scheduler asks about the VMM's other threads
 * @urgent: vCPUs for which such a thread may be on the critical path
 * @io: what all vCPUs together get for %INTENT_IO
 * @allowed: highest class granted, by resource; %INTENT_NONE unless opted in
 * @hidden: the VMM hides the calls from the guest
 */
struct kvm_intent_vm {
	struct kvm_intent_dir	*dir;
	struct vcfs_source	source;
	atomic_t		urgent;
	struct kvm_intent_io	io;
	u8			allowed[INTENT_NR_RESOURCES];
	bool			hidden;
};

/**
 * struct kvm_intent_vcpu - what the vCPU says and what it got
 * @lock: protects @task, and changes of @record; taken before the run queue's
 *	lock
 * @task: the thread that last entered KVM_RUN, with a reference held
 * @source: what the scheduler asks about @task
 * @record: what it shares with the guest; NULL if there is none
 * @event: until the vCPU is back in the guest: runs shortly before the guest's
 *	next urgent timer expires, at @start
 * @look: while the vCPU runs, urgent: when it is time to look whether it spins
 * @ticket_runtime: CPU time of @task when the latest ticket was given
 * @urgent: counted in the VM's
 * @start: when, by CLOCK_MONOTONIC
 * @due: when that timer expires; 0 if there is none
 * @inside: @task is in KVM_RUN; elsewhere it does not yield, as it may hold what
 *	the rest of the VMM waits for
 * @yields: the last answer to the scheduler was that it yields; as @granted
 * @suspect: a sibling that is urgent seems to spin, and this one was preempted in
 *	its kernel: it may hold the lock. Until it runs
 * @stated: the guest's last word on %INTENT_CPU by hypercall, a class
 * @granted: the last answer to the scheduler, a class; under the lock of the
 *	run queue of @task
 * @io: the guest's last word on %INTENT_IO; under the VM's io.lock
 */
struct kvm_intent_vcpu {
	raw_spinlock_t			lock;
	struct task_struct		*task;
	struct vcfs_source		source;
	struct kvm_intent_record __rcu	*record;
	struct hrtimer			event;
	struct hrtimer			look;
	u64				ticket_runtime;
	u64				start;
	u64				due;
	bool				urgent;
	bool				inside;
	bool				yields;
	bool				suspect;
	u8				stated;
	u8				granted;
	u8				io;
};

void kvm_intent_vm_init(struct kvm *kvm);
void kvm_intent_vm_destroy(struct kvm *kvm);
void kvm_intent_vcpu_init(struct kvm_vcpu *vcpu);
int kvm_intent_vcpu_run(struct kvm_vcpu *vcpu);
void kvm_intent_vcpu_enter(struct kvm_vcpu *vcpu);
void kvm_intent_vcpu_exit(struct kvm_vcpu *vcpu);
void kvm_intent_vcpu_load(struct kvm_vcpu *vcpu);
void kvm_intent_vcpu_put(struct kvm_vcpu *vcpu);
void kvm_intent_vcpu_event(struct kvm_vcpu *vcpu);
bool kvm_intent_vcpu_awake(struct kvm_vcpu *vcpu);
bool kvm_intent_vcpu_early(struct kvm_vcpu *vcpu);
void kvm_intent_vcpu_wait(struct kvm_vcpu *vcpu);
void kvm_intent_vcpu_withdraw(struct kvm_vcpu *vcpu);
void kvm_intent_vcpu_destroy(struct kvm_vcpu *vcpu);

bool kvm_intent_call(struct kvm_vcpu *vcpu, u32 func_id, u64 *val);
void kvm_intent_show(struct kvm_vcpu *vcpu, u64 *val);
int kvm_intent_get_reg(struct kvm_vcpu *vcpu, u64 id, u64 *val);
int kvm_intent_set_reg(struct kvm_vcpu *vcpu, u64 id, u64 val);
void kvm_intent_revoke(bool revoke);

#else

struct kvm_intent_vm { };
struct kvm_intent_vcpu { };

static inline void kvm_intent_vm_init(struct kvm *kvm) { }
static inline void kvm_intent_vm_destroy(struct kvm *kvm) { }
static inline void kvm_intent_vcpu_init(struct kvm_vcpu *vcpu) { }
static inline int kvm_intent_vcpu_run(struct kvm_vcpu *vcpu) { return 0; }
static inline void kvm_intent_vcpu_enter(struct kvm_vcpu *vcpu) { }
static inline void kvm_intent_vcpu_exit(struct kvm_vcpu *vcpu) { }
static inline void kvm_intent_vcpu_load(struct kvm_vcpu *vcpu) { }
static inline void kvm_intent_vcpu_put(struct kvm_vcpu *vcpu) { }
static inline void kvm_intent_vcpu_wait(struct kvm_vcpu *vcpu) { }
static inline void kvm_intent_vcpu_event(struct kvm_vcpu *vcpu) { }
static inline void kvm_intent_vcpu_withdraw(struct kvm_vcpu *vcpu) { }
static inline void kvm_intent_vcpu_destroy(struct kvm_vcpu *vcpu) { }
static inline void kvm_intent_show(struct kvm_vcpu *vcpu, u64 *val) { }
static inline void kvm_intent_revoke(bool revoke) { }

static inline bool kvm_intent_vcpu_awake(struct kvm_vcpu *vcpu)
{
	return false;
}

static inline bool kvm_intent_vcpu_early(struct kvm_vcpu *vcpu)
{
	return false;
}

static inline bool kvm_intent_call(struct kvm_vcpu *vcpu, u32 func_id, u64 *val)
{
	return false;
}

static inline int kvm_intent_get_reg(struct kvm_vcpu *vcpu, u64 id, u64 *val)
{
	return -ENOENT;
}

static inline int kvm_intent_set_reg(struct kvm_vcpu *vcpu, u64 id, u64 val)
{
	return -ENOENT;
}

#endif /* CONFIG_KVM_ARM_INTENT */

#endif /* __ASM_KVM_INTENT_H */
