/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/*
 * The intent hypercalls between a guest and KVM/arm64, version 1.0.
 *
 * Specification: Documentation/virt/kvm/arm/intent.rst. This file holds plain
 * constants only, so that kernels, bare-metal guests and assembly share it.
 */
#ifndef __ASM_INTENT_ABI_H
#define __ASM_INTENT_ABI_H

#define INTENT_ABI_MAJOR		1
#define INTENT_ABI_MINOR		0
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
#define INTENT_FN_RECORD		0x86000062	/* reserved for 1.1 */

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

#endif /* __ASM_INTENT_ABI_H */
