// SPDX-License-Identifier: GPL-2.0-only
/*
 * A busy loop that counts, so that throughput is work done, not time charged.
 * With a command a round is one run of it. SIGUSR1 marks the end of the time
 * that counts; on SIGTERM it prints the rounds made by then and the nanoseconds
 * they took, and ends.
 */
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "busy.h"

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

static posix_spawn_file_actions_t silent;

static void run(char **command)
{
	pid_t child;
	int status;

	if (posix_spawnp(&child, command[0], &silent, NULL, command, environ)) {
		perror(command[0]);
		exit(1);
	}
	while (waitpid(child, &status, 0) < 0)
		;
	if (status)
		exit(1);
}

static void work(char **command)
{
	if (*command)
		run(command);
	else
		busy();
}

int main(int argc, char **argv)
{
	uint64_t rounds = 0, start, end;

	(void)argc;
	posix_spawn_file_actions_init(&silent);
	posix_spawn_file_actions_addopen(&silent, 1, "/dev/null", O_WRONLY, 0);
	signal(SIGUSR1, on_signal);
	signal(SIGTERM, on_signal);
	start = now_ns();
	while (!marked) {
		work(argv + 1);
		rounds++;
	}
	end = now_ns();
	while (!stopped)
		work(argv + 1);
	printf("%" PRIu64 " %" PRIu64 "\n", rounds, end - start);
	return 0;
}
