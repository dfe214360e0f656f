// SPDX-License-Identifier: GPL-2.0-only
/*
 * Ask the RTOS for a service by a message: mailbox SERVICE [ARGUMENT [ARGUMENT]]
 * prints the answer: error and two values. mailbox flood N sends N messages as
 * fast as it can, and prints how many were answered rightly.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "monitor-qos.h"
#include "services.h"

static int device;

static void fail(const char *what)
{
	printf("%s: %s\n", what, strerror(errno));
	exit(1);
}

static void take(struct mq_message *message)
{
	if (read(device, message, sizeof(*message)) != sizeof(*message))
		fail("read");
}

static int ask(int argc, char **argv)
{
	struct mq_message message = { 0 };
	unsigned long tag = getpid();

	for (int i = 1; i < argc && i <= 3; i++)
		message.word[i - 1] = strtoul(argv[i], NULL, 0);
	message.word[MQ_NR_WORDS - 1] = tag;
	if (write(device, &message, sizeof(message)) != sizeof(message))
		fail("write");
	do
		take(&message);
	while (message.word[MQ_NR_WORDS - 1] != tag);
	printf("%ld %lu %lu\n", (long)message.word[0], message.word[1],
	       message.word[2]);
	return 0;
}

/* As many under way as there is room for; each has a number in its last word. */
static int flood(unsigned long n)
{
	unsigned long sent = 0, taken = 0, right = 0;
	struct mq_message message;

	fcntl(device, F_SETFL, O_NONBLOCK);
	while (taken < n) {
		memset(&message, 0, sizeof(message));
		message.word[0] = RTOS_ECHO;
		message.word[1] = 3 * sent;
		message.word[MQ_NR_WORDS - 1] = sent;
		if (sent < n && write(device, &message, sizeof(message)) > 0) {
			sent++;
			continue;
		}
		if (read(device, &message, sizeof(message)) < 0) {
			if (errno != EAGAIN)
				fail("read");
			continue;
		}
		right += message.word[0] == 0 &&
			 message.word[1] == 3 * taken + 1 &&
			 message.word[MQ_NR_WORDS - 1] == taken;
		taken++;
	}
	printf("%lu\n", right);
	return 0;
}

int main(int argc, char **argv)
{
	device = open("/dev/monitor-qos", O_RDWR);
	if (device < 0)
		fail("/dev/monitor-qos");
	if (argc == 3 && !strcmp(argv[1], "flood"))
		return flood(strtoul(argv[2], NULL, 0));
	return ask(argc, argv);
}
