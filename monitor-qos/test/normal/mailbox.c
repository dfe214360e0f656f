// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the worlds share, from the side of a normal world that means well, and
 * then of one that does not.
 */
#include "monitor-qos.h"
#include "normal.h"
#include "services.h"

#define RINGS		10000
#define BURST		16

static struct mq_times *times;
static struct mq_box *own;
static struct mq_box *rtos;

static int find(void)
{
	unsigned long x[8] = { MQ_FEATURES };

	smc(x);
	if (x[0] != MQ_VERSION || x[2] < MQ_SHARED_SIZE)
		return 0;
	times = (void *)x[1];
	own = (void *)(x[1] + MQ_PAGE);
	rtos = (void *)(x[1] + 2 * MQ_PAGE);
	return times->magic == MQ_MAGIC && rtos->magic == MQ_MAGIC;
}

static int is_known_by_uid(void)
{
	unsigned long x[8] = { MQ_UID_CALL };

	smc(x);
	return x[0] == MQ_UID_0 && x[1] == MQ_UID_1 && x[2] == MQ_UID_2 &&
	       x[3] == MQ_UID_3;
}

/*
 * What the monitor counts begins after a FIQ and ends with a return; what the
 * RTOS counts begins and ends with its own first and last instruction. So the
 * monitor has a little more each time.
 */
static int is_counted(void)
{
	unsigned long times_before, before = call2(RTOS_AWAY, 0, &times_before);
	unsigned long stolen_before = times->core[0].stolen;
	unsigned long n, away, stolen;

	call(RTOS_LOAD, 3000);
	spin_ms(100);
	call(RTOS_LOAD, 0);
	stolen = times->core[0].stolen - stolen_before;
	away = call2(RTOS_AWAY, 0, &n) - before;
	n -= times_before;
	say("# stolen ");
	say_decimal(stolen);
	say(", by the RTOS ");
	say_decimal(away);
	say(" in ");
	say_decimal(n);
	say(" times\n");
	return away > 25000000 && n >= 50 && stolen > away &&
	       stolen - away < n * 400;
}

static long ring(void)
{
	unsigned long x[8] = { MQ_RING };

	smc(x);
	return x[0];
}

/* The bucket is full again. */
static void ring_later(void)
{
	spin_ms(BURST + 1);
	ring();
}

static void begin(void)
{
	own->sent = rtos->taken;
	own->taken = rtos->sent;
	own->magic = MQ_MAGIC;
}

static void put(unsigned long service, unsigned long argument)
{
	struct mq_message *slot = &own->slot[own->sent % MQ_NR_SLOTS];

	slot->word[0] = service;
	slot->word[1] = argument;
	slot->word[2] = 5;
	slot->word[MQ_NR_WORDS - 1] = argument;
	own->sent++;
}

static int answers(unsigned long n)
{
	const struct mq_message *slot;
	unsigned long i, argument;

	for (i = 0; i < n && rtos->sent != own->taken; i++) {
		slot = &rtos->slot[own->taken % MQ_NR_SLOTS];
		argument = slot->word[MQ_NR_WORDS - 1];
		if (slot->word[0] || slot->word[1] != argument + 1 ||
		    slot->word[2] != 7 || argument != i)
			return 0;
		own->taken++;
	}
	return i == n && rtos->sent == own->taken;
}

/* Twice around the ring, by full boxes. */
static int is_echoed(void)
{
	unsigned long i, round;

	begin();
	for (round = 0; round < 3; round++) {
		for (i = 0; i < MQ_NR_SLOTS; i++)
			put(RTOS_ECHO, i);
		ring_later();
		if (!answers(MQ_NR_SLOTS))
			return 0;
	}
	return 1;
}

/* An RTOS that has no room for answers takes no more. */
static int is_held_back(void)
{
	unsigned long i, taken;

	begin();
	for (i = 0; i < MQ_NR_SLOTS; i++)
		put(RTOS_ECHO, i);
	ring_later();
	taken = rtos->taken;
	put(RTOS_ECHO, 0);
	ring_later();
	if (rtos->taken != taken || !answers(MQ_NR_SLOTS))
		return 0;
	ring_later();
	return rtos->taken == taken + 1 && answers(1);
}

static int refuses(unsigned int magic, unsigned int sent, unsigned int taken)
{
	unsigned int rtos_sent = rtos->sent, rtos_taken = rtos->taken;
	unsigned long before, after;

	call2(RTOS_MAILBOX, 0, &before);
	begin();
	own->magic = magic;
	own->sent += sent;
	own->taken += taken;
	ring_later();
	call2(RTOS_MAILBOX, 0, &after);
	return rtos->sent == rtos_sent && rtos->taken == rtos_taken &&
	       after > before;
}

static int is_refused(void)
{
	return refuses(0, 1, 0) && refuses(~MQ_MAGIC, 1, 0) &&
	       refuses(MQ_MAGIC, MQ_NR_SLOTS + 1, 0) &&
	       refuses(MQ_MAGIC, -1, 0) && refuses(MQ_MAGIC, 1, 1) &&
	       refuses(MQ_MAGIC, 1, 0x80000000);
}

/* All that we could write there: it is ours, and the next ring mends the RTOS's. */
static int is_mended(void)
{
	unsigned long *word = (unsigned long *)times;
	unsigned long i;

	for (i = 0; i < MQ_SHARED_SIZE / sizeof(*word); i++) {
		word[i] = ~0UL;
		if (i % 64 == 0)
			ring();
	}
	ring_later();
	ring_later();
	return rtos->magic == MQ_MAGIC && is_echoed();
}

/* No more rings than the bucket had, and what it got meanwhile. */
static int is_limited(void)
{
	unsigned long start, ms, i, rings = 0;

	begin();
	spin_ms(BURST + 1);
	start = ticks();
	for (i = 0; i < RINGS; i++)
		rings += ring() == MQ_SUCCESS;
	ms = (ticks() - start) / ticks_of_ms(1);
	say("# rings ");
	say_decimal(rings);
	say(" in ms ");
	say_decimal(ms);
	say("\n");
	return rings >= BURST && rings <= BURST + ms + 1;
}

/* Headers of all kinds, and rings as fast as can be. No message is a service. */
void mailbox_flood(void)
{
	unsigned long i, word, state = ticks();

	if (!own && !find())
		return;
	for (i = 0; i < RINGS; i++) {
		state = next_random(state);
		word = state >> 33;
		own->magic = word & 7 ? MQ_MAGIC : word;
		own->sent = word & 8 ? rtos->taken + (word >> 8) % (2 * MQ_NR_SLOTS) : word;
		own->taken = word & 16 ? rtos->sent - (word >> 8) % (2 * MQ_NR_SLOTS) : word;
		own->slot[i % MQ_NR_SLOTS].word[0] = ~word;
		ring();
	}
}

void shared_memory(void)
{
	ok(is_known_by_uid(), "the monitor is known by its UID");
	ok(find(), "and says where the shared memory is");
	ok(is_counted(), "stolen time is the RTOS's own count");
	ok(is_echoed(), "messages are answered");
	ok(is_held_back(), "and wait for room");
	ok(is_refused(), "a header that is garbage is refused, and changes nothing");
	ok(is_echoed(), "after it messages are answered again");
	ok(is_mended(), "nor does it matter what we write elsewhere there");
	ok(is_limited(), "a flood of rings is limited");
	ok(misses() == 0, "and no deadline was missed");
}
