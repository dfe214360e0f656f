// SPDX-License-Identifier: GPL-2.0-only
/*
 * vcfs_guest.c on a host that takes no records: after each event, what was said
 * by calls must be what vcfs_edge.h promises, and no word more.
 */
#include "guest_sim.h"
#include "vcfs_guest.h"

#define SEEDS	10

/**
 * struct intent - what a vCPU said
 * @stated: by its last call, a class
 * @want: what it should have said
 * @when: it spoke last
 */
static struct intent {
	u32 stated;
	u32 want;
	unsigned long when;
} intents[NR_VCPUS];

/* The model */

static void model_said(int cpu, u32 class)
{
	struct intent *intent = &intents[cpu];

	expect(intent->stated != class ||
	       (class && jiffies - intent->when >= HZ),
	       "said what the host knows");
	intent->when = jiffies;
	intent->stated = class;
}

static void want(int cpu, u32 wanted)
{
	if (vcpus[cpu].online)
		intents[cpu].want = wanted;
}

/* A kernel before us may have said so. */
static void model_up(int cpu)
{
	intents[cpu] = (struct intent) { .stated = INTENT_CRITICAL };
}

static void model_down(int cpu)
{
	intents[cpu].want = INTENT_NONE;
}

static void model_registered(int cpu)
{
	expect(false, "the host takes no records");
}

static void model_switched(int cpu, struct task_struct *prev,
			   struct task_struct *next)
{
	if (is_idle(next))
		want(cpu, sleepers_class(cpu));
	else if (kernel(next))
		return;
	else if (!is_idle(prev) || work_urgency(cpu))
		want(cpu, work_urgency(cpu));
}

static void model_enqueued(int cpu, struct task_struct *p, int by)
{
	if (cpu == by && urgency(p) > intents[cpu].want)
		want(cpu, urgency(p));
}

static void model_ticked(int cpu)
{
	struct task_struct *curr = rqs[cpu].curr;

	if (!is_idle(curr) && !kernel(curr))
		want(cpu, work_urgency(cpu));
}

static void model_irq_done(int cpu)
{
}

static void model_check(int cpu)
{
	struct intent *intent = &intents[cpu];

	if (!vcpus[cpu].online)
		return;
	expect(intent->stated == intent->want,
	       intent->want ? "did not raise" : "did not release");
	expect(urgency(rqs[cpu].curr) <= intent->stated || vcpus[cpu].late,
	       "urgent work without its intent");
}

const struct model model = {
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

/* Cases */

static void test_boot(void)
{
	static const int matter[] = {
		SCHED_FIFO, SCHED_RR, SCHED_IDLE, SCHED_DEADLINE
	};

	reset(true);
	ok(shim_initcall() == 0 && !is_live() && startup && syscore &&
	   reboot_nb,
	   "init");
	result(vcpus[0].calls == 1 && vcpus[1].calls == 1 &&
	       !intents[0].stated && !intents[1].stated,
	       "each vCPU begins with a release");
	vcfs_guest_policy(SCHED_NORMAL);
	vcfs_guest_policy(SCHED_BATCH);
	ok(!is_live(), "normal tasks do not matter");
	for (size_t i = 0; i < ARRAY_SIZE(matter); i++) {
		reset(true);
		ok(shim_initcall() == 0, "init");
		vcfs_guest_policy(matter[i]);
		ok(is_live(), "tasks of policy %d do", matter[i]);
	}
}

static void test_alone(void)
{
	reset(false);
	ok(shim_initcall() == 0 && !is_live() && !startup &&
	   !syscore && !reboot_nb, "the host does not coordinate");
	vcfs_guest_begin();
	ok(!is_live(), "nothing matters to it");
	wake_here(new_task(0, FIFO), 0);
	ok(!vcpus[0].calls, "nothing is said to it");
}

static void test_no_hotplug(void)
{
	reset(true);
	hotplug_error = -28;
	ok(shim_initcall() == -28 && !is_live() && !syscore &&
	   !reboot_nb, "no room for a hotplug callback");
	vcfs_guest_begin();
	ok(!is_live(), "nor is there a begin");
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
	result(said() == 1 && intents[0].stated,
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
	result(said() == 1 && !intents[0].stated && rqs[0].curr == bg,
	       "released when background goes on");
	stop(0, TASK_SLEEPS);
	result(said() == 1 && intents[0].stated, "asked for before idling");
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
	result(said() == 1 && !intents[0].stated, "released at the tick");
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
	result(said() == 0 && intents[0].stated,
	       "a real-time kernel thread comes between");
	kthread[0].on_rq = false;
	schedule(0);
	result(said() == 0, "and goes");
}

static void test_due(void)
{
	boot();
	wake_here(new_task(0, NORMAL), 0);
	wake(new_task(1, FIFO), 0, 0);
	said();
	tick(0);
	irq_done(0);
	schedule(0);
	result(said() == 0, "a tick between wakeup and switch");
}

static void test_hang(void)
{
	ktime_t bound = VCFS_GUEST_HANG_NS;

	reset(true);
	ok(vcfs_guest_hang(1, bound + 2) == bound + 2,
	   "a hang holds timers back while nobody matters to the host");
	boot();
	result(vcfs_guest_hang(1, bound + 2) == bound + 1, "less long then");
	result(vcfs_guest_hang(1, bound) == bound, "never longer than it did");
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
	result(said() == 1 && !intents[0].stated,
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
	result(said() == 2 && !intents[0].stated, "the dead do not sleep");
}

static void test_demoted(void)
{
	struct task_struct *rt;

	boot();
	rt = new_task(0, DEADLINE);
	wake_here(rt, 0);
	stop(0, TASK_SLEEPS);
	set_prio(rt, NORMAL);
	result(counted_sleepers(0) == 1, "critical when it slept");
	wake_here(rt, 0);
	result(counted_sleepers(0) == 0 && !rt->vcfs.on,
	       "background when it wakes");
	stop(0, TASK_SLEEPS);
	set_prio(rt, DEADLINE);
	result(!intents[0].stated, "nobody critical sleeps");
	wake_here(rt, 0);
	result(counted_sleepers(0) == 0 && intents[0].stated,
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
	result(vcpus[1].calls == 1 && intents[1].stated &&
	       counted_sleepers(0) == 0, "it says so at its switch");
	stop(1, TASK_SLEEPS);
	result(vcpus[1].calls == 1 && counted_sleepers(1) == 1,
	       "it sleeps where it ran");
	wake_here(new_task(1, NORMAL), 0);
	stop(0, TASK_SLEEPS);
	result(said() == 1 && !intents[0].stated,
	       "the old vCPU releases when it idles next");
}

static void test_hotplug(void)
{
	boot();
	wake_here(new_task(0, FIFO), 1);
	stop(1, TASK_SLEEPS);
	offline(1);
	result(vcpus[1].calls == 2 && !intents[1].stated,
	       "released before it goes");
	switch_to(1, &kthread[1]);
	tick(1);
	switch_to(1, &idle[1]);
	tick(1);
	wake_here(&tasks[0], 0);
	result(vcpus[1].calls == 2 && counted_sleepers(1) == 0,
	       "silent while it is offline");
	online(1);
	result(vcpus[1].calls == 3 && !intents[1].stated, "a release at return");
}

static void test_suspend(void)
{
	boot();
	wake_here(new_task(0, FIFO), 0);
	stop(0, TASK_SLEEPS);
	said();
	suspend();
	result(said() == 1 && !intents[0].stated, "released before suspend");
	tick(0);
	resume();
	result(said() == 2 && intents[0].stated,
	       "released after resume, then stated anew");
}

static void test_reboot(void)
{
	boot();
	wake_here(new_task(0, FIFO), 0);
	wake_here(new_task(1, FIFO), 1);
	reboot();
	ok(!intents[0].stated && !intents[1].stated && !error,
	   "all release before reboot");
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
	ok(intents[0].stated,
	   "raised at the tick after it became critical while it ran");
	schedule(0);
	set_prio(&tasks[0], NORMAL);
	tick(0);
	ok(!intents[0].stated, "released at the tick after that ended");
}

static bool stated(u32 class)
{
	return intents[0].stated == class;
}

/* A call says the class, so a change of it takes one. */
static void test_marked(void)
{
	struct task_struct *p;

	boot();
	wake_here(new_task(0, NORMAL), 0);
	p = new_task(1, NORMAL + 1);
	set_mark(p, INTENT_LATENCY);
	wake(p, 0, 0);
	result(said() == 1 && stated(INTENT_LATENCY), "a marked task wakes");
	schedule(0);
	tick(0);
	result(said() == 0 && stated(INTENT_LATENCY) && rqs[0].curr != p,
	       "it waits for others of the guest");
	wake_here(new_task(2, FIFO), 0);
	result(said() == 1 && stated(INTENT_CRITICAL), "a real-time task wakes");
	stop(0, TASK_DEAD);
	result(said() == 1 && stated(INTENT_LATENCY), "and ends");
	stop(0, TASK_SLEEPS);
	result(said() == 0 && rqs[0].curr == p, "the marked one runs");
	stop(0, TASK_SLEEPS);
	tick(0);
	result(said() == 0 && stated(INTENT_LATENCY), "and sleeps");
	wake_here(&tasks[0], 0);
	tick(0);
	result(said() == 1 && stated(INTENT_NONE), "while others run");
	set_mark(p, INTENT_NONE);
	stop(0, TASK_SLEEPS);
	result(said() == 1 && stated(INTENT_LATENCY),
	       "what it slept as stands");
	wake_here(p, 0);
	tick(0);
	stop(0, TASK_SLEEPS);
	result(said() == 1 && stated(INTENT_NONE), "until it wakes");
}

static const struct event no_more[] = { { NULL, NULL, 0 } };

static void test_random(unsigned int seed)
{
	const char *last = random_events(seed, no_more);
	unsigned int calls = vcpus[0].calls + vcpus[1].calls;

	if (!ok(!error, "seed %u, %d events", seed, EVENTS))
		diag("after %s: %s", last, error);
	ok(calls > EVENTS / 20 && calls < EVENTS / 2, "%u calls", calls);
	end_all();
	result(!sleepers(0) && !sleepers(1) && !intents[0].stated,
	       "all tasks gone, nobody sleeps");
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
	test_hang();
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
	test_marked();
	for (unsigned int seed = 1; seed <= SEEDS; seed++)
		test_random(seed);
	return tap_done();
}
