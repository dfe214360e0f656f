/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What this RTOS does for the normal world: x1 of MQ_CALL, arguments in x2
 * and x3, results in x0 to x2; or the first three words of a message. An unknown
 * service gets MQ_NOT_SUPPORTED.
 */
#ifndef RTOS_SERVICES_H
#define RTOS_SERVICES_H

/* x0 = 0, x1 = x2 + 1, x2 = x3 + 2 */
#define RTOS_ECHO	0

/* Print the figures since the last time, begin anew as phase x2. */
#define RTOS_PHASE	1

/* Restart the normal world unless called again in x2 ms; 0: never. */
#define RTOS_WATCHDOG	2

/* x0 = 0, x1 = deadline misses so far, x2 = jobs so far, of all tasks */
#define RTOS_MISSES	3

/* x2 = 1: the RTOS has live FP/SIMD registers from now on; 0: no longer. */
#define RTOS_FP		4

/*
 * The next x2 yields are made with known values in every register of EL1.
 * x0 = 0, x1 = how many registers came back changed so far
 */
#define RTOS_PATTERN	5

/*
 * Task filter works for at least x2 us in each of its periods of 10 ms; MQ_INVALID
 * above 8000.
 */
#define RTOS_LOAD	6

/*
 * x0 = 0, x1 = ticks for which interrupts took a core from the normal world, by
 * the RTOS's own count, x2 = how often
 */
#define RTOS_AWAY	7

/*
 * x2 = 1: ask the normal world to shed load; 0: no longer. MQ_INVALID: another
 * value.
 */
#define RTOS_SHED	8

/* x0 = 0, x1 = messages taken, x2 = headers of the other side's box refused */
#define RTOS_MAILBOX	9

/* The header of the RTOS's box is garbage for x2 ms: what does the other side do? */
#define RTOS_SPOIL	10

#endif
