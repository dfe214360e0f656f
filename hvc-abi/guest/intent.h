/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Intent hypercalls, guest side.
 */
#ifndef __ASM_INTENT_H
#define __ASM_INTENT_H

#include <linux/types.h>

#include <asm/intent-abi.h>

/**
 * intent_available() - does the host coordinate this kind of intent?
 * @resource: %INTENT_CPU or %INTENT_IO
 *
 * Makes hypercalls only if the host says it is a KVM that has ours: so none
 * on an older host.
 *
 * Context: any, after the SMCCC conduit is known (setup_arch()).
 */
bool intent_available(u32 resource);

/**
 * intent_set() - tell the host how urgent this vCPU's work is
 * @resource: %INTENT_CPU or %INTENT_IO, found available
 * @class: %INTENT_NONE withdraws
 *
 * One exit to the host. What the host makes of it is its own business.
 *
 * Context: any, with preemption disabled.
 */
void intent_set(u32 resource, u32 class);

/**
 * intent_record() - share a record with the host, instead of calls
 * @record: this vCPU's, in the kernel's linear map or per-CPU memory, filled;
 *	NULL to share none any more
 *
 * Context: any, with preemption disabled.
 * Return: false if the host does not want it; then intents go by call.
 */
bool intent_record(struct intent_record *record);

#endif /* __ASM_INTENT_H */
