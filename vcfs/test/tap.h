/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Results in the Test Anything Protocol. For programs of one source file.
 */
#ifndef TEST_TAP_H
#define TEST_TAP_H

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

#include <linux/kernel.h>

static int tap_count;
static int tap_failures;

static inline void tap_line(bool pass, const char *fmt, va_list args)
{
	printf("%sok %d - ", pass ? "" : "not ", ++tap_count);
	vprintf(fmt, args);
}

/* One result. Return: @pass. */
static inline __printf(2, 3)
bool ok(bool pass, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	tap_line(pass, fmt, args);
	va_end(args);
	putchar('\n');
	fflush(stdout);
	tap_failures += !pass;
	return pass;
}

/* A remark, for humans. */
static inline __printf(1, 2)
void diag(const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	fputs("# ", stdout);
	vprintf(fmt, args);
	va_end(args);
	putchar('\n');
}

/* The plan, at the end. Return: exit code for main(). */
static inline int tap_done(void)
{
	printf("1..%d\n", tap_count);
	return tap_failures ? EXIT_FAILURE : EXIT_SUCCESS;
}

#endif /* TEST_TAP_H */
