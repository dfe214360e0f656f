/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the VMM and its guest agree on: constants only, for C and assembly.
 */
#ifndef ROGUE_H
#define ROGUE_H

#define RAM_BASE	0x40000000

/* Memory for records, one a page, for those that have one. */
#define RECORDS_BASE	0x50000000
#define RECORD_STRIDE	0x1000
#define RECORDS_SIZE	0x40000

/* What a vCPU does for ever; x0 at its start. x1 is where its record may be. */
#define ROGUE_BURN	0	/* claims privilege, and never sleeps */
#define ROGUE_TOGGLE	1	/* claims and releases, as fast as it can */
#define ROGUE_NAP	2	/* claims, and sleeps a little now and then */
#define ROGUE_HONEST	3	/* never sleeps, and claims nothing */
#define ROGUE_GARBAGE	4	/* writes and calls anything; sleeps, too */
#define ROGUE_STORM	5	/* moves and drops its record all the time */
#define ROGUE_DISK	6	/* claims the disk, sleeps, and releases it */

/* Of those that work and sleep, in microseconds. */
#define WORK_US		9000
#define NAP_US		1000

#endif /* ROGUE_H */
