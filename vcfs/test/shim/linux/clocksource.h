/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef SHIM_LINUX_CLOCKSOURCE_H
#define SHIM_LINUX_CLOCKSOURCE_H

#include <linux/types.h>

/*
 * As exact as in the kernel: @to / @from is @mult / 2^@shift, @mult as large as
 * it can be if @seconds of @from times @mult must fit in 64 bits.
 */
static inline void clocks_calc_mult_shift(u32 *mult, u32 *shift, u32 from,
					  u32 to, u32 seconds)
{
	unsigned __int128 m;

	for (*shift = 32; *shift; --*shift) {
		m = (((u64)to << *shift) + from / 2) / from;
		if (m == (u32)m && !(m * from * seconds >> 64))
			break;
	}
	*mult = m;
}

#endif /* SHIM_LINUX_CLOCKSOURCE_H */
