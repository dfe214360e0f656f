/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the VMM and its guest agree on: constants only, for C and assembly.
 */
#ifndef ROGUE_H
#define ROGUE_H

#define RAM_BASE	0x40000000

/* What a vCPU does for ever; x0 at its start. */
#define ROGUE_BURN	0	/* claims privilege, and never sleeps */
#define ROGUE_TOGGLE	1	/* claims and releases, as fast as it can */
#define ROGUE_NAP	2	/* claims, and sleeps a little now and then */
#define ROGUE_HONEST	3	/* never sleeps, and claims nothing */

/* Of ROGUE_NAP, in microseconds. */
#define WORK_US		9000
#define NAP_US		1000

#endif /* ROGUE_H */
