/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef SHIM_LINUX_JIFFIES_H
#define SHIM_LINUX_JIFFIES_H

#define HZ	250

#define time_before(a, b)	((long)((a) - (b)) < 0)

/* The test's clock */
extern unsigned long jiffies;

#endif /* SHIM_LINUX_JIFFIES_H */
