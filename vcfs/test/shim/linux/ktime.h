/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef SHIM_LINUX_KTIME_H
#define SHIM_LINUX_KTIME_H

#include <linux/time64.h>
#include <linux/types.h>

typedef s64 ktime_t;

#define KTIME_MAX	((s64)~(1ULL << 63))

#define ktime_sub(a, b)	((a) - (b))
#define ktime_add_ns(a, ns)	((a) + (ns))
#define ns_to_ktime(ns)	((ktime_t)(ns))

/* The test's clock, in nanoseconds */
ktime_t ktime_get(void);

#endif /* SHIM_LINUX_KTIME_H */
