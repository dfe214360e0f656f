/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef SHIM_LINUX_HRTIMER_H
#define SHIM_LINUX_HRTIMER_H

#include <linux/ktime.h>

struct hrtimer_clock_base {
	ktime_t offset;
};

enum hrtimer_restart {
	HRTIMER_NORESTART,
	HRTIMER_RESTART,
};

struct hrtimer {
	ktime_t expires;
	struct hrtimer_clock_base *base;
	enum hrtimer_restart (*function)(struct hrtimer *timer);
};

struct hrtimer_sleeper {
	struct hrtimer timer;
};

static inline ktime_t hrtimer_get_expires(const struct hrtimer *timer)
{
	return timer->expires;
}

/* When the first timer of this vCPU expires, without the one given */
u64 hrtimer_next_event_without(const struct hrtimer *exclude);

#endif /* SHIM_LINUX_HRTIMER_H */
