/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The record that a vCPU shares with the host.
 */
#ifndef __KVM_INTENT_RECORD_H
#define __KVM_INTENT_RECORD_H

#include <linux/types.h>

struct kvm_vcpu;

/**
 * intent_record_set() - register, move or drop a vCPU's record
 * @vcpu: the vCPU
 * @ipa: the guest's address for it, or %INTENT_RECORD_NONE
 *
 * The address comes from the guest. The page that it means is pinned, so
 * that the scheduler may read it at any time. If the VMM puts another page
 * there, guest and host lose sight of each other; nothing else happens.
 *
 * Context: process context of the VMM, may sleep.
 * Return: 0; -EINVAL for an address that is misaligned or not memory that the
 * guest may write; -ENOMEM; -EFAULT if the page cannot be pinned.
 */
int intent_record_set(struct kvm_vcpu *vcpu, u64 ipa);

/**
 * intent_record_drop() - forget a vCPU's record
 * @vcpu: the vCPU
 *
 * Context: any but NMI.
 */
void intent_record_drop(struct kvm_vcpu *vcpu);

/**
 * intent_record_ipa() - where is it?
 * @vcpu: the vCPU
 *
 * Return: the guest's address, or %INTENT_RECORD_NONE.
 */
u64 intent_record_ipa(struct kvm_vcpu *vcpu);

/**
 * intent_record_class() - how urgent is the vCPU by its record?
 * @vcpu: the vCPU
 *
 * Context: under the lock of the run queue of the vCPU's thread.
 * Return: a class; none if there is no record.
 */
u8 intent_record_class(struct kvm_vcpu *vcpu);

/**
 * intent_record_soon() - is a timer for urgent work known to expire soon?
 * @vcpu: the vCPU, which runs on this CPU
 * @ns: sooner than that; also one that has expired, as long as the guest has not
 *	noticed
 *
 * Context: under the lock of the run queue of the vCPU's thread.
 * Return: a class.
 */
u8 intent_record_soon(struct kvm_vcpu *vcpu, u64 ns);

/**
 * intent_record_idle() - does the vCPU's work wait for nobody, by its record?
 * @vcpu: the vCPU
 *
 * Context: under the lock of the run queue of the vCPU's thread.
 * Return: false also while an event may have ended that.
 */
bool intent_record_idle(struct kvm_vcpu *vcpu);

/**
 * intent_record_now() - has it urgent work, by its record?
 * @vcpu: the vCPU
 *
 * Context: any.
 * Return: a class.
 */
u8 intent_record_now(struct kvm_vcpu *vcpu);

/**
 * intent_record_wake() - is it urgent when it wakes up?
 * @vcpu: the vCPU
 *
 * Context: any.
 * Return: a class.
 */
u8 intent_record_wake(struct kvm_vcpu *vcpu);

/**
 * intent_record_show() - tell the guest what was granted
 * @vcpu: the vCPU, loaded on this CPU
 * @granted: the class granted
 * @limit: the highest class that may be granted
 * @release: when the guest should give the CPU back, an INTENT_RELEASE; work
 *	if an urgent timer is about to expire
 *
 * Context: preemption disabled.
 */
void intent_record_show(struct kvm_vcpu *vcpu, u8 granted, u8 limit,
			u32 release);

/**
 * intent_record_event() - a timer or interrupt is due: does it matter?
 * @vcpu: the vCPU
 *
 * If its record says so, gives a ticket: until the guest has acknowledged it,
 * the vCPU is urgent, or at least does not yield.
 *
 * Context: any but NMI.
 * Return: true if so.
 */
bool intent_record_event(struct kvm_vcpu *vcpu);

/**
 * intent_record_next() - how long until an urgent timer of the guest expires?
 * @vcpu: the vCPU, its timers' state saved
 *
 * Context: preemption disabled.
 * Return: nanoseconds, or %U64_MAX.
 */
u64 intent_record_next(struct kvm_vcpu *vcpu);

/**
 * intent_record_wait() - how long until the vCPU is urgent, or yields no longer?
 * @vcpu: the vCPU, which waits for the CPU, its timers' state saved
 *
 * Context: preemption disabled.
 * Return: nanoseconds, 0 if it is already, or %U64_MAX.
 */
u64 intent_record_wait(struct kvm_vcpu *vcpu);

#endif /* __KVM_INTENT_RECORD_H */
