// SPDX-License-Identifier: GPL-2.0-only
/*
 * vcfs_guest.c in a guest of two vCPUs with strict priorities. Each event
 * calls the hook as kernel/sched/core.c does; then what was said to the host
 * must be what vcfs_edge.h promises, and no word more.
 */
#include <assert.h>
#include <string.h>

#include "random.h"
#include "tap.h"

/* For its static state, which no interface shows. */
#include "vcfs_guest.c"

#define SEEDS		10
#define EVENTS		50000
#define NR_TASKS	8

#define NORMAL		120
#define FIFO		50
#define DEADLINE	(-1)

u64 rnd_state;
unsigned long jiffies;
int this_cpu;
bool irqs_off;

static struct task_struct tasks[NR_TASKS];
static struct task_struct idle[NR_VCPUS];
static struct task_struct kthread[NR_VCPUS];	/* brings its vCPU up, down */
static struct rq rqs[NR_VCPUS];

/**
 * struct vcpu - what the test knows of a vCPU
 * @online: it may speak
 * @stated: what it said last; the host knows of an intent
 * @want: what it should have said
 * @late: the running task became critical, and need not be known yet
 * @calls: how often it spoke
 * @when: it did last
 */
static struct vcpu {
	bool online;
	bool stated;
	bool want;
	bool late;
	unsigned int calls;
	unsigned long when;
} vcpus[NR_VCPUS];

static bool host_coordinates;
static int hotplug_error;
static int (*startup)(unsigned int cpu), (*teardown)(unsigned int cpu);
static struct syscore_ops *syscore;
static struct notifier_block *reboot;

/* The first thing that went wrong */
static const char *error;

static void expect(bool good, const char *message)
{
	if (!good && !error)
		error = message;
}

/* Stubs for vcfs_guest.c */

bool intent_available(u32 resource)
{
	return resource == INTENT_CPU && host_coordinates;
}

void intent_set(u32 resource, u32 class)
{
	struct vcpu *vcpu = &vcpus[this_cpu];
	bool raise = class != INTENT_NONE;

	expect(resource == INTENT_CPU, "wrong resource");
	expect(!raise || class == INTENT_CRITICAL, "wrong class");
	expect(irqs_off, "spoke with IRQs on");
	expect(vcpu->online, "spoke while offline");
	expect(vcpu->stated != raise || (raise && jiffies - vcpu->when >= HZ),
	       "said what the host knows");
	vcpu->when = jiffies;
	vcpu->stated = raise;
	vcpu->calls++;
}

static void bring_up(int cpu)
{
	struct vcpu *vcpu = &vcpus[cpu];

	vcpu->online = true;
	vcpu->stated = true;	/* a kernel before us may have said so */
	vcpu->want = false;
	this_cpu = cpu;
	expect(startup(cpu) == 0, "cannot come online");
}

static void take_down(int cpu)
{
	this_cpu = cpu;
	expect(teardown(cpu) == 0, "cannot go offline");
	expect(!vcpus[cpu].stated, "offline with an intent");
	vcpus[cpu].online = false;
	vcpus[cpu].want = false;
}

int cpuhp_setup_state(enum cpuhp_state state, const char *name,
		      int (*up)(unsigned int cpu),
		      int (*down)(unsigned int cpu))
{
	if (hotplug_error)
		return hotplug_error;
	startup = up;
	teardown = down;
	for (int cpu = 0; cpu < NR_VCPUS; cpu++)
		bring_up(cpu);
	return 0;
}

void register_syscore_ops(struct syscore_ops *ops)
{
	syscore = ops;
}

int register_reboot_notifier(struct notifier_block *nb)
{
	reboot = nb;
	return 0;
}

void on_each_cpu(void (*fn)(void *info), void *info, int wait)
{
	assert(wait);
	for (this_cpu = 0; this_cpu < NR_VCPUS; this_cpu++)
		if (vcpus[this_cpu].online)
			fn(info);
	this_cpu = 0;
}

/* The model */

static bool critical(struct task_struct *p)
{
	return p->prio < 100 && !(p->flags & PF_KTHREAD);
}

/* Comes between, and changes nothing. */
static bool kernel(struct task_struct *p)
{
	return p->prio < 100 && p->flags & PF_KTHREAD;
}

static bool is_idle(struct task_struct *p)
{
	return p == &idle[0] || p == &idle[1];
}

static int sleepers(int cpu)
{
	int n = 0;

	for (int i = 0; i < NR_TASKS; i++)
		n += tasks[i].sleeps_on == cpu;
	return n;
}

static void want(int cpu, bool intent)
{
	if (vcpus[cpu].online)
		vcpus[cpu].want = intent;
}

static void check_vcpu(int cpu)
{
	struct vcpu *vcpu = &vcpus[cpu];

	expect(vcfs_vcpus.vcpu[cpu].sleepers.counter == sleepers(cpu),
	       "wrong number of sleepers");
	expect(vcpu->stated == vcpu->want || !vcpu->online,
	       vcpu->want ? "did not raise" : "did not release");
	expect(!critical(rqs[cpu].curr) || vcpu->stated || vcpu->late ||
	       !vcpu->online, "critical work without an intent");
}

static void check_task(struct task_struct *p)
{
	atomic_t *count = p->sleeps_on < 0 ?
			  NULL : &vcfs_vcpus.vcpu[p->sleeps_on].sleepers;

	expect(p->vcfs_sleeps == count, "a task sleeps elsewhere");
}

static const char *check(void)
{
	for (int cpu = 0; cpu < NR_VCPUS; cpu++)
		check_vcpu(cpu);
	for (int i = 0; i < NR_TASKS; i++)
		check_task(&tasks[i]);
	expect(!irqs_off, "left IRQs off");
	return error;
}

/* Events */

static void switch_to(int cpu, struct task_struct *next)
{
	struct task_struct *prev = rqs[cpu].curr;

	if (prev == next)
		return;
	this_cpu = cpu;
	rqs[cpu].curr = next;
	irqs_off = true;
	vcfs_guest_switch(&rqs[cpu], prev, next);
	irqs_off = false;

	if (critical(prev) && !prev->on_rq && prev->__state != TASK_DEAD)
		prev->sleeps_on = cpu;
	if (critical(next))
		want(cpu, true);
	else if (is_idle(next))
		want(cpu, sleepers(cpu) > 0);
	else if (!is_idle(prev) && !kernel(next))
		want(cpu, false);
	vcpus[cpu].late = false;
}

static struct task_struct *pick(int cpu)
{
	struct task_struct *best = &idle[cpu];

	if (rqs[cpu].curr->on_rq)
		best = rqs[cpu].curr;
	for (int i = 0; i < NR_TASKS; i++)
		if (tasks[i].cpu == cpu && tasks[i].on_rq &&
		    tasks[i].prio < best->prio)
			best = &tasks[i];
	return best;
}

static void schedule(int cpu)
{
	switch_to(cpu, pick(cpu));
}

/* @p wakes on @cpu; vCPU @by does it. The switch comes later. */
static void wake(struct task_struct *p, int cpu, int by)
{
	p->__state = TASK_RUNNING;
	p->on_rq = true;
	p->cpu = cpu;
	this_cpu = by;
	irqs_off = true;
	vcfs_guest_wakeup(&rqs[cpu], p);
	irqs_off = false;

	p->sleeps_on = -1;
	if (critical(p) && cpu == by)
		want(cpu, true);
}

/* The timer of an idle or busy vCPU wakes @p, which runs if it may. */
static void wake_here(struct task_struct *p, int cpu)
{
	wake(p, cpu, cpu);
	schedule(cpu);
}

static void stop(int cpu, unsigned int state)
{
	struct task_struct *p = rqs[cpu].curr;

	assert(!is_idle(p));
	p->__state = state;
	p->on_rq = false;
	schedule(cpu);
}

static void tick(int cpu)
{
	struct task_struct *curr = rqs[cpu].curr;

	this_cpu = cpu;
	irqs_off = true;
	vcfs_guest_tick(&rqs[cpu]);
	irqs_off = false;

	if (critical(curr)) {
		want(cpu, true);
		vcpus[cpu].late = false;
	} else if (!is_idle(curr) && !kernel(curr)) {
		want(cpu, false);
	}
}

/* A running task that becomes critical is noticed at the tick. */
static void set_prio(struct task_struct *p, int prio)
{
	p->prio = prio;
	if (p == rqs[p->cpu].curr && critical(p) && !vcpus[p->cpu].stated)
		vcpus[p->cpu].late = true;
}

static void fork_task(struct task_struct *p, int cpu, int prio)
{
	*p = (struct task_struct) {
		.prio = prio,
		.cpu = cpu,
		.sleeps_on = -1,
		.vcfs_sleeps = &vcfs_vcpus.vcpu[cpu].sleepers,
	};
	vcfs_guest_fork(p);
}

/* Sleeps, as if it always had. */
static struct task_struct *new_task(int i, int prio)
{
	fork_task(&tasks[i], 0, prio);
	tasks[i].__state = TASK_SLEEPS;
	return &tasks[i];
}

static void offline(int cpu)
{
	kthread[cpu].on_rq = true;
	switch_to(cpu, &kthread[cpu]);
	for (int i = 0; i < NR_TASKS; i++)
		if (tasks[i].cpu == cpu)
			tasks[i].cpu = 0;
	take_down(cpu);
	kthread[cpu].on_rq = false;
	switch_to(cpu, &idle[cpu]);
}

static void online(int cpu)
{
	switch_to(cpu, &kthread[cpu]);
	bring_up(cpu);
	switch_to(cpu, &idle[cpu]);
}

static void init_cpu(int cpu)
{
	vcpus[cpu] = (struct vcpu) { 0 };
	idle[cpu] = (struct task_struct) {
		.prio = 140, .flags = PF_KTHREAD, .cpu = cpu, .on_rq = true,
		.sleeps_on = -1,
	};
	kthread[cpu] = idle[cpu];
	kthread[cpu].prio = FIFO;
	kthread[cpu].on_rq = false;
	rqs[cpu] = (struct rq) {
		.cpu = cpu, .curr = &idle[cpu], .idle = &idle[cpu],
	};
}

/* A guest before its initcalls, all asleep. */
static void reset(bool coordinated)
{
	error = NULL;
	hotplug_error = 0;
	host_coordinates = coordinated;
	startup = NULL;
	syscore = NULL;
	reboot = NULL;
	vcfs_guest_key.enabled = 0;
	memset(&vcfs_vcpus, 0, sizeof(vcfs_vcpus));
	for (int cpu = 0; cpu < NR_VCPUS; cpu++)
		init_cpu(cpu);
	for (int i = 0; i < NR_TASKS; i++)
		new_task(i, NORMAL);
}

static void boot(void)
{
	reset(true);
	expect(shim_initcall() == 0, "init fails");
	vcpus[0].calls = 0;
	vcpus[1].calls = 0;
}

/* The calls of vCPU 0 since this was asked last. */
static unsigned int said(void)
{
	unsigned int calls = vcpus[0].calls;

	vcpus[0].calls = 0;
	return calls;
}

static void result(bool good, const char *what)
{
	const char *wrong = check();

	if (!ok(good && !wrong, "%s", what) && wrong)
		diag("%s", wrong);
}

/* Cases */

static void test_boot(void)
{
	reset(true);
	ok(shim_initcall() == 0 && vcfs_guest_key.enabled && syscore && reboot,
	   "init");
	result(vcpus[0].calls == 1 && vcpus[1].calls == 1 &&
	       !vcpus[0].stated && !vcpus[1].stated,
	       "each vCPU begins with a release");
}

static void test_alone(void)
{
	reset(false);
	ok(shim_initcall() == 0 && !vcfs_guest_key.enabled && !startup &&
	   !syscore && !reboot, "the host does not coordinate");
	wake_here(new_task(0, FIFO), 0);
	ok(!vcpus[0].calls, "nothing is said to it");
}

static void test_no_hotplug(void)
{
	reset(true);
	hotplug_error = -28;
	ok(shim_initcall() == -28 && !vcfs_guest_key.enabled && !syscore &&
	   !reboot, "no room for a hotplug callback");
}

static void test_periodic(void)
{
	struct task_struct *rt;

	boot();
	rt = new_task(0, FIFO);
	for (int i = 0; i < 1000; i++) {
		wake_here(rt, 0);
		tick(0);
		stop(0, TASK_SLEEPS);
		tick(0);
	}
	result(said() == 1 && vcpus[0].stated,
	       "a periodic task alone: one call in all");
	result(!vcpus[1].calls, "the other vCPU is silent");
}

static void test_preempts(int prio)
{
	struct task_struct *bg, *rt;

	boot();
	bg = new_task(0, NORMAL);
	rt = new_task(1, prio);
	wake_here(bg, 0);
	wake(rt, 0, 0);
	result(said() == 1 && rqs[0].curr == bg, "raised at its wakeup");
	schedule(0);
	tick(0);
	result(said() == 0 && rqs[0].curr == rt, "stands while it runs");
	stop(0, TASK_SLEEPS);
	result(said() == 1 && !vcpus[0].stated && rqs[0].curr == bg,
	       "released when background goes on");
	stop(0, TASK_SLEEPS);
	result(said() == 1 && vcpus[0].stated, "asked for before idling");
}

static void test_background(void)
{
	struct task_struct *bg;

	boot();
	bg = new_task(0, NORMAL);
	wake_here(new_task(1, FIFO), 0);
	stop(0, TASK_SLEEPS);
	said();
	wake_here(bg, 0);
	stop(0, TASK_SLEEPS);
	result(said() == 0, "background for less than a tick");
	wake_here(bg, 0);
	result(said() == 0, "background, no tick yet");
	tick(0);
	result(said() == 1 && !vcpus[0].stated, "released at the tick");
	tick(0);
	tick(0);
	result(said() == 0, "but once");
	new_task(2, NORMAL - 1);
	wake(&tasks[2], 0, 0);
	schedule(0);
	result(said() == 0, "from background to background");
}

/* It may have preempted critical work, or be about to wake it. */
static void test_kernel(void)
{
	boot();
	wake_here(new_task(0, FIFO), 0);
	said();
	kthread[0].on_rq = true;
	switch_to(0, &kthread[0]);
	tick(0);
	result(said() == 0 && vcpus[0].stated,
	       "a real-time kernel thread comes between");
	kthread[0].on_rq = false;
	schedule(0);
	result(said() == 0, "and goes");
}

static void test_due(void)
{
	struct task_struct *bg = new_task(0, NORMAL);

	boot();
	wake_here(bg, 0);
	wake(new_task(1, FIFO), 0, 0);
	said();
	bg->need_resched = true;
	this_cpu = 0;
	irqs_off = true;
	vcfs_guest_tick(&rqs[0]);
	irqs_off = false;
	bg->need_resched = false;
	schedule(0);
	result(said() == 0, "a tick between wakeup and switch");
}

/* The host may have forgotten: it is another one since a migration. */
static void test_restated(void)
{
	struct task_struct *rt;

	boot();
	rt = new_task(0, FIFO);
	for (int i = 0; i < 10 * HZ; i++, jiffies++) {
		wake_here(rt, 0);
		stop(0, TASK_SLEEPS);
	}
	result(said() == 10, "stated anew once a second");
}

static void test_second_background(void)
{
	boot();
	wake_here(new_task(1, FIFO), 0);
	stop(0, TASK_SLEEPS);
	said();
	wake_here(new_task(0, NORMAL), 0);
	wake_here(new_task(2, NORMAL - 1), 0);
	result(said() == 1 && !vcpus[0].stated,
	       "released when a second one follows");
}

static void test_only_background(void)
{
	struct task_struct *bg;

	boot();
	bg = new_task(0, NORMAL);
	for (int i = 0; i < 100; i++) {
		wake_here(bg, 0);
		tick(0);
		stop(0, TASK_SLEEPS);
	}
	switch_to(0, &kthread[0]);
	tick(0);
	switch_to(0, &idle[0]);
	result(said() == 0, "no critical task, no call; nor for kthreads");
}

static void test_exit(void)
{
	boot();
	wake_here(new_task(0, FIFO), 0);
	stop(0, TASK_DEAD);
	result(said() == 2 && !vcpus[0].stated, "the dead do not sleep");
}

static void test_demoted(void)
{
	struct task_struct *rt;

	boot();
	rt = new_task(0, DEADLINE);
	wake_here(rt, 0);
	stop(0, TASK_SLEEPS);
	set_prio(rt, NORMAL);
	result(vcfs_vcpus.vcpu[0].sleepers.counter == 1, "critical when it slept");
	wake_here(rt, 0);
	result(vcfs_vcpus.vcpu[0].sleepers.counter == 0 && !rt->vcfs_sleeps,
	       "background when it wakes");
	stop(0, TASK_SLEEPS);
	set_prio(rt, DEADLINE);
	result(!vcpus[0].stated, "nobody critical sleeps");
	wake_here(rt, 0);
	result(vcfs_vcpus.vcpu[0].sleepers.counter == 0 && vcpus[0].stated,
	       "background when it slept");
}

static void test_migrates(void)
{
	struct task_struct *rt;

	boot();
	rt = new_task(0, FIFO);
	wake_here(rt, 0);
	stop(0, TASK_SLEEPS);
	said();
	wake(rt, 1, 0);
	result(said() == 0 && !vcpus[1].calls,
	       "no vCPU speaks for another");
	schedule(1);
	result(vcpus[1].calls == 1 && vcpus[1].stated &&
	       vcfs_vcpus.vcpu[0].sleepers.counter == 0, "it says so at its switch");
	stop(1, TASK_SLEEPS);
	result(vcpus[1].calls == 1 && vcfs_vcpus.vcpu[1].sleepers.counter == 1,
	       "it sleeps where it ran");
	wake_here(new_task(1, NORMAL), 0);
	stop(0, TASK_SLEEPS);
	result(said() == 1 && !vcpus[0].stated,
	       "the old vCPU releases when it idles next");
}

static void test_hotplug(void)
{
	boot();
	wake_here(new_task(0, FIFO), 1);
	stop(1, TASK_SLEEPS);
	offline(1);
	result(vcpus[1].calls == 2 && !vcpus[1].stated,
	       "released before it goes");
	switch_to(1, &kthread[1]);
	tick(1);
	switch_to(1, &idle[1]);
	tick(1);
	wake_here(&tasks[0], 0);
	result(vcpus[1].calls == 2 && vcfs_vcpus.vcpu[1].sleepers.counter == 0,
	       "silent while it is offline");
	online(1);
	result(vcpus[1].calls == 3 && !vcpus[1].stated, "a release at return");
}

static void test_suspend(void)
{
	boot();
	wake_here(new_task(0, FIFO), 0);
	stop(0, TASK_SLEEPS);
	said();
	switch_to(0, &kthread[0]);
	this_cpu = 0;
	expect(syscore->suspend() == 0, "cannot suspend");
	vcpus[0].online = false;
	result(said() == 1 && !vcpus[0].stated, "released before suspend");
	tick(0);
	vcpus[0] = (struct vcpu) { .online = true, .stated = true };
	syscore->resume();
	result(said() == 1 && !vcpus[0].stated, "and after resume");
	switch_to(0, &idle[0]);
	result(said() == 1 && vcpus[0].stated, "then stated anew");
}

static void test_reboot(void)
{
	boot();
	wake_here(new_task(0, FIFO), 0);
	wake_here(new_task(1, FIFO), 1);
	expect(reboot->notifier_call(reboot, 1, NULL) == NOTIFY_DONE,
	       "reboot is held up");
	ok(!vcpus[0].stated && !vcpus[1].stated && !error,
	   "all release before reboot");
	vcpus[0].online = false;
	vcpus[1].online = false;
	stop(0, TASK_SLEEPS);
	wake_here(&tasks[0], 0);
	tick(1);
	result(vcpus[0].calls == 2 && vcpus[1].calls == 2,
	       "and are silent ever after");
}

/* Say, it holds a lock that a critical task of another vCPU waits for. */
static void test_boosted(void)
{
	boot();
	wake_here(new_task(0, NORMAL), 0);
	set_prio(&tasks[0], FIFO);
	tick(0);
	ok(vcpus[0].stated,
	   "raised at the tick after it became critical while it ran");
	schedule(0);
	set_prio(&tasks[0], NORMAL);
	tick(0);
	ok(!vcpus[0].stated, "released at the tick after that ended");
}

/* Random events. Each returns false where it makes no sense. */

static struct task_struct *any_task(void)
{
	return &tasks[rnd(NR_TASKS)];
}

static int any_prio(void)
{
	static const int prios[] = { -1, 0, 10, 50, 99, 100, 120, 139 };

	return prios[rnd(ARRAY_SIZE(prios))];
}

static int any_online(void)
{
	return vcpus[1].online ? rnd(2) : 0;
}

static bool do_wake(void)
{
	struct task_struct *p = any_task();
	int cpu = any_online();

	if (p->on_rq || p->__state == TASK_DEAD)
		return false;
	wake(p, cpu, rnd(2) ? cpu : any_online());
	if (rnd(2))
		schedule(cpu);
	return true;
}

static bool do_stop(void)
{
	int cpu = any_online();

	if (is_idle(rqs[cpu].curr))
		return false;
	stop(cpu, rnd(20) ? TASK_SLEEPS : TASK_DEAD);
	return true;
}

static bool do_schedule(void)
{
	schedule(any_online());
	return true;
}

/* Also on a vCPU that is offline: it is not quite off yet. */
static bool do_tick(void)
{
	tick(rnd(2));
	return true;
}

static bool do_prio(void)
{
	set_prio(any_task(), any_prio());
	return true;
}

static bool do_fork(void)
{
	struct task_struct *p = any_task();

	if (p->__state != TASK_DEAD)
		return false;
	fork_task(p, any_online(), any_prio());
	p->on_rq = true;
	return true;
}

static bool do_migrate(void)
{
	struct task_struct *p = any_task();

	if (!p->on_rq || p == rqs[p->cpu].curr)
		return false;
	p->cpu = any_online();
	return true;
}

/* A kernel thread, real-time but not critical, comes between. */
static bool do_kthread(void)
{
	int cpu = any_online();

	switch_to(cpu, &kthread[cpu]);
	schedule(cpu);
	return true;
}

static bool do_hotplug(void)
{
	if (vcpus[1].online)
		offline(1);
	else
		online(1);
	return true;
}

static const struct event {
	const char *name;
	bool (*happen)(void);
	unsigned int weight;
} events[] = {
	{ "wake",	do_wake,	30 },
	{ "stop",	do_stop,	30 },
	{ "schedule",	do_schedule,	10 },
	{ "tick",	do_tick,	15 },
	{ "prio",	do_prio,	5 },
	{ "fork",	do_fork,	5 },
	{ "migrate",	do_migrate,	5 },
	{ "kthread",	do_kthread,	5 },
	{ "hotplug",	do_hotplug,	2 },
};

static const struct event *any_event(void)
{
	unsigned int sum = 0, i = 0;

	for (size_t j = 0; j < ARRAY_SIZE(events); j++)
		sum += events[j].weight;
	for (sum = rnd(sum); sum >= events[i].weight; i++)
		sum -= events[i].weight;
	return &events[i];
}

/* All tasks end: nobody may be left in the counts. */
static void end_all(void)
{
	for (int i = 0; i < NR_TASKS; i++)
		if (!tasks[i].on_rq && tasks[i].__state != TASK_DEAD)
			wake(&tasks[i], 0, 0);
	for (int cpu = 0; cpu < NR_VCPUS; cpu++) {
		schedule(cpu);
		while (!is_idle(rqs[cpu].curr))
			stop(cpu, TASK_DEAD);
	}
}

static void test_random(unsigned int seed)
{
	const struct event *event = events;
	unsigned int calls;
	int i;

	rnd_seed(seed);
	boot();
	for (i = 0; i < EVENTS && !check(); i++)
		do
			event = any_event();
		while (!event->happen());
	if (!ok(!error, "seed %u, %d events", seed, EVENTS))
		diag("after event %d, %s: %s", i, event->name, error);

	calls = vcpus[0].calls + vcpus[1].calls;
	end_all();
	result(!vcfs_vcpus.vcpu[0].sleepers.counter &&
	       !vcfs_vcpus.vcpu[1].sleepers.counter && !vcpus[0].stated,
	       "all tasks gone, nobody sleeps");
	ok(calls > EVENTS / 20 && calls < EVENTS / 2, "%u calls", calls);
}

int main(void)
{
	test_boot();
	test_alone();
	test_no_hotplug();
	test_periodic();
	test_preempts(FIFO);
	test_preempts(DEADLINE);
	test_background();
	test_kernel();
	test_due();
	test_restated();
	test_second_background();
	test_only_background();
	test_exit();
	test_demoted();
	test_migrates();
	test_hotplug();
	test_suspend();
	test_reboot();
	test_boosted();
	for (unsigned int seed = 1; seed <= SEEDS; seed++)
		test_random(seed);
	return tap_done();
}
