/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/*
 * The intent hypercalls between a guest and KVM/arm64, version 1.1.
 *
 * Specification: Documentation/virt/kvm/arm/intent.rst. Kernels, bare-metal
 * guests and assembly share this file.
 */
#ifndef __ASM_INTENT_ABI_H
#define __ASM_INTENT_ABI_H

#define INTENT_ABI_MAJOR		1
#define INTENT_ABI_MINOR		1
#define INTENT_ABI_VERSION		((INTENT_ABI_MAJOR << 16) | INTENT_ABI_MINOR)

/*
 * Function ids: fast SMC32 calls of the vendor-specific hypervisor service.
 * The number in the low bits is also the bit that KVM's features call shows.
 */
#define INTENT_NR_FEATURES		0x60
#define INTENT_NR_SET			0x61
#define INTENT_NR_RECORD		0x62

#define INTENT_FN_FEATURES		0x86000060
#define INTENT_FN_SET			0x86000061
#define INTENT_FN_RECORD		0x86000062

/* Immediate of the hvc instruction that carries INTENT_FN_SET. */
#define INTENT_HVC_RELEASE		0
#define INTENT_HVC_GRANT		1

/* w1 of INTENT_FN_SET: what the intent is about. */
#define INTENT_CPU			0	/* the calling vCPU's time */
#define INTENT_IO			1	/* the VM's disk requests */
#define INTENT_NR_RESOURCES		2

/* w2 of INTENT_FN_SET: how urgent the work is, least urgent first. */
#define INTENT_NONE			0
#define INTENT_LATENCY			1	/* somebody waits for it */
#define INTENT_CRITICAL			2	/* it has a deadline */
#define INTENT_NR_CLASSES		3

/* x0 of every call: 0, or one of SMCCC's own negative values. */
#define INTENT_SUCCESS			0
#define INTENT_NOT_SUPPORTED		(-1)
#define INTENT_INVALID_PARAMETER	(-3)

/* The record: its alignment, which is its size, and an address for none. */
#define INTENT_RECORD_SIZE		128
#define INTENT_RECORD_NONE		0xffffffffffffffff

/* The guest's next and due: no timer is armed for that; any timer may be. */
#define INTENT_NEXT_NONE		0xffffffffffffffff
#define INTENT_NEXT_ANY			0

/* The host's reason for granting less than it was asked for. */
#define INTENT_REASON_NONE		0
#define INTENT_REASON_LIMIT		1	/* the VM's owner, or kill switch */
#define INTENT_REASON_LOAN		2	/* the loan is used up for now */

/* The host's release: when should the guest say hvc #0? */
#define INTENT_RELEASE_NONE		0	/* nobody else wants the CPU */
#define INTENT_RELEASE_WORK		1	/* when urgent work ends */
#define INTENT_RELEASE_EVENT		2	/* also when there was none */

#ifndef __ASSEMBLY__
#include <linux/types.h>

/**
 * struct intent_record - what guest and host tell each other without an exit
 * @now: class of the vCPU's present work
 * @wake: class of the work for which it may be woken, by timer or interrupt
 * @next: when the next timer for such work expires, as CNTVCT_EL0 will show;
 *	or %INTENT_NEXT_NONE, or %INTENT_NEXT_ANY
 * @ack: the last @ticket of which @now and @idle take account
 * @idle: not 0: the present work waits for nobody, others should go first
 * @due: when the first timer that may change @idle expires, in the terms of
 *	@next
 * @granted: class granted at present
 * @reason: why not more, an INTENT_REASON
 * @ticket: grows when the host, unasked, takes an event for urgent, or for
 *	what ends @idle
 * @release: when to give the CPU back by hvc #0, an INTENT_RELEASE
 *
 * One for each vCPU, INTENT_RECORD_SIZE bytes, aligned to as many. The guest
 * writes the first half, the host the second. Little-endian.
 */
struct intent_record {
	__u32	now;
	__u32	wake;
	__u64	next;
	__u32	ack;
	__u32	idle;
	__u64	due;
	__u32	guest_reserved[8];
	__u32	granted;
	__u32	reason;
	__u32	ticket;
	__u32	release;
	__u32	host_reserved[12];
};
#endif /* __ASSEMBLY__ */

#endif /* __ASM_INTENT_ABI_H */
