// SPDX-License-Identifier: GPL-2.0-only
/*
 * The guest's tests on a host that offers the calls: each call, each error,
 * and the life of an intent.
 */
#include <stddef.h>

#include "guest.h"

#define GARBAGE		0xdeadbeef00000000

static const char * const class_names[INTENT_NR_CLASSES] = {
	[INTENT_NONE]		= "none",
	[INTENT_LATENCY]	= "latency",
	[INTENT_CRITICAL]	= "critical",
};

static u64 min(u64 a, u64 b)
{
	return a < b ? a : b;
}

static struct regs set(enum imm imm, u64 resource, u64 class, u64 reserved)
{
	return call(imm, INTENT_FN_SET, resource, class, reserved);
}

static void test_features(void)
{
	enum imm imm;

	for (imm = 0; imm < NR_IMMS; imm++)
		check_features(call(imm, INTENT_FN_FEATURES, 0, 0, 0),
			       "INTENT_FEATURES by %s: 1.1, CPU and IO, a record",
			       imm_names[imm]);
	check_features(call(HVC_0, GARBAGE | INTENT_FN_FEATURES, ~0UL, ~0UL,
			    ~0UL), "INTENT_FEATURES ignores all but w0");
}

/* The ids around ours, and their 64-bit twins. */
static void test_other_functions(void)
{
	static const u32 ids[] = {
		INTENT_FN_FEATURES - 1, INTENT_FN_RECORD + 1,
		INTENT_FN_FEATURES | 0x40000000, INTENT_FN_SET | 0x40000000,
		INTENT_FN_RECORD | 0x40000000, INTENT_FN_SET & 0x7fffffff,
		INTENT_FN_RECORD & 0x7fffffff,
	};
	unsigned int n;

	for (n = 0; n < 2 * ARRAY_SIZE(ids); n++)
		check_answer(call(n & 1, ids[n / 2], INTENT_CPU,
				  INTENT_CRITICAL * (n & 1), 0),
			     INTENT_NOT_SUPPORTED, 0, "%s %lx: not supported",
			     imm_names[n & 1], (u64)ids[n / 2]);
}

/* One cell of the matrix: state a class under a limit, and release it. */
static void grant_and_release(u32 allowed, u32 stated)
{
	u32 expected = min(allowed, stated);

	check_answer(set(HVC_1, INTENT_CPU, stated, 0), INTENT_SUCCESS,
		     expected, "%s stated, %s allowed: %s granted",
		     class_names[stated], class_names[allowed],
		     class_names[expected]);
	check_granted(0, expected, "and that is what the scheduler is told");
	check_answer(set(HVC_0, INTENT_CPU, INTENT_NONE, 0), INTENT_SUCCESS,
		     INTENT_NONE, "released");
	check_granted(0, INTENT_NONE, "and so is the scheduler told");
}

static void test_grants(void)
{
	u32 allowed, stated;

	check(db_read(DB_ALLOW) == INTENT_NONE, "nothing is allowed at first");
	for (allowed = 0; allowed < INTENT_NR_CLASSES; allowed++) {
		allow(allowed);
		for (stated = 1; stated < INTENT_NR_CLASSES; stated++)
			grant_and_release(allowed, stated);
	}
	check_answer(set(HVC_0, INTENT_CPU, INTENT_NONE, 0), INTENT_SUCCESS,
		     INTENT_NONE, "a release may be repeated");
}

/* The last statement counts, up and down, with no release in between. */
static void test_replace(void)
{
	static const u32 order[] = {
		INTENT_LATENCY, INTENT_CRITICAL, INTENT_CRITICAL,
		INTENT_LATENCY,
	};
	unsigned int n;

	allow(INTENT_CRITICAL);
	for (n = 0; n < ARRAY_SIZE(order); n++) {
		check(state(order[n]) == order[n], "%s replaces what was",
		      class_names[order[n]]);
		check_granted(0, order[n], "for the scheduler too");
	}
	state(INTENT_NONE);
}

/* INTENT_SET as it should not be. */
static const struct wrong {
	enum imm imm;
	u32 resource;
	u32 class;
	u32 reserved;
} wrongs[] = {
	/* neither 0 nor 1 */
	{ HVC_2, INTENT_CPU, INTENT_NONE, 0 },
	{ HVC_2, INTENT_CPU, INTENT_LATENCY, 0 },
	{ HVC_FFFF, INTENT_CPU, INTENT_NONE, 0 },
	{ HVC_FFFF, INTENT_CPU, INTENT_LATENCY, 0 },
	/* none is for a release, the others for a grant */
	{ HVC_1, INTENT_CPU, INTENT_NONE, 0 },
	{ HVC_0, INTENT_CPU, INTENT_LATENCY, 0 },
	{ HVC_0, INTENT_CPU, INTENT_CRITICAL, 0 },
	/* no such class */
	{ HVC_1, INTENT_CPU, 3, 0 },
	{ HVC_0, INTENT_CPU, 3, 0 },
	{ HVC_1, INTENT_CPU, 0x100 | INTENT_LATENCY, 0 },
	{ HVC_1, INTENT_CPU, 0x80000000, 0 },
	{ HVC_1, INTENT_CPU, 0xffffffff, 0 },
	{ HVC_0, INTENT_CPU, 0xffffffff, 0 },
	/* no such resource */
	{ HVC_1, 2, INTENT_LATENCY, 0 },
	{ HVC_0, 2, INTENT_NONE, 0 },
	{ HVC_1, 32, INTENT_LATENCY, 0 },
	{ HVC_1, 0x100, INTENT_LATENCY, 0 },
	{ HVC_1, 0xffffffff, INTENT_LATENCY, 0 },
	{ HVC_0, 0xffffffff, INTENT_NONE, 0 },
	/* not for IO either */
	{ HVC_0, INTENT_IO, INTENT_LATENCY, 0 },
	{ HVC_1, INTENT_IO, INTENT_NONE, 0 },
	{ HVC_1, INTENT_IO, 3, 0 },
	{ HVC_1, INTENT_IO, INTENT_LATENCY, 1 },
	/* not zero */
	{ HVC_1, INTENT_CPU, INTENT_LATENCY, 1 },
	{ HVC_0, INTENT_CPU, INTENT_NONE, 1 },
	{ HVC_1, INTENT_CPU, INTENT_LATENCY, 0x80000000 },
	{ HVC_0, INTENT_CPU, INTENT_NONE, 0xffffffff },
};

static void check_wrong(const struct wrong *w)
{
	check_answer(set(w->imm, w->resource, w->class, w->reserved),
		     INTENT_INVALID_PARAMETER, 0,
		     "%s resource 0x%lx class 0x%lx w3 0x%lx: invalid",
		     imm_names[w->imm], (u64)w->resource, (u64)w->class,
		     (u64)w->reserved);
}

/* A call that fails changes nothing: critical stands before and after. */
static void test_wrong(void)
{
	u64 before;
	unsigned int n;

	allow(INTENT_CRITICAL);
	state(INTENT_CRITICAL);
	before = changes(0);
	for (n = 0; n < ARRAY_SIZE(wrongs); n++)
		check_wrong(&wrongs[n]);
	check_changes(0, before, 0, "no failed call changes the privilege");
	allow(INTENT_NONE);
	allow(INTENT_CRITICAL);
	check_granted(0, INTENT_CRITICAL, "nor the intent that stands");
	state(INTENT_NONE);
}

/* IO is allowed separately, which nobody did: it is noted, and no more. */
static void test_io(void)
{
	u64 before;

	allow(INTENT_CRITICAL);
	before = changes(0);
	check_answer(set(HVC_1, INTENT_IO, INTENT_LATENCY, 0), INTENT_SUCCESS,
		     INTENT_NONE, "IO, latency: none granted");
	check_answer(set(HVC_1, INTENT_IO, INTENT_CRITICAL, 0), INTENT_SUCCESS,
		     INTENT_NONE, "IO, critical: none granted");
	check_answer(set(HVC_0, INTENT_IO, INTENT_NONE, 0), INTENT_SUCCESS,
		     INTENT_NONE, "IO, a release");
	check_changes(0, before, 0, "IO does not change the privilege for CPU");
}

/* SMC32: the upper halves of the arguments are not there. */
static void test_upper_halves(void)
{
	allow(INTENT_CRITICAL);
	check_answer(call(HVC_1, GARBAGE | INTENT_FN_SET, GARBAGE | INTENT_CPU,
			  GARBAGE | INTENT_LATENCY, GARBAGE),
		     INTENT_SUCCESS, INTENT_LATENCY,
		     "a grant with garbage in the upper halves");
	check_granted(0, INTENT_LATENCY, "is one for the scheduler");
	check_answer(call(HVC_0, GARBAGE | INTENT_FN_SET, GARBAGE | INTENT_CPU,
			  GARBAGE, GARBAGE), INTENT_SUCCESS, INTENT_NONE,
		     "a release with garbage in the upper halves");
}

/* The calls work with interrupts masked (as at the start) and open. */
static void test_interrupt_mask(void)
{
	allow(INTENT_LATENCY);
	asm volatile("msr daifclr, #0xf" : : : "memory");
	check_answer(set(HVC_1, INTENT_CPU, INTENT_LATENCY, 0), INTENT_SUCCESS,
		     INTENT_LATENCY, "a grant with open interrupts");
	asm volatile("msr daifset, #0xf" : : : "memory");
	check_answer(set(HVC_0, INTENT_CPU, INTENT_NONE, 0), INTENT_SUCCESS,
		     INTENT_NONE, "a release with masked interrupts");
}

/* The owner changes the limit after the guest has said all it says. */
static void test_live_opt_in(void)
{
	allow(INTENT_NONE);
	check(state(INTENT_LATENCY) == INTENT_NONE, "latency: not now");
	allow(INTENT_CRITICAL);
	check_granted(0, INTENT_LATENCY, "critical allowed: latency at once");

	state(INTENT_CRITICAL);
	allow(INTENT_LATENCY);
	check_granted(0, INTENT_LATENCY, "critical, cut to latency");
	allow(INTENT_NONE);
	check_granted(0, INTENT_NONE, "and to nothing");
	allow(INTENT_CRITICAL);
	check_granted(0, INTENT_CRITICAL, "and restored");

	allow(INTENT_NONE);
	state(INTENT_NONE);
	allow(INTENT_CRITICAL);
	check_granted(0, INTENT_NONE, "released while nothing is allowed");
}

static void test_kill_switch(void)
{
	if (db_read(DB_SWITCH) == DB_UNKNOWN) {
		skip("not root", "kill switch");
		return;
	}
	check(db_read(DB_SWITCH) == 1, "the kill switch is on at first");
	allow(INTENT_CRITICAL);
	state(INTENT_CRITICAL);
	db_write(DB_SWITCH, 0);
	check(db_read(DB_SWITCH) == 0, "kill switch off");
	check_granted(0, INTENT_NONE, "takes the privilege away at once");
	check(state(INTENT_LATENCY) == INTENT_NONE, "a new intent gets none");
	allow(INTENT_LATENCY);
	allow(INTENT_CRITICAL);
	check_granted(0, INTENT_NONE, "nor does a new opt-in help");
	db_write(DB_SWITCH, 1);
	check_granted(0, INTENT_LATENCY, "on again: the last intent counts");
	state(INTENT_NONE);
}

static const char * const stat_names[NR_STATS] = {
	[STAT_GRANTS]	= "intent_grants",
	[STAT_RELEASES]	= "intent_releases",
	[STAT_DENIALS]	= "intent_denials",
	[STAT_INVALID]	= "intent_invalid",
	[STAT_TICKETS]	= "intent_tickets",
};

/* Grants 3, denials 4, releases 2, invalid 5; no other call counts. */
static void make_counted_calls(void)
{
	unsigned int n;

	for (n = 0; n < 5; n++)
		set(HVC_2, INTENT_CPU, INTENT_LATENCY, 0);
	allow(INTENT_LATENCY);
	for (n = 0; n < 3; n++)
		state(n ? INTENT_LATENCY : INTENT_CRITICAL);
	allow(INTENT_NONE);
	for (n = 0; n < 4; n++)
		state(INTENT_CRITICAL);
	for (n = 0; n < 2; n++)
		state(INTENT_NONE);
	call(HVC_1, INTENT_FN_FEATURES, 0, 0, 0);
	psci(PSCI_VERSION, 0, 0, 0);
}

static void check_stat(unsigned int n, u64 before, u64 count)
{
	u64 now = db_read(DB_STAT(n));

	if (now == DB_UNKNOWN)
		check(false, "%s is a statistic", stat_names[n]);
	else if (!check(now - before == count, "%s counts %u calls",
			stat_names[n], (u32)count))
		note("before 0x%lx, now 0x%lx", before, now);
}

/* The counters before, some calls, and what they are to add. */
static void check_stats(void (*calls)(void), const u64 *counts)
{
	u64 before[NR_STATS];
	unsigned int n;

	for (n = 0; n < NR_STATS; n++)
		before[n] = db_read(DB_STAT(n));
	calls();
	for (n = 0; n < NR_STATS; n++)
		check_stat(n, before[n], counts[n]);
}

static void test_stats(void)
{
	static const u64 counts[NR_STATS] = {
		[STAT_GRANTS]	= 3,
		[STAT_RELEASES]	= 2,
		[STAT_DENIALS]	= 4,
		[STAT_INVALID]	= 5,
	};
	u64 calls = db_read(DB_CALLS(0));

	check_stats(make_counted_calls, counts);
	if (calls == DB_UNKNOWN)
		skip("no tracepoints", "kvm_intent_set shows each call");
	else
		check(db_read(DB_CALLS(0)) - calls == 3 + 2 + 4 + 5,
		      "kvm_intent_set shows each call");
}

static void make_io_calls(void)
{
	set(HVC_1, INTENT_IO, INTENT_LATENCY, 0);
	set(HVC_0, INTENT_IO, INTENT_NONE, 0);
}

/* A resource that is served, but not allowed. */
static void test_io_stats(void)
{
	static const u64 counts[NR_STATS] = {
		[STAT_DENIALS]	= 1,
		[STAT_RELEASES]	= 1,
	};

	check_stats(make_io_calls, counts);
}

/* An intent outlives WFI: that is how to ask for the next wake. */
static void test_wfi(void)
{
	u64 before;

	allow(INTENT_CRITICAL);
	state(INTENT_CRITICAL);
	before = changes(0);
	sleep_ms(2);
	check_changes(0, before, 0, "WFI changes nothing");
	check_granted(0, INTENT_CRITICAL, "the privilege is there at wake-up");
}

/*
 * Still critical; both threads are the VMM's. If the new one has it, the owner
 * can take it away.
 */
static void test_thread(void)
{
	u64 before;

	db_write(DB_THREAD, 0);
	check_granted(0, INTENT_CRITICAL, "a new thread runs a critical vCPU");
	before = changes(0);
	allow(INTENT_NONE);
	check_changes(0, before, 1, "it was privileged, and is no more");
	allow(INTENT_LATENCY);
	check_granted(0, INTENT_LATENCY, "the owner decides for it");
	check(state(INTENT_CRITICAL) == INTENT_LATENCY, "and so does the guest");
}

/* Nothing is stated: whatever the owner allows, nothing changes. */
static void check_nothing_stated(u32 vcpu, const char *event)
{
	u64 before;

	check_granted(vcpu, INTENT_NONE, event);
	before = changes(vcpu);
	allow(INTENT_NONE);
	allow(INTENT_CRITICAL);
	check_changes(vcpu, before, 0, "so an opt-in does not matter");
}

static void test_reset(void)
{
	allow(INTENT_CRITICAL);
	state(INTENT_CRITICAL);
	check_granted(0, INTENT_CRITICAL, "critical before a vCPU reset");
	db_write(DB_RESET, 0);
	check(false, "the vCPU is reset");
}

static void test_system_reset(void)
{
	check_nothing_stated(0, "none stated after a vCPU reset");
	check(state(INTENT_CRITICAL) == INTENT_CRITICAL, "it may ask anew");
	check_granted(0, INTENT_CRITICAL, "critical before SYSTEM_RESET");
	psci(PSCI_SYSTEM_RESET, 0, 0, 0);
	check(false, "the system is reset");
}

static void test_after_system_reset(void)
{
	check_nothing_stated(0, "none stated after SYSTEM_RESET");
}

/* Jobs of the second vCPU, which prints nothing. */
static volatile u64 second_granted;

static void second_critical(void)
{
	second_granted = set(HVC_1, INTENT_CPU, INTENT_CRITICAL, 0).x[1];
}

static void second_sleep(void)
{
	sleep_ms(20);
}

/* Each vCPU speaks for itself. */
static void test_second_vcpu(void)
{
	allow(INTENT_CRITICAL);
	check(second_on(), "CPU_ON of the second vCPU");
	second_start(second_sleep);
	second_wait();
	check_nothing_stated(1, "a vCPU has nothing stated at CPU_ON");

	state(INTENT_LATENCY);
	second_start(second_critical);
	second_wait();
	check(second_granted == INTENT_CRITICAL, "it states critical");
	check_granted(1, INTENT_CRITICAL, "it is critical for the scheduler");
	check_granted(0, INTENT_LATENCY, "the first one is not");
	state(INTENT_NONE);
	check_granted(1, INTENT_CRITICAL, "nor do releases concern the other");
}

/* The owner reaches a vCPU that sleeps; it is critical from before. */
static void test_sleeping_vcpu(void)
{
	second_start(second_sleep);
	sleep_ms(1);
	allow(INTENT_NONE);
	check_granted(1, INTENT_NONE, "a sleeping vCPU loses its privilege");
	allow(INTENT_CRITICAL);
	check_granted(1, INTENT_CRITICAL, "and gets it back");
	second_wait();
}

static void test_cpu_off(void)
{
	check(second_off(), "CPU_OFF of a critical vCPU");
	check(second_on(), "CPU_ON after that");
	second_start(second_sleep);
	second_wait();
	check_nothing_stated(1, "none stated after CPU_OFF and CPU_ON");
	check(second_off(), "CPU_OFF once more");
}

/* For the VMM, which destroys the VM now: see its check of that. */
static void leave_critical(void)
{
	allow(INTENT_CRITICAL);
	check(state(INTENT_CRITICAL) == INTENT_CRITICAL, "critical at the end");
}

void (* const script_full[])(void) = {
	test_offered, test_features, test_other_functions,
	test_grants, test_replace, test_wrong, test_io,
	test_upper_halves,
	test_interrupt_mask, test_live_opt_in, test_kill_switch,
	test_stats, test_io_stats, test_wfi, test_thread,
	test_reset, test_system_reset, test_after_system_reset,
	test_register, test_refused, test_ignored, test_moved, test_now,
	test_shown, test_wake, test_void_ticket, test_idle, test_hostile,
	test_lost_memory, test_storm, test_record_reset,
	test_record_after_reset,
	test_second_vcpu, test_sleeping_vcpu, test_second_now, test_cpu_off,
	leave_critical, NULL,
};
