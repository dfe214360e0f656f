// SPDX-License-Identifier: GPL-2.0-only
/*
 * vbfq_guest.c in a guest of a few vCPUs and disks: what is said to the host,
 * by whom, and how often, after directed and random events. Virtual time is in
 * jiffies; each disk's need is what BFQ's counter of busy queues says.
 */
#include <assert.h>
#include <string.h>

#include "random.h"
#include "tap.h"

/* For its static state, which no interface shows. */
#include "vbfq_guest.c"

#define SEEDS		10
#define EVENTS		50000
#define HOLD		msecs_to_jiffies(VBFQ_HOLD_MS)

u64 rnd_state;
unsigned long jiffies;
int this_cpu;
u64 now_ns;
bool irqs_off;

static struct bfq_data disks[NR_DISKS];
static struct elevator_queue elevators[NR_DISKS];

/* What the host knows, as intent.rst has it: a word for each vCPU. */
static struct vcpu {
	bool online;
	bool stated;
	unsigned long when;
} vcpus[NR_VCPUS];

static unsigned int calls;
static bool host_coordinates;
static int (*startup)(unsigned int cpu), (*teardown)(unsigned int cpu);
static struct syscore_ops *syscore;
static struct notifier_block *reboot;
static bool down;

/* The first thing that went wrong */
static const char *error;

static void expect(bool good, const char *message)
{
	if (!good && !error)
		error = message;
}

/* Stubs for vbfq_guest.c */

bool intent_available(u32 resource)
{
	return resource == INTENT_IO && host_coordinates;
}

void intent_set(u32 resource, u32 class)
{
	expect(resource == INTENT_IO, "wrong resource");
	expect(class == INTENT_NONE || class == INTENT_LATENCY, "wrong class");
	expect(irqs_off, "spoke with IRQs on");
	expect(vcpus[this_cpu].online, "spoke while offline");
	vcpus[this_cpu].stated = class != INTENT_NONE;
	vcpus[this_cpu].when = jiffies;
	calls++;
}

void add_timer_on(struct timer_list *timer, int cpu)
{
	assert(!timer->pending);
	timer->pending = true;
	timer->cpu = cpu;
}

int del_timer(struct timer_list *timer)
{
	bool pending = timer->pending;

	timer->pending = false;
	return pending;
}

static void bring_up(int cpu)
{
	this_cpu = cpu;
	vcpus[cpu].online = true;
	expect(startup(cpu) == 0, "cannot come online");
}

static void take_down(int cpu)
{
	this_cpu = cpu;
	expect(teardown(cpu) == 0, "cannot go offline");
	expect(!vcpus[cpu].stated, "offline with an intent");
	vcpus[cpu].online = false;
}

int cpuhp_setup_state(enum cpuhp_state state, const char *name,
		      int (*up)(unsigned int cpu),
		      int (*down)(unsigned int cpu))
{
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

static bool needy(void)
{
	for (int i = 0; i < NR_DISKS; i++)
		if (disks[i].wr_busy_queues > 0)
			return true;
	return false;
}

static int stating(void)
{
	int n = 0;

	for (int cpu = 0; cpu < NR_VCPUS; cpu++)
		n += vcpus[cpu].stated;
	return n;
}

/* Since when there is no need; what the longest hold of a disk may be. */
static unsigned long idle_since, longest_hold;

static const char *check(void)
{
	expect(stating() <= 1, "two vCPUs state an intent");
	expect(intent.raised == (stating() == 1), "the host knows otherwise");
	expect(!stating() || vcpus[intent.cpu].stated, "wrong vCPU");
	expect(!stating() || needy() ||
	       jiffies - idle_since <= longest_hold + VBFQ_LOOK,
	       "did not withdraw");
	expect(!stating() || jiffies - vcpus[intent.cpu].when <=
	       HZ + VBFQ_LOOK, "not stated anew");
	expect(!down || !stating(), "stated when it goes down");
	expect(!irqs_off && !intent.lock.held, "left IRQs off");
	return error;
}

/* Time passes, and the timer fires where it is. */
static void pass(unsigned long ticks)
{
	while (ticks--) {
		jiffies++;
		if (!intent_timer.pending ||
		    time_before(jiffies, intent_timer.expires))
			continue;
		expect(vcpus[intent_timer.cpu].online, "timer on a dead vCPU");
		this_cpu = intent_timer.cpu;
		intent_timer.pending = false;
		intent_timer.function(&intent_timer);
	}
}

/* As bfq_wr_busy() does, under the lock of the disk; then that is dropped. */
static void wr_busy(int disk, int change, int cpu)
{
	bool before = needy();

	this_cpu = cpu;
	disks[disk].wr_busy_queues += change;
	vbfq_guest_need(&disks[disk], disks[disk].wr_busy_queues > 0);
	if (before && !needy())
		idle_since = jiffies;
	vbfq_guest_tell();
}

static void boot(void)
{
	memset(disks, 0, sizeof(disks));
	memset(vcpus, 0, sizeof(vcpus));
	memset(&intent, 0, sizeof(intent));
	memset(&needy_disks, 0, sizeof(needy_disks));
	intent.silent = true;
	intent_timer.pending = false;
	jiffies = INITIAL_JIFFIES;
	hold_until = INITIAL_JIFFIES;
	longest_hold = HOLD;
	error = NULL;
	calls = 0;
	down = false;
	vbfq_guest_key.enabled = 0;
	host_coordinates = true;
	for (int i = 0; i < NR_DISKS; i++) {
		vbfq_guest_init(&disks[i]);
		elevators[i].elevator_data = &disks[i];
	}
	expect(shim_initcall() == 0, "does not start");
	calls = 0;
}

static void result(bool good, const char *what)
{
	check();
	if (!ok(good && !error, "%s", what) && error)
		diag("%s", error);
}

/* Directed cases */

static void test_boot(void)
{
	boot();
	result(vbfq_guest_key.enabled && !stating(), "begins without intent");

	boot();
	vcpus[1].stated = true;
	vbfq_guest_online(1);
	this_cpu = 1;
	vbfq_guest_online(1);
	result(!stating(), "withdraws what a kernel before left");

	boot();
	vbfq_guest_key.enabled = 0;
	host_coordinates = false;
	expect(shim_initcall() == 0, "an old host is an error");
	wr_busy(0, 1, 0);
	result(!calls && !vbfq_guest_key.enabled, "an old host hears nothing");
}

static void test_need(void)
{
	boot();
	wr_busy(0, 1, 1);
	result(calls == 1 && vcpus[1].stated, "raised at the first queue");
	wr_busy(0, 1, 0);
	wr_busy(1, 1, 0);
	result(calls == 1, "and not again, for another queue or disk");
	wr_busy(0, -2, 0);
	pass(2 * HZ);
	result(stating() == 1, "stands while one disk needs it");
	wr_busy(1, -1, 0);
	pass(HOLD - 1);
	result(stating() == 1, "and for the hold");
	pass(1 + VBFQ_LOOK);
	result(!stating() && vcpus[0].when < vcpus[1].when,
	       "then withdrawn, by the vCPU that stated it");
	pass(10 * HZ);
	result(!intent_timer.pending, "no timer is left");
}

/* One block after the other: the queue is empty after each. */
static void test_reader(unsigned int pause)
{
	unsigned long start;

	boot();
	start = jiffies;
	while (jiffies - start < 10 * HZ) {
		wr_busy(0, 1, 0);
		pass(1);
		wr_busy(0, -1, 0);
		pass(pause);
		check();
	}
	result(calls <= 200, "at most 20 calls a second");
	diag("pause of %u ms: %u calls in 10 s", jiffies_to_msecs(pause), calls);
	result(pause >= HOLD || calls <= 11, "and a short pause ends nothing");
}

static void test_background(void)
{
	boot();
	for (int i = 0; i < 1000; i++) {
		vbfq_guest_need(&disks[0], false);
		vbfq_guest_tell();
		pass(1);
	}
	result(!calls, "no call while no queue is raised");
}

static void test_migrated(void)
{
	boot();
	wr_busy(0, 1, 0);
	pass(HZ / 2);
	vcpus[0].stated = false;	/* on another host */
	pass(HZ);
	result(vcpus[0].stated, "restated within a second");
}

static void test_hotplug(void)
{
	boot();
	wr_busy(0, 1, 1);
	take_down(1);
	result(!stating() && !intent_timer.pending, "withdrawn by who goes");
	wr_busy(0, 1, 0);
	result(vcpus[0].stated, "the next request raises it elsewhere");
	bring_up(1);
	result(vcpus[0].stated && !vcpus[1].stated, "a new vCPU changes nothing");
	wr_busy(0, -2, 1);
	pass(HOLD + VBFQ_LOOK);
	result(!stating(), "and it ends");
}

/* The timer of a vCPU that is gone fires late, and must not speak for others. */
static void test_late_timer(void)
{
	boot();
	wr_busy(0, 1, 1);
	take_down(1);
	wr_busy(0, 1, 0);
	bring_up(1);
	this_cpu = 1;
	intent_timer.function(&intent_timer);
	result(vcpus[0].stated && !vcpus[1].stated && intent_timer.cpu == 0,
	       "a late timer is ignored");
}

static void test_suspend(void)
{
	boot();
	wr_busy(0, 1, 0);
	take_down(1);
	this_cpu = 0;
	irqs_off = true;
	expect(syscore->suspend() == 0, "cannot suspend");
	irqs_off = false;
	down = true;
	wr_busy(0, 1, 0);
	result(!stating(), "silent from suspend on");
	down = false;
	irqs_off = true;
	syscore->resume();
	irqs_off = false;
	wr_busy(0, 1, 0);
	result(vcpus[0].stated, "raised anew after resume");
}

static void test_reboot(void)
{
	boot();
	wr_busy(0, 1, 1);
	expect(reboot->notifier_call(reboot, 0, NULL) == NOTIFY_DONE,
	       "reboot is held up");
	down = true;
	wr_busy(1, 1, 0);
	pass(HZ);
	result(!stating() && !intent_timer.pending, "silent from reboot on");
}

static void test_exit(void)
{
	boot();
	wr_busy(0, 3, 0);
	vbfq_guest_exit(&disks[0]);
	disks[0].wr_busy_queues = 0;
	idle_since = jiffies;
	pass(HOLD + VBFQ_LOOK);
	result(!stating() && !needy_disks.counter,
	       "ends with the elevator, whatever it counted");
}

static void test_backlog(void)
{
	struct bfq_data *disk = &disks[0];
	struct bfq_queue other = { .wr_coeff = 1, .bfqd = disk };
	struct bfq_queue raised = { .wr_coeff = 30, .bfqd = disk };

	boot();
	disk->vbfq_disk.backlog = 2;
	disk->rq_in_driver = 50;
	result(!vbfq_guest_hold_back(disk, &other), "no need: no limit");
	wr_busy(0, 1, 0);
	result(vbfq_guest_hold_back(disk, &other) && vbfq_guest_go_on(&other) &&
	       !vbfq_guest_go_on(&other), "held back, until a request is done");
	result(!vbfq_guest_hold_back(disk, &raised), "but not who needs it");
	result(!vbfq_guest_hold_back(&disks[1], &other), "nor another disk");
	disk->rq_in_driver = 1;
	result(!vbfq_guest_hold_back(disk, &other), "a short backlog is fine");
	disk->rq_in_driver = 2;
	wr_busy(0, -1, 0);
	result(vbfq_guest_hold_back(disk, &other), "the hold counts");
	pass(HOLD);
	result(!vbfq_guest_hold_back(disk, &other), "and ends");
}

/* A request of the queue is done, after so long. */
static void done(struct bfq_queue *bfqq, unsigned int ms)
{
	now_ns = bfqq->bfqd->last_dispatch + ms * NSEC_PER_MSEC;
	vbfq_guest_go_on(bfqq);
}

/* One process of an application need not wait for another. */
static void test_raised(void)
{
	struct bfq_data *disk = &disks[0];
	struct request rq = { .sectors = 8 };
	struct bfq_queue queues[3] = {
		{ .wr_coeff = 1, .bfqd = disk, .next_rq = &rq,
		  .entity = { 100, 0 } },
		{ .wr_coeff = 30, .bfqd = disk, .entity = { 100, 0 } },
		{ .wr_coeff = 30, .bfqd = disk, .next_rq = &rq,
		  .entity = { 100, 93 } },
	};

	boot();
	INIT_LIST_HEAD(&disk->active_list);
	for (int i = 0; i < 3; i++)
		list_add_tail(&queues[i].bfqq_list, &disk->active_list);
	wr_busy(0, 1, 0);
	result(!vbfq_guest_raised(disk), "not what exceeds its budget");
	queues[2].entity.service = 92;
	result(vbfq_guest_raised(disk) == &queues[2],
	       "a raised queue with a request, and no other");
	done(&queues[1], 0);
	done(&queues[0], 10);
	done(&queues[1], 10);
	result(vbfq_guest_raised(disk), "even if one of its requests was slow");
	done(&queues[0], 10);
	done(&queues[1], 10);
	result(!vbfq_guest_raised(disk), "not where it moves heads");
	for (int i = 0; i < 8; i++)
		done(&queues[1], 0);
	result(!vbfq_guest_raised(disk), "as one process does not show");
	done(&queues[0], 0);
	for (int i = 0; i < 8; i++)
		done(&queues[i & 1 ? 1 : 2], 0);
	result(vbfq_guest_raised(disk), "until it does not");
	wr_busy(0, -1, 0);
	result(!vbfq_guest_raised(disk), "none is busy: none");
	vbfq_guest_key.enabled = 0;
	wr_busy(0, 1, 0);
	result(!vbfq_guest_raised(disk), "an old host: BFQ's own rules");
}

/* What is due to an urgent process is not spent on another one. */
static void test_apart(void)
{
	struct bfq_queue other = { .wr_coeff = 1 }, raised = { .wr_coeff = 30 };
	struct bfq_queue new = { .wr_coeff = 1, .just_created = true };
	struct bfq_queue one_of_many = new;

	one_of_many.in_large_burst = true;
	boot();
	result(vbfq_guest_apart(&raised, &other) &&
	       vbfq_guest_apart(&other, &raised),
	       "a raised queue is not merged with another");
	result(!vbfq_guest_apart(&raised, &raised) &&
	       !vbfq_guest_apart(&other, &other), "but two of a kind are");
	result(vbfq_guest_apart(&new, &other) &&
	       !vbfq_guest_apart(&new, &raised), "a new one will be raised");
	result(!vbfq_guest_apart(&one_of_many, &other), "unless in a burst");
	vbfq_guest_key.enabled = 0;
	result(!vbfq_guest_apart(&raised, &other),
	       "an old host: BFQ's own rules");
}

/* The disk of a VM may be slower than it looks. */
static void test_duration(void)
{
	boot();
	result(vbfq_guest_duration(3 * HZ) == 7 * HZ &&
	       vbfq_guest_duration(8 * HZ) == 8 * HZ, "weights are raised for 7 s or longer");
	vbfq_guest_key.enabled = 0;
	result(vbfq_guest_duration(3 * HZ) == 3 * HZ, "an old host: for as long as BFQ says");
}

static void test_attributes(void)
{
	char page[64];

	boot();
	vbfq_guest_hold_store(&elevators[0], "50", 2);
	vbfq_guest_hold_show(&elevators[0], page);
	result(!strcmp(page, "100\n"), "hold: not below 100 ms");
	vbfq_guest_hold_store(&elevators[0], "99999", 5);
	vbfq_guest_hold_show(&elevators[0], page);
	result(!strcmp(page, "10000\n"), "nor above 10 s");
	vbfq_guest_backlog_store(&elevators[0], "0", 1);
	vbfq_guest_backlog_show(&elevators[0], page);
	result(!strcmp(page, "1\n"), "backlog: at least one request");
	result(vbfq_guest_backlog_store(&elevators[0], "x", 1) == -EINVAL &&
	       vbfq_guest_hold_store(&elevators[0], "-1", 2) == -EINVAL,
	       "what is no number is EINVAL");
	vbfq_guest_backlog_show(&elevators[0], page);
	result(!strcmp(page, "1\n"), "and changes nothing");
	wr_busy(0, 1, 0);
	wr_busy(0, -1, 0);
	wr_busy(0, 1, 0);
	vbfq_guest_needs_show(&elevators[0], page);
	result(!strcmp(page, "2\n"), "needs are counted");
}

/* Random events. Each returns false where it makes no sense. */

static int any_online(void)
{
	int cpu = rnd(NR_VCPUS);

	return vcpus[cpu].online ? cpu : !cpu;
}

static bool do_busy(void)
{
	wr_busy(rnd(NR_DISKS), 1, any_online());
	return true;
}

static bool do_idle(void)
{
	int disk = rnd(NR_DISKS);

	if (!disks[disk].wr_busy_queues)
		return false;
	wr_busy(disk, -(int)(1 + rnd(disks[disk].wr_busy_queues)),
		any_online());
	return true;
}

static bool do_pass(void)
{
	pass(rnd(10) ? rnd(20) : rnd(3 * HZ));
	return true;
}

static bool do_hotplug(void)
{
	if (!vcpus[1].online)
		bring_up(1);
	else if (vcpus[0].online)
		take_down(1);
	return true;
}

static bool do_hold(void)
{
	char text[16];
	int n = sprintf(text, "%u", rnd(1000));

	vbfq_guest_hold_store(&elevators[rnd(NR_DISKS)], text, n);
	longest_hold = msecs_to_jiffies(1000);
	return true;
}

static const struct event {
	const char *name;
	bool (*happen)(void);
	unsigned int weight;
} events[] = {
	{ "busy", do_busy, 30 }, { "idle", do_idle, 45 },
	{ "pass", do_pass, 30 }, { "hotplug", do_hotplug, 2 },
	{ "hold", do_hold, 1 },
};

static const struct event *any_event(void)
{
	unsigned int n = 0, at;

	for (size_t i = 0; i < ARRAY_SIZE(events); i++)
		n += events[i].weight;
	at = rnd(n);
	for (size_t i = 0; ; at -= events[i++].weight)
		if (at < events[i].weight)
			return &events[i];
}

static void test_random(unsigned int seed)
{
	const struct event *event = NULL;
	unsigned long start;
	int i;

	rnd_seed(seed);
	boot();
	start = jiffies;
	for (i = 0; i < EVENTS && !check(); i++) {
		do
			event = any_event();
		while (!event->happen());
		this_cpu = any_online();
		vbfq_guest_tell();
		expect(!needy() || stating(), "did not raise");
	}
	if (!ok(!error, "seed %u, %d events", seed, EVENTS))
		diag("event %d, %s: %s", i, event->name, error);
	ok(calls <= (jiffies - start) * 20 / HZ, "%u calls in %lu s", calls,
	   (jiffies - start) / HZ);
}

int main(void)
{
	test_boot();
	test_need();
	for (unsigned int pause = 1; pause <= 2 * HOLD; pause += 3)
		test_reader(pause);
	test_background();
	test_migrated();
	test_hotplug();
	test_late_timer();
	test_suspend();
	test_reboot();
	test_exit();
	test_backlog();
	test_raised();
	test_apart();
	test_duration();
	test_attributes();
	for (unsigned int seed = 1; seed <= SEEDS; seed++)
		test_random(seed);
	return tap_done();
}
