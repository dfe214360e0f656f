// SPDX-License-Identifier: GPL-2.0-only
/*
 * ABI conformance test of the intent hypercalls: a VMM, its guest, and what
 * they expect of the host. One TAP stream on stdout; the exit status is 0 if
 * all of it passed, or if the machine has no KVM.
 *
 *	vmm [--expect coordinated|off|vanilla] [GUEST]
 *
 * GUEST is guest.bin beside the program if not given. coordinated is a host
 * that has the calls, off one that is patched but built without them, vanilla
 * one that is not patched. Run it as root; as another user it skips what root
 * alone may do.
 */
#include <getopt.h>
#include <libgen.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "doorbell.h"
#include "files.h"
#include "host.h"
#include "observe.h"
#include "tap.h"
#include "vm.h"

#define WATCHDOG_SECONDS	60

static const struct option options[] = {
	{ "expect", required_argument, NULL, 'e' },
	{ "help", no_argument, NULL, 'h' },
	{ NULL, 0, NULL, 0 },
};

static const struct {
	const char *name;
	void (*test)(void);
} modes[] = {
	{ "coordinated", test_coordinated },
	{ "off", test_absent },
	{ "vanilla", test_absent },
};

static void (*find_mode(const char *name))(void)
{
	size_t n;

	for (n = 0; n < sizeof(modes) / sizeof(modes[0]); n++) {
		if (!strcmp(modes[n].name, name))
			return modes[n].test;
	}
	return NULL;
}

static int usage(FILE *out, int status)
{
	fputs("usage: vmm [--expect coordinated|off|vanilla] [GUEST]\n", out);
	return status;
}

/* Whatever happens, leave the host as it was. */
static unsigned int first_switch;

static void restore(void)
{
	trace_close();
	if (first_switch != DB_UNKNOWN)
		switch_put(first_switch);
}

static void on_alarm(int signal)
{
	static const char text[] = "\nBail out! The watchdog has run out\n";

	(void)signal;
	if (write(STDOUT_FILENO, text, sizeof(text) - 1) < 0)
		_exit(3);
	restore();
	_exit(2);
}

static void guard(void)
{
	const struct sigaction action = { .sa_handler = on_alarm };

	first_switch = switch_get();
	atexit(restore);
	sigaction(SIGALRM, &action, NULL);
	alarm(WATCHDOG_SECONDS);
}

/* The guest lies next to the program. */
static const char *default_guest(char *program)
{
	static char path[4096];

	snprintf(path, sizeof(path), "%s/guest.bin", dirname(program));
	return path;
}

int main(int argc, char **argv)
{
	void (*test)(void) = test_coordinated;
	int option;

	while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (option == 'e')
			test = find_mode(optarg);
		else if (option == 'h')
			return usage(stdout, EXIT_SUCCESS);
		if (option == '?' || !test)
			return usage(stderr, EXIT_FAILURE);
	}
	if (optind + 1 < argc)
		return usage(stderr, EXIT_FAILURE);

	guard();
	vm_init(optind < argc ? argv[optind] : default_guest(argv[0]));
	trace_open();
	test();
	return tap_end() ? EXIT_SUCCESS : EXIT_FAILURE;
}
