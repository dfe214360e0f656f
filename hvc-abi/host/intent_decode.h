/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Validation of what a guest says, free of any kernel state.
 */
#ifndef __KVM_INTENT_DECODE_H
#define __KVM_INTENT_DECODE_H

#include <linux/types.h>

#include <asm/intent-abi.h>

/**
 * intent_decode() - is this INTENT_FN_SET call well formed?
 * @imm: immediate of the hvc instruction, 0 to 0xffff
 * @resource: w1, INTENT_CPU or INTENT_IO
 * @class: w2, %INTENT_NONE for a release, a higher class for a grant
 * @reserved: w3, must be 0
 * @served: bit mask of the resources that a host scheduler serves
 *
 * Every value comes from the guest but @served. Nothing is changed.
 *
 * Return: %INTENT_SUCCESS, %INTENT_NOT_SUPPORTED for a resource that exists
 * but is not served here, %INTENT_INVALID_PARAMETER for everything malformed.
 */
static inline long intent_decode(u16 imm, u32 resource, u32 class,
				 u32 reserved, u32 served)
{
	if (reserved || resource >= INTENT_NR_RESOURCES)
		return INTENT_INVALID_PARAMETER;

	switch (imm) {
	case INTENT_HVC_RELEASE:
		if (class != INTENT_NONE)
			return INTENT_INVALID_PARAMETER;
		break;
	case INTENT_HVC_GRANT:
		if (class == INTENT_NONE || class >= INTENT_NR_CLASSES)
			return INTENT_INVALID_PARAMETER;
		break;
	default:
		return INTENT_INVALID_PARAMETER;
	}

	return served & (1U << resource) ? INTENT_SUCCESS :
					   INTENT_NOT_SUPPORTED;
}

#endif /* __KVM_INTENT_DECODE_H */
