// SPDX-License-Identifier: GPL-2.0-only
/*
 * Intent hypercalls, guest side: discovery, the two immediates, the record.
 *
 * See Documentation/virt/kvm/arm/intent.rst.
 */
#include <linux/arm-smccc.h>
#include <linux/bits.h>
#include <linux/kernel.h>
#include <linux/percpu.h>

#include <asm/hypervisor.h>
#include <asm/intent.h>

#define hvc_intent(imm, ...)						\
	__arm_smccc_1_1("hvc #" __stringify(imm), INTENT_FN_SET, __VA_ARGS__)

bool intent_available(u32 resource)
{
	struct arm_smccc_res res;

	if (!kvm_arm_hyp_service_available(INTENT_NR_FEATURES) ||
	    !kvm_arm_hyp_service_available(INTENT_NR_SET))
		return false;

	arm_smccc_1_1_invoke(INTENT_FN_FEATURES, &res);

	return (s32)res.a0 > 0 &&
	       (u32)res.a0 >> 16 == INTENT_ABI_MAJOR &&
	       res.a1 & BIT(resource);
}

void intent_set(u32 resource, u32 class)
{
	struct arm_smccc_res res;

	if (class == INTENT_NONE)
		hvc_intent(0, resource, class, 0, &res);
	else
		hvc_intent(1, resource, class, 0, &res);
}

bool intent_record(struct intent_record *record)
{
	u64 ipa = record ? per_cpu_ptr_to_phys(record) : INTENT_RECORD_NONE;
	struct arm_smccc_res res;

	if (!kvm_arm_hyp_service_available(INTENT_NR_RECORD))
		return false;

	arm_smccc_1_1_invoke(INTENT_FN_RECORD, lower_32_bits(ipa),
			     upper_32_bits(ipa), 0, &res);

	return (s32)res.a0 == INTENT_SUCCESS;
}
