// SPDX-License-Identifier: GPL-2.0-only
/*
 * A busy loop that counts. On SIGTERM it prints how many rounds it made and how
 * many nanoseconds it lived, so that throughput is work done, not time charged.
 */
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <time.h>

static volatile sig_atomic_t stop;

static void on_term(int sig)
{
	(void)sig;
	stop = 1;
}

static uint64_t now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * UINT64_C(1000000000) + t.tv_nsec;
}

int main(void)
{
	uint64_t rounds = 0, start;

	signal(SIGTERM, on_term);
	start = now_ns();
	while (!stop)
		rounds++;
	printf("%" PRIu64 " %" PRIu64 "\n", rounds, now_ns() - start);
	return 0;
}
