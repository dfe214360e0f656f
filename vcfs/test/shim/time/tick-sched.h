/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef SHIM_TIME_TICK_SCHED_H
#define SHIM_TIME_TICK_SCHED_H

#include <linux/hrtimer.h>

struct tick_sched {
	struct hrtimer sched_timer;
};

struct tick_sched *tick_get_tick_sched(int cpu);

#endif /* SHIM_TIME_TICK_SCHED_H */
