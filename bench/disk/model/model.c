// SPDX-License-Identifier: GPL-2.0-only
/*
 * What all disks have in common: slots for commands, and random numbers.
 */
#include <linux/string.h>

#include "model.h"

/**
 * model_find - the profile of that name
 * @name: such as "hdd"
 *
 * Return: the profile, or NULL.
 */
const struct model_profile *model_find(const char *name)
{
	unsigned int i;

	for (i = 0; i < model_nr_profiles; i++)
		if (!strcmp(model_profiles[i].name, name))
			return &model_profiles[i];
	return NULL;
}

/**
 * model_random - the next random number (splitmix64)
 * @m: the disk
 * @below: its bound, not 0
 */
u64 model_random(struct model *m, u64 below)
{
	u64 z = m->random += 0x9e3779b97f4a7c15ULL;

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
	return (z ^ (z >> 31)) % below;
}

/**
 * model_init - an idle disk
 * @m: the disk
 * @profile: what kind
 * @seed: of its random numbers
 * @write_cache: on or off
 */
void model_init(struct model *m, const struct model_profile *profile,
		u64 seed, bool write_cache)
{
	memset(m, 0, sizeof(*m));
	m->profile = profile;
	m->random = seed;
	m->write_cache = write_cache;
	if (profile->rotational)
		hdd_init(m);
}

/**
 * model_submit - the host sends a command
 * @m: the disk
 * @slot: a free one, below the profile's depth
 * @cmd: the command, within the capacity
 * @now: the time
 */
void model_submit(struct model *m, unsigned int slot,
		  const struct model_command *cmd, u64 now)
{
	struct model_slot *s = &m->slot[slot];

	s->cmd = *cmd;
	s->arrival = now;
	if (m->profile->rotational)
		hdd_submit(m, s, now);
	else
		flash_submit(m, s, now);
}

/**
 * model_advance - let the disk do what it does until now
 * @m: the disk
 * @now: the time
 */
void model_advance(struct model *m, u64 now)
{
	if (m->profile->rotational)
		hdd_advance(m, now);
}

/**
 * model_done - take a command that is done
 * @m: the disk, which has been advanced to now
 * @now: the time
 *
 * Return: its slot, which becomes free, or -1. Earlier ones come first.
 */
int model_done(struct model *m, u64 now)
{
	u64 first = now;
	int i, found = -1;

	for (i = 0; i < m->profile->depth; i++) {
		if (m->slot[i].state != SLOT_RUNS || m->slot[i].done > first)
			continue;
		if (found >= 0 && m->slot[i].done == first)
			continue;
		first = m->slot[i].done;
		found = i;
	}
	if (found >= 0)
		m->slot[found].state = SLOT_FREE;
	return found;
}

static bool heads_wanted(const struct model *m)
{
	int i;

	if (m->hdd.leaving || m->hdd.extents)
		return true;
	for (i = 0; i < m->profile->depth; i++)
		if (m->slot[i].state == SLOT_WAITS)
			return true;
	return false;
}

/**
 * model_next - when to call model_advance() and model_done() next
 * @m: the disk, which has been advanced to now
 *
 * Return: the time, or MODEL_NEVER.
 */
u64 model_next(const struct model *m)
{
	u64 next = MODEL_NEVER;
	int i;

	for (i = 0; i < m->profile->depth; i++)
		if (m->slot[i].state == SLOT_RUNS && m->slot[i].done < next)
			next = m->slot[i].done;
	if (m->profile->rotational && m->hdd.busy < next && heads_wanted(m))
		next = m->hdd.busy;
	return next;
}
