/* SPDX-License-Identifier: GPL-2.0-only */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM kvm

#if !defined(_TRACE_KVM_INTENT_H) || defined(TRACE_HEADER_MULTI_READ)
#define _TRACE_KVM_INTENT_H

#include <linux/tracepoint.h>

/* What the guest said, well formed or not. */
TRACE_EVENT(kvm_intent_set,
	TP_PROTO(unsigned int vcpu, u32 resource, u32 class, long ret),
	TP_ARGS(vcpu, resource, class, ret),

	TP_STRUCT__entry(
		__field(unsigned int,	vcpu)
		__field(u32,		resource)
		__field(u32,		class)
		__field(long,		ret)
	),

	TP_fast_assign(
		__entry->vcpu		= vcpu;
		__entry->resource	= resource;
		__entry->class		= class;
		__entry->ret		= ret;
	),

	TP_printk("vcpu %u resource %u class %u ret %ld", __entry->vcpu,
		  __entry->resource, __entry->class, __entry->ret)
);

/* A record was registered, moved or dropped, or could not be. */
TRACE_EVENT(kvm_intent_record,
	TP_PROTO(unsigned int vcpu, u64 ipa, int ret),
	TP_ARGS(vcpu, ipa, ret),

	TP_STRUCT__entry(
		__field(unsigned int,	vcpu)
		__field(u64,		ipa)
		__field(int,		ret)
	),

	TP_fast_assign(
		__entry->vcpu		= vcpu;
		__entry->ipa		= ipa;
		__entry->ret		= ret;
	),

	TP_printk("vcpu %u ipa 0x%llx ret %d", __entry->vcpu, __entry->ipa,
		  __entry->ret)
);

/* What the scheduler was told. */
TRACE_EVENT(kvm_intent_grant,
	TP_PROTO(unsigned int vcpu, u32 class),
	TP_ARGS(vcpu, class),

	TP_STRUCT__entry(
		__field(unsigned int,	vcpu)
		__field(u32,		class)
	),

	TP_fast_assign(
		__entry->vcpu		= vcpu;
		__entry->class		= class;
	),

	TP_printk("vcpu %u class %u", __entry->vcpu, __entry->class)
);

/* What the I/O scheduler was told about the whole VM. */
TRACE_EVENT(kvm_intent_io_grant,
	TP_PROTO(u32 class),
	TP_ARGS(class),

	TP_STRUCT__entry(
		__field(u32,		class)
	),

	TP_fast_assign(
		__entry->class		= class;
	),

	TP_printk("class %u", __entry->class)
);

/* Whether the scheduler was told that the vCPU yields. */
TRACE_EVENT(kvm_intent_yield,
	TP_PROTO(unsigned int vcpu, bool yields),
	TP_ARGS(vcpu, yields),

	TP_STRUCT__entry(
		__field(unsigned int,	vcpu)
		__field(bool,		yields)
	),

	TP_fast_assign(
		__entry->vcpu		= vcpu;
		__entry->yields		= yields;
	),

	TP_printk("vcpu %u yields %d", __entry->vcpu, __entry->yields)
);

#endif /* _TRACE_KVM_INTENT_H */

#undef TRACE_INCLUDE_PATH
#define TRACE_INCLUDE_PATH .
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_FILE trace_intent

/* This part must be outside protection */
#include <trace/define_trace.h>
