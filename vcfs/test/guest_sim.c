// SPDX-License-Identifier: GPL-2.0-only
/*
 * A guest of two vCPUs with strict priorities; see guest_sim.h.
 */
#include <assert.h>
#include <string.h>

#include <linux/capability.h>
#include <linux/security.h>
#include <linux/seq_file.h>

#include "guest_sim.h"
#include "random.h"

/* For its static state, which no interface shows. */
#include "vcfs_guest.c"

u64 rnd_state;
unsigned long jiffies;
u64 counter;
int this_cpu;
bool irqs_off;

struct task_struct tasks[NR_TASKS];
struct task_struct idle[NR_VCPUS];
struct task_struct kthread[NR_VCPUS];
struct task_struct ksoftirqd[NR_VCPUS];
struct rq rqs[NR_VCPUS];
struct vcpu vcpus[NR_VCPUS];
struct task_group cgroups[NR_CGROUPS];
u64 first_timers[NR_VCPUS];

static bool host_coordinates;
static int (*teardown)(unsigned int cpu);
int hotplug_error;
int (*startup)(unsigned int cpu);
struct syscore_ops *syscore;
struct notifier_block *reboot_nb;

const char *error;

void expect(bool good, const char *message)
{
	if (!good && !error)
		error = message;
}

/* Stubs for vcfs_guest.c */

struct rq *this_rq(void)
{
	return &rqs[this_cpu];
}

struct task_struct *this_cpu_ksoftirqd(void)
{
	return &ksoftirqd[this_cpu];
}

u64 arch_timer_read_counter(void)
{
	return counter;
}

u32 arch_timer_get_rate(void)
{
	return COUNTER_HZ;
}

ktime_t ktime_get(void)
{
	return (__int128)counter * NSEC_PER_SEC / COUNTER_HZ;
}

struct tick_sched *tick_get_tick_sched(int cpu)
{
	static struct tick_sched ticks[NR_VCPUS];

	return &ticks[cpu];
}

u64 hrtimer_next_event_without(const struct hrtimer *exclude)
{
	expect(irqs_off, "asked for timers with IRQs on");
	expect(exclude == &tick_get_tick_sched(this_cpu)->sched_timer,
	       "asked for timers with another tick than its own");
	return first_timers[this_cpu];
}

/* vcfs_mark.c's files have a test of their own. */
bool file_ns_capable(const struct file *file, struct user_namespace *ns,
		     int cap)
{
	return false;
}

int security_task_setscheduler(struct task_struct *p)
{
	return 0;
}

void seq_printf(struct seq_file *m, const char *fmt, ...)
{
}

struct user_namespace {
	int unused;
} init_user_ns;

bool intent_available(u32 resource)
{
	return resource == INTENT_CPU && host_coordinates;
}

void intent_set(u32 resource, u32 class)
{
	expect(resource == INTENT_CPU, "wrong resource");
	expect(irqs_off, "spoke with IRQs on");
	expect(vcpus[this_cpu].online, "spoke while offline");
	vcpus[this_cpu].calls++;
	model.said(this_cpu, class);
}

/* As the host does: what it writes is all zero, and no ticket is open. */
static void register_record(struct vcpu *vcpu, struct intent_record *record)
{
	expect((uintptr_t)record % INTENT_RECORD_SIZE == 0,
	       "a misaligned record");
	for (int cpu = 0; cpu < NR_VCPUS; cpu++)
		expect(vcpus[cpu].record != record, "a record of two vCPUs");
	memset(&record->granted, 0, INTENT_RECORD_SIZE / 2);
	record->ticket = record->ack;
	vcpu->record = record;
	model.registered(this_cpu);
}

bool intent_record(struct intent_record *record)
{
	struct vcpu *vcpu = &vcpus[this_cpu];

	expect(irqs_off, "registered with IRQs on");
	expect(vcpu->online, "registered while offline");
	vcpu->registrations++;
	if (!model.records)
		return false;

	expect(record || vcpu->record, "dropped nothing");
	if (record)
		register_record(vcpu, record);
	else
		vcpu->record = NULL;
	return true;
}

void bring_up(int cpu)
{
	this_cpu = cpu;
	vcpus[cpu].online = true;
	model.up(cpu);
	expect(startup(cpu) == 0, "cannot come online");
}

static void take_down(int cpu)
{
	this_cpu = cpu;
	model.down(cpu);
	expect(teardown(cpu) == 0, "cannot go offline");
	expect(!vcpus[cpu].record, "offline with a record");
	vcpus[cpu].online = false;
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
	reboot_nb = nb;
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

/* Checks */

int sleepers(int cpu)
{
	int n = 0;

	for (int i = 0; i < NR_TASKS; i++)
		n += tasks[i].sleeps_on == cpu;
	return n;
}

int counted_sleepers(int cpu)
{
	int n = 0;

	for (u32 class = 0; class < INTENT_NR_CLASSES; class++)
		n += vcfs_vcpus.vcpu[cpu].sleepers[class];
	return n;
}

u32 sleepers_class(int cpu)
{
	u32 class = INTENT_NONE;

	for (int i = 0; i < NR_TASKS; i++)
		if (tasks[i].sleeps_on == cpu && tasks[i].slept > class)
			class = tasks[i].slept;
	return class;
}

/* Also of those that have to wait, as far as they are marked */
u32 work_urgency(int cpu)
{
	u32 class = urgency(rqs[cpu].curr);

	if (is_idle(rqs[cpu].curr))
		return INTENT_NONE;
	for (int i = 0; i < NR_TASKS; i++)
		if (tasks[i].cpu == cpu && tasks[i].on_rq &&
		    tasks[i].queued > class)
			class = tasks[i].queued;
	return class;
}

bool only_idle(int cpu)
{
	return rqs[cpu].nr_running &&
	       rqs[cpu].nr_running == rqs[cpu].cfs.idle_h_nr_running;
}

/* As the scheduler counts them */
static void count_tasks(int cpu)
{
	struct task_struct *curr = rqs[cpu].curr;
	struct rq *rq = &rqs[cpu];

	rq->nr_running = 0;
	rq->cfs.idle_h_nr_running = 0;
	for (int i = 0; i < NR_TASKS; i++) {
		if (tasks[i].cpu != cpu || !tasks[i].on_rq)
			continue;
		rq->nr_running++;
		rq->cfs.idle_h_nr_running += tasks[i].idle_policy &&
					     tasks[i].prio >= MAX_RT_PRIO;
	}
	if (curr == &kthread[cpu] || curr == &ksoftirqd[cpu])
		rq->nr_running++;
}

bool is_live(void)
{
	return vcfs_guest_key.enabled;
}

static int count_marks(int cpu, u32 class)
{
	int n = 0;

	for (int i = 0; i < NR_TASKS; i++)
		n += tasks[i].cpu == cpu && tasks[i].on_rq &&
		     tasks[i].queued == class;
	return n;
}

static void check_vcpu(int cpu)
{
	struct vcfs_vcpu *vcpu = &vcfs_vcpus.vcpu[cpu];

	expect(counted_sleepers(cpu) == sleepers(cpu),
	       "wrong number of sleepers");
	expect(highest(vcpu->sleepers) == sleepers_class(cpu),
	       "wrong class of sleepers");
	expect(vcpu->untimed <= sleepers(cpu), "wrong number without timer");
	for (u32 class = INTENT_LATENCY; class < INTENT_NR_CLASSES; class++)
		expect(vcpu->marked[class] == count_marks(cpu, class),
		       "wrong number of marked tasks");
	expect(!vcpu->lock.locked, "left its lock taken");
	expect(vcpu->record == vcpus[cpu].record, "the host has another record");
	model.check(cpu);
}

static void check_task(struct task_struct *p)
{
	struct vcfs_vcpu *on = p->sleeps_on < 0 ?
			       NULL : &vcfs_vcpus.vcpu[p->sleeps_on];

	expect(p->vcfs.on == on, "a task sleeps elsewhere");
	expect(timerqueue_node_queued(&p->vcfs.timer) ==
	       (on && p->vcfs.timer.expires), "a timer is queued, or not");
}

const char *check(void)
{
	for (int cpu = 0; cpu < NR_VCPUS; cpu++)
		check_vcpu(cpu);
	for (int i = 0; i < NR_TASKS; i++)
		check_task(&tasks[i]);
	expect(!irqs_off, "left IRQs off");
	return error;
}

unsigned int said(void)
{
	unsigned int calls = vcpus[0].calls - vcpus[0].heard;

	vcpus[0].heard = vcpus[0].calls;
	return calls;
}

/* Events */

/* What a marked task counts as while it is runnable */
static void renew_mark(struct task_struct *p)
{
	if (vcfs_guest_key.enabled)
		p->queued = marked(p);
}

void switch_to(int cpu, struct task_struct *next)
{
	struct task_struct *prev = rqs[cpu].curr;

	prev->need_resched = false;
	if (prev == next)
		return;
	this_cpu = cpu;
	rqs[cpu].curr = next;
	count_tasks(cpu);
	irqs_off = true;
	vcfs_guest_switch(&rqs[cpu], prev, next);
	vcfs_guest_release();
	irqs_off = false;

	renew_mark(next);
	if (!prev->on_rq)
		prev->queued = INTENT_NONE;
	if (urgent(prev) && !prev->on_rq && prev->__state != TASK_DEAD) {
		prev->sleeps_on = cpu;
		prev->slept = urgency(prev);
		if (prev->timer <= counter)
			prev->timer = 0;
	}
	vcpus[cpu].late = false;
	model.switched(cpu, prev, next);
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

void schedule(int cpu)
{
	switch_to(cpu, pick(cpu));
}

/* Does it have to switch at the next opportunity? */
static void consider(int cpu)
{
	struct task_struct *curr = rqs[cpu].curr;

	if (!kernel(curr))
		curr->need_resched = pick(cpu) != curr;
}

/* It goes into the queue of @cpu; vCPU @by puts it there. */
static void enqueue(struct task_struct *p, int cpu, int by)
{
	this_cpu = by;
	irqs_off = true;
	count_tasks(cpu);
	vcfs_guest_enqueue(&rqs[cpu], p);
	irqs_off = false;
	renew_mark(p);
	model.enqueued(cpu, p, by);
}

/* @p is runnable on @cpu; vCPU @by made it so. The switch comes later. */
static void activate(struct task_struct *p, int cpu, int by)
{
	p->on_rq = true;
	p->cpu = cpu;
	enqueue(p, cpu, by);
	if (p->sleeps_on >= 0)
		p->timer = 0;
	p->sleeps_on = -1;
	consider(cpu);
}

void wake(struct task_struct *p, int cpu, int by)
{
	p->__state = TASK_RUNNING;
	activate(p, cpu, by);
}

/* The timer of an idle or busy vCPU wakes @p, which runs if it may. */
void wake_here(struct task_struct *p, int cpu)
{
	wake(p, cpu, cpu);
	schedule(cpu);
}

void migrate(struct task_struct *p, int cpu, int by)
{
	int from = p->cpu;

	activate(p, cpu, by);
	consider(from);
}

void stop(int cpu, unsigned int state)
{
	struct task_struct *p = rqs[cpu].curr;

	assert(!is_idle(p));
	p->__state = state;
	p->on_rq = false;
	schedule(cpu);
}

/* It is something else now, and has left its queue and come back for that. */
static void requeue(struct task_struct *p)
{
	if (!p->on_rq)
		return;
	enqueue(p, p->cpu, p->cpu);
	consider(p->cpu);
}

void set_prio(struct task_struct *p, int prio)
{
	p->prio = prio;
	requeue(p);
}

void set_policy(struct task_struct *p, bool idle)
{
	p->idle_policy = idle;
	requeue(p);
}

/* A running task that is marked higher is noticed at the tick. */
static void became(struct task_struct *p, u32 was)
{
	if (p == rqs[p->cpu].curr && urgency(p) > was)
		vcpus[p->cpu].late = true;
}

void set_mark(struct task_struct *p, u32 class)
{
	u32 was = urgency(p);

	vcfs_mark_key.enabled = 1;
	p->vcfs.mark = class;
	became(p, was);
}

void set_cgroup_mark(int i, u32 class)
{
	u32 was[NR_TASKS];

	for (int j = 0; j < NR_TASKS; j++)
		was[j] = urgency(&tasks[j]);
	vcfs_mark_key.enabled = 1;
	cgroups[i].intent = class;
	for (int j = 0; j < NR_TASKS; j++)
		became(&tasks[j], was[j]);
}

void start_timer(int cpu, s64 ns, ktime_t clock_offset)
{
	struct hrtimer_clock_base base = { .offset = clock_offset };
	struct hrtimer_sleeper sl = {
		.timer.expires = ktime_get() + clock_offset + ns,
		.timer.base = &base,
	};
	struct task_struct *curr = rqs[cpu].curr;

	this_cpu = cpu;
	vcfs_guest_timer(&sl);
	if (urgent(curr))
		curr->timer = counter +
			      (__int128)ns * COUNTER_HZ / (s64)NSEC_PER_SEC;
}

void tick(int cpu)
{
	this_cpu = cpu;
	count_tasks(cpu);
	irqs_off = true;
	vcfs_guest_tick(&rqs[cpu]);
	vcfs_guest_release();
	irqs_off = false;
	if (rqs[cpu].curr->need_resched)
		return;
	renew_mark(rqs[cpu].curr);
	if (!kernel(rqs[cpu].curr))
		vcpus[cpu].late = false;
	model.ticked(cpu);
}

void irq_done(int cpu)
{
	this_cpu = cpu;
	irqs_off = true;
	vcfs_guest_irq_exit();
	irqs_off = false;
	if (!rqs[cpu].curr->need_resched)
		model.irq_done(cpu);
}

static void fork_task(struct task_struct *p, int cpu, int prio)
{
	/* As copied from its parent */
	*p = (struct task_struct) {
		.prio = prio,
		.cpu = cpu,
		.sleeps_on = -1,
		.sched_task_group = &cgroups[0],
		.vcfs.on = &vcfs_vcpus.vcpu[cpu],
		.vcfs.waits = &vcfs_vcpus.vcpu[cpu],
		.vcfs.queued = INTENT_LATENCY,
		.vcfs.timer.expires = 1,
	};
	vcfs_guest_fork(p);
}

struct task_struct *new_task(int i, int prio)
{
	fork_task(&tasks[i], 0, prio);
	tasks[i].__state = TASK_SLEEPS;
	return &tasks[i];
}

void offline(int cpu)
{
	kthread[cpu].on_rq = true;
	switch_to(cpu, &kthread[cpu]);
	for (int i = 0; i < NR_TASKS; i++)
		if (tasks[i].cpu == cpu && tasks[i].on_rq)
			migrate(&tasks[i], 0, cpu);
		else if (tasks[i].cpu == cpu)
			tasks[i].cpu = 0;
	take_down(cpu);
	kthread[cpu].on_rq = false;
	switch_to(cpu, &idle[cpu]);
}

void online(int cpu)
{
	switch_to(cpu, &kthread[cpu]);
	bring_up(cpu);
	switch_to(cpu, &idle[cpu]);
}

/* The last vCPU does it, by a thread of the kernel say. */
void suspend(void)
{
	switch_to(0, &kthread[0]);
	this_cpu = 0;
	model.down(0);
	expect(syscore->suspend() == 0, "cannot sleep");
	vcpus[0].online = false;
}

/* Then it is reset, and forgotten by the host. */
void resume(void)
{
	vcpus[0].online = true;
	vcpus[0].record = NULL;
	this_cpu = 0;
	model.up(0);
	syscore->resume();
	switch_to(0, &idle[0]);
}

void reboot(void)
{
	int held;

	for (int cpu = 0; cpu < NR_VCPUS; cpu++)
		model.down(cpu);
	held = reboot_nb->notifier_call(reboot_nb, 1, NULL);
	expect(held == NOTIFY_DONE, "the end is held up");
	for (int cpu = 0; cpu < NR_VCPUS; cpu++)
		vcpus[cpu].online = false;
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
	ksoftirqd[cpu] = kthread[cpu];
	ksoftirqd[cpu].prio = NORMAL;
	rqs[cpu] = (struct rq) {
		.cpu = cpu, .curr = &idle[cpu], .idle = &idle[cpu],
	};
}

void reset(bool coordinated)
{
	error = NULL;
	hotplug_error = 0;
	host_coordinates = coordinated;
	startup = NULL;
	syscore = NULL;
	reboot_nb = NULL;
	counter = 1000ULL * COUNTER_HZ;
	coordinates = false;
	vcfs_guest_key.enabled = 0;
	vcfs_mark_key.enabled = 0;
	memset(cgroups, 0, sizeof(cgroups));
	for (int i = 1; i < NR_CGROUPS; i++)
		cgroups[i].parent = &cgroups[i - 1];
	for (int cpu = 0; cpu < NR_VCPUS; cpu++)
		first_timers[cpu] = KTIME_MAX;
	memset(&vcfs_vcpus, 0, sizeof(vcfs_vcpus));
	memset(&vcfs_records, 0, sizeof(vcfs_records));
	for (int cpu = 0; cpu < NR_VCPUS; cpu++)
		init_cpu(cpu);
	for (int i = 0; i < NR_TASKS; i++)
		new_task(i, NORMAL);
}

static void reset_calls(struct vcpu *vcpu)
{
	vcpu->calls = 0;
	vcpu->owed = 0;
}

void boot(void)
{
	reset(true);
	expect(shim_initcall() == 0, "init fails");
	vcfs_guest_begin();
	for (int cpu = 0; cpu < NR_VCPUS; cpu++)
		reset_calls(&vcpus[cpu]);
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

int any_online(void)
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

/* Up to two seconds by one of two clocks; mostly the task sleeps then. */
static bool do_timer(void)
{
	static const ktime_t offsets[] = { 0, 1700000000LL * NSEC_PER_SEC };
	int cpu = any_online();

	if (is_idle(rqs[cpu].curr))
		return false;
	start_timer(cpu, (s64)rnd(2000000000) - 1000, offsets[rnd(2)]);
	if (rnd(8))
		stop(cpu, TASK_SLEEPS);
	return true;
}

static bool do_time(void)
{
	counter += rnd(COUNTER_HZ / 10);
	return true;
}

/* Also on a vCPU that is offline: it is not quite off yet. */
static bool do_tick(void)
{
	int cpu = rnd(2);

	tick(cpu);
	irq_done(cpu);
	return true;
}

static bool do_irq(void)
{
	irq_done(rnd(2));
	return true;
}

static bool do_prio(void)
{
	set_prio(any_task(), any_prio());
	return true;
}

/* Rarely, so that there are guests without a mark, and with few. */
static bool do_mark(void)
{
	static const u32 classes[] = {
		INTENT_NONE, INTENT_NONE, INTENT_LATENCY, INTENT_CRITICAL
	};
	u32 class = classes[rnd(ARRAY_SIZE(classes))];

	if (rnd(4))
		set_mark(any_task(), class);
	else
		set_cgroup_mark(1 + rnd(NR_CGROUPS - 1), class);
	return true;
}

static bool do_cgroup(void)
{
	struct task_struct *p = any_task();

	p->sched_task_group = &cgroups[rnd(NR_CGROUPS)];
	requeue(p);
	return true;
}

static bool do_policy(void)
{
	set_policy(any_task(), rnd(3));
	return true;
}

static bool do_fork(void)
{
	struct task_struct *p = any_task();
	int by = any_online();

	if (p->__state != TASK_DEAD)
		return false;
	fork_task(p, any_online(), any_prio());
	activate(p, p->cpu, by);
	return true;
}

static bool do_migrate(void)
{
	struct task_struct *p = any_task();

	if (!p->on_rq || p == rqs[p->cpu].curr)
		return false;
	migrate(p, any_online(), any_online());
	return true;
}

/* A kernel thread, real-time but not critical, or ksoftirqd comes between. */
static bool do_kthread(void)
{
	int cpu = any_online();

	switch_to(cpu, rnd(2) ? &kthread[cpu] : &ksoftirqd[cpu]);
	if (rnd(2))
		irq_done(cpu);
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

static const struct event events[] = {
	{ "wake",	do_wake,	30 },
	{ "stop",	do_stop,	30 },
	{ "schedule",	do_schedule,	10 },
	{ "timer",	do_timer,	15 },
	{ "time",	do_time,	15 },
	{ "tick",	do_tick,	15 },
	{ "irq",	do_irq,		10 },
	{ "prio",	do_prio,	5 },
	{ "mark",	do_mark,	5 },
	{ "cgroup",	do_cgroup,	2 },
	{ "policy",	do_policy,	5 },
	{ "fork",	do_fork,	5 },
	{ "migrate",	do_migrate,	5 },
	{ "kthread",	do_kthread,	5 },
	{ "hotplug",	do_hotplug,	2 },
	{ NULL,		NULL,		0 },
};

static unsigned int weight_of(const struct event *e)
{
	unsigned int sum = 0;

	for (; e->happen; e++)
		sum += e->weight;
	return sum;
}

static const struct event *any_event(const struct event *more)
{
	unsigned int ours = weight_of(events);
	unsigned int n = rnd(ours + weight_of(more));
	const struct event *e = events;

	if (n >= ours) {
		n -= ours;
		e = more;
	}
	for (; n >= e->weight; e++)
		n -= e->weight;
	return e;
}

void end_all(void)
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

const char *random_events(unsigned int seed, const struct event *more)
{
	const struct event *event = events;

	rnd_seed(seed);
	boot();
	for (int i = 0; i < EVENTS && !check(); i++)
		do
			event = any_event(more);
		while (!event->happen());
	return event->name;
}
