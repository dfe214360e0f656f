/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * One TAP stream on stdout, to which guests add lines of their own.
 */
#ifndef TAP_H
#define TAP_H

#include <stdbool.h>

#define __printf(n)	__attribute__((format(printf, n, n + 1)))

/* Count a result. Return: the number of its line. */
unsigned int tap_count(bool ok);

__printf(2) bool tap_check(bool ok, const char *format, ...);
__printf(2) void tap_skip(const char *why, const char *format, ...);
__printf(1) void tap_note(const char *format, ...);

/* The end of it. Return: has every test passed? */
bool tap_end(void);

/* There is nothing to test here: an empty plan, exit status 0. */
__printf(1) __attribute__((noreturn)) void tap_skip_all(const char *why, ...);

/* The tests cannot go on: exit status 1. */
__printf(1) __attribute__((noreturn)) void tap_bail_out(const char *why, ...);

#endif /* TAP_H */
