// SPDX-License-Identifier: GPL-2.0-only
/*
 * Print when this Linux started, in ms by the system counter, which begins at the
 * board's reset: a Linux that was restarted can tell by it.
 */
#include <stdio.h>
#include <time.h>

int main(void)
{
	unsigned long ticks, frequency;
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	__asm__ volatile("mrs %0, cntvct_el0" : "=r" (ticks));
	__asm__ volatile("mrs %0, cntfrq_el0" : "=r" (frequency));
	printf("%lu\n", ticks / (frequency / 1000) -
	       (t.tv_sec * 1000 + t.tv_nsec / 1000000));
	return 0;
}
