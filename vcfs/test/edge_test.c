// SPDX-License-Identifier: GPL-2.0-only
/*
 * The rule of vcfs_edge.h, as a table of all its cases.
 */
#include <limits.h>

#include "tap.h"
#include "vcfs_edge.h"

static const char * const name[] = {
	[VCFS_IDLE] = "idle",
	[VCFS_BACKGROUND] = "background",
	[VCFS_CRITICAL] = "critical",
	[VCFS_KERNEL] = "kernel",
};

/*
 * After a switch: rows are what the vCPU leaves, columns
 *
 *	nobody sleeps	somebody sleeps
 *	quiet, raised	quiet, raised
 */
static const char * const after_switch[][4] = {
	/* An idle vCPU asks in advance for those that sleep on it. */
	[VCFS_IDLE] = {
		[VCFS_IDLE]		= "0011",
		[VCFS_BACKGROUND]	= "0011",
		[VCFS_CRITICAL]		= "0011",
		[VCFS_KERNEL]		= "0011",
	},
	/* Straight out of idle, nothing is said. Otherwise it is over. */
	[VCFS_BACKGROUND] = {
		[VCFS_IDLE]		= "0101",
		[VCFS_BACKGROUND]	= "0000",
		[VCFS_CRITICAL]		= "0000",
		[VCFS_KERNEL]		= "0000",
	},
	/* Always counts. */
	[VCFS_CRITICAL] = {
		[VCFS_IDLE]		= "1111",
		[VCFS_BACKGROUND]	= "1111",
		[VCFS_CRITICAL]		= "1111",
		[VCFS_KERNEL]		= "1111",
	},
	/* Comes between, and changes nothing. */
	[VCFS_KERNEL] = {
		[VCFS_IDLE]		= "0101",
		[VCFS_BACKGROUND]	= "0101",
		[VCFS_CRITICAL]		= "0101",
		[VCFS_KERNEL]		= "0101",
	},
};

static void test_switch(enum vcfs_work prev, enum vcfs_work next, bool raised)
{
	static const int some[] = { 1, 2, 3, 1000, INT_MAX };
	const char *want = &after_switch[next][prev][raised];
	bool good = vcfs_edge(prev, next, 0, raised) == (want[0] == '1');

	for (size_t i = 0; i < ARRAY_SIZE(some); i++)
		good &= vcfs_edge(prev, next, some[i], raised) ==
			(want[2] == '1');

	ok(good, "switch from %s to %s, %s", name[prev], name[next],
	   raised ? "raised" : "quiet");
}

static void test_tick(void)
{
	ok(!vcfs_tick_edge(VCFS_IDLE, false), "tick in idle, quiet");
	ok(vcfs_tick_edge(VCFS_IDLE, true), "tick in idle, raised");
	ok(!vcfs_tick_edge(VCFS_BACKGROUND, false),
	   "tick in background, quiet");
	ok(!vcfs_tick_edge(VCFS_BACKGROUND, true),
	   "tick in background, raised");
	ok(!vcfs_tick_edge(VCFS_KERNEL, false), "tick in kernel, quiet");
	ok(vcfs_tick_edge(VCFS_KERNEL, true), "tick in kernel, raised");
	ok(vcfs_tick_edge(VCFS_CRITICAL, true), "tick in critical, raised");
	ok(vcfs_tick_edge(VCFS_CRITICAL, false),
	   "tick in critical, quiet: it became so while it ran");
}

int main(void)
{
	for (int prev = VCFS_IDLE; prev <= VCFS_KERNEL; prev++)
		for (int next = VCFS_IDLE; next <= VCFS_KERNEL; next++) {
			test_switch(prev, next, false);
			test_switch(prev, next, true);
		}
	test_tick();
	return tap_done();
}
