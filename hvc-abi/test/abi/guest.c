// SPDX-License-Identifier: GPL-2.0-only
/*
 * The bare-metal guest: which tests it makes, and those for hosts that do not
 * offer the calls.
 */
#include <stddef.h>

#include "guest.h"

#define UID_CALL	0x8600ff01
#define FEATURES_CALL	0x86000000

/* The calls, and whether KVM's features call shows bits for them. */
static void test_discovery(bool offered)
{
	struct regs uid = call(HVC_0, UID_CALL, 0, 0, 0);
	struct regs got = call(HVC_0, FEATURES_CALL, 0, 0, 0);

	check(uid.x[0] == 0xb66fb428 && uid.x[1] == 0xe911c52e &&
	      uid.x[2] == 0x564bcaa9 && uid.x[3] == 0x743a004d,
	      "the UID call says KVM");
	check(got.x[0] & 1, "the features call works");
	check(!got.x[1] && !got.x[2], "the features call has no bits 32 to 95");
	if (!check(got.x[3] == (offered ? 7 : 0),
		   "the features call has %s bits 96 to 98",
		   offered ? "exactly" : "no"))
		note("w3 is %lx", got.x[3]);
}

static void test_not_offered(void)
{
	test_discovery(false);
}

void test_offered(void)
{
	test_discovery(true);
}

/* All the immediates, with arguments that would be good for INTENT_SET. */
static void test_no_call(u32 function)
{
	enum imm imm;
	u32 class;

	for (imm = 0; imm < NR_IMMS; imm++) {
		class = imm == HVC_0 ? INTENT_NONE : INTENT_CRITICAL;
		check_answer(call(imm, function, INTENT_CPU, class, 0),
			     INTENT_NOT_SUPPORTED, 0,
			     "%s %lx: not supported", imm_names[imm],
			     (u64)function);
	}
}

static void test_no_calls(void)
{
	test_no_call(INTENT_FN_FEATURES);
	test_no_call(INTENT_FN_SET);
	test_no_call(INTENT_FN_RECORD);
	check_answer(call(HVC_1, INTENT_FN_SET, INTENT_IO, INTENT_LATENCY, 0),
		     INTENT_NOT_SUPPORTED, 0, "IO: not supported");
	check_answer(call(HVC_1, INTENT_FN_SET, ~0UL, ~0UL, ~0UL),
		     INTENT_NOT_SUPPORTED, 0, "nonsense: not supported");
}

/* hvc is the conduit of PSCI as well, and KVM ignores the immediate there. */
static void test_psci(void)
{
	u64 version = psci(PSCI_VERSION, 0, 0, 0);

	check(version >= 0x2 && version < 0x80000000,
	      "PSCI_VERSION by hvc #0: 0x%lx", version);
	check_answer(call(HVC_1, PSCI_VERSION, 0, 0, 0), version, 0,
		     "PSCI_VERSION by hvc #1: the same");
	check_answer(call(HVC_0, PSCI_VERSION, INTENT_CPU, INTENT_CRITICAL, 0),
		     version, 0, "PSCI_VERSION ignores what is in w1 to w3");
	check(second_on(), "CPU_ON of the second vCPU");
	check(second_off(), "CPU_OFF of the second vCPU");
}

/* A host that has them hides them altogether: no opt-in brings them back. */
static void test_hidden_opt_in(void)
{
	u64 before = changes(0);

	allow(INTENT_CRITICAL);
	check_answer(call(HVC_1, INTENT_FN_SET, INTENT_CPU, INTENT_CRITICAL, 0),
		     INTENT_NOT_SUPPORTED, 0,
		     "critical allowed: still not supported");
	check_changes(0, before, 0, "and nothing is granted");
	check(!db_read(DB_STAT(STAT_GRANTS)) && !db_read(DB_STAT(STAT_DENIALS)),
	      "and nothing counted");
}

static void (* const script_absent[])(void) = {
	test_not_offered, test_no_calls, test_psci, NULL,
};

static void (* const script_hidden[])(void) = {
	test_not_offered, test_no_calls, test_psci, test_hidden_opt_in, NULL,
};

/* For the VMM's own tests: what is granted right now? */
static void ask(void)
{
	for (;;)
		db_write(DB_VALUE, state(INTENT_CRITICAL));
}

/* Registers where it can, and may not be able to. */
static void do_register(void)
{
	for (;;)
		db_write(DB_VALUE, set_record(RECORD).x[0]);
}

/* The record was registered, and is written, by the VMM. */
static void silent(void)
{
	for (;;)
		db_write(DB_VALUE, look());
}

static void spin(void)
{
	u64 hz, end;

	asm volatile("mrs %0, cntfrq_el0" : "=r" (hz));
	for (;;) {
		end = ticks() + hz / 100;
		while (ticks() < end)
			;
		db_write(DB_VALUE, 0);
	}
}

static void (* const script_register[])(void) = {
	do_register, NULL,
};

static void (* const script_silent[])(void) = {
	silent, NULL,
};

static void (* const script_spin[])(void) = {
	spin, NULL,
};

static void (* const script_ask[])(void) = {
	ask, NULL,
};

static void (* const * const scripts[])(void) = {
	[SCRIPT_ABSENT]	= script_absent,
	[SCRIPT_HIDDEN]	= script_hidden,
	[SCRIPT_FULL]	= script_full,
	[SCRIPT_ASK]	= script_ask,
	[SCRIPT_REGISTER] = script_register,
	[SCRIPT_SILENT]	= script_silent,
	[SCRIPT_SPIN]	= script_spin,
};

/* A test that resets its vCPU goes on in the next one of the script. */
void guest_main(void)
{
	void (* const *script)(void) = scripts[db_read(DB_SCRIPT)];
	static unsigned int step;

	while (script[step])
		script[step++]();
	psci(PSCI_SYSTEM_OFF, 0, 0, 0);
	db_write(DB_PANIC, 0);
}
