// SPDX-License-Identifier: GPL-2.0-only
/* Print the system counter: a Linux that was restarted can tell by it. */
#include <stdio.h>

int main(void)
{
	unsigned long ticks;

	__asm__ volatile("mrs %0, cntvct_el0" : "=r" (ticks));
	printf("%lu\n", ticks);
	return 0;
}
