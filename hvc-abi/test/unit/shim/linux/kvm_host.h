/* SPDX-License-Identifier: GPL-2.0-only */
/* What of a VM matters to intent_io.c. */
#ifndef SHIM_LINUX_KVM_HOST_H
#define SHIM_LINUX_KVM_HOST_H

#include <assert.h>
#include <stdbool.h>

#include <linux/compiler.h>
#include <linux/kernel.h>
#include <linux/types.h>

#define __rcu

#include <asm/kvm_intent.h>

#define NR_VCPUS	3

struct kvm;

struct kvm_vcpu {
	struct kvm *kvm;
	struct {
		struct kvm_intent_vcpu intent;
	} arch;
};

struct kvm {
	struct kvm_vcpu vcpus[NR_VCPUS];
	struct {
		struct kvm_intent_vm intent;
	} arch;
};

#define kvm_for_each_vcpu(i, vcpu, kvm)	\
	for (i = 0; i < NR_VCPUS && (vcpu = &(kvm)->vcpus[i]); i++)

#define lockdep_assert_held(lock)	assert((lock)->held)

static inline void spin_lock_init(spinlock_t *lock)
{
	lock->held = 0;
}

static inline void spin_lock_irq(spinlock_t *lock)
{
	assert(!lock->held++);
}

static inline void spin_unlock_irq(spinlock_t *lock)
{
	assert(lock->held--);
}

#define spin_lock_irqsave(lock, flags)	\
	do { (flags) = 0; spin_lock_irq(lock); } while (0)
#define spin_unlock_irqrestore(lock, flags)	\
	do { (void)(flags); spin_unlock_irq(lock); } while (0)
#define raw_spin_lock_irqsave		spin_lock_irqsave
#define raw_spin_unlock_irqrestore	spin_unlock_irqrestore

#endif /* SHIM_LINUX_KVM_HOST_H */
