// SPDX-License-Identifier: GPL-2.0-only
/*
 * The record as the VMM sees it: its register, its memory, and interrupts,
 * which the host takes for urgent before the guest knows of them.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "doorbell.h"
#include "files.h"
#include "host.h"
#include "intent-abi.h"
#include "observe.h"
#include "tap.h"
#include "vm.h"

#define ARRAY_SIZE(a)	(sizeof(a) / sizeof((a)[0]))

#define OTHER_USER	65534

static volatile struct intent_record *record_of(struct vm *vm)
{
	return vm_memory(vm, RECORD);
}

static uint64_t record_reg(struct vm *vm)
{
	uint64_t value = 0;

	return vm_get_reg(vm, INTENT_RECORD_REG, &value) ? 0 : value;
}

static int set_record_reg(struct vm *vm, uint64_t value)
{
	return vm_set_reg(vm, INTENT_RECORD_REG, value);
}

static void check_granted(unsigned int class, const char *text)
{
	uint64_t got = trace_granted(0);

	if (got == DB_UNKNOWN)
		tap_skip("no tracepoints", "%s", text);
	else if (!tap_check(got == class, "%s", text))
		tap_note("the scheduler was told %lu", got);
}

/* Locked memory comes back, if later than whoever gives it up. */
static bool unlocked(uint64_t before)
{
	unsigned int n;

	for (n = 0; n < 200 && locked_memory() != before; n++)
		usleep(10000);
	return locked_memory() == before;
}

/* Once more, until the guest tells something. */
static uint64_t ask(struct vm *vm)
{
	if (!vm_run(vm))
		tap_bail_out("the guest has ended");
	return vm->value;
}

/*
 * A VM that runs, may be critical, has its record at RECORD, and can get
 * interrupts. Return: false if the host cannot do that.
 */
static bool start(struct vm *vm, unsigned int script)
{
	vm_create(vm, script, 1);
	if (!vm_add_gic(vm)) {
		tap_skip("no GICv3", "interrupts");
		vm_destroy(vm);
		return false;
	}
	ask(vm);
	class_put(vm->cpu_file, INTENT_CRITICAL);
	set_record_reg(vm, RECORD);
	return true;
}

static void test_register(void)
{
	static const uint64_t bad[] = {
		0, 1, RECORD + 64, RAM_BASE + RAM_SIZE, RO_BASE, DB_BASE,
		1UL << 40, 1UL << 63, INTENT_RECORD_NONE - 1,
		INTENT_RECORD_NONE - 127,
	};
	uint64_t before = locked_memory();
	struct vm vm;
	size_t n;

	tap_note("the register of the record");
	vm_create(&vm, SCRIPT_SILENT, 1);
	tap_check(vm_lists_reg(&vm, INTENT_RECORD_REG), "it is listed");
	tap_check(record_reg(&vm) == INTENT_RECORD_NONE, "none at first");
	for (n = 0; n < ARRAY_SIZE(bad); n++)
		tap_check(set_record_reg(&vm, bad[n]) == EINVAL,
			  "0x%lx is EINVAL", bad[n]);
	tap_check(record_reg(&vm) == INTENT_RECORD_NONE, "and changes nothing");
	tap_check(!set_record_reg(&vm, RECORD) && record_reg(&vm) == RECORD,
		  "the VMM restores it before the guest runs");
	tap_check(!set_record_reg(&vm, RECORD) && record_reg(&vm) == RECORD,
		  "and may write the same once more");
	tap_check(locked_memory() > before, "its page is locked");
	tap_check(set_record_reg(&vm, 1) == EINVAL && record_reg(&vm) == RECORD,
		  "a bad address leaves it");
	tap_check(!set_record_reg(&vm, INTENT_RECORD_NONE) &&
		  record_reg(&vm) == INTENT_RECORD_NONE, "taken away");
	tap_check(unlocked(before), "and its page unlocked");
	set_record_reg(&vm, RECORD);
	vm_destroy(&vm);
	tap_check(unlocked(before), "which the end of the VM does as well");
}

/* What was urgent when the guest was saved */
static void test_restored(void)
{
	struct vm vm;

	tap_note("a guest that is restored with its record");
	vm_create(&vm, SCRIPT_SILENT, 1);
	record_of(&vm)->now = INTENT_CRITICAL;
	record_of(&vm)->ack = 41;
	record_of(&vm)->ticket = 42;
	record_of(&vm)->granted = INTENT_LATENCY;
	record_of(&vm)->release = 1;
	tap_check(!set_record_reg(&vm, RECORD), "the VMM restores it");
	tap_check(record_of(&vm)->ticket == 41 && !record_of(&vm)->granted &&
		  !record_of(&vm)->release, "another host's words are gone");
	ask(&vm);
	class_put(vm.cpu_file, INTENT_CRITICAL);
	ask(&vm);
	check_granted(INTENT_CRITICAL, "it is critical without a registration");
	tap_check(record_of(&vm)->granted == INTENT_CRITICAL,
		  "and so it is told");
	vm_destroy(&vm);
	check_granted(INTENT_NONE, "until the VM ends");
}

static void test_hidden(void)
{
	struct vm vm;

	tap_note("a VMM that hides the calls, and restores a record");
	vm_create(&vm, SCRIPT_REGISTER, 1);
	vm_set_reg(&vm, VENDOR_HYP_BMAP_2, 0);
	tap_check(set_record_reg(&vm, RECORD) == EINVAL, "no record: EINVAL");
	tap_check(!set_record_reg(&vm, INTENT_RECORD_NONE),
		  "none may be restored");
	tap_check(ask(&vm) == (uint64_t)INTENT_NOT_SUPPORTED,
		  "the guest cannot register one");
	tap_check(record_reg(&vm) == INTENT_RECORD_NONE, "none it is");
	vm_destroy(&vm);
}

/* A user who may lock nothing. */
static void test_limit(void)
{
	struct rlimit old, none = { 0 };
	struct vm vm;

	if (geteuid()) {
		tap_skip("not root", "no memory may be locked");
		return;
	}
	tap_note("a user who may not lock memory");
	getrlimit(RLIMIT_MEMLOCK, &old);
	none.rlim_max = old.rlim_max;
	if (seteuid(OTHER_USER) || setrlimit(RLIMIT_MEMLOCK, &none))
		tap_bail_out("limits: %s", strerror(errno));
	vm_create(&vm, SCRIPT_REGISTER, 1);
	tap_check(ask(&vm) == (uint64_t)INTENT_NOT_SUPPORTED,
		  "its guest gets no record");
	tap_check(set_record_reg(&vm, RECORD) == ENOMEM, "nor does the VMM");
	tap_check(record_reg(&vm) == INTENT_RECORD_NONE, "none it is");
	setrlimit(RLIMIT_MEMLOCK, &old);
	tap_check(ask(&vm) == INTENT_SUCCESS && record_reg(&vm) == RECORD,
		  "but with a limit that will do");
	vm_destroy(&vm);
	if (seteuid(0))
		tap_bail_out("seteuid: %s", strerror(errno));
}

/* An interrupt comes in while the vCPU is not running. */
static void interrupt(struct vm *vm)
{
	vm_set_interrupt(vm, true);
	vm_set_interrupt(vm, false);
}

static void test_interrupt(void)
{
	struct vm vm;

	tap_note("interrupts, and what the record says of them");
	if (!start(&vm, SCRIPT_SILENT))
		return;
	interrupt(&vm);
	tap_check(record_of(&vm)->ticket == 0, "for nothing urgent: no ticket");
	record_of(&vm)->wake = INTENT_LATENCY;
	interrupt(&vm);
	tap_check(record_of(&vm)->ticket == 1, "for latency: a ticket");
	check_granted(INTENT_LATENCY, "and the class granted at once");
	record_of(&vm)->wake = INTENT_CRITICAL;
	interrupt(&vm);
	tap_check(record_of(&vm)->ticket == 2, "another one");
	check_granted(INTENT_CRITICAL, "for critical");
	record_of(&vm)->ack = 1;
	ask(&vm);
	check_granted(INTENT_CRITICAL, "the first one is acknowledged: not yet");
	record_of(&vm)->ack = 2;
	ask(&vm);
	check_granted(INTENT_NONE, "the second one is: no more");
	record_of(&vm)->wake = INTENT_NR_CLASSES;
	interrupt(&vm);
	tap_check(record_of(&vm)->ticket == 2, "no such class: no ticket");
	record_of(&vm)->wake = INTENT_CRITICAL;
	class_put(vm.cpu_file, INTENT_NONE);
	interrupt(&vm);
	tap_check(record_of(&vm)->ticket == 2, "not allowed: no ticket");
	class_put(vm.cpu_file, INTENT_LATENCY);
	interrupt(&vm);
	check_granted(INTENT_LATENCY, "the owner's limit holds");
	tap_check(vcpu_stat(vm.vcpu[0].stats, STAT_TICKETS) == 3,
		  "each ticket is counted");
	vm_destroy(&vm);
	check_granted(INTENT_NONE, "nothing is left when the VM ends");
}

/* A guest that never acknowledges, and burns CPU time. */
static void test_void(void)
{
	struct vm vm;

	tap_note("a guest that does not acknowledge");
	if (!start(&vm, SCRIPT_SPIN))
		return;
	record_of(&vm)->wake = INTENT_CRITICAL;
	interrupt(&vm);
	check_granted(INTENT_CRITICAL, "critical by an interrupt");
	ask(&vm);
	check_granted(INTENT_NONE, "for 1 ms of its CPU time");
	interrupt(&vm);
	check_granted(INTENT_CRITICAL, "the next interrupt counts anew");
	vm_destroy(&vm);
}

void test_record(void)
{
	test_register();
	test_restored();
	test_hidden();
	test_limit();
	test_interrupt();
	test_void();
}
