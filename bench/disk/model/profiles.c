// SPDX-License-Identifier: GPL-2.0-only
/*
 * The disks, and where each figure comes from. "Published" is the maker's data;
 * "derived" follows from published figures as the comment says; "assumed" is a
 * usual value that no data sheet gives. README.md has the published figures and
 * what fio measures.
 */
#include <linux/kernel.h>

#include "model.h"

#define US	1000
#define MS	1000000
#define KIB	1024
#define MIB	(1024 * 1024)
#define GB	1000000000ULL

const struct model_profile model_profiles[] = {
	/*
	 * eMMC 5.1 without command queue, after Samsung's of 2015. Published:
	 * 250 MB/s sequential read, 125 MB/s sequential write, 11,000 IOPS
	 * random read, 13,000 IOPS random write, 16 to 64 GB.
	 */
	{
		.name = "emmc",
		.capacity = 32 * GB,		/* published */
		.depth = 1,			/* no command queue */
		.tags = 64,			/* Linux's mmc driver */
		.flash = {
			.serial = true,		/* no command queue */
			.units = 2,		/* assumed: two dies */
			.stripe = 16 * KIB,	/* assumed: one page */
			.streams = 1,		/* assumed: no DRAM */
			.read_command = 8 * US,	/* assumed */
			.write_command = 8 * US, /* assumed */
			/* Derived: 1 s / 11,000 less the rest of a command */
			.access = 66 * US,
			.read_mbps = 250,	/* published */
			.write_mbps = 400,	/* published: HS400 */
			.program_mbps = 125,	/* published */
			/* Derived: 1 s / 13,000 a write, by two dies */
			.scattered = 88 * US,
			.cache = 512 * KIB,	/* assumed */
			.flush = 200 * US,	/* assumed */
		},
	},
	/*
	 * SATA SSD, after Samsung's 850 EVO of 500 GB. Published: 540 MB/s
	 * sequential read, 520 MB/s sequential write; 4 KiB random read 10,000
	 * IOPS at depth 1 and 98,000 at 32; 4 KiB random write 40,000 at depth
	 * 1 and 90,000 at 32; 512 MB of DRAM.
	 */
	{
		.name = "ssd",
		.capacity = 500 * GB,		/* published */
		.depth = 32,			/* SATA's native queue */
		.tags = 32,			/* Linux's libata */
		.flash = {
			.units = 32,		/* assumed: 8 channels of 4 */
			.stripe = 16 * KIB,	/* assumed: one page */
			.streams = 16,		/* assumed: DRAM is ample */
			/* Derived: 1 s / 98,000, 1 s / 90,000 */
			.read_command = 10204,
			.write_command = 11111,
			/*
			 * Derived: 1 s / 10,000 less the rest of a command and
			 * 7 us for the host that it was measured with (assumed)
			 */
			.access = 75 * US,
			.read_mbps = 540,	/* published */
			.write_mbps = 520,	/* published */
			.program_mbps = 520,	/* published */
			.scattered = 0,		/* derived: writes are logged */
			.cache = 16 * MIB,	/* assumed: most is for maps */
			.flush = 500 * US,	/* assumed */
		},
	},
	/*
	 * Hard disk, 3.5 inch, 7200 rpm, 1 TB. Transfer and rotation after
	 * Seagate's Constellation ES.3 (published: 83 to 175 MB/s sustained,
	 * 4.16 ms average latency, 600 MB/s interface); average seek after
	 * Hitachi's Deskstar 7K1000.C of two disks (published: read 8.5 ms,
	 * write 9.5 ms); track to track after Hitachi's Travelstar 7K320
	 * (published: 1.0 ms).
	 */
	{
		.name = "hdd",
		.capacity = 1000 * GB,		/* published */
		.depth = 32,			/* SATA's native queue */
		.tags = 32,
		.rotational = true,
		.hdd = {
			.revolution = 8333333,	/* published: 7200 rpm */
			.outer_mbps = 175,	/* published */
			.inner_mbps = 83,	/* published */
			.track_seek = 1 * MS,	/* published */
			.average_seek = 8500 * US, /* published */
			.write_settle = 1 * MS,	/* derived: 9.5 - 8.5 ms */
			.command = 100 * US,	/* assumed */
			.link_mbps = 600,	/* published */
			.cache = 32 * MIB,	/* assumed: half of 64 MB */
			.segment = 2 * MIB,	/* assumed: the other half */
			.patience = 500 * MS,	/* assumed */
		},
	},
};

const unsigned int model_nr_profiles = ARRAY_SIZE(model_profiles);
