/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * How long a disk takes: arithmetic alone, without a clock and without data.
 * The driver (modeldisk.c) and the unit tests call it with the time. All times
 * are nanoseconds, all sizes and positions bytes.
 *
 * The caller serialises calls, and time never goes back from one to the next.
 */
#ifndef MODEL_H
#define MODEL_H

#include <linux/types.h>

#define MODEL_SLOTS	64
#define MODEL_UNITS	32
#define MODEL_STREAMS	16
#define MODEL_SEGMENTS	16
#define MODEL_EXTENTS	64
#define MODEL_ZONES	16

/* No event to come */
#define MODEL_NEVER	(~0ULL)

enum model_op {
	MODEL_READ,
	MODEL_WRITE,
	MODEL_FLUSH,
};

/**
 * struct model_command - what the host asks for
 * @op: direction, or to empty the write cache
 * @fua: a write that is done only when it is on the medium
 * @start: position of its first byte
 * @bytes: its size, at least 1 unless @op is MODEL_FLUSH
 */
struct model_command {
	enum model_op op;
	bool fua;
	u64 start;
	u32 bytes;
};

/**
 * struct flash_profile - parameters of flash memory behind a controller
 * @serial: one command at a time; else they overlap
 * @units: dies that work at the same time, at most MODEL_UNITS
 * @stripe: bytes in a row on one of them; also what is programmed at once
 * @streams: sequential streams that the controller reads ahead for
 * @read_command: controller's time for a read command
 * @write_command: the same for a write command
 * @access: from the command to a die until the data is there, on average
 * @read_mbps: bandwidth for reads, 10^6 bytes a second
 * @write_mbps: bandwidth for writes into the cache
 * @program_mbps: sustained bandwidth of all dies for writes
 * @scattered: die time that a write costs in addition when it does not begin
 *	where the last one ended
 * @cache: writes that are taken before they are programmed
 * @flush: fixed cost of a flush
 */
struct flash_profile {
	bool serial;
	u32 units;
	u32 stripe;
	u32 streams;
	u32 read_command;
	u32 write_command;
	u32 access;
	u32 read_mbps;
	u32 write_mbps;
	u32 program_mbps;
	u32 scattered;
	u32 cache;
	u32 flush;
};

/**
 * struct hdd_profile - parameters of a hard disk
 * @revolution: time of one
 * @outer_mbps: sustained bandwidth at position 0, 10^6 bytes a second
 * @inner_mbps: the same at the last position
 * @track_seek: to the next track
 * @average_seek: mean over all pairs of tracks
 * @write_settle: a seek takes longer by this for a write
 * @command: electronics' time for a command
 * @link_mbps: bandwidth of the interface
 * @cache: writes that are taken before they are on the medium
 * @segment: size of each of the MODEL_SEGMENTS parts of the read cache
 * @patience: age from which a command goes first, however far it is
 */
struct hdd_profile {
	u32 revolution;
	u32 outer_mbps;
	u32 inner_mbps;
	u32 track_seek;
	u32 average_seek;
	u32 write_settle;
	u32 command;
	u32 link_mbps;
	u32 cache;
	u32 segment;
	u32 patience;
};

/**
 * struct model_profile - one kind of disk
 * @name: of the profile
 * @capacity: size, a multiple of 4096
 * @depth: commands that it holds at most
 * @tags: commands that its driver holds at most, not less than @depth
 * @rotational: which of the two below counts
 * @flash: for flash memory
 * @hdd: for hard disks
 */
struct model_profile {
	const char *name;
	u64 capacity;
	u32 depth;
	u32 tags;
	bool rotational;
	struct flash_profile flash;
	struct hdd_profile hdd;
};

enum model_state {
	SLOT_FREE,
	SLOT_WAITS,	/* for the heads, or for room in the write cache */
	SLOT_RUNS,	/* done at a known time */
};

struct model_slot {
	enum model_state state;
	struct model_command cmd;
	u64 arrival;
	u64 done;
};

/**
 * struct flash - state of flash memory
 * @controller: when it is free
 * @link: when the interface is free
 * @read_free: when the reads of each die are done
 * @program_free: when the programs of each die are done
 * @next_unit: die that programs next
 * @stream: where each stream is expected to go on
 * @next_stream: the one to forget next
 * @written: where the last write ended
 */
struct flash {
	u64 controller;
	u64 link;
	u64 read_free[MODEL_UNITS];
	u64 program_free[MODEL_UNITS];
	u32 next_unit;
	u64 stream[MODEL_STREAMS];
	u32 next_stream;
	u64 written;
};

/* A part of the disk in its read cache */
struct hdd_segment {
	u64 start;
	u64 end;
};

/* A part of the disk in its write cache */
struct hdd_extent {
	u64 start;
	u64 end;
	u64 arrival;
};

/**
 * struct hdd - state of a hard disk
 * @zone: first byte of each zone
 * @track: bytes on a track of each zone
 * @tracks: number of tracks in each zone
 * @spin: offset of the angle at time 0
 * @busy: when the heads are free
 * @position: byte that the heads have reached by then
 * @ahead: segment that grows while the heads are free, or -1
 * @segment: read cache
 * @next_segment: the one to forget next
 * @extent: write cache
 * @extents: used ones
 * @dirty: bytes in it, with those on their way to the medium
 * @leaving: bytes on their way until @busy
 * @barrier: writes older than this may not grow: a flush waits for them
 */
struct hdd {
	u64 zone[MODEL_ZONES];
	u32 track[MODEL_ZONES];
	u64 tracks;
	u64 spin;
	u64 busy;
	u64 position;
	int ahead;
	struct hdd_segment segment[MODEL_SEGMENTS];
	u32 next_segment;
	struct hdd_extent extent[MODEL_EXTENTS];
	u32 extents;
	u64 dirty;
	u64 leaving;
	u64 barrier;
};

/**
 * struct model - a disk
 * @profile: its parameters
 * @write_cache: writes are done once they are in the cache
 * @random: state of its random numbers
 * @slot: commands that it holds
 * @flash: if it is not rotational
 * @hdd: if it is
 */
struct model {
	const struct model_profile *profile;
	bool write_cache;
	u64 random;
	struct model_slot slot[MODEL_SLOTS];
	union {
		struct flash flash;
		struct hdd hdd;
	};
};

extern const struct model_profile model_profiles[];
extern const unsigned int model_nr_profiles;

const struct model_profile *model_find(const char *name);
void model_init(struct model *m, const struct model_profile *profile,
		u64 seed, bool write_cache);
void model_submit(struct model *m, unsigned int slot,
		  const struct model_command *cmd, u64 now);
void model_advance(struct model *m, u64 now);
int model_done(struct model *m, u64 now);
u64 model_next(const struct model *m);
u64 model_random(struct model *m, u64 below);

/* ns for @bytes at @mbps 10^6 bytes a second */
static inline u64 model_transfer(u64 bytes, u32 mbps)
{
	return bytes * 1000 / mbps;
}

/* For model.c */
void flash_submit(struct model *m, struct model_slot *slot, u64 now);
void hdd_init(struct model *m);
void hdd_submit(struct model *m, struct model_slot *slot, u64 now);
void hdd_advance(struct model *m, u64 now);
u64 hdd_seek(const struct model *m, u64 from, u64 to);

#endif
