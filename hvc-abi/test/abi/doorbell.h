/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the VMM and its guest agree on: the memory map, and the doorbell, a
 * page of 64-bit registers that the VMM serves. Constants only, for C and
 * assembly.
 */
#ifndef DOORBELL_H
#define DOORBELL_H

#define RAM_BASE		0x40000000
#define RAM_SIZE		0x200000
#define STACK_SIZE		0x4000
#define NR_VCPUS		2

/* Memory that the guest cannot write, and memory that comes and goes */
#define RO_BASE			0x48000000
#define EXTRA_BASE		0x50000000
#define SLOT_SIZE		0x10000

/* A vCPU starts here for the first time, and there after a reset. */
#define ENTRY_COLD		RAM_BASE
#define ENTRY_RESET		(RAM_BASE + 4)

#define DB_BASE			0x10000000
#define DB_SIZE			0x1000

#define DB_CONSOLE		0x00	/* W: up to 8 characters */
#define DB_RESULT		0x08	/* W: passed or not; R: its number */
#define DB_SCRIPT		0x10	/* R: what the guest is to do */
#define DB_ALLOW		0x18	/* RW: class that the owner allows */
#define DB_SWITCH		0x20	/* RW: kill switch, 1 is on */
#define DB_RESET		0x28	/* W: reset the calling vCPU */
#define DB_THREAD		0x30	/* W: run it by another thread */
#define DB_VALUE		0x38	/* W: stop, and tell this */
#define DB_PANIC		0x40	/* W: give up */
#define DB_RECORD		0x48	/* R: the calling vCPU's register for it */
#define DB_LOCKED		0x50	/* R: bytes that the VMM has locked */
#define DB_LOAD			0x58	/* W: others want this CPU, or not */
#define DB_SCRIBBLE		0x60	/* W: garbage for that record; 0 stops */
#define DB_EXTRA		0x68	/* W: fresh memory at EXTRA_BASE, or none */

/* R: one of the calling vCPU's statistics. */
#define DB_STAT(n)		(0x100 + 8 * (n))
#define STAT_GRANTS		0
#define STAT_RELEASES		1
#define STAT_DENIALS		2
#define STAT_INVALID		3
#define STAT_TICKETS		4
#define NR_STATS		5

/*
 * R: what the tracepoints say of vCPU n: its class, changes, INTENT_SET calls,
 * INTENT_RECORD calls.
 */
#define DB_GRANTED(n)		(0x200 + 8 * (n))
#define DB_CHANGES(n)		(0x300 + 8 * (n))
#define DB_CALLS(n)		(0x400 + 8 * (n))
#define DB_REGISTERED(n)	(0x500 + 8 * (n))

/* Reads as this where the host cannot tell. */
#define DB_UNKNOWN		0xffffffff

#define SCRIPT_ABSENT		0	/* a host without the calls */
#define SCRIPT_HIDDEN		1	/* a VMM that hides them */
#define SCRIPT_FULL		2	/* every call and every error */
#define SCRIPT_ASK		3	/* state critical, tell x1, repeat */
#define SCRIPT_REGISTER		4	/* register RECORD, tell x0, repeat */
#define SCRIPT_SILENT		5	/* have the host look at it, tell x0, repeat */
#define SCRIPT_SPIN		6	/* be busy for 10 ms, tell 0, repeat */

/* Where the last three have their record */
#define RECORD			(RAM_BASE + RAM_SIZE - 0x1000)

#endif /* DOORBELL_H */
