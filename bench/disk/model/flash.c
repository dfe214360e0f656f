// SPDX-License-Identifier: GPL-2.0-only
/*
 * Flash memory: a controller, dies that work in parallel, one interface. Each
 * is a resource that is free from some time on; a command takes them one after
 * the other. So it is known on arrival when it will be done.
 *
 * Reads go to the die that holds their stripe, writes to the dies in turn, as
 * a log does. A read waits for the page that its die is programming, but not
 * for those which come after it.
 */
#include "model.h"

static u64 later(u64 a, u64 b)
{
	return a > b ? a : b;
}

/* The die is busy with one page for so long. */
static u64 program_time(const struct flash_profile *p)
{
	return model_transfer(p->stripe, p->program_mbps) * p->units;
}

/* Pages differ: three quarters to five quarters of the average. */
static u64 access_time(struct model *m)
{
	u64 half = m->profile->flash.access / 2;

	return m->profile->flash.access - half / 2 + model_random(m, half + 1);
}

/* Does the command go on where a stream ended? Then it does from now on. */
static bool follows(struct model *m, const struct model_command *cmd)
{
	struct flash *f = &m->flash;
	u32 n = m->profile->flash.streams;
	u64 end = cmd->start + cmd->bytes;
	u32 i;

	for (i = 0; i < n; i++) {
		if (cmd->start && f->stream[i] == cmd->start) {
			f->stream[i] = end;
			return true;
		}
	}
	f->stream[f->next_stream] = end;
	f->next_stream = (f->next_stream + 1) % n;
	return false;
}

/* One die's part of a read: when is the data there? */
static u64 read_die(struct model *m, u32 unit, u64 from)
{
	struct flash *f = &m->flash;
	u64 access = access_time(m);
	u64 start = later(from, f->read_free[unit]);

	if (f->program_free[unit] > start) {
		start += (f->program_free[unit] - start) %
			 program_time(&m->profile->flash);
		f->program_free[unit] += access;
	}
	f->read_free[unit] = start + access;
	return f->read_free[unit];
}

static u64 read_dies(struct model *m, const struct model_command *cmd, u64 from)
{
	const struct flash_profile *p = &m->profile->flash;
	u64 first = cmd->start / p->stripe;
	u64 last = (cmd->start + cmd->bytes - 1) / p->stripe;
	u64 ready = from;

	if (last - first >= p->units)
		last = first + p->units - 1;
	for (; first <= last; first++)
		ready = later(ready, read_die(m, first % p->units, from));
	return ready;
}

static u64 take_link(struct model *m, u64 from, u32 bytes, u32 mbps)
{
	struct flash *f = &m->flash;

	f->link = later(from, f->link) + model_transfer(bytes, mbps);
	return f->link;
}

static u64 flash_read(struct model *m, const struct model_command *cmd, u64 now)
{
	const struct flash_profile *p = &m->profile->flash;
	struct flash *f = &m->flash;
	u64 ready;

	f->controller = later(now, f->controller) + p->read_command;
	ready = f->controller;
	if (!follows(m, cmd))
		ready = read_dies(m, cmd, ready);
	return take_link(m, ready, cmd->bytes, p->read_mbps);
}

/* Program what arrived at @from; return when the last page of it is done. */
static u64 program(struct model *m, const struct model_command *cmd, u64 from)
{
	const struct flash_profile *p = &m->profile->flash;
	struct flash *f = &m->flash;
	u64 extra = cmd->start == f->written ? 0 : p->scattered;
	u64 done = from;
	u32 left, part;

	f->written = cmd->start + cmd->bytes;
	for (left = cmd->bytes; left; left -= part) {
		u64 *die = &f->program_free[f->next_unit];

		part = left < p->stripe ? left : p->stripe;
		*die = later(*die, from) + extra +
		       model_transfer(part, p->program_mbps) * p->units;
		done = later(done, *die);
		f->next_unit = (f->next_unit + 1) % p->units;
		extra = 0;
	}
	return done;
}

static u64 flash_write(struct model *m, const struct model_command *cmd,
		       u64 now)
{
	const struct flash_profile *p = &m->profile->flash;
	struct flash *f = &m->flash;
	u64 arrived, programmed;
	u64 room = model_transfer(p->cache, p->program_mbps);

	f->controller = later(now, f->controller) + p->write_command;
	arrived = take_link(m, f->controller, cmd->bytes, p->write_mbps);
	programmed = program(m, cmd, arrived);
	if (cmd->fua || !m->write_cache)
		return programmed;
	/* What is in the cache takes that long to program: is there room? */
	if (programmed > arrived + room)
		return programmed - room;
	return arrived;
}

static u64 flash_flush(struct model *m, u64 now)
{
	u64 done = later(now, m->flash.controller);
	u32 i;

	for (i = 0; i < m->profile->flash.units; i++)
		done = later(done, m->flash.program_free[i]);
	return done + m->profile->flash.flush;
}

void flash_submit(struct model *m, struct model_slot *slot, u64 now)
{
	switch (slot->cmd.op) {
	case MODEL_READ:
		slot->done = flash_read(m, &slot->cmd, now);
		break;
	case MODEL_WRITE:
		slot->done = flash_write(m, &slot->cmd, now);
		break;
	case MODEL_FLUSH:
		slot->done = flash_flush(m, now);
		break;
	}
	if (m->profile->flash.serial)
		m->flash.controller = slot->done;
	slot->state = SLOT_RUNS;
}
