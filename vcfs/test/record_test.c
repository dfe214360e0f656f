// SPDX-License-Identifier: GPL-2.0-only
/*
 * vcfs_guest.c on a host that takes records: after each event, a vCPU's record
 * must say what intent.rst promises, and "hvc #0" must have been said when that
 * asks for it, and never else.
 */
#include <string.h>

#include <linux/compiler.h>

#include "guest_sim.h"
#include "vcfs_guest.h"
#include "random.h"

#define SEEDS		10

/* Rounding, in ticks of the counter; for timers of up to two seconds */
#define TOLERANCE	4

#define MS		(COUNTER_HZ / 1000)
#define NS_PER_MS	1000000LL

/**
 * struct truth - what a vCPU's record has to say
 * @now: class of its present work
 * @idle: that waits for nobody
 * @due: when the first timer expires; valid while @idle is set
 * @ack: the last ticket of which that takes account
 */
static struct truth {
	u32 now;
	bool idle;
	u64 due;
	u32 ack;
} truths[NR_VCPUS];

/* What the host wrote last; all else in its half is 0. */
static struct {
	u32 ticket;
	u32 release;	/* an INTENT_RELEASE */
} told[NR_VCPUS];

/* As a host does */

static void give_ticket(int cpu)
{
	vcpus[cpu].record->ticket = ++told[cpu].ticket;
}

static void tell_release(int cpu, u32 when)
{
	told[cpu].release = when;
	vcpus[cpu].record->release = when;
}

/* The model */

/* Is that timer what the record says, but for rounding? */
static bool about(u64 next, u64 timer)
{
	return next >= timer - TOLERANCE && next <= timer + TOLERANCE;
}

/* The first of the timers of those that sleep there; if one has none, any. */
static bool next_is_true(int cpu)
{
	u64 first = INTENT_NEXT_NONE, next = vcpus[cpu].record->next;

	for (int i = 0; i < NR_TASKS; i++) {
		if (tasks[i].sleeps_on != cpu)
			continue;
		if (!tasks[i].timer)
			return next == INTENT_NEXT_ANY;
		if (tasks[i].timer < first)
			first = tasks[i].timer;
	}
	return first == INTENT_NEXT_NONE ? next == first : about(next, first);
}

static bool all_zero(const u32 *words, int n)
{
	while (n--)
		if (words[n])
			return false;
	return true;
}

static void check_guest_half(int cpu)
{
	const struct intent_record *record = vcpus[cpu].record;

	expect(record->now == truths[cpu].now, "now is not true");
	expect(record->wake == sleepers_class(cpu), "wake is not true");
	expect(next_is_true(cpu), "next is not true");
	expect(record->idle == truths[cpu].idle, "idle is not true");
	expect(!record->idle || record->due == truths[cpu].due ||
	       about(record->due, truths[cpu].due), "due is not true");
	expect(record->ack == truths[cpu].ack, "acknowledged, or not");
	expect(all_zero(record->guest_reserved,
			ARRAY_SIZE(record->guest_reserved)),
	       "wrote to its reserved words");
}

static void check_host_half(int cpu)
{
	const struct intent_record *record = vcpus[cpu].record;

	expect(!record->granted && !record->reason &&
	       record->ticket == told[cpu].ticket &&
	       record->release == told[cpu].release &&
	       all_zero(record->host_reserved,
			ARRAY_SIZE(record->host_reserved)),
	       "wrote to the host's half");
}

/* What it runs now, whatever the events before */
static void check_work(int cpu)
{
	expect(urgency(rqs[cpu].curr) <= vcpus[cpu].record->now ||
	       vcpus[cpu].late, "urgent work, and now does not say so");
}

static void model_check(int cpu)
{
	expect(vcpus[cpu].calls == vcpus[cpu].owed,
	       vcpus[cpu].calls > vcpus[cpu].owed ?
	       "a call too many" : "a call too few");
	expect(!!vcpus[cpu].record == vcpus[cpu].online,
	       "online without a record, or the other way round");
	if (!vcpus[cpu].record)
		return;
	check_guest_half(cpu);
	check_host_half(cpu);
	check_work(cpu);
}

static void model_said(int cpu, u32 class)
{
	expect(class == INTENT_NONE, "an intent by call, beside the record");
}

/* It takes back what a kernel before it may have said. */
static void model_up(int cpu)
{
	vcpus[cpu].owed++;
}

/* It drops its record, which says all there is. */
static void model_down(int cpu)
{
}

/* The record is to be true already. */
static void model_registered(int cpu)
{
	const struct intent_record *record = vcpus[cpu].record;

	truths[cpu].now = work_urgency(cpu);
	truths[cpu].idle = false;
	truths[cpu].ack = record->ack;
	told[cpu].ticket = record->ack;
	told[cpu].release = 0;
	check_guest_half(cpu);
}

/* Work or an event ends, as the host wants to know, and the vCPU does not idle. */
static void release(int cpu, u32 what)
{
	if (!truths[cpu].now && told[cpu].release >= what &&
	    !is_idle(rqs[cpu].curr))
		vcpus[cpu].owed++;
}

static bool acknowledges(int cpu)
{
	bool open = truths[cpu].ack != told[cpu].ticket;

	truths[cpu].ack = told[cpu].ticket;
	return open;
}

/* The first timer, by the counter */
static u64 due(int cpu)
{
	if (first_timers[cpu] == KTIME_MAX)
		return INTENT_NEXT_NONE;
	if ((ktime_t)first_timers[cpu] < ktime_get())
		return counter;
	return (__int128)first_timers[cpu] * COUNTER_HZ / (s64)NSEC_PER_SEC;
}

static void consider_idle(int cpu)
{
	truths[cpu].idle = !truths[cpu].now && only_idle(cpu);
	truths[cpu].due = due(cpu);
}

/* Does something end that the host may want to know? */
static bool works(int cpu)
{
	u32 was = truths[cpu].now;

	truths[cpu].now = work_urgency(cpu);
	return was && !truths[cpu].now;
}

static void model_switched(int cpu, struct task_struct *prev,
			   struct task_struct *next)
{
	bool ended, open;

	if (!vcpus[cpu].record)
		return;
	if (!kernel(next)) {
		ended = works(cpu);
		open = acknowledges(cpu);
		if (ended)
			release(cpu, INTENT_RELEASE_WORK);
		else if (open)
			release(cpu, INTENT_RELEASE_EVENT);
	}
	consider_idle(cpu);
}

static void model_enqueued(int cpu, struct task_struct *p, int by)
{
	if (urgency(p) > truths[cpu].now)
		truths[cpu].now = urgency(p);
	if (urgency(p) || !only_idle(cpu))
		truths[cpu].idle = false;
}

static void model_ticked(int cpu)
{
	if (!vcpus[cpu].record)
		return;
	if (!kernel(rqs[cpu].curr) && works(cpu))
		release(cpu, INTENT_RELEASE_WORK);
	consider_idle(cpu);
}

static void model_irq_done(int cpu)
{
	if (!vcpus[cpu].record)
		return;
	truths[cpu].due = due(cpu);
	if (!kernel(rqs[cpu].curr) && acknowledges(cpu))
		release(cpu, INTENT_RELEASE_EVENT);
}

const struct model model = {
	.records	= true,
	.up		= model_up,
	.down		= model_down,
	.said		= model_said,
	.registered	= model_registered,
	.switched	= model_switched,
	.enqueued	= model_enqueued,
	.ticked		= model_ticked,
	.irq_done	= model_irq_done,
	.check		= model_check,
};

/* Random events of the host */

static bool do_ticket(void)
{
	give_ticket(any_online());
	return true;
}

static bool do_release(void)
{
	tell_release(any_online(), rnd(INTENT_RELEASE_EVENT + 1));
	return true;
}

/* The first of all the guest's timers there, some of them just missed */
static bool do_first_timer(void)
{
	first_timers[any_online()] = rnd(4) ?
		(u64)ktime_get() + rnd(1000000000) - 1000 : KTIME_MAX;
	return true;
}

static const struct event host_events[] = {
	{ "timers",	do_first_timer,	10 },
	{ "ticket",	do_ticket,	15 },
	{ "release",	do_release,	10 },
	{ NULL,		NULL,		0 },
};

/* Cases */

static void test_boot(void)
{
	reset(true);
	ok(shim_initcall() == 0 && !is_live(), "init");
	vcfs_guest_begin();
	ok(is_live(), "begin");
	result(vcpus[0].registrations == 1 && vcpus[1].registrations == 1 &&
	       vcpus[0].calls == 1 && vcpus[1].calls == 1,
	       "each vCPU releases, and registers a record");
	result(vcpus[0].record->next == INTENT_NEXT_NONE,
	       "which says that nothing will be");
}

/* One burst of a periodic task: its timer, its wakeup, its work, its sleep. */
static void burst(struct task_struct *p, int cpu)
{
	counter += MS;
	tick(cpu);
	wake(p, cpu, cpu);
	irq_done(cpu);
	schedule(cpu);
	start_timer(cpu, 2 * NS_PER_MS, 0);
	stop(cpu, TASK_SLEEPS);
}

/* Whatever the host does, a guest that idles between has nothing to say. */
static void test_periodic(bool contended)
{
	struct task_struct *rt;

	boot();
	rt = new_task(0, FIFO);
	for (int i = 0; i < 1000; i++, jiffies += HZ) {
		tell_release(0, contended ? INTENT_RELEASE_EVENT : INTENT_RELEASE_NONE);
		give_ticket(0);
		burst(rt, 0);
		tick(0);
		irq_done(0);
	}
	result(said() == 0 && vcpus[1].calls == 0,
	       contended ? "a periodic task and others that wait: no call" :
			   "a periodic task alone: no call at all");
	result(vcpus[0].record->wake == INTENT_CRITICAL &&
	       about(vcpus[0].record->next, counter + 2 * MS),
	       "asleep, it is announced, with its time");
}

static void test_busy(bool contended)
{
	struct task_struct *rt;

	boot();
	wake_here(new_task(0, NORMAL), 0);
	rt = new_task(1, FIFO);
	for (int i = 0; i < 1000; i++) {
		tell_release(0, contended ? INTENT_RELEASE_EVENT : INTENT_RELEASE_NONE);
		burst(rt, 0);
		tick(0);
		irq_done(0);
	}
	result(said() == (contended ? 1000 : 0) && rqs[0].curr == &tasks[0],
	       contended ? "a busy guest and others that wait: a call a burst" :
			   "a busy guest alone: no call at all");
}

/* Nor for switches among background tasks, nor at ticks. */
static void test_background(void)
{
	boot();
	tell_release(0, INTENT_RELEASE_EVENT);
	for (int i = 0; i < 100; i++) {
		wake_here(new_task(0, NORMAL), 0);
		tick(0);
		irq_done(0);
		wake_here(new_task(1, NORMAL - 1), 0);
		stop(0, TASK_SLEEPS);
		stop(0, TASK_SLEEPS);
	}
	result(said() == 0 && !vcpus[0].record->wake,
	       "background work alone has nothing to say");
}

/* Somebody critical sleeps; after @ns a timer wakes it. */
static struct task_struct *sleeper(int i, s64 ns, ktime_t clock_offset)
{
	struct task_struct *p = new_task(i, FIFO);

	wake_here(p, 0);
	start_timer(0, ns, clock_offset);
	stop(0, TASK_SLEEPS);
	return p;
}

static bool next_is(u64 next)
{
	return vcpus[0].record->next == next;
}

static bool next_in(u64 ticks)
{
	return about(vcpus[0].record->next, counter + ticks);
}

static void test_next(void)
{
	struct task_struct *untimed;

	boot();
	result(next_is(INTENT_NEXT_NONE), "nobody sleeps: no timer");
	sleeper(0, 5 * NS_PER_MS, 0);
	result(next_in(5 * MS), "one sleeps: its timer");
	sleeper(1, 9 * NS_PER_MS, 0);
	result(next_in(5 * MS), "a later one changes nothing");
	sleeper(2, 3 * NS_PER_MS, 0);
	result(next_in(3 * MS), "an earlier one does");
	untimed = new_task(3, FIFO);
	wake_here(untimed, 0);
	stop(0, TASK_SLEEPS);
	result(next_is(INTENT_NEXT_ANY), "one without a timer: any may");
	wake_here(&tasks[2], 0);
	stop(0, TASK_DEAD);
	result(next_is(INTENT_NEXT_ANY), "as long as it sleeps");
	wake_here(untimed, 0);
	stop(0, TASK_DEAD);
	result(next_in(5 * MS), "then the first of the others");
	wake_here(&tasks[0], 0);
	stop(0, TASK_DEAD);
	result(next_in(9 * MS), "the next one");
	wake_here(&tasks[1], 0);
	stop(0, TASK_DEAD);
	result(next_is(INTENT_NEXT_NONE) && !vcpus[0].record->wake, "none");
}

/* How exact is it? To 2^-24 and a tick, which is 36 us for ten minutes. */
static void test_far_timers(void)
{
	static const struct {
		s64 ns;
		u64 ticks;
		u64 tolerance;
	} far[] = {
		{ 1, 0, 1 },
		{ 1000, 24, 1 },
		{ 1000000000LL, 24000000, 2 },
		{ 100000000000LL, 2400000000ULL, 144 },
		{ 600000000000LL, 14400000000ULL, 859 },
		{ 3600000000000LL, 14400000000ULL, 859 },
		{ 1LL << 61, 14400000000ULL, 859 },
	};

	for (int i = 0; i < ARRAY_SIZE(far); i++) {
		s64 error;

		boot();
		sleeper(0, far[i].ns, 0);
		error = vcpus[0].record->next - counter - far[i].ticks;
		if (!far[i].ticks && next_is(INTENT_NEXT_ANY))
			error = 0;
		if (!ok(error <= (s64)far[i].tolerance &&
			error >= -(s64)far[i].tolerance,
			"a timer in %lld ns", (long long)far[i].ns))
			diag("%lld ticks too late", (long long)error);
	}
}

static void test_clocks(void)
{
	boot();
	sleeper(0, 7 * NS_PER_MS, 1700000000LL * NSEC_PER_SEC);
	result(next_in(7 * MS), "a timer of the wall clock");
	boot();
	sleeper(0, 7 * NS_PER_MS, -3LL * NSEC_PER_SEC);
	result(next_in(7 * MS), "and of a clock that is behind");
	boot();
	sleeper(0, -7 * NS_PER_MS, 0);
	result(next_is(INTENT_NEXT_ANY), "one that has expired is none");
}

/* A timer that was not for this sleep */
static void test_stale_timer(void)
{
	struct task_struct *rt;

	boot();
	rt = sleeper(0, 5 * NS_PER_MS, 0);
	counter += MS;
	wake_here(rt, 0);
	stop(0, TASK_SLEEPS);
	result(next_is(INTENT_NEXT_ANY), "woken early: its timer is gone");
	wake_here(rt, 0);
	start_timer(0, 5 * NS_PER_MS, 0);
	counter += 6 * MS;
	stop(0, TASK_SLEEPS);
	result(next_is(INTENT_NEXT_ANY), "expired before it slept");
	wake_here(rt, 0);
	start_timer(0, 5 * NS_PER_MS, 0);
	start_timer(0, 8 * NS_PER_MS, 0);
	stop(0, TASK_SLEEPS);
	result(next_in(8 * MS), "the last one counts");
	counter += 9 * MS;
	result(vcpus[0].record->next == counter - MS,
	       "expired while it sleeps: it stays");
}

/* Who is background when it starts a timer, or sleeps, does not count. */
static void test_background_timer(void)
{
	struct task_struct *p;

	boot();
	p = new_task(0, NORMAL);
	wake_here(p, 0);
	start_timer(0, 5 * NS_PER_MS, 0);
	stop(0, TASK_SLEEPS);
	result(next_is(INTENT_NEXT_NONE) && !vcpus[0].record->wake,
	       "a background task's timer does not count");
	wake_here(p, 0);
	start_timer(0, 5 * NS_PER_MS, 0);
	set_prio(p, FIFO);
	tick(0);
	stop(0, TASK_SLEEPS);
	result(next_is(INTENT_NEXT_ANY) && vcpus[0].record->wake,
	       "critical only after it: may wake at any time");
	set_prio(p, NORMAL);
	wake_here(p, 0);
	result(next_is(INTENT_NEXT_NONE) && !vcpus[0].record->wake,
	       "demoted while it sleeps: gone with its wakeup");
}

static void test_migrates(void)
{
	struct task_struct *rt;

	boot();
	rt = sleeper(0, 5 * NS_PER_MS, 0);
	wake_here(new_task(1, NORMAL), 1);
	tell_release(1, INTENT_RELEASE_EVENT);
	wake(rt, 1, 0);
	result(vcpus[1].record->now == INTENT_CRITICAL && next_is(INTENT_NEXT_NONE) &&
	       !vcpus[0].record->wake && said() == 0 && !vcpus[1].calls,
	       "a wakeup on another vCPU is in its record at once");
	schedule(1);
	start_timer(1, 5 * NS_PER_MS, 0);
	stop(1, TASK_SLEEPS);
	result(about(vcpus[1].record->next, counter + 5 * MS) &&
	       vcpus[1].calls == 1, "it sleeps where it ran");
	wake_here(new_task(2, DEADLINE), 1);
	wake(rt, 1, 1);
	migrate(rt, 0, 0);
	result(vcpus[0].record->now == INTENT_CRITICAL &&
	       !vcpus[1].record->wake && said() == 0,
	       "so is a task that comes from there");
	schedule(0);
	result(rqs[0].curr == rt, "and runs");
}

/* Gone before it ran: what is said in vain ends at the tick or switch. */
static void test_gone(void)
{
	struct task_struct *rt;

	boot();
	tell_release(0, INTENT_RELEASE_EVENT);
	wake_here(new_task(0, NORMAL), 0);
	rt = new_task(1, FIFO);
	wake(rt, 0, 1);
	migrate(rt, 1, 1);
	tick(0);
	result(said() == 1 && !vcpus[0].record->now,
	       "a critical task that has gone again ends at the tick");
}

static void test_ticket(void)
{
	struct task_struct *rt;

	boot();
	rt = new_task(1, FIFO);
	wake_here(new_task(0, NORMAL), 0);
	give_ticket(0);
	irq_done(0);
	result(said() == 0 && vcpus[0].record->ack == 1,
	       "a ticket for nothing: acknowledged after the interrupt");
	irq_done(0);
	give_ticket(0);
	tell_release(0, INTENT_RELEASE_EVENT);
	irq_done(0);
	result(said() == 1 && vcpus[0].record->ack == 2,
	       "and the CPU given back, if others wait");
	irq_done(0);
	result(said() == 0, "but once");
	tell_release(0, INTENT_RELEASE_WORK);
	give_ticket(0);
	irq_done(0);
	result(said() == 0 && vcpus[0].record->ack == 3,
	       "not if the host still waits for the event");
	tell_release(0, INTENT_RELEASE_EVENT);
	give_ticket(0);
	wake(rt, 0, 0);
	irq_done(0);
	result(vcpus[0].record->ack == 3, "it woke somebody: not yet");
	schedule(0);
	result(said() == 0 && vcpus[0].record->ack == 4 &&
	       vcpus[0].record->now == INTENT_CRITICAL,
	       "acknowledged at the switch, the CPU kept");
	give_ticket(0);
	irq_done(0);
	result(said() == 0 && vcpus[0].record->ack == 5,
	       "one for what runs already");
	tell_release(0, INTENT_RELEASE_WORK);
	stop(0, TASK_SLEEPS);
	result(said() == 1, "given back at its end");
}

/* Timers that expire after the tick's are handled by the same interrupt. */
static void test_ticket_at_tick(void)
{
	boot();
	tell_release(0, INTENT_RELEASE_EVENT);
	wake_here(new_task(0, NORMAL), 0);
	give_ticket(0);
	tick(0);
	result(said() == 0 && vcpus[0].record->ack == 0,
	       "not acknowledged at the tick");
	wake(new_task(1, FIFO), 0, 0);
	irq_done(0);
	schedule(0);
	result(said() == 0 && vcpus[0].record->ack == 1,
	       "as its interrupt may wake somebody yet");
}

/* What the kernel does then may be the rest of the event. */
static void test_ticket_in_kernel(struct task_struct *thread, const char *what)
{
	boot();
	tell_release(0, INTENT_RELEASE_EVENT);
	wake_here(new_task(0, NORMAL), 0);
	give_ticket(0);
	switch_to(0, thread);
	irq_done(0);
	tick(0);
	result(said() == 0 && vcpus[0].record->ack == 0, what);
	wake(new_task(1, FIFO), 0, 0);
	schedule(0);
	result(said() == 0 && vcpus[0].record->ack == 1 &&
	       vcpus[0].record->now == INTENT_CRITICAL, "what it woke keeps it");
	stop(0, TASK_SLEEPS);
	give_ticket(0);
	switch_to(0, thread);
	said();
	schedule(0);
	result(said() == 1 && vcpus[0].record->ack == 2,
	       "it woke nobody: given back");
}

static void test_ticket_in_idle(void)
{
	boot();
	tell_release(0, INTENT_RELEASE_EVENT);
	give_ticket(0);
	tick(0);
	irq_done(0);
	result(said() == 0 && vcpus[0].record->ack == 1,
	       "an idle vCPU acknowledges, and sleeps on");
}

/* Priority inheritance, say: it ends while the task runs. */
static void test_boosted(void)
{
	boot();
	tell_release(0, INTENT_RELEASE_EVENT);
	wake_here(new_task(0, NORMAL), 0);
	set_prio(&tasks[0], FIFO);
	tick(0);
	result(said() == 0 && vcpus[0].record->now == INTENT_CRITICAL,
	       "critical while it runs: known at the tick");
	set_prio(&tasks[0], NORMAL);
	tick(0);
	result(said() == 1 && !vcpus[0].record->now, "and when that ends");
}

static void test_kernel(void)
{
	boot();
	tell_release(0, INTENT_RELEASE_EVENT);
	wake_here(new_task(0, FIFO), 0);
	kthread[0].on_rq = true;
	switch_to(0, &kthread[0]);
	tick(0);
	result(said() == 0 && vcpus[0].record->now == INTENT_CRITICAL,
	       "a real-time kernel thread comes between");
	kthread[0].on_rq = false;
	schedule(0);
	result(said() == 0, "and goes");
}

static void test_exit(void)
{
	boot();
	tell_release(0, INTENT_RELEASE_EVENT);
	wake_here(new_task(1, NORMAL), 0);
	sleeper(0, 5 * NS_PER_MS, 0);
	said();
	wake_here(&tasks[0], 0);
	stop(0, TASK_DEAD);
	result(said() == 1 && next_is(INTENT_NEXT_NONE) &&
	       !vcpus[0].record->wake, "the dead do not sleep");
}

static void test_hotplug(void)
{
	struct intent_record *record;

	boot();
	record = vcpus[1].record;
	wake_here(new_task(0, FIFO), 1);
	start_timer(1, 5 * NS_PER_MS, 0);
	stop(1, TASK_SLEEPS);
	wake_here(new_task(1, FIFO), 1);
	offline(1);
	result(!vcpus[1].record && vcpus[1].registrations == 2 &&
	       vcpus[1].calls == 0, "dropped before the vCPU goes");
	memset(record, 0xff, sizeof(*record));
	switch_to(1, &kthread[1]);
	tick(1);
	irq_done(1);
	switch_to(1, &idle[1]);
	tick(1);
	irq_done(1);
	result(record->now == ~0U && record->ack == ~0U && record->next == ~0ULL,
	       "left alone while it is offline");
	memset(record, 0, sizeof(*record));
	online(1);
	result(vcpus[1].registrations == 3 && vcpus[1].record->wake &&
	       about(vcpus[1].record->next, counter + 5 * MS),
	       "at its return it knows who sleeps there");
	wake_here(&tasks[0], 0);
	result(!vcpus[1].record->wake, "and when that one wakes");
}

/* now is that of the last life, until it is registered anew. */
static void test_online_again(void)
{
	struct intent_record *record;

	boot();
	record = vcpus[1].record;
	wake_here(new_task(0, FIFO), 1);
	offline(1);
	expect(record->now == INTENT_CRITICAL, "was not critical");
	schedule(0);
	switch_to(1, &kthread[1]);
	bring_up(1);
	result(!record->now, "no critical work from before it was offline");
}

static void test_suspend(void)
{
	boot();
	sleeper(0, 5 * NS_PER_MS, 0);
	suspend();
	result(!vcpus[0].record && vcpus[0].registrations == 2,
	       "dropped before suspend");
	tick(0);
	irq_done(0);
	resume();
	result(said() == 1 && vcpus[0].registrations == 3 &&
	       vcpus[0].record->wake, "registered anew after it");
}

static void test_reboot(void)
{
	boot();
	wake_here(new_task(0, FIFO), 0);
	wake_here(new_task(1, FIFO), 1);
	reboot();
	result(!vcpus[0].record && !vcpus[1].record && vcpus[0].calls == 0 &&
	       vcpus[1].calls == 0, "all drop their records before reboot");
	stop(0, TASK_SLEEPS);
	wake_here(&tasks[0], 0);
	wake(&tasks[2], 1, 0);
	tick(1);
	irq_done(1);
	result(said() == 0 && vcpus[1].calls == 0 &&
	       vcpus[0].registrations == 2 && vcpus[1].registrations == 2,
	       "and are silent ever after");
}

static bool says(u32 now, u32 wake)
{
	return vcpus[0].record->now == now && vcpus[0].record->wake == wake;
}

/* A task that the admin marks, in the middle of others */
static void test_marked(u32 class)
{
	struct task_struct *p;

	boot();
	tell_release(0, INTENT_RELEASE_EVENT);
	wake_here(new_task(0, NORMAL - 1), 0);
	p = new_task(1, NORMAL);
	set_mark(p, class);
	wake(p, 0, 1);
	result(says(class, INTENT_NONE) && rqs[0].curr != p,
	       "marked: urgent from its wakeup on");
	tick(0);
	irq_done(0);
	schedule(0);
	result(says(class, INTENT_NONE) && rqs[0].curr != p && said() == 0,
	       "also while it waits for others of the guest");
	stop(0, TASK_SLEEPS);
	result(says(class, INTENT_NONE) && rqs[0].curr == p, "it runs");
	start_timer(0, 5 * NS_PER_MS, 0);
	wake(&tasks[0], 0, 0);
	stop(0, TASK_SLEEPS);
	result(says(INTENT_NONE, class) && next_in(5 * MS) && said() == 1,
	       "it sleeps: announced, and the CPU given back");
	wake(p, 1, 0);
	result(says(INTENT_NONE, INTENT_NONE) &&
	       vcpus[1].record->now == class, "it wakes elsewhere");
	schedule(1);
	stop(1, TASK_DEAD);
	result(vcpus[1].record->now == INTENT_NONE, "and ends");
}

/* Of several, the highest class counts, and comes back when that is gone. */
static void test_classes(void)
{
	struct task_struct *low, *high;

	boot();
	low = new_task(0, NORMAL);
	high = new_task(1, NORMAL + 1);
	set_mark(low, INTENT_LATENCY);
	set_mark(high, INTENT_CRITICAL);
	wake_here(low, 0);
	result(says(INTENT_LATENCY, INTENT_NONE), "latency runs");
	wake(high, 0, 0);
	schedule(0);
	result(says(INTENT_CRITICAL, INTENT_NONE) && rqs[0].curr == low,
	       "critical waits for it");
	stop(0, TASK_SLEEPS);
	result(says(INTENT_CRITICAL, INTENT_LATENCY), "latency sleeps");
	stop(0, TASK_SLEEPS);
	result(says(INTENT_NONE, INTENT_CRITICAL), "both sleep");
	wake_here(high, 0);
	result(says(INTENT_CRITICAL, INTENT_LATENCY), "critical wakes");
	stop(0, TASK_DEAD);
	result(says(INTENT_NONE, INTENT_LATENCY), "and ends");
	wake_here(low, 0);
	result(says(INTENT_LATENCY, INTENT_NONE), "latency wakes");
}

/* Marks come, change and go while a task runs, waits or sleeps. */
static void test_new_mark(void)
{
	struct task_struct *p, *other;

	boot();
	tell_release(0, INTENT_RELEASE_EVENT);
	p = new_task(0, NORMAL);
	other = new_task(1, NORMAL + 1);
	wake_here(p, 0);
	wake(other, 0, 0);
	set_mark(p, INTENT_LATENCY);
	tick(0);
	result(says(INTENT_LATENCY, INTENT_NONE), "marked while it runs");
	set_mark(p, INTENT_NONE);
	tick(0);
	result(says(INTENT_NONE, INTENT_NONE) && said() == 1, "and no more");
	set_mark(other, INTENT_CRITICAL);
	tick(0);
	result(says(INTENT_NONE, INTENT_NONE),
	       "marked while it waits: not before it runs");
	stop(0, TASK_SLEEPS);
	result(says(INTENT_CRITICAL, INTENT_NONE), "then it counts");
	set_mark(p, INTENT_LATENCY);
	stop(0, TASK_SLEEPS);
	result(says(INTENT_NONE, INTENT_CRITICAL),
	       "marked while it sleeps: not before it has run");
	set_mark(other, INTENT_NONE);
	result(says(INTENT_NONE, INTENT_CRITICAL),
	       "and what it slept as stands");
	wake_here(other, 0);
	result(says(INTENT_NONE, INTENT_NONE), "until it wakes");
}

static void test_cgroup(void)
{
	struct task_struct *p;

	boot();
	p = new_task(0, NORMAL);
	p->sched_task_group = &cgroups[2];
	set_cgroup_mark(1, INTENT_LATENCY);
	wake_here(p, 0);
	result(says(INTENT_LATENCY, INTENT_NONE), "a cgroup above it is marked");
	set_mark(p, INTENT_CRITICAL);
	tick(0);
	result(says(INTENT_CRITICAL, INTENT_NONE), "its own mark is higher");
	set_mark(p, INTENT_NONE);
	p->sched_task_group = &cgroups[0];
	tick(0);
	result(says(INTENT_NONE, INTENT_NONE), "it leaves, and is not marked");
}

/* As nice levels */
static void test_fork(void)
{
	struct task_struct child = {
		.vcfs = { .mark = INTENT_LATENCY, .queued = INTENT_LATENCY },
	};

	vcfs_guest_fork(&child);
	ok(child.vcfs.mark == INTENT_LATENCY && !child.vcfs.queued,
	   "a child has its parent's mark");
	child.sched_reset_on_fork = true;
	vcfs_guest_fork(&child);
	ok(child.vcfs.mark == INTENT_NONE, "but not with reset-on-fork");
}

static struct task_struct *idle_task(int i)
{
	struct task_struct *p = new_task(i, NORMAL);

	p->idle_policy = true;
	return p;
}

static bool idle_until(u64 due)
{
	const struct intent_record *record = vcpus[0].record;

	return record->idle && (record->due == due || about(record->due, due));
}

/* Nothing but SCHED_IDLE work: others go first. */
static void test_idle_work(void)
{
	struct intent_record *record;
	struct task_struct *rt;

	boot();
	record = vcpus[0].record;
	result(!record->idle, "a vCPU that sleeps has no idle work");
	wake_here(idle_task(0), 0);
	result(idle_until(INTENT_NEXT_NONE), "SCHED_IDLE alone");
	wake(idle_task(1), 0, 1);
	schedule(0);
	result(record->idle, "and another one");
	wake(new_task(2, NORMAL + 1), 0, 1);
	result(!record->idle && rqs[0].curr == &tasks[0],
	       "not if a normal task waits, whoever woke it");
	migrate(&tasks[2], 1, 1);
	tick(0);
	result(record->idle, "again when it has gone");
	rt = new_task(3, FIFO);
	wake_here(rt, 0);
	result(!record->idle, "not with a real-time task");
	stop(0, TASK_SLEEPS);
	result(record->idle && record->wake, "but with one that sleeps");
	switch_to(0, &kthread[0]);
	result(!record->idle, "not with a kernel thread");
	schedule(0);
	set_policy(&tasks[0], false);
	result(!record->idle, "not with one that has become normal");
	set_policy(&tasks[0], true);
	set_mark(&tasks[0], INTENT_LATENCY);
	tick(0);
	result(!record->idle && record->now == INTENT_LATENCY,
	       "not with one that is marked");
	set_mark(&tasks[0], INTENT_NONE);
	tick(0);
	stop(0, TASK_SLEEPS);
	stop(0, TASK_SLEEPS);
	result(!record->idle && said() == 0, "and not asleep");
}

/* Until when that is sure */
static void test_due(void)
{
	boot();
	first_timers[0] = ktime_get() + 5 * NS_PER_MS;
	first_timers[1] = ktime_get() + NS_PER_MS;
	wake_here(idle_task(0), 0);
	result(idle_until(counter + 5 * MS), "the first timer of the vCPU");
	counter += 6 * MS;
	first_timers[0] = ktime_get() + 7 * NS_PER_MS;
	irq_done(0);
	result(idle_until(counter + 7 * MS), "renewed after an interrupt");
	first_timers[0] = ktime_get() - NS_PER_MS;
	tick(0);
	result(idle_until(counter), "one that was missed is due");
	first_timers[0] = KTIME_MAX;
	tick(0);
	result(idle_until(INTENT_NEXT_NONE), "none at all");
	first_timers[0] = ktime_get() + NS_PER_MS;
	give_ticket(0);
	irq_done(0);
	result(idle_until(counter + MS) && vcpus[0].record->ack == 1,
	       "true before the ticket is acknowledged");
}

static void test_idle_online_again(void)
{
	struct intent_record *record;

	boot();
	record = vcpus[1].record;
	offline(1);
	record->idle = true;
	switch_to(1, &kthread[1]);
	bring_up(1);
	result(!record->idle, "no idle work from before it was offline");
}

static void test_random(unsigned int seed)
{
	const char *last = random_events(seed, host_events);
	unsigned int calls = vcpus[0].calls + vcpus[1].calls;

	if (!ok(!error, "seed %u, %d events", seed, EVENTS))
		diag("after %s: %s", last, error);
	ok(calls > EVENTS / 100 && calls < EVENTS / 5, "%u calls", calls);
	end_all();
	result(!sleepers(0) && !sleepers(1) && next_is(INTENT_NEXT_NONE),
	       "all tasks gone, nobody sleeps");
}

int main(void)
{
	test_boot();
	test_periodic(false);
	test_periodic(true);
	test_busy(false);
	test_busy(true);
	test_background();
	test_next();
	test_far_timers();
	test_clocks();
	test_stale_timer();
	test_background_timer();
	test_migrates();
	test_gone();
	test_ticket();
	test_ticket_at_tick();
	test_ticket_in_kernel(&kthread[0], "a real-time kernel thread runs");
	test_ticket_in_kernel(&ksoftirqd[0], "ksoftirqd runs");
	test_ticket_in_idle();
	test_boosted();
	test_kernel();
	test_exit();
	test_hotplug();
	test_online_again();
	test_suspend();
	test_reboot();
	test_marked(INTENT_LATENCY);
	test_marked(INTENT_CRITICAL);
	test_classes();
	test_new_mark();
	test_cgroup();
	test_fork();
	test_idle_work();
	test_due();
	test_idle_online_again();
	for (unsigned int seed = 1; seed <= SEEDS; seed++)
		test_random(seed);
	return tap_done();
}
