// SPDX-License-Identifier: GPL-2.0-only
/*
 * Console, clock, and what each call costs: shared by both programs.
 */
#include "monitor-qos.h"
#include "normal.h"

#define UART		0x09000000UL
/* More than the monitor lets through at once. */
#define MAX_RINGS	20

void say(const char *text)
{
	while (*text)
		*(volatile unsigned int *)UART = *text++;
}

void say_hex(unsigned long value)
{
	int shift;
	char c[2] = "";

	say("0x");
	for (shift = 28; shift >= 0; shift -= 4) {
		c[0] = "0123456789abcdef"[value >> shift & 15];
		say(c);
	}
}

void say_decimal(unsigned long value)
{
	char digits[21];
	int n = 20;

	digits[n] = 0;
	do {
		digits[--n] = '0' + value % 10;
		value /= 10;
	} while (value);
	say(&digits[n]);
}

unsigned long ticks(void)
{
	__asm__ volatile("isb" ::: "memory");
	return read_reg(cntvct_el0);
}

void make_call(unsigned long id, unsigned long x1)
{
	unsigned long x[8] = { id, x1, ~0UL, 0x12345678, ~0UL, 0, 1, 2 };

	smc(x);
}

/* The shortest of a few, so that the RTOS did not run in between. */
static unsigned long price(unsigned long id)
{
	unsigned long i, start, time, best = ~0UL;

	for (i = 0; i < 3; i++) {
		start = ticks();
		make_call(id, 0);
		time = ticks() - start;
		if (time < best)
			best = time;
	}
	return best;
}

/* From before to after each call that a running Linux can make. */
void measure_calls(void)
{
	static const unsigned int ids[] = {
		0x80000000, 0x80000001, 0x80008000, 0x8000ffff, 0x84000000,
		0xc4000003, 0xc4000004, 0x84000005, 0x84000006, 0xc4000007,
		0x8400000a, 0x8400000b, 0x8400000c, 0xc400000d, 0xc400000e,
		0x84000013, 0x84000014, 0x84000050, 0x84000053, 0x8400ff01,
		0xbf00ff01, MQ_FEATURES, MQ_RING, 0xc2000000, 0x8600ff01, 0xffffffff,
	};
	unsigned long i;

	/* From then on it is refused, and does not leave EL3. */
	for (i = 0; i < MAX_RINGS; i++)
		make_call(MQ_RING, 0);
	for (i = 0; i < sizeof(ids) / sizeof(ids[0]); i++) {
		say("@WINDOW ");
		say_hex(ids[i]);
		say(" ");
		say_decimal(price(ids[i]));
		say("\n");
	}
}
