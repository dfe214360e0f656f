// SPDX-License-Identifier: GPL-2.0-only
/*
 * The guest's tests of the record: where it may be, what each word does, and
 * what a hostile guest or VMM can do with it.
 */
#include <stddef.h>

#include "guest.h"

#define GARBAGE		0xdeadbeef00000000

/* The first one is registered, but where a test says otherwise. */
static struct intent_record records[2]
	__attribute__((aligned(INTENT_RECORD_SIZE)));

static volatile struct intent_record * const record = &records[0];

static struct regs set_record_by(enum imm imm, u64 address)
{
	return call(imm, INTENT_FN_RECORD, (u32)address, address >> 32, 0);
}

struct regs set_record(u64 address)
{
	return set_record_by(HVC_0, address);
}

static void registered(volatile struct intent_record *at, const char *text)
{
	check_answer(set_record((u64)at), INTENT_SUCCESS, 0, "%s", text);
}

static void dropped(const char *text)
{
	check_answer(set_record(INTENT_RECORD_NONE), INTENT_SUCCESS, 0, "%s",
		     text);
}

/* Nothing is stated by a call, but the host looks at the record. */
u64 look(void)
{
	return call(HVC_0, INTENT_FN_SET, INTENT_CPU, INTENT_NONE, 0).x[0];
}

static void says(u32 class)
{
	record->now = class;
	look();
}

/* What the record says of the VMM's register */
static void check_register(u64 expected, const char *text)
{
	u64 got = db_read(DB_RECORD);

	if (!check(got == expected, "%s", text))
		note("the register is 0x%lx", got);
}

static void fill(volatile struct intent_record *at, u32 value)
{
	volatile u32 *words = (volatile u32 *)at;
	unsigned int n;

	for (n = 0; n < INTENT_RECORD_SIZE / sizeof(u32); n++)
		words[n] = value;
}

/* Are words @from to @to - 1 as @value? */
static bool filled(unsigned int from, unsigned int to, u32 value)
{
	const volatile u32 *words = (const volatile u32 *)record;

	for (; from < to; from++) {
		if (words[from] != value)
			return false;
	}
	return true;
}

void test_register(void)
{
	enum imm imm;

	allow(INTENT_CRITICAL);
	check_register(INTENT_RECORD_NONE, "no record at first");
	dropped("none may be dropped");
	for (imm = 0; imm < NR_IMMS; imm++)
		check_answer(set_record_by(imm, (u64)record), INTENT_SUCCESS, 0,
			     "INTENT_RECORD by %s", imm_names[imm]);
	check_register((u64)record, "the VMM can see where it is");

	fill(record, 0xa5a5a5a5);
	registered(record, "registered with garbage in it");
	check(filled(0, 16, 0xa5a5a5a5), "the guest's half is left alone");
	check(record->ticket == 0xa5a5a5a5, "no ticket is open");
	check(!record->granted && !record->reason && !record->release &&
	      filled(20, 32, 0), "all else in the host's half is 0");
	fill(record, 0);
	registered(record, "registered once more");
	check_answer(call(HVC_0, GARBAGE | INTENT_FN_RECORD,
			  GARBAGE | (u64)record, GARBAGE, GARBAGE),
		     INTENT_SUCCESS, 0, "garbage in the upper halves");
	dropped("dropped");
	check_register(INTENT_RECORD_NONE, "and gone");
	registered((void *)(RAM_BASE + RAM_SIZE - INTENT_RECORD_SIZE),
		   "the last bytes of memory will do");
	dropped("dropped again");
}

/* What cannot be a record's address */
static const u64 refused[] = {
	/* misaligned */
	RECORD + 1, RECORD + 8, RECORD + 64, RECORD + 127,
	0x00000000ffffffff, 0xffffffff00000001,
	/* no memory */
	0, RAM_BASE - INTENT_RECORD_SIZE, RAM_BASE + RAM_SIZE, EXTRA_BASE,
	DB_BASE, GARBAGE, 1UL << 32, 1UL << 40, 1UL << 52, 1UL << 63,
	INTENT_RECORD_NONE - 127, INTENT_RECORD_NONE - 1,
	/* read-only */
	RO_BASE,
};

/* A call that fails changes nothing. */
void test_refused(void)
{
	u64 before, invalid = db_read(DB_STAT(STAT_INVALID));
	unsigned int n;

	registered(record, "a record");
	says(INTENT_CRITICAL);
	before = changes(0);
	for (n = 0; n < ARRAY_SIZE(refused); n++)
		check_answer(set_record(refused[n]), INTENT_INVALID_PARAMETER,
			     0, "0x%lx: invalid", refused[n]);
	for (n = 0; n < 32; n += 31)
		check_answer(call(HVC_0, INTENT_FN_RECORD, (u64)record, 0,
				  1UL << n), INTENT_INVALID_PARAMETER, 0,
			     "bit %u of w3: invalid", n);
	check(db_read(DB_STAT(STAT_INVALID)) - invalid ==
	      ARRAY_SIZE(refused) + 2, "each is counted as invalid");
	check_register((u64)record, "the record stays where it was");
	look();
	check_changes(0, before, 0, "and counts as before");
	check_granted(0, INTENT_CRITICAL, "with what it says");
	says(INTENT_NONE);
}

/* A class that does not exist, and reserved words */
void test_ignored(void)
{
	static const u32 classes[] = {
		INTENT_NR_CLASSES, 0x100 | INTENT_CRITICAL, 0x80000002, ~0U,
	};
	u64 before = changes(0);
	unsigned int n;

	for (n = 0; n < ARRAY_SIZE(classes); n++)
		says(classes[n]);
	check_changes(0, before, 0, "classes that do not exist are none");
	says(INTENT_NONE);
	for (n = 0; n < ARRAY_SIZE(record->guest_reserved); n++)
		record->guest_reserved[n] = ~0;
	look();
	check_changes(0, before, 0, "reserved words mean nothing");
	fill(record, 0);
	registered(record, "a clean record");
}

/* Only the one registered last counts. */
void test_moved(void)
{
	u64 before;

	fill(&records[1], 0);
	records[1].now = INTENT_LATENCY;
	says(INTENT_CRITICAL);
	registered(&records[1], "moved");
	check_granted(0, INTENT_LATENCY, "the new one counts at once");
	check_register((u64)&records[1], "its address is the VMM's to see");
	before = changes(0);
	says(INTENT_NONE);
	says(INTENT_CRITICAL);
	check_changes(0, before, 0, "the old one does not");
	dropped("dropped");
	check_granted(0, INTENT_NONE, "so nothing is stated");
	fill(record, 0);
}

/*
 * The host says so in the record itself. At a wakeup it decides while no thread
 * of the VMM is running, so that tracepoints of the VMM do not show it.
 */
static void check_shown(u32 granted, u32 reason, const char *text)
{
	if (!check(record->granted == granted && record->reason == reason,
		   "%s", text))
		note("granted %u, reason %u", record->granted, record->reason);
}

/* The class, with no call but those that have the host look; by call as well */
void test_now(void)
{
	u32 class;

	registered(record, "a record");
	for (class = INTENT_NR_CLASSES; class-- > 0;) {
		says(class);
		check_granted(0, class, "now is what the scheduler is told");
	}
	state(INTENT_LATENCY);
	record->now = INTENT_CRITICAL;
	state(INTENT_LATENCY);
	check_granted(0, INTENT_CRITICAL, "the record is more urgent");
	record->now = INTENT_NONE;
	state(INTENT_CRITICAL);
	check_granted(0, INTENT_CRITICAL, "the call is");
	check(state(INTENT_NONE) == INTENT_NONE, "it is released");
	check_granted(0, INTENT_NONE, "and nothing remains");

	record->now = INTENT_CRITICAL;
	sleep_ms(5);
	check_shown(INTENT_CRITICAL, INTENT_REASON_NONE,
		    "without a call: at its next wakeup");
	allow(INTENT_LATENCY);
	check_granted(0, INTENT_LATENCY, "the owner's limit holds");
	allow(INTENT_NONE);
	check_granted(0, INTENT_NONE, "and his no");
	allow(INTENT_CRITICAL);
	check_granted(0, INTENT_CRITICAL, "and his yes");
	says(INTENT_NONE);
}

/* The host's half, but for tickets */
void test_shown(void)
{
	says(INTENT_CRITICAL);
	check_shown(INTENT_CRITICAL, INTENT_REASON_NONE, "critical granted");
	allow(INTENT_LATENCY);
	look();
	check_shown(INTENT_LATENCY, INTENT_REASON_LIMIT,
		    "latency granted, for the owner's limit");
	allow(INTENT_NONE);
	check_shown(INTENT_NONE, INTENT_REASON_LIMIT,
		    "none granted, for the owner's limit");
	says(INTENT_NONE);
	check_shown(INTENT_NONE, INTENT_REASON_NONE, "none stated, no reason");
	allow(INTENT_CRITICAL);

	says(INTENT_CRITICAL);
	check(!record->release, "nobody waits for the CPU");
	db_write(DB_LOAD, 1);
	sleep_ms(5);
	check(record->release, "somebody does");
	says(INTENT_NONE);
	check(!record->release, "which concerns the privileged alone");
	says(INTENT_CRITICAL);
	db_write(DB_LOAD, 0);
	sleep_ms(5);
	check(!record->release, "nobody does any more");
	says(INTENT_NONE);
	check(filled(20, 32, 0), "the host's reserved words are 0");
}

/* Woken for critical work, it is critical until it says for what. */
void test_wake(void)
{
	u64 tickets = db_read(DB_STAT(STAT_TICKETS));
	u32 before = record->ticket;

	record->wake = INTENT_LATENCY;
	record->next = INTENT_NEXT_ANY;
	record->ack = before;
	sleep_ms(5);
	check(record->ticket == before + 1, "a wakeup of a class: a ticket");
	check(db_read(DB_STAT(STAT_TICKETS)) - tickets == 1, "it is counted");
	check_shown(INTENT_LATENCY, INTENT_REASON_NONE, "and that class granted");
	record->ack = record->ticket;
	look();
	check_granted(0, INTENT_NONE, "acknowledged: no more");

	record->now = INTENT_CRITICAL;
	sleep_ms(5);
	check(record->ticket == before + 1, "what runs is urgent anyway");
	record->wake = INTENT_NONE;
	says(INTENT_NONE);
	sleep_ms(5);
	check(record->ticket == before + 1, "a wakeup for nothing: no ticket");
	check_granted(0, INTENT_NONE, "and nothing granted");
}

static void spin_ms(u32 ms)
{
	u64 hz, end;

	asm volatile("mrs %0, cntfrq_el0" : "=r" (hz));
	end = ticks() + hz / 1000 * ms;
	while (ticks() < end)
		;
}

/* For a guest that never acknowledges it */
void test_void_ticket(void)
{
	u32 before = record->ticket;

	record->wake = INTENT_CRITICAL;
	sleep_ms(5);
	check(record->ticket == before + 1, "a ticket");
	look();
	check_shown(INTENT_CRITICAL, INTENT_REASON_NONE,
		    "not acknowledged: still critical");
	spin_ms(12);
	look();
	check_granted(0, INTENT_NONE, "void when it had 1 ms to do so");
	record->wake = INTENT_NONE;
	record->ack = record->ticket;
}

/* Any vCPU may write it. */
static void second_writes(void)
{
	record->now = INTENT_CRITICAL;
}

void test_second_now(void)
{
	registered(record, "a record of the first vCPU");
	says(INTENT_NONE);
	second_start(second_writes);
	second_wait();
	look();
	check_granted(0, INTENT_CRITICAL, "which the second one writes");
	says(INTENT_NONE);
	check_granted(0, INTENT_NONE, "and the first");
	dropped("dropped");
}

/* What the vCPU gets done in @ms, and the longest time that it was away */
static u64 work_in(u32 ms, u64 *away)
{
	u64 hz, end, now, last = ticks(), rounds = 0;

	asm volatile("mrs %0, cntfrq_el0" : "=r" (hz));
	*away = 0;
	for (end = last + hz / 1000 * ms; last < end; last = now) {
		now = ticks();
		if (now - last > *away)
			*away = now - last;
		rounds++;
	}
	*away = *away * 1000 / hz;
	return rounds;
}

/* Others go first, but not for ever, and not before what is urgent. */
void test_idle(void)
{
	u64 away, fair, idle, urgent;

	registered(record, "a record");
	says(INTENT_NONE);
	db_write(DB_LOAD, 1);
	sleep_ms(5);
	fair = work_in(600, &away);
	record->due = INTENT_NEXT_NONE;
	record->idle = 1;
	idle = work_in(600, &away);
	check(idle < fair / 2, "idle: far less CPU time beside others");
	note("%lu of %lu rounds, %lu ms away at most", idle, fair, away);
	check(idle > 0 && away < 200, "but never away for long");
	record->now = INTENT_CRITICAL;
	look();
	urgent = work_in(600, &away);
	check(urgent > idle * 2, "urgent as well: that counts");
	record->idle = 0;
	says(INTENT_NONE);
	db_write(DB_LOAD, 0);
	sleep_ms(5);
	record->ack = record->ticket;
	dropped("dropped");
}

static u64 random_state = 42;

static u64 random(void)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 7;
	random_state ^= random_state << 17;
	return random_state;
}

/* Words that mean something, and words that do not */
static void scribble(void)
{
	volatile u32 *words = (volatile u32 *)record;
	unsigned int n = random() % (INTENT_RECORD_SIZE / sizeof(u32));

	words[n] = random() % 3 ? random() : random() % 4;
}

static void second_scribbles(void)
{
	unsigned int n;

	for (n = 0; n < 20000; n++)
		scribble();
}

/* The host answers as if nothing were. */
static bool lives_on(unsigned int rounds)
{
	bool ok = true;

	while (rounds--) {
		scribble();
		ok &= look() == INTENT_SUCCESS;
		ok &= state(INTENT_LATENCY) == INTENT_LATENCY;
		if (rounds % 8 == 0)
			sleep_ms(1);
		if (rounds % 64 == 0)
			ok &= set_record((u64)record).x[0] == INTENT_SUCCESS;
	}
	return ok;
}

void test_hostile(void)
{
	registered(record, "a record");
	check(lives_on(200), "garbage in it by the vCPU itself");
	check(second_on(), "a second vCPU");
	second_start(second_scribbles);
	check(lives_on(200), "garbage in it by the second vCPU");
	second_wait();
	check(second_off(), "that is off again");
	db_write(DB_SCRIBBLE, (u64)record);
	check(lives_on(200), "garbage in it by the VMM");
	db_write(DB_SCRIBBLE, 0);
	check_register((u64)record, "it is where it was");

	fill(record, 0);
	registered(record, "a clean record");
	says(INTENT_NONE);
	check_granted(0, INTENT_NONE, "after all that nothing is granted");
	says(INTENT_CRITICAL);
	check_granted(0, INTENT_CRITICAL, "and something is when it should be");
	says(INTENT_NONE);
}

/* The VMM takes the memory away in which it is, and puts new memory there. */
void test_lost_memory(void)
{
	volatile struct intent_record *extra = (void *)EXTRA_BASE;
	u64 before;

	db_write(DB_EXTRA, 1);
	extra->now = INTENT_CRITICAL;
	registered(extra, "a record in memory of its own");
	check_granted(0, INTENT_CRITICAL, "critical");
	db_write(DB_EXTRA, 0);
	check(look() == INTENT_SUCCESS, "the host lives on without that memory");
	sleep_ms(5);
	check_answer(set_record(EXTRA_BASE), INTENT_INVALID_PARAMETER, 0,
		     "the address is no good any more");
	db_write(DB_EXTRA, 1);
	before = changes(0);
	extra->now = INTENT_NONE;
	look();
	check_changes(0, before, 0, "new memory there is not the record");
	check(!extra->granted, "nor does the host write to it");
	registered(extra, "until it is registered");
	check_granted(0, INTENT_NONE, "then it counts");
	dropped("dropped");
	db_write(DB_EXTRA, 0);
}

/* Locked memory comes back, if later than the answer. */
static bool unlocked(u64 before)
{
	unsigned int n;

	for (n = 0; n < 200 && db_read(DB_LOCKED) != before; n++)
		sleep_ms(10);
	return db_read(DB_LOCKED) == before;
}

/* As fast as it can */
void test_storm(void)
{
	u64 before, most, shown = db_read(DB_REGISTERED(0));
	bool ok = true;
	unsigned int n;

	dropped("no record");
	check(unlocked(db_read(DB_LOCKED)), "no locked memory to come back");
	sleep_ms(100);
	before = db_read(DB_LOCKED);
	registered(record, "a record");
	check(db_read(DB_LOCKED) > before, "its page is locked");
	for (n = 0; n < 1500; n++) {
		ok &= set_record((u64)&records[n & 1]).x[0] == INTENT_SUCCESS;
		if (n % 3 == 0)
			ok &= set_record(INTENT_RECORD_NONE).x[0] ==
			      INTENT_SUCCESS;
	}
	check(ok, "2000 times registered and dropped");
	most = db_read(DB_LOCKED);
	note("0x%lx bytes locked then", most - before);
	dropped("dropped");
	check(unlocked(before), "all locked memory comes back");
	if (shown == DB_UNKNOWN)
		skip("no tracepoints", "kvm_intent_record shows each call");
	else
		check(db_read(DB_REGISTERED(0)) - shown == 2000 + 3,
		      "kvm_intent_record shows each call");
}

void test_record_reset(void)
{
	fill(record, 0);
	registered(record, "a record");
	says(INTENT_CRITICAL);
	check_granted(0, INTENT_CRITICAL, "critical before a vCPU reset");
	db_write(DB_RESET, 0);
	check(false, "the vCPU is reset");
}

void test_record_after_reset(void)
{
	check_register(INTENT_RECORD_NONE, "a reset drops the record");
	check_granted(0, INTENT_NONE, "so nothing is stated");
	look();
	sleep_ms(5);
	check_granted(0, INTENT_NONE, "whatever is still written there");
}
