// SPDX-License-Identifier: GPL-2.0-only
/*
 * A hard disk: heads that seek, a platter that turns, a read cache that goes
 * on reading while nobody wants the heads, a write cache that is written back
 * when nobody reads.
 *
 * Positions on the disk are the platter's, outside first. Which command is
 * next is decided when the heads are free: the one they reach soonest.
 */
#include <linux/string.h>

#include "model.h"

#define NONE (-1)

/* What the heads may do next: serve a slot, or write an extent back. */
struct choice {
	int slot;
	int extent;
	u64 cost;
	u64 start;
};

static const struct hdd_profile *params(const struct model *m)
{
	return &m->profile->hdd;
}

static u64 later(u64 a, u64 b)
{
	return a > b ? a : b;
}

static u64 sooner(u64 a, u64 b)
{
	return a < b ? a : b;
}

/* floor(sqrt(x)) */
static u64 root(u64 x)
{
	u64 bit = 1ULL << 62, r = 0;

	while (bit > x)
		bit >>= 2;
	for (; bit; bit >>= 2) {
		if (x >= r + bit) {
			x -= r + bit;
			r = (r >> 1) + bit;
		} else {
			r >>= 1;
		}
	}
	return r;
}

/* The platter */

static u32 zone_of(const struct model *m, u64 pos)
{
	u32 z = MODEL_ZONES - 1;

	while (z && pos < m->hdd.zone[z])
		z--;
	return z;
}

static u64 track_of(const struct model *m, u64 pos)
{
	u32 z = zone_of(m, pos);

	return z * m->hdd.tracks + (pos - m->hdd.zone[z]) / m->hdd.track[z];
}

/* Time to pass under the heads */
static u64 pass(const struct model *m, u64 pos, u64 bytes)
{
	return bytes * params(m)->revolution / m->hdd.track[zone_of(m, pos)];
}

/* Where in its revolution a position is, as time */
static u64 angle(const struct model *m, u64 pos)
{
	u32 z = zone_of(m, pos);

	return (pos - m->hdd.zone[z]) % m->hdd.track[z] *
	       params(m)->revolution / m->hdd.track[z];
}

/* Time until the platter has turned to @pos */
static u64 turn(const struct model *m, u64 pos, u64 now)
{
	u64 rev = params(m)->revolution;
	u64 wait = (angle(m, pos) + rev - (now + m->hdd.spin) % rev) % rev;

	/* Heads that are there, but for rounding, need no other turn. */
	return wait > rev - rev / 512 ? 0 : wait;
}

/**
 * hdd_seek - how long the heads take
 * @m: the disk
 * @from: where they are
 * @to: where they shall go
 *
 * Grows with the square root of the distance, which accelerating and braking
 * arms do. Over all pairs of tracks the mean of the root of the distance is
 * 8/15 of a full stroke's; that fixes the factor.
 */
u64 hdd_seek(const struct model *m, u64 from, u64 to)
{
	const struct hdd_profile *p = params(m);
	u64 a = track_of(m, from), b = track_of(m, to);
	u64 distance = a > b ? a - b : b - a;
	u64 part = (distance << 20) / (m->hdd.tracks * MODEL_ZONES);
	u64 slope = (u64)(p->average_seek - p->track_seek) * 15 / 8;

	if (!distance)
		return 0;
	return p->track_seek + (slope * root(part << 20) >> 20);
}

void hdd_init(struct model *m)
{
	const struct hdd_profile *p = params(m);
	struct hdd *h = &m->hdd;
	u64 sum = 0, pos = 0;
	u32 z, mbps;

	for (z = 0; z < MODEL_ZONES; z++) {
		mbps = p->outer_mbps - (p->outer_mbps - p->inner_mbps) * z /
					       (MODEL_ZONES - 1);
		/* Whole sectors */
		h->track[z] = (u64)p->revolution * mbps / 1000 / 512 * 512;
		sum += h->track[z];
	}
	h->tracks = (m->profile->capacity + sum - 1) / sum;
	for (z = 0; z < MODEL_ZONES; z++) {
		h->zone[z] = pos;
		pos += h->tracks * h->track[z];
	}
	h->spin = model_random(m, p->revolution);
	h->position = model_random(m, m->profile->capacity);
	h->ahead = NONE;
}

/* The read cache */

/* What it holds by then of the segment that grows */
static u64 ahead_end(const struct model *m, u64 now)
{
	const struct hdd_segment *s = &m->hdd.segment[m->hdd.ahead];
	u64 from = m->hdd.busy, grown;

	if (now <= from)
		return s->end;
	grown = (now - from) * m->hdd.track[zone_of(m, s->end)] /
		params(m)->revolution;
	return sooner(s->end + sooner(grown, params(m)->segment),
		      m->profile->capacity);
}

static void keep_last(struct model *m, struct hdd_segment *s)
{
	if (s->end - s->start > params(m)->segment)
		s->start = s->end - params(m)->segment;
}

/* The heads go elsewhere. */
static void stop_ahead(struct model *m, u64 now)
{
	struct hdd *h = &m->hdd;

	if (h->ahead == NONE)
		return;
	h->segment[h->ahead].end = ahead_end(m, now);
	keep_last(m, &h->segment[h->ahead]);
	h->position = h->segment[h->ahead].end;
	h->ahead = NONE;
}

/* Is all of it in the cache by now? */
static bool cached(const struct model *m, const struct model_command *cmd,
		   u64 now)
{
	const struct hdd *h = &m->hdd;
	u64 end;
	int i;

	for (i = 0; i < MODEL_SEGMENTS; i++) {
		end = i == h->ahead ? ahead_end(m, now) : h->segment[i].end;
		if (cmd->start >= h->segment[i].start &&
		    cmd->start + cmd->bytes <= end)
			return true;
	}
	return false;
}

/* Are the heads about to read it anyway? */
static bool coming(const struct model *m, const struct model_command *cmd,
		   u64 now)
{
	const struct hdd *h = &m->hdd;

	return cmd->op == MODEL_READ && h->ahead != NONE &&
	       cmd->start >= h->segment[h->ahead].start &&
	       cmd->start <= ahead_end(m, now) &&
	       cmd->start + cmd->bytes <=
		       h->segment[h->ahead].end + params(m)->segment;
}

static void forget(struct model *m, u64 start, u64 end)
{
	int i;

	for (i = 0; i < MODEL_SEGMENTS; i++) {
		struct hdd_segment *s = &m->hdd.segment[i];

		if (start < s->end && s->start < end)
			s->start = s->end;
	}
}

/* The write cache */

static bool extend(struct model *m, const struct model_command *cmd)
{
	struct hdd *h = &m->hdd;
	u32 i;

	for (i = 0; i < h->extents; i++) {
		if (h->extent[i].end != cmd->start ||
		    h->extent[i].arrival < h->barrier)
			continue;
		h->extent[i].end += cmd->bytes;
		return true;
	}
	return false;
}

static bool take_in(struct model *m, const struct model_slot *slot, u64 now)
{
	struct hdd *h = &m->hdd;
	const struct model_command *cmd = &slot->cmd;

	if (h->dirty + cmd->bytes > params(m)->cache)
		return false;
	if (!extend(m, cmd)) {
		if (h->extents == MODEL_EXTENTS)
			return false;
		h->extent[h->extents++] = (struct hdd_extent){
			.start = cmd->start,
			.end = cmd->start + cmd->bytes,
			.arrival = now,
		};
	}
	h->dirty += cmd->bytes;
	return true;
}

static bool goes_to_cache(const struct model *m, const struct model_slot *slot)
{
	return slot->cmd.op == MODEL_WRITE && m->write_cache && !slot->cmd.fua;
}

/* Is nothing dirty that is older than the flush? */
static bool flushed(const struct model *m, const struct model_slot *slot)
{
	u32 i;

	if (m->hdd.leaving)
		return false;
	for (i = 0; i < m->hdd.extents; i++)
		if (m->hdd.extent[i].arrival <= slot->arrival)
			return false;
	return true;
}

/* Commands */

static void finish(struct model_slot *slot, u64 when)
{
	slot->state = SLOT_RUNS;
	slot->done = when;
}

/* Over the interface, without the heads */
static void finish_by_link(struct model *m, struct model_slot *slot, u64 now)
{
	finish(slot, now + params(m)->command +
	       model_transfer(slot->cmd.bytes, params(m)->link_mbps));
}

/* What can be done without the heads is done now. */
static void try_slot(struct model *m, struct model_slot *slot, u64 now)
{
	if (slot->cmd.op == MODEL_READ && cached(m, &slot->cmd, now))
		finish_by_link(m, slot, now);
	else if (goes_to_cache(m, slot) && take_in(m, slot, now))
		finish_by_link(m, slot, now);
	else if (slot->cmd.op == MODEL_FLUSH && flushed(m, slot))
		finish(slot, now + params(m)->command);
}

/* The write that has waited longest for room in the cache; NULL if none does. */
static struct model_slot *first_write(struct model *m)
{
	struct model_slot *first = NULL;
	u32 i;

	for (i = 0; i < m->profile->depth; i++) {
		struct model_slot *slot = &m->slot[i];

		if (slot->state == SLOT_WAITS && goes_to_cache(m, slot) &&
		    (!first || slot->arrival < first->arrival))
			first = slot;
	}
	return first;
}

/* Writes get into the cache in the order in which they came. */
static void try_writes(struct model *m, u64 now)
{
	struct model_slot *slot;

	while ((slot = first_write(m))) {
		try_slot(m, slot, now);
		if (slot->state == SLOT_WAITS)
			return;
	}
}

static void try_waiting(struct model *m, u64 now)
{
	u32 i;

	try_writes(m, now);
	for (i = 0; i < m->profile->depth; i++)
		if (m->slot[i].state == SLOT_WAITS &&
		    m->slot[i].cmd.op == MODEL_FLUSH)
			try_slot(m, &m->slot[i], now);
}

void hdd_submit(struct model *m, struct model_slot *slot, u64 now)
{
	const struct model_command *cmd = &slot->cmd;

	hdd_advance(m, now);
	slot->state = SLOT_WAITS;
	if (cmd->op == MODEL_WRITE) {
		stop_ahead(m, now);
		forget(m, cmd->start, cmd->start + cmd->bytes);
	}
	if (cmd->op == MODEL_FLUSH)
		m->hdd.barrier = now + 1;
	if (goes_to_cache(m, slot))
		try_writes(m, now);
	else
		try_slot(m, slot, now);
	hdd_advance(m, now);
}

/* The heads */

/* Time from @start until they can begin with @pos */
static u64 reach(const struct model *m, u64 pos, bool write, u64 start)
{
	u64 seek = hdd_seek(m, m->hdd.position, pos);

	if (seek && write)
		seek += params(m)->write_settle;
	return seek + turn(m, pos, start + seek);
}

static void consider_slot(const struct model *m, int i, struct choice *best)
{
	const struct model_slot *slot = &m->slot[i];
	u64 start = later(m->hdd.busy, slot->arrival);
	u64 age = start - slot->arrival;
	u64 cost;

	if (coming(m, &slot->cmd, start))
		cost = 0;
	else
		cost = reach(m, slot->cmd.start, slot->cmd.op == MODEL_WRITE,
			     start);
	/* The oldest of those that have waited too long comes first. */
	cost = age > params(m)->patience ? 0 : cost + 1;
	if (best->slot != NONE && (cost > best->cost ||
				   (cost == best->cost &&
				    slot->arrival >= m->slot[best->slot].arrival)))
		return;
	*best = (struct choice){ .slot = i, .extent = NONE, .cost = cost,
				 .start = start };
}

static void consider_extent(const struct model *m, u32 i, struct choice *best)
{
	const struct hdd_extent *e = &m->hdd.extent[i];
	u64 start = later(m->hdd.busy, e->arrival);
	u64 cost = reach(m, e->start, true, start) + 1;

	if ((best->slot != NONE || best->extent != NONE) && cost >= best->cost)
		return;
	*best = (struct choice){ .slot = NONE, .extent = i, .cost = cost,
				 .start = start };
}

static bool choose(const struct model *m, struct choice *best)
{
	bool pressed = false;
	u32 i;

	*best = (struct choice){ .slot = NONE, .extent = NONE };
	for (i = 0; i < m->profile->depth; i++) {
		const struct model_slot *slot = &m->slot[i];

		if (slot->state != SLOT_WAITS)
			continue;
		/* A flush, or a write that finds the cache full */
		if (slot->cmd.op == MODEL_FLUSH || goes_to_cache(m, slot))
			pressed = true;
		else
			consider_slot(m, i, best);
	}
	if (best->slot == NONE || pressed)
		for (i = 0; i < m->hdd.extents; i++)
			consider_extent(m, i, best);
	return best->slot != NONE || best->extent != NONE;
}

static void read_on(struct model *m, struct model_slot *slot)
{
	struct hdd *h = &m->hdd;
	struct hdd_segment *s = &h->segment[h->ahead];
	u64 end = slot->cmd.start + slot->cmd.bytes;

	if (end > s->end)
		h->busy += pass(m, s->end, end - s->end);
	s->end = later(s->end, end);
	keep_last(m, s);
	h->position = s->end;
}

static void read_new(struct model *m, struct model_slot *slot,
		     const struct choice *c)
{
	struct hdd *h = &m->hdd;
	u64 start = slot->cmd.start, end = start + slot->cmd.bytes;
	u64 position = reach(m, start, false, c->start);

	stop_ahead(m, c->start);
	h->busy = c->start + position + pass(m, start, slot->cmd.bytes);
	h->position = end;
	h->ahead = h->next_segment;
	h->next_segment = (h->next_segment + 1) % MODEL_SEGMENTS;
	h->segment[h->ahead] = (struct hdd_segment){ start, end };
	keep_last(m, &h->segment[h->ahead]);
}

static void write_media(struct model *m, u64 pos, u64 bytes, u64 start)
{
	struct hdd *h = &m->hdd;
	u64 position = reach(m, pos, true, start);

	stop_ahead(m, start);
	h->busy = start + position + pass(m, pos, bytes);
	h->position = pos + bytes;
}

/* Up to a read cache segment at a time, so that readers need not wait long */
static void write_back(struct model *m, const struct choice *c)
{
	struct hdd *h = &m->hdd;
	struct hdd_extent *e = &h->extent[c->extent];

	h->leaving = sooner(e->end - e->start, params(m)->segment);
	write_media(m, e->start, h->leaving, c->start);
	e->start += h->leaving;
	if (e->start == e->end)
		*e = h->extent[--h->extents];
}

static void serve(struct model *m, const struct choice *c)
{
	struct model_slot *slot = &m->slot[c->slot];

	if (slot->cmd.op == MODEL_WRITE)
		write_media(m, slot->cmd.start, slot->cmd.bytes, c->start);
	else if (coming(m, &slot->cmd, c->start))
		read_on(m, slot);
	else
		read_new(m, slot, c);
	finish(slot, later(m->hdd.busy, slot->arrival) + params(m)->command);
}

/**
 * hdd_advance - start what the heads can start by now
 * @m: the disk
 * @now: the time
 */
void hdd_advance(struct model *m, u64 now)
{
	struct hdd *h = &m->hdd;
	struct choice c;

	while (h->busy <= now) {
		if (h->leaving) {
			h->dirty -= h->leaving;
			h->leaving = 0;
			try_waiting(m, h->busy);
		}
		if (!choose(m, &c))
			return;
		if (c.slot == NONE)
			write_back(m, &c);
		else
			serve(m, &c);
	}
}
