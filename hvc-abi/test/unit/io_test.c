// SPDX-License-Identifier: GPL-2.0-only
/*
 * intent_io.c in a VM of a few vCPUs, whose threads move from cgroup to cgroup:
 * what it tells the I/O scheduler, after directed and random events.
 */
#include "random.h"
#include "tap.h"

#include "intent_io.c"

#define SEEDS		20
#define EVENTS		20000
#define NR_CGROUPS	2

struct blkcg {
	int privileges;
};

u64 rnd_state;

static struct blkcg cgroups[NR_CGROUPS];
static struct task_struct tasks[NR_VCPUS];
static struct kvm vm;

/* Stubs for intent_io.c. No cgroup stands for the root. */

bool vbfq_serves(struct task_struct *p)
{
	return p->blkcg;
}

struct blkcg *vbfq_privilege(struct blkcg *held, struct task_struct *p)
{
	struct blkcg *blkcg = p ? p->blkcg : NULL;

	if (p)
		assert(p->refs == 1);
	if (blkcg)
		blkcg->privileges++;
	if (held)
		held->privileges--;
	return blkcg;
}

static void start(void)
{
	vm = (struct kvm) { };
	intent_io_init(&vm);
	for (int i = 0; i < NR_VCPUS; i++) {
		vm.vcpus[i].kvm = &vm;
		vm.vcpus[i].arch.intent.task = &tasks[i];
		tasks[i] = (struct task_struct) { .blkcg = &cgroups[0] };
	}
	for (int i = 0; i < NR_CGROUPS; i++)
		cgroups[i].privileges = 0;
}

static u8 say(int vcpu, u8 class)
{
	return intent_io_state(&vm.vcpus[vcpu], class);
}

static void test_limit(void)
{
	start();
	ok(say(0, INTENT_CRITICAL) == INTENT_NONE, "nothing without consent");
	intent_io_limit(&vm, INTENT_LATENCY);
	ok(intent_io_granted(&vm) == INTENT_LATENCY, "no more than the limit");
	intent_io_limit(&vm, INTENT_CRITICAL);
	ok(intent_io_granted(&vm) == INTENT_CRITICAL && cgroups[0].privileges == 1,
	   "all that was stated, once");
	intent_io_limit(&vm, INTENT_NONE);
	ok(!intent_io_granted(&vm) && !cgroups[0].privileges, "withdrawn");
}

static void test_vcpus(void)
{
	start();
	intent_io_limit(&vm, INTENT_CRITICAL);
	say(0, INTENT_LATENCY);
	ok(say(2, INTENT_CRITICAL) == INTENT_CRITICAL, "the highest counts");
	ok(say(2, INTENT_NONE) == INTENT_LATENCY, "then the next");
	ok(say(1, INTENT_NONE) == INTENT_LATENCY, "nobody speaks for another");
	ok(say(0, INTENT_NONE) == INTENT_NONE && !cgroups[0].privileges,
	   "until the last withdraws");
}

static void test_cgroups(void)
{
	start();
	intent_io_limit(&vm, INTENT_CRITICAL);
	ok(intent_io_possible(&vm), "all in a cgroup");
	say(0, INTENT_LATENCY);
	tasks[0].blkcg = &cgroups[1];
	say(0, INTENT_LATENCY);
	ok(!cgroups[0].privileges && cgroups[1].privileges == 1,
	   "privilege moves along");
	tasks[0].blkcg = NULL;
	ok(!intent_io_possible(&vm), "one in the root cgroup");
	ok(say(0, INTENT_LATENCY) == INTENT_NONE && !cgroups[1].privileges,
	   "no privilege for the root cgroup");
	vm.vcpus[0].arch.intent.task = NULL;
	ok(intent_io_possible(&vm), "one that has not run does not count");
}

/* What the documentation says of the present state. */
static bool as_specified(u8 granted)
{
	u8 class = INTENT_NONE;
	struct blkcg *blkcg = NULL;

	for (int i = 0; i < NR_VCPUS; i++) {
		if (vm.vcpus[i].arch.intent.io > class) {
			class = vm.vcpus[i].arch.intent.io;
			blkcg = tasks[i].blkcg;
		}
	}
	class = min(class, vm.arch.intent.io.limit);
	if (!class)
		blkcg = NULL;
	if (!blkcg)
		class = INTENT_NONE;

	for (int i = 0; i < NR_CGROUPS; i++) {
		bool led = blkcg == &cgroups[i];

		if (cgroups[i].privileges != led)
			return false;
	}
	return granted == class;
}

static bool event(void)
{
	struct task_struct *p = &tasks[rnd(NR_VCPUS)];
	u32 n;

	switch (rnd(4)) {
	case 0:
		intent_io_limit(&vm, rnd(INTENT_NR_CLASSES));
		return as_specified(intent_io_granted(&vm));
	case 1:
		/* It is noticed later. */
		n = rnd(NR_CGROUPS + 1);
		p->blkcg = n < NR_CGROUPS ? &cgroups[n] : NULL;
		return true;
	default:
		return as_specified(say(rnd(NR_VCPUS), rnd(INTENT_NR_CLASSES)));
	}
}

static void test_random(u64 seed)
{
	bool good = true;

	rnd_seed(seed);
	start();
	for (int i = 0; i < EVENTS && good; i++)
		good = event();
	intent_io_limit(&vm, INTENT_NONE);
	for (int i = 0; i < NR_CGROUPS; i++)
		good = good && !cgroups[i].privileges;
	for (int i = 0; i < NR_VCPUS; i++)
		good = good && !tasks[i].refs;
	ok(good, "random events, seed %llu", (unsigned long long)seed);
}

int main(void)
{
	test_limit();
	test_vcpus();
	test_cgroups();
	for (u64 seed = 1; seed <= SEEDS; seed++)
		test_random(seed);
	return tap_done();
}
