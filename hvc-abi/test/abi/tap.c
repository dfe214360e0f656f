// SPDX-License-Identifier: GPL-2.0-only
/*
 * One TAP stream on stdout; see tap.h.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "tap.h"

static unsigned int lines, failures;

unsigned int tap_count(bool ok)
{
	failures += !ok;
	return ++lines;
}

static void put_line(const char *format, va_list args)
{
	vprintf(format, args);
	putchar('\n');
	fflush(stdout);
}

bool tap_check(bool ok, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	printf("%s %u - ", ok ? "ok" : "not ok", tap_count(ok));
	put_line(format, args);
	va_end(args);
	return ok;
}

void tap_skip(const char *why, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	printf("ok %u - ", tap_count(true));
	vprintf(format, args);
	printf(" # SKIP %s\n", why);
	va_end(args);
}

void tap_note(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	printf("# ");
	put_line(format, args);
	va_end(args);
}

bool tap_end(void)
{
	printf("1..%u\n", lines);
	if (failures)
		printf("# %u of %u failed\n", failures, lines);
	return !failures && !fflush(stdout);
}

void tap_skip_all(const char *why, ...)
{
	va_list args;

	va_start(args, why);
	printf("1..0 # SKIP ");
	put_line(why, args);
	exit(EXIT_SUCCESS);
}

void tap_bail_out(const char *why, ...)
{
	va_list args;

	va_start(args, why);
	printf("Bail out! ");
	put_line(why, args);
	exit(EXIT_FAILURE);
}
