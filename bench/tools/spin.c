// SPDX-License-Identifier: GPL-2.0-only
/*
 * A busy loop that counts, so that throughput is work done, not time charged.
 * SIGUSR1 marks the end of the time that counts; on SIGTERM it prints the
 * rounds made by then and the nanoseconds they took, and ends.
 */
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <time.h>

static volatile sig_atomic_t marked, stopped;

static void on_signal(int sig)
{
	if (sig == SIGTERM)
		stopped = 1;
	marked = 1;
}

static uint64_t now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * UINT64_C(1000000000) + t.tv_nsec;
}

int main(void)
{
	uint64_t rounds = 0, start, end;
	volatile uint64_t rest = 0;

	signal(SIGUSR1, on_signal);
	signal(SIGTERM, on_signal);
	start = now_ns();
	while (!marked)
		rounds++;
	end = now_ns();
	while (!stopped)
		rest++;
	printf("%" PRIu64 " %" PRIu64 "\n", rounds, end - start);
	return 0;
}
