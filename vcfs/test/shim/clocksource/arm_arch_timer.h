/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef SHIM_CLOCKSOURCE_ARM_ARCH_TIMER_H
#define SHIM_CLOCKSOURCE_ARM_ARCH_TIMER_H

#include <linux/types.h>

/* The test's counter, in ticks, and how many of them a second has */
u64 arch_timer_read_counter(void);
u32 arch_timer_get_rate(void);

#endif /* SHIM_CLOCKSOURCE_ARM_ARCH_TIMER_H */
