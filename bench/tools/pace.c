// SPDX-License-Identifier: GPL-2.0-only
/*
 * A busy loop that tells when it got how much done: pace MS. On SIGTERM it prints
 * "window rounds" for each window of MS milliseconds since boot in which it ran.
 */
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <time.h>

#include "busy.h"

#define NR_WINDOWS	100000

/* Between two looks at the clock: some microseconds. */
#define ROUNDS		20

static uint64_t done[NR_WINDOWS];
static volatile sig_atomic_t stopped;

static void on_signal(int sig)
{
	(void)sig;
	stopped = 1;
}

static uint64_t now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * UINT64_C(1000) + t.tv_nsec / 1000000;
}

int main(int argc, char **argv)
{
	uint64_t ms = argc == 2 ? atoi(argv[1]) : 0, window;
	unsigned int round;

	if (!ms) {
		fprintf(stderr, "usage: pace MS\n");
		return 1;
	}
	mlockall(MCL_CURRENT);
	signal(SIGTERM, on_signal);
	while (!stopped) {
		window = now_ms() / ms;
		for (round = 0; round < ROUNDS; round++)
			busy();
		if (window < NR_WINDOWS)
			done[window] += ROUNDS;
	}
	for (window = 0; window < NR_WINDOWS; window++)
		if (done[window])
			printf("%" PRIu64 " %" PRIu64 "\n", window, done[window]);
	return 0;
}
