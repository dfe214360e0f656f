/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef SHIM_LINUX_HRTIMER_H
#define SHIM_LINUX_HRTIMER_H

#include <linux/ktime.h>

struct hrtimer_clock_base {
	ktime_t offset;
};

struct hrtimer {
	ktime_t expires;
	struct hrtimer_clock_base *base;
};

struct hrtimer_sleeper {
	struct hrtimer timer;
};

static inline ktime_t hrtimer_get_expires(const struct hrtimer *timer)
{
	return timer->expires;
}

#define HRTIMER_MODE_REL_PINNED_HARD	0

static inline void hrtimer_start(struct hrtimer *timer, ktime_t ns, int mode)
{
	timer->expires = ns;
}

/* When the first timer of this vCPU expires, without the one given */
u64 hrtimer_next_event_without(const struct hrtimer *exclude);

#endif /* SHIM_LINUX_HRTIMER_H */
