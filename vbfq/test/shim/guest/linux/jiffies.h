/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef SHIM_GUEST_JIFFIES_H
#define SHIM_GUEST_JIFFIES_H

#define HZ			250
#define INITIAL_JIFFIES		((unsigned long)(unsigned int)(-300 * HZ))
#define msecs_to_jiffies(ms)	((ms) * HZ / 1000)
#define jiffies_to_msecs(j)	((j) * 1000 / HZ)
#define time_before(a, b)	((long)((a) - (b)) < 0)
#define time_after(a, b)	time_before(b, a)

/* The test's clock */
extern unsigned long jiffies;

#endif /* SHIM_GUEST_JIFFIES_H */
