/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef SHIM_LINUX_PREEMPT_H
#define SHIM_LINUX_PREEMPT_H

#include <linux/types.h>

/* Interrupts end where the test says, and do not nest. */
static inline bool in_interrupt(void)
{
	return false;
}

#endif
