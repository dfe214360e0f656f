/* SPDX-License-Identifier: GPL-2.0-only */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM vbfq

#if !defined(_TRACE_VBFQ_H) || defined(TRACE_HEADER_MULTI_READ)
#define _TRACE_VBFQ_H

#include <linux/tracepoint.h>

/* A VM's cgroup gained or lost a privilege, on all disks. */
TRACE_EVENT(vbfq_privilege,
	TP_PROTO(struct blkcg *blkcg, bool on),
	TP_ARGS(blkcg, on),

	TP_STRUCT__entry(
		__field(u64,	cgroup)
		__field(bool,	on)
	),

	TP_fast_assign(
		__entry->cgroup	= cgroup_id(blkcg->css.cgroup);
		__entry->on	= on;
	),

	TP_printk("cgroup %llu on %d", __entry->cgroup, __entry->on)
);

DECLARE_EVENT_CLASS(vbfq_group,
	TP_PROTO(struct bfq_data *bfqd, struct bfq_group *bfqg),
	TP_ARGS(bfqd, bfqg),

	TP_STRUCT__entry(
		__field(dev_t,	dev)
		__field(u64,	cgroup)
		__field(u64,	lent)
	),

	TP_fast_assign(
		__entry->dev	= disk_devt(bfqd->queue->disk);
		__entry->cgroup	=
			cgroup_id(bfqg_to_blkg(bfqg)->blkcg->css.cgroup);
		__entry->lent	= bfqg->vbfq.lent;
	),

	TP_printk("dev %d,%d cgroup %llu lent %llu ns", MAJOR(__entry->dev),
		  MINOR(__entry->dev), __entry->cgroup, __entry->lent)
);

/* The queue in service is interrupted for the group. */
DEFINE_EVENT(vbfq_group, vbfq_preempt,
	TP_PROTO(struct bfq_data *bfqd, struct bfq_group *bfqg),
	TP_ARGS(bfqd, bfqg)
);

/* The group has used up its loan, and competes like others for now. */
DEFINE_EVENT(vbfq_group, vbfq_overdrawn,
	TP_PROTO(struct bfq_data *bfqd, struct bfq_group *bfqg),
	TP_ARGS(bfqd, bfqg)
);

#endif /* _TRACE_VBFQ_H */

#undef TRACE_INCLUDE_PATH
#define TRACE_INCLUDE_PATH .
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_FILE trace_vbfq

/* This part must be outside protection */
#include <trace/define_trace.h>
