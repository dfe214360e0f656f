/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Intents for the disk requests of a VM.
 */
#ifndef __KVM_INTENT_IO_H
#define __KVM_INTENT_IO_H

#include <linux/types.h>

struct kvm;
struct kvm_vcpu;

/**
 * intent_io_init() - prepare a VM that is being created
 * @kvm: the VM; nobody else sees it yet
 */
void intent_io_init(struct kvm *kvm);

/**
 * intent_io_possible() - can the VM's disk requests be told from the host's?
 * @kvm: the VM
 *
 * Context: any but NMI.
 * Return: false if a vCPU is in the root cgroup of the io controller.
 */
bool intent_io_possible(struct kvm *kvm);

/**
 * intent_io_limit() - set how far the VM may be believed
 * @kvm: the VM
 * @limit: the highest class that may be granted
 *
 * Context: process context; takes the locks of the I/O schedulers. Calls for
 * one VM must not overlap.
 */
void intent_io_limit(struct kvm *kvm, u8 limit);

/**
 * intent_io_state() - take note of what a vCPU states
 * @vcpu: the vCPU
 * @class: the class of its work
 *
 * Context: any but hard irq and NMI; takes the locks of the I/O schedulers.
 * Return: the class granted to the VM.
 */
u8 intent_io_state(struct kvm_vcpu *vcpu, u8 class);

/**
 * intent_io_granted() - are the VM's disk requests privileged?
 * @kvm: the VM
 *
 * Context: any.
 * Return: the class granted to the VM.
 */
u8 intent_io_granted(struct kvm *kvm);

#endif /* __KVM_INTENT_IO_H */
