// SPDX-License-Identifier: GPL-2.0-only
/*
 * The tests as the VMM sees them; see host.h.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
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

/* An errno, and its name if it is not the one expected. */
static void check_errno(int err, int expected, const char *text)
{
	if (!tap_check(err == expected, "%s", text))
		tap_note("expected: %s; got: %s", strerror(expected),
			 strerror(err));
}

static bool exists(const char *path)
{
	return access(path, F_OK) == 0;
}

/* Writable for that user, readable for all. */
static void check_owner(const char *path, uid_t uid, const char *text)
{
	struct stat st = { 0 };

	if (!tap_check(stat(path, &st) == 0 && st.st_uid == uid &&
		       (st.st_mode & 0777) == 0644, "%s", text))
		tap_note("%s: uid %u mode %o", path, st.st_uid, st.st_mode);
}

static void be(uid_t uid)
{
	if (seteuid(uid))
		tap_bail_out("seteuid: %s", strerror(errno));
}

/* Writes that a file has to refuse, changing nothing. */
static void check_bad_input(const char *path, const char * const *bad,
			    size_t count)
{
	char before[32], after[32];
	size_t n;

	file_get(path, before, sizeof(before));
	for (n = 0; n < count; n++)
		tap_check(file_put(path, bad[n]) == EINVAL,
			  "input %zu that makes no sense is EINVAL", n);
	file_get(path, after, sizeof(after));
	tap_check(*before && !strcmp(before, after), "and changes nothing: %s",
		  after);
}

/* See test_coordinated(); from its ninth character on it is all x. */
static char long_text[10000];

static void test_class_input(struct vm *vm)
{
	static const char * const bad[] = {
		"bogus", "\n", " ", "Critical", "criticalx", "critical\nx",
		"crit", "2", "-1", "latency critical", long_text,
	};

	check_errno(class_put(vm->cpu_file, INTENT_LATENCY), 0,
		    "the owner allows latency");
	check_bad_input(vm->cpu_file, bad, ARRAY_SIZE(bad));
	check_errno(file_put(vm->cpu_file, ""), 0, "an empty write is none");
	tap_check(class_get(vm->cpu_file) == INTENT_LATENCY,
		  "and changes nothing");
	check_errno(file_put(vm->cpu_file, "critical\n"), 0,
		    "a class as echo writes it");
	tap_check(class_get(vm->cpu_file) == INTENT_CRITICAL, "is taken");
}

static void test_switch_input(void)
{
	static const char * const bad[] = {
		"bogus", "\n", " ", "2", "-1", long_text + 8,
	};

	if (geteuid())
		tap_skip("not root", "input to the kill switch");
	else
		check_bad_input(ENABLED_FILE, bad, ARRAY_SIZE(bad));
}

/* What root runs, nobody else changes. */
static void test_permissions(struct vm *vm)
{
	if (geteuid()) {
		tap_skip("not root", "permissions");
		return;
	}
	check_owner(vm->cpu_file, 0, "root's VM: 0644 root");
	check_owner(ENABLED_FILE, 0, "the kill switch: 0644 root");
	be(OTHER_USER);
	check_errno(class_put(vm->cpu_file, INTENT_NONE), EACCES,
		    "another user cannot change what root allows");
	check_errno(switch_put(0), EACCES, "nor use the kill switch");
	tap_check(class_get(vm->cpu_file) == INTENT_CRITICAL, "but may look");
	be(0);
	switch_put(1);	/* should that have worked */
}

/* Alone, and beside the one there is. */
static void test_unknown_bits(struct vm *vm)
{
	static const unsigned int bits[] = { 0, 1, 31, 33, 63 };
	uint64_t bit, value = 0;
	size_t n;

	for (n = 0; n < ARRAY_SIZE(bits); n++) {
		bit = 1UL << bits[n];
		tap_check(vm_set_reg(vm, VENDOR_HYP_BMAP_2, bit) == EINVAL &&
			  vm_set_reg(vm, VENDOR_HYP_BMAP_2, bit | VENDOR_HYP_BIT_INTENT) == EINVAL,
			  "unknown bit %u is EINVAL", bits[n]);
	}
	vm_get_reg(vm, VENDOR_HYP_BMAP_2, &value);
	tap_check(value == VENDOR_HYP_BIT_INTENT, "and changes nothing");
}

/* Before the first vCPU runs: the VMM may choose. */
static void test_register(struct vm *vm)
{
	uint64_t value = 0;

	tap_check(vm_lists_reg(vm, VENDOR_HYP_BMAP_2), "the register is listed");
	check_errno(vm_get_reg(vm, VENDOR_HYP_BMAP_2, &value), 0, "and can be read");
	tap_check(value == VENDOR_HYP_BIT_INTENT, "it offers the calls");
	test_unknown_bits(vm);
	check_errno(vm_set_reg(vm, VENDOR_HYP_BMAP_2, 0), 0, "the VMM may hide the calls");
	vm_get_reg(vm, VENDOR_HYP_BMAP_2, &value);
	tap_check(value == 0, "which the register then shows");
	check_errno(vm_set_reg(vm, VENDOR_HYP_BMAP_2, VENDOR_HYP_BIT_INTENT), 0,
		    "and change its mind before the start");
}

/* After that: it may not. */
static void test_register_fixed(struct vm *vm, uint64_t fixed)
{
	uint64_t value = 0;

	check_errno(vm_set_reg(vm, VENDOR_HYP_BMAP_2, fixed ^ VENDOR_HYP_BIT_INTENT), EBUSY,
		    "too late to change the register: EBUSY");
	check_errno(vm_set_reg(vm, VENDOR_HYP_BMAP_2, fixed), 0, "the same value may be written");
	check_errno(vm_set_reg(vm, VENDOR_HYP_BMAP_2, 1), EINVAL, "unknown bits are still EINVAL");
	tap_check(!vm_get_reg(vm, VENDOR_HYP_BMAP_2, &value) && value == fixed,
		  "the register is as it was");
}

/* The VM's statistics are the sums of its vCPUs'. */
static void test_vm_stats(struct vm *vm)
{
	unsigned int n;

	for (n = 0; n < NR_STATS; n++) {
		uint64_t sum = vcpu_stat(vm->vcpu[0].stats, n) +
			       vcpu_stat(vm->vcpu[1].stats, n);
		uint64_t got = vm_stat(vm->fd, n);

		if (got == DB_UNKNOWN)
			tap_skip("no debugfs", "sum of statistic %u", n);
		else
			tap_check(got && got == sum,
				  "the VM's statistic %u: %lu", n, got);
	}
}

/* The guest has left vCPU 0 critical, and it was when the VM ended. */
static void test_destroy(struct vm *vm)
{
	vm_destroy(vm);
	tap_check(!exists(vm->dir), "the directory goes with the VM");
	if (trace_granted(0) == DB_UNKNOWN)
		tap_skip("no tracepoints", "and the privilege");
	else
		tap_check(trace_granted(0) == INTENT_NONE,
			  "and the privilege");
}

static void test_full(void)
{
	char dir[64];
	struct vm vm;

	tap_note("a guest that makes every call");
	vm_create(&vm, SCRIPT_FULL, 2);
	test_register(&vm);
	tap_check(!vm_dirs(getpid(), dir, sizeof(dir)),
		  "no directory before the VM runs");
	tap_check(!vm_run(&vm), "the guest has ended");
	test_register_fixed(&vm, VENDOR_HYP_BIT_INTENT);
	test_class_input(&vm);
	test_switch_input();
	test_permissions(&vm);
	test_vm_stats(&vm);
	test_destroy(&vm);
}

static void test_hidden(void)
{
	struct vm vm;

	tap_note("a VMM that hides the calls");
	vm_create(&vm, SCRIPT_HIDDEN, 2);
	check_errno(vm_set_reg(&vm, VENDOR_HYP_BMAP_2, 0), 0, "hidden");
	tap_check(!vm_run(&vm), "the guest has ended");
	test_register_fixed(&vm, 0);
	vm_destroy(&vm);
}

/* The guest states critical. Return: what it is granted. */
static uint64_t ask(struct vm *vm)
{
	if (!vm_run(vm))
		tap_bail_out("the guest has ended");
	return vm->value;
}

/* The VMs of one process have a directory each and are allowed separately. */
static void test_several(void)
{
	struct vm vm[3];
	char dir[64];
	size_t n;

	tap_note("several VMs of one process");
	for (n = 0; n < ARRAY_SIZE(vm); n++) {
		vm_create(&vm[n], SCRIPT_ASK, 1);
		tap_check(ask(&vm[n]) == INTENT_NONE,
			  "VM %zu: nothing granted", n);
		tap_check(vm_dirs(getpid(), dir, sizeof(dir)) == n + 1 &&
			  exists(vm[n].cpu_file), "%s: its own", vm[n].dir);
	}
	check_errno(class_put(vm[1].cpu_file, INTENT_LATENCY), 0,
		    "latency for the second one");
	for (n = 0; n < ARRAY_SIZE(vm); n++)
		tap_check(ask(&vm[n]) == (n == 1 ? INTENT_LATENCY :
						   INTENT_NONE),
			  "VM %zu: asked again", n);
	vm_destroy(&vm[1]);
	tap_check(exists(vm[0].dir) && !exists(vm[1].dir) && exists(vm[2].dir),
		  "only that one's directory goes with it");
	vm_destroy(&vm[0]);
	vm_destroy(&vm[2]);
}

/* The owner is who started the VM; root may overrule him. */
static void test_owner(void)
{
	struct vm vm;

	if (geteuid()) {
		tap_skip("not root", "a VM of another user");
		return;
	}
	tap_note("a VM of another user");
	be(OTHER_USER);
	vm_create(&vm, SCRIPT_ASK, 1);
	tap_check(ask(&vm) == INTENT_NONE, "nothing granted at first");
	check_owner(vm.cpu_file, OTHER_USER, "0644 of that user");
	check_errno(class_put(vm.cpu_file, INTENT_LATENCY), 0, "may allow");
	tap_check(ask(&vm) == INTENT_LATENCY, "and the guest gets it");
	be(0);
	check_errno(class_put(vm.cpu_file, INTENT_NONE), 0, "root says no");
	tap_check(ask(&vm) == INTENT_NONE, "and the guest gets nothing");
	vm_destroy(&vm);
}

/* A VMM that is killed while its vCPU is privileged; tells when it is. */
static void doomed(int tell)
{
	struct vm vm;
	bool ok;

	vm_create(&vm, SCRIPT_ASK, 1);
	ask(&vm);
	class_put(vm.cpu_file, INTENT_CRITICAL);
	ok = ask(&vm) == INTENT_CRITICAL;
	if (write(tell, &ok, sizeof(ok)) == sizeof(ok))
		pause();
	_exit(1);
}

static void test_killed(void)
{
	char dir[64] = "";
	int told[2];
	bool ok = false;
	pid_t pid;

	fflush(stdout);
	if (pipe(told))
		tap_bail_out("pipe: %s", strerror(errno));
	pid = fork();
	if (pid < 0)
		tap_bail_out("fork: %s", strerror(errno));
	if (!pid)
		doomed(told[1]);

	close(told[1]);
	tap_check(read(told[0], &ok, sizeof(ok)) == sizeof(ok) && ok,
		  "another VMM's vCPU is privileged");
	close(told[0]);
	tap_check(vm_dirs(pid, dir, sizeof(dir)) == 1 && exists(dir),
		  "its directory is there");
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	tap_check(!vm_dirs(pid, dir, sizeof(dir)),
		  "and goes when the VMM is killed");
}

/* Whoever can see tracepoints has to find ours. */
static void test_tracepoints(void)
{
	if (access(TRACE_INSTANCES, W_OK))
		tap_skip("no tracefs", "the tracepoints are there");
	else
		tap_check(trace_granted(0) != DB_UNKNOWN,
			  "the tracepoints are there");
}

void test_coordinated(void)
{
	char line[8];

	memset(long_text, 'x', sizeof(long_text) - 1);
	memcpy(long_text, "critical", 8);
	file_get(ENABLED_FILE, line, sizeof(line));
	tap_check(!strcmp(line, "1"), "the kill switch is there, and on");
	test_tracepoints();
	test_full();
	test_hidden();
	test_several();
	test_owner();
	test_killed();
	test_record();
}

/* A kernel built without the calls may know the names, but no more. */
static void test_no_register(struct vm *vm)
{
	uint64_t value = 0;

	tap_check(!exists(INTENT_DIR), "there is no " INTENT_DIR);
	tap_check(!vm_lists_reg(vm, VENDOR_HYP_BMAP_2), "the register is not listed");
	tap_check(vm_get_reg(vm, VENDOR_HYP_BMAP_2, &value) || !value, "it offers nothing");
	tap_check(vm_set_reg(vm, VENDOR_HYP_BMAP_2, VENDOR_HYP_BIT_INTENT),
		  "nor can the calls be switched on");
	tap_check(!vm_lists_reg(vm, INTENT_RECORD_REG) &&
		  vm_get_reg(vm, INTENT_RECORD_REG, &value) &&
		  vm_set_reg(vm, INTENT_RECORD_REG, ~0UL),
		  "nor is there a register for a record");
}

void test_absent(void)
{
	uint64_t grants;
	struct vm vm;

	vm_create(&vm, SCRIPT_ABSENT, 2);
	test_no_register(&vm);
	tap_check(!vm_run(&vm), "the guest has ended");
	grants = vm_stat(vm.fd, STAT_GRANTS);
	tap_check(!grants || grants == DB_UNKNOWN, "no statistic counts");
	vm_destroy(&vm);
}
