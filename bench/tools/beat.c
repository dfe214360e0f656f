// SPDX-License-Identifier: GPL-2.0-only
/*
 * Work that is due in every period, like the buffers of an audio device:
 * beat PERIOD_US ROUNDS PERIODS. It begins with the period, and when it is not
 * done by its end, the period is missed; periods that pass in the meantime are
 * missed as well. Prints how often each wakeup latency came, "us count", and
 * "MISSES n".
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <time.h>

#include "busy.h"

#define NR_BUCKETS	2000000

static uint32_t buckets[NR_BUCKETS];

static int64_t now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * INT64_C(1000000000) + t.tv_nsec;
}

static void sleep_until(int64_t ns)
{
	const struct timespec t = {
		.tv_sec = ns / 1000000000,
		.tv_nsec = ns % 1000000000,
	};

	while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &t, NULL) == EINTR)
		;
}

static void record(int64_t latency_ns)
{
	int64_t us = latency_ns / 1000;

	buckets[us < NR_BUCKETS ? us : NR_BUCKETS - 1]++;
}

static void work(long rounds)
{
	long done;

	for (done = 0; done < rounds; done++)
		busy();
}

/* Return: the periods that are over by then, the one that begins at start too */
static long serve(int64_t start, int64_t period, long rounds)
{
	sleep_until(start);
	record(now_ns() - start);
	work(rounds);
	return (now_ns() - start) / period;
}

int main(int argc, char **argv)
{
	int64_t period, first;
	long rounds, periods, over, missed = 0, i = 0;

	if (argc != 4) {
		fprintf(stderr, "usage: beat PERIOD_US ROUNDS PERIODS\n");
		return 1;
	}
	period = atol(argv[1]) * INT64_C(1000);
	rounds = atol(argv[2]);
	periods = atol(argv[3]);
	if (period <= 0 || rounds < 0 || periods <= 0) {
		fprintf(stderr, "beat: a period must be longer than nothing\n");
		return 1;
	}
	mlockall(MCL_CURRENT | MCL_FUTURE);
	first = now_ns() + period;
	while (i < periods) {
		over = serve(first + i * period, period, rounds);
		missed += over;
		i += over ? over : 1;
	}
	for (i = 0; i < NR_BUCKETS; i++)
		if (buckets[i])
			printf("%ld %" PRIu32 "\n", i, buckets[i]);
	printf("MISSES %ld\n", missed);
	return 0;
}
