/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * When does a vCPU's intent begin and end? The rule alone, without state.
 */
#ifndef _KERNEL_SCHED_VCFS_EDGE_H
#define _KERNEL_SCHED_VCFS_EDGE_H

#include <linux/types.h>

/* What a vCPU's scheduler switches from or to. */
enum vcfs_work {
	VCFS_IDLE,
	VCFS_BACKGROUND,
	VCFS_CRITICAL,	/* urgent, of whatever class */
	VCFS_KERNEL,	/* a real-time kernel thread, on whose behalf ever */
};

/**
 * vcfs_edge() - should the host know of an intent after this switch?
 * @prev: what the vCPU leaves
 * @next: what it does now
 * @sleepers: critical tasks that went to sleep on this vCPU
 * @raised: does the host know of an intent?
 *
 * Critical work always counts. An idle vCPU cannot speak at the moment it is
 * woken, so it says beforehand whether that may be for critical work. Work
 * that comes out of idle mostly goes back there at once: then saying nothing
 * saves two exits, and if it stays, the next tick tells (vcfs_tick_edge()). A
 * real-time kernel thread comes between and changes nothing: it may well have
 * preempted critical work, or be on its way to wake it.
 */
static inline bool vcfs_edge(enum vcfs_work prev, enum vcfs_work next,
			     int sleepers, bool raised)
{
	switch (next) {
	case VCFS_CRITICAL:
		return true;
	case VCFS_IDLE:
		return sleepers > 0;
	case VCFS_KERNEL:
		return raised;
	default:
		return prev == VCFS_IDLE && raised;
	}
}

/* The same at a tick: a task may have become critical while it ran. */
static inline bool vcfs_tick_edge(enum vcfs_work curr, bool raised)
{
	return curr == VCFS_CRITICAL || (curr != VCFS_BACKGROUND && raised);
}

#endif /* _KERNEL_SCHED_VCFS_EDGE_H */
