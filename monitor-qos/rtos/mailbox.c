// SPDX-License-Identifier: GPL-2.0-only
/*
 * Messages from and to the normal world, in memory that it may write at any
 * time: what counts is kept here, and what comes from there is read once.
 *
 * A message asks for a service and is its own answer.
 */
#include "monitor-qos.h"
#include "rtos.h"

static const struct mq_box *host;
static struct mq_box *own;

static unsigned int magic = MQ_MAGIC, sent, taken, shed;
static unsigned long refused;

/* The idle tasks of several cores may be rung for at once. */
static unsigned int busy, rung;

/* The monitor would not let us ring: later then. */
static unsigned int ring_due;

static unsigned int peek(const unsigned int *word)
{
	return __atomic_load_n(word, __ATOMIC_ACQUIRE);
}

static void poke(unsigned int *word, unsigned int value)
{
	__atomic_store_n(word, value, __ATOMIC_RELEASE);
}

static void copy(struct mq_message *to, const struct mq_message *from)
{
	int i;

	for (i = 0; i < MQ_NR_WORDS; i++)
		to->word[i] = __atomic_load_n(&from->word[i], __ATOMIC_RELAXED);
}

/*
 * All of the header, whoever wrote there meanwhile. Not while another core may be at
 * answer_all().
 */
void mailbox_show(void)
{
	if (!own)
		return;
	poke(&own->taken, taken);
	poke(&own->shed, shed);
	poke(&own->sent, sent);
	poke(&own->magic, magic);
}

void mailbox_init(unsigned long shared)
{
	if (!shared)
		return;
	host = (void *)(shared + MQ_PAGE);
	own = (void *)(shared + 2 * MQ_PAGE);
	mailbox_show();
}

static int take(struct mq_message *message)
{
	int n = mq_waiting(peek(&host->magic), peek(&host->sent), taken);

	if (n < 0)
		refused++;
	if (n <= 0)
		return 0;
	copy(message, &host->slot[taken % MQ_NR_SLOTS]);
	poke(&own->taken, ++taken);
	return 1;
}

static int has_room(void)
{
	int n = mq_waiting(peek(&host->magic), sent, peek(&host->taken));

	if (n < 0)
		refused++;
	return n >= 0 && n < MQ_NR_SLOTS;
}

static void put(const struct mq_message *message)
{
	copy(&own->slot[sent % MQ_NR_SLOTS], message);
	poke(&own->sent, ++sent);
}

static void ring(void)
{
	poke(&ring_due, rtos_smc(MQ_RING, 0) == MQ_BUSY);
}

/* As many as there can be: more only when it rings again. */
static void answer_all(void)
{
	struct mq_message message;
	int n = 0;

	mailbox_show();
	while (n < MQ_NR_SLOTS && has_room() && take(&message)) {
		mailbox_serve(message.word);
		put(&message);
		n++;
	}
	if (n)
		ring();
}

/* The normal world rang. */
void mailbox_rung(void)
{
	poke(&rung, 1);
	while (own && peek(&rung)) {
		if (__atomic_exchange_n(&busy, 1, __ATOMIC_ACQUIRE))
			return;
		poke(&rung, 0);
		answer_all();
		poke(&busy, 0);
	}
}

/* Now and then, on one core. */
void mailbox_look_after(void)
{
	if (peek(&ring_due))
		ring();
}

long mailbox_shed(unsigned long on)
{
	if (on > 1)
		return MQ_INVALID;
	if (!own)
		return MQ_NOT_SUPPORTED;
	shed = on;
	poke(&own->shed, shed);
	ring();
	return MQ_SUCCESS;
}

/* A header that the normal world must not believe, and the right one again. */
void mailbox_spoil(unsigned long on)
{
	if (!own)
		return;
	magic = on ? ~MQ_MAGIC : MQ_MAGIC;
	shed = on;
	poke(&own->magic, magic);
	poke(&own->shed, shed);
	ring();
}

void mailbox_counts(unsigned long *messages, unsigned long *garbage)
{
	*messages = taken;
	*garbage = refused;
}
