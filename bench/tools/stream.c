// SPDX-License-Identifier: GPL-2.0-only
/*
 * Background I/O that counts what it gets done:
 *
 *	stream DEVICE read|write seq|rand PERCENT SEED
 *
 * One request of 128 KiB at a time, past the page cache, in the 256 MiB of the
 * device that begin at PERCENT of it. SIGUSR1 begins the time that counts,
 * SIGUSR2 ends it; on SIGTERM it prints the bytes moved in between, and ends.
 *
 * A signal is handled when the request in flight is done. So a request counts if
 * it ends in that time, to the byte; whoever sends the signals knows how long it
 * was.
 */
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define BLOCK	(128 * 1024)
#define BLOCKS	2048

static volatile sig_atomic_t counting, stopped;

static void on_signal(int sig)
{
	counting = sig == SIGUSR1;
	if (sig == SIGTERM)
		stopped = 1;
}

static int usage(void)
{
	fputs("usage: stream DEVICE read|write seq|rand PERCENT SEED\n",
	      stderr);
	return 2;
}

static int run(int fd, int write, int random, off_t base, uint32_t seed)
{
	uint64_t i = 0, moved = 0;
	void *block;
	ssize_t got;

	if (posix_memalign(&block, 4096, BLOCK))
		return 1;
	memset(block, 0, BLOCK);
	while (!stopped) {
		off_t at;

		seed = seed * 1103515245 + 12345;
		at = base + (random ? (seed >> 8) % BLOCKS : i % BLOCKS) *
				    (off_t)BLOCK;
		got = write ? pwrite(fd, block, BLOCK, at) :
			      pread(fd, block, BLOCK, at);
		if (got != BLOCK) {
			perror("stream");
			return 1;
		}
		i++;
		if (counting)
			moved += BLOCK;
	}
	printf("%" PRIu64 "\n", moved);
	return 0;
}

int main(int argc, char **argv)
{
	struct sigaction action = { .sa_handler = on_signal };
	int fd, write, random;
	off_t size;

	if (argc != 6)
		return usage();
	write = !strcmp(argv[2], "write");
	random = !strcmp(argv[3], "rand");
	if ((!write && strcmp(argv[2], "read")) ||
	    (!random && strcmp(argv[3], "seq")))
		return usage();
	fd = open(argv[1], (write ? O_WRONLY : O_RDONLY) | O_DIRECT);
	if (fd < 0) {
		perror(argv[1]);
		return 1;
	}
	/* Of several that arrive at once, none is handled within another. */
	sigfillset(&action.sa_mask);
	sigaction(SIGUSR1, &action, NULL);
	sigaction(SIGUSR2, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
	size = lseek(fd, 0, SEEK_END);
	return run(fd, write, random, size / 1000000 * 10000 * atoi(argv[4]) /
		   4096 * 4096, strtoul(argv[5], NULL, 10));
}
