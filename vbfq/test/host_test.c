// SPDX-License-Identifier: GPL-2.0-only
/*
 * vbfq.c on a small disk with a hierarchy of cgroups: who is served, and what
 * the ledger says, against a model that counts in plain numbers; random worlds
 * and directed cases. The disk does one request at a time; the scheduler below
 * is fair queueing in time, with a time slice, at each level.
 */
#include <assert.h>
#include <math.h>
#include <string.h>

#include "random.h"
#include "tap.h"

/* For its static functions, which no interface shows. */
#include "vbfq.c"

#define SEEDS		10
#define SECONDS		60
#define NR_GROUPS	12
#define NR_QUEUES	3	/* in each group */
#define SLICE		(20 * NSEC_PER_MSEC)
#define REQUEST		NSEC_PER_MSEC

u64 rnd_state;
u64 now_ns;
struct blkcg_policy blkcg_policy_bfq;
struct blkcg blkcg_root;

/**
 * struct queue - a thread that does I/O
 * @bfqq: the same for the code under test; first member
 * @backlog: requests that wait, or FOREVER
 * @busy: it is scheduled
 */
struct queue {
	struct bfq_queue bfqq;
	unsigned int backlog;
	bool busy;
};

#define FOREVER	UINT_MAX

/**
 * struct group - a cgroup on the disk
 * @g: the same for the code under test; first member
 * @time: service time it got, in ns
 * @lost: what the others lost to it, in ns
 * @children: active ones, also while in service
 */
static struct group {
	struct bfq_group g;
	struct bfq_group_data data;
	struct blkcg blkcg;
	struct queue queue[NR_QUEUES];
	double time;
	double lost;
	int children;
} groups[NR_GROUPS];

static struct bfq_data disk;
static struct bfq_sched_data root;
static unsigned int nr_groups, dispatches;
static u64 slice_end;
static struct elevator_queue elevator = { &disk };

/* The first thing that went wrong */
static const char *error;

static void expect(bool good, const char *message)
{
	if (!good && !error)
		error = message;
}

/* The scheduler */

unsigned int bfq_tot_busy_queues(struct bfq_data *bfqd)
{
	return bfqd->busy;
}

void bfq_schedule_dispatch(struct bfq_data *bfqd)
{
	expect(bfqd->lock.held, "dispatch without the lock");
	dispatches++;
}

static struct group *group_of(struct bfq_entity *entity)
{
	for (unsigned int i = 0; i < nr_groups; i++)
		if (&groups[i].g.entity == entity)
			return &groups[i];
	return NULL;
}

static void take_less(struct bfq_entity **first, struct bfq_entity *entity,
		      struct bfq_sched_data *sd)
{
	if (entity->sched_data == sd && entity->tree &&
	    (!*first || entity->start < (*first)->start))
		*first = entity;
}

static struct bfq_entity *first_of(struct bfq_sched_data *sd)
{
	struct bfq_entity *first = NULL;

	for (unsigned int i = 0; i < nr_groups; i++) {
		take_less(&first, &groups[i].g.entity, sd);
		for (int j = 0; j < NR_QUEUES; j++)
			take_less(&first, &groups[i].queue[j].bfqq.entity, sd);
	}
	return first;
}

static bool earlier(struct rb_node *a, const struct rb_node *b)
{
	return rb_entry(a, struct bfq_entity, rb_node)->start <
	       rb_entry(b, struct bfq_entity, rb_node)->start;
}

/* Into the tree or out of it. */
static void place(struct bfq_entity *entity, bool active)
{
	if (entity->tree)
		rb_erase(&entity->rb_node, entity->tree);
	entity->tree = NULL;
	if (active) {
		entity->tree = &entity->sched_data->service_tree->active;
		rb_add(&entity->rb_node, entity->tree, earlier);
	}
	entity->sched_data->next_in_service = first_of(entity->sched_data);
}

/* Count an active child more or less; up from there if it is the first, last. */
static void change(struct bfq_entity *entity, bool active)
{
	struct bfq_service_tree *st = entity->sched_data->service_tree;
	struct group *parent = entity->parent ? group_of(entity->parent) : NULL;
	struct bfq_entity *first;

	if (active) {
		first = first_of(entity->sched_data);
		if (first)
			entity->start = max(entity->start, first->start);
		st->wsum += entity->weight;
	} else {
		st->wsum -= entity->weight;
	}
	place(entity, active);
	entity->on_st_or_in_serv = active;
	if (!parent)
		return;

	parent->g.active_entities += active ? 1 : -1;
	parent->children += active ? 1 : -1;
	if (parent->children == active)
		change(&parent->g.entity, active);
}

/* Out of the tree while in service; its ancestors stay in theirs. */
static void extract(struct queue *queue)
{
	place(&queue->bfqq.entity, false);
	queue->bfqq.group->active_entities--;
}

static void insert(struct queue *queue)
{
	place(&queue->bfqq.entity, true);
	queue->bfqq.group->active_entities++;
}

static void dequeue(struct queue *queue)
{
	queue->busy = false;
	disk.busy--;
	change(&queue->bfqq.entity, false);
}

/* The model of the ledger, brought up to date whenever the code does. */

static struct group *works_for;
static u64 settled;

static double share_of_group(struct group *group)
{
	struct bfq_entity *entity = &group->g.entity;
	double share = 1;

	for (; entity; entity = entity->parent)
		share *= (double)entity->weight /
			 (entity->sched_data->service_tree->wsum +
			  (entity->on_st_or_in_serv ? 0 : entity->weight));
	return share;
}

static bool waits(struct group *group)
{
	for (int j = 0; j < NR_QUEUES; j++)
		if (group->queue[j].busy)
			return true;
	return false;
}

static bool others(struct group *group)
{
	for (unsigned int i = 0; i < nr_groups; i++)
		if (&groups[i] != group && waits(&groups[i]))
			return true;
	return false;
}

static void charge(struct group *group, double ns)
{
	double share = share_of_group(group);

	if (list_empty(&group->g.vbfq.node))
		group->lost = 0;
	else if (!works_for)
		group->lost -= ns;
	else if (works_for != group && (disk.vbfq.leads || !waits(group)))
		group->lost -= ns * share;
	else if (works_for == group && !disk.vbfq.leads &&
		 !group->data.vbfq.held.counter)
		group->lost -= ns * (1 - share);
	else if (works_for == group && disk.vbfq.leads && others(group))
		group->lost = fmin(group->lost + ns * (1 - share),
				   disk.vbfq.loan * (1 - share));
	group->lost = fmax(group->lost, 0);
}

static void settle(void)
{
	for (unsigned int i = 0; i < nr_groups; i++)
		charge(&groups[i], now_ns - settled);
	settled = now_ns;
}

static void rest(void)
{
	settle();
	works_for = NULL;
	vbfq_rest(&disk);
}

static bool spent(void)
{
	if (vbfq_leads(&disk, disk.in_service_queue))
		settle();
	return vbfq_spent(&disk, disk.in_service_queue);
}

/* Charge it for what it got since it was chosen. */
static void stamp(struct bfq_entity *entity)
{
	entity->finish = entity->start + entity->service / entity->weight;
	vbfq_stamp(entity);
	entity->start = entity->finish;
}

void bfq_bfqq_expire(struct bfq_data *bfqd, struct bfq_queue *bfqq,
		     bool compensate, enum bfqq_expiration reason)
{
	struct queue *queue = container_of(bfqq, struct queue, bfqq);
	struct bfq_entity *entity;

	expect(bfqq == bfqd->in_service_queue, "expired what was not served");
	for (entity = &queue->bfqq.entity; entity; entity = entity->parent) {
		stamp(entity);
		entity->sched_data->in_service_entity = NULL;
	}
	insert(queue);
	if (!queue->backlog)
		dequeue(queue);
	bfqd->in_service_queue = NULL;
	rest();
}

static bool may_lead_now(struct group *group)
{
	return disk.vbfq.loan && group->data.vbfq.held.counter &&
	       !group->g.vbfq.overdrawn;
}

static bool is_awaited_here(struct group *group)
{
	for (int j = 0; j < NR_QUEUES; j++)
		if (group->queue[j].busy && !group->queue[j].bfqq.async)
			return true;
	return false;
}

/* Is a group before it, that may lead and has something to do that is awaited? */
static bool passed_over(struct group *chosen)
{
	for (unsigned int i = 0; i < nr_groups; i++)
		if (may_lead_now(&groups[i]) && is_awaited_here(&groups[i]) &&
		    !may_lead_now(chosen))
			return true;
	return false;
}

static void set_in_service(void)
{
	struct bfq_sched_data *sd = &root;
	struct bfq_entity *entity;
	struct queue *queue;
	struct group *group;

	settle();
	vbfq_choose(&disk);
	for (;;) {
		entity = vbfq_entity(&disk, sd, first_of(sd));
		sd->in_service_entity = entity;
		entity->service = 0;
		group = group_of(entity);
		if (!group)
			break;
		sd = &group->g.sched_data;
	}
	queue = container_of(entity, struct queue, bfqq.entity);
	vbfq_serve(&disk, &queue->bfqq);
	group = container_of(queue->bfqq.group, struct group, g);
	expect(!passed_over(group), "passed over a leader");
	works_for = group;
	extract(queue);
	disk.in_service_queue = &queue->bfqq;
	slice_end = now_ns + SLICE;
}

/* The queue has work: a request arrives. */
static void arrive(struct queue *queue, unsigned int requests)
{
	struct bfq_entity *entity;

	queue->backlog = requests;
	queue->bfqq.next_rq = (void *)queue;
	if (queue->busy)
		return;
	queue->busy = true;
	disk.busy++;
	change(&queue->bfqq.entity, true);
	for (entity = queue->bfqq.entity.parent; entity; entity = entity->parent)
		if (entity == entity->sched_data->in_service_entity)
			stamp(entity);
	vbfq_busy(&disk, &queue->bfqq);
}

/* The code rounds, to the advantage of the others. */
static void check_ledger(void)
{
	for (unsigned int i = 0; i < nr_groups; i++) {
		struct group *group = &groups[i];

		expect(!list_empty(&group->g.vbfq.node) || !group->g.vbfq.lent,
		       "a debt without a ledger");
		expect(fabs(group->lost - group->g.vbfq.lent) <=
		       disk.vbfq.loan / 50, "wrong ledger");
	}
}

/* One request, or one idle millisecond. Return: whose it was. */
static struct group *step(void)
{
	struct bfq_entity *entity;
	struct group *group;
	struct queue *queue;

	if (disk.in_service_queue && (now_ns >= slice_end ||
				      !disk.in_service_queue->next_rq ||
				      spent()))
		bfq_bfqq_expire(&disk, disk.in_service_queue, false,
				BFQQE_PREEMPTED);
	if (!disk.in_service_queue && disk.busy)
		set_in_service();
	if (!disk.in_service_queue) {
		rest();
		now_ns += REQUEST;
		return NULL;
	}

	queue = container_of(disk.in_service_queue, struct queue, bfqq);
	group = container_of(queue->bfqq.group, struct group, g);
	disk.rq_in_driver = 1;
	now_ns += REQUEST;
	disk.rq_in_driver = 0;
	group->time += REQUEST;
	for (entity = &queue->bfqq.entity; entity; entity = entity->parent)
		entity->service += REQUEST;
	if (queue->backlog != FOREVER && !--queue->backlog)
		queue->bfqq.next_rq = NULL;
	return group;
}

/* Worlds */

static void add_group(int weight, struct group *parent)
{
	struct group *group = &groups[nr_groups++];

	group->blkcg.cpd = &group->data.pd;
	group->g.blkg = (struct blkcg_gq) {
		.blkcg = &group->blkcg, .pd = &group->g.pd,
	};
	hlist_add_head(&group->g.blkg.blkcg_node, &group->blkcg.blkg_list);
	group->g.bfqd = &disk;
	group->g.online = true;
	group->g.my_entity = &group->g.entity;
	group->g.entity.my_sched_data = &group->g.sched_data;
	group->g.entity.weight = weight;
	group->g.entity.parent = parent ? &parent->g.entity : NULL;
	group->g.entity.sched_data = parent ? &parent->g.sched_data : &root;
	vbfq_init_group(&group->g);
	for (int i = 0; i < NR_QUEUES; i++) {
		struct queue *queue = &group->queue[i];

		queue->bfqq.bfqd = &disk;
		queue->bfqq.group = &group->g;
		queue->bfqq.entity.weight = 100;
		queue->bfqq.entity.parent = &group->g.entity;
		queue->bfqq.entity.sched_data = &group->g.sched_data;
	}
}

/* @n groups side by side; the first is the VM. */
static void world(unsigned int n)
{
	memset(groups, 0, sizeof(groups));
	memset(&disk, 0, sizeof(disk));
	memset(&root, 0, sizeof(root));
	nr_groups = 0;
	dispatches = 0;
	error = NULL;
	now_ns = NSEC_PER_SEC;
	settled = now_ns;
	works_for = NULL;
	disk.bfq_timeout = HZ / 8;
	vbfq_init(&disk);
	vbfq_key.key.enabled = 1;
	for (unsigned int i = 0; i < n; i++)
		add_group(100, NULL);
}

static struct blkcg *privilege(struct group *group, struct blkcg *held)
{
	struct task_struct task = { group ? &group->blkcg : NULL };

	/* It is privileged when that is settled. */
	if (group && disk.in_service_queue &&
	    disk.in_service_queue->group == &group->g) {
		group->data.vbfq.held.counter++;
		settle();
		group->data.vbfq.held.counter--;
	}
	return vbfq_privilege(held, group ? &task : NULL);
}

static void result(bool good, const char *what)
{
	if (!ok(good && !error, "%s", what) && error)
		diag("%s", error);
}

static double vm_time(u64 ns)
{
	double before = groups[0].time;
	u64 end = now_ns + ns;

	while (now_ns < end)
		step();
	return groups[0].time - before;
}

static void all_read(void)
{
	for (unsigned int i = 1; i < nr_groups; i++)
		arrive(&groups[i].queue[0], FOREVER);
}

/**
 * others_least() - what the others keep of their fair share, at least
 * @n: how many groups they are
 * @busy: for how many ms the rogue reads at full speed; then it pauses
 * @pause: for how many ms
 *
 * Return: the least of all windows of 10 s, each 10 ms later than the one before.
 */
static double others_least(unsigned int n, unsigned int busy, unsigned int pause)
{
	double window[1000] = { 0 }, in_window = 0, least = 2, got;
	double fair = 10.0 * n / (n + 1);
	unsigned int at = 0;

	for (int i = 0; i < SECONDS * 100; i++) {
		bool reads = i * 10 % (busy + pause) < busy;

		for (int j = 0; j < NR_QUEUES; j++) {
			if (reads)
				arrive(&groups[0].queue[j], FOREVER);
			else
				groups[0].queue[j].backlog = min(groups[0].queue[j].backlog, 1U);
		}
		got = 0.010 - vm_time(10 * NSEC_PER_MSEC) / NSEC_PER_SEC;
		in_window += got - window[at];
		window[at] = got;
		at = (at + 1) % ARRAY_SIZE(window);
		if (i >= 1000)
			least = fmin(least, in_window / fair);
	}
	return least;
}

static void test_rogue(unsigned int n, unsigned int busy, unsigned int pause)
{
	double least;

	world(n + 1);
	all_read();
	privilege(&groups[0], NULL);
	least = others_least(n, busy, pause);
	if (!ok(least >= 0.95 && !error,
		"rogue among %u, %u ms of %u: others keep 0.95 over any 10 s",
		n, busy, busy + pause))
		diag("%.3f %s", least, error ?: "");
	ok(pause ? groups[0].g.vbfq.overdrafts > 1 :
		   groups[0].g.vbfq.overdrafts == 1, "it was overdrawn");
}

/* Start-up in a busy world takes what it takes in an idle one. */
static void test_burst(unsigned int n)
{
	u64 lent;
	double got;

	world(n + 1);
	all_read();
	vm_time(NSEC_PER_SEC);
	privilege(&groups[0], NULL);
	arrive(&groups[0].queue[0], 200);
	result(vm_time(200 * REQUEST) == 200 * REQUEST,
	       "200 requests at once, ahead of all");
	privilege(NULL, &groups[0].blkcg);
	arrive(&groups[0].queue[0], FOREVER);
	lent = groups[0].g.vbfq.lent;
	result(fabs(lent - 200.0 * REQUEST * n / (n + 1)) <= REQUEST,
	       "which the others have lost");
	got = vm_time(10 * (n + 1) * SLICE);
	result(got <= 8 * SLICE && got >= 4 * SLICE,
	       "they get it back when it is over");
	vm_time(20 * NSEC_PER_SEC);
	result(!groups[0].g.vbfq.lent &&
	       fabs(groups[0].time / (now_ns - 2 * NSEC_PER_SEC) -
		    1.0 / (n + 1)) < 0.02, "and all of it in the end");
}

static void test_nested(void)
{
	world(2);
	add_group(100, &groups[0]);	/* the VM, two levels down */
	add_group(100, &groups[0]);
	arrive(&groups[1].queue[0], FOREVER);
	arrive(&groups[3].queue[0], FOREVER);
	for (int i = 0; i < 100; i++)
		step();
	privilege(&groups[2], NULL);
	arrive(&groups[2].queue[1], 50);
	for (int i = 0; i < 50; i++)
		expect(step() == &groups[2], "another one was served");
	result(!groups[2].queue[1].backlog, "a group below is served first");
	result(groups[2].g.vbfq.preemptions == 1, "by one preemption");
}

static void test_preempt(void)
{
	world(3);
	all_read();
	step();
	arrive(&groups[0].queue[0], 1);
	result(disk.in_service_queue, "without privilege no preemption");
	privilege(&groups[0], NULL);
	result(!disk.in_service_queue && dispatches == 1,
	       "a privilege interrupts for what waits already");
	step();
	result(!groups[0].queue[0].backlog, "which is served");
	step();
	arrive(&groups[0].queue[0], 1);
	result(!disk.in_service_queue, "as for what comes then");
	step();
	arrive(&groups[0].queue[1], 1);
	result(!disk.in_service_queue,
	       "the disk does not idle for the wrong thread");
	arrive(&groups[0].queue[1], 2);
	step();
	arrive(&groups[0].queue[2], 1);
	result(disk.in_service_queue == &groups[0].queue[1].bfqq,
	       "a thread does not interrupt another that works");
	vbfq_choose(&disk);
	result(vbfq_leads(&disk, disk.in_service_queue) &&
	       !vbfq_alone(disk.in_service_queue), "it leads, not alone");
}

/* BFQ charges a group in service whenever one of its queues becomes busy. */
static void test_requeue(void)
{
	world(2);
	arrive(&groups[0].queue[0], FOREVER);
	all_read();
	for (int i = 0; i < 10000; i++) {
		arrive(&groups[0].queue[i & 1 ? 1 : 2], 1);
		step();
	}
	result(fabs(groups[0].time - groups[1].time) <= 2 * SLICE,
	       "a group of many threads gets its share");
}

/* A guest with loads of its own is busy already, when it is privileged. */
static void test_in_service(void)
{
	world(2);
	arrive(&groups[0].queue[0], FOREVER);
	step();
	all_read();
	privilege(&groups[0], NULL);
	result(vbfq_leads(&disk, disk.in_service_queue),
	       "who is in service goes on as leader");
	result(vm_time(10 * SLICE) == 10 * SLICE, "also after its time slice");
	result(fabs(groups[0].g.vbfq.lent - 5.0 * SLICE) <= SLICE,
	       "and lends from then on");
}

static void test_two_leaders(void)
{
	world(4);
	all_read();
	for (int i = 0; i < 2; i++) {
		privilege(&groups[i], NULL);
		arrive(&groups[i].queue[0], FOREVER);
	}
	vm_time(300 * NSEC_PER_MSEC);
	result(fabs(groups[0].time - groups[1].time) <= 2 * SLICE,
	       "two that lead take turns");
	result(groups[2].time + groups[3].time <= SLICE, "before the others");
}

static void test_cgroups(void)
{
	struct task_struct task = { &blkcg_root };
	struct blkcg *held, *moved;

	world(2);
	result(!vbfq_serves(&task) && !vbfq_privilege(NULL, &task),
	       "nothing for the root cgroup");
	held = privilege(&groups[0], NULL);
	result(held == &groups[0].blkcg && held->css.refs == 1,
	       "held, with a reference");
	result(privilege(&groups[0], held) == held && held->css.refs == 1 &&
	       groups[0].data.vbfq.held.counter == 1, "stated anew: the same");
	moved = privilege(&groups[1], held);
	result(moved == &groups[1].blkcg && !held->css.refs &&
	       !groups[0].data.vbfq.held.counter, "it moves along");
	privilege(&groups[1], NULL);
	result(groups[1].data.vbfq.held.counter == 2, "two VMs in one cgroup");
	privilege(NULL, moved);
	result(groups[1].data.vbfq.held.counter == 1, "one ends");
	task.blkcg = &blkcg_root;
	result(!vbfq_privilege(moved, &task) && !moved->css.refs,
	       "it ends when the VM moves to the root cgroup");
}

/* What the page cache writes for the VM, while the VM reads. */
static void test_written_back(void)
{
	struct queue *read = &groups[0].queue[0], *written = &groups[0].queue[1];
	unsigned int n = 0;

	world(2);
	written->bfqq.async = true;
	arrive(written, FOREVER);
	all_read();
	privilege(&groups[0], NULL);
	while (disk.in_service_queue != &written->bfqq || n++ < 100)
		step();
	result(!vbfq_leads(&disk, &written->bfqq) && !groups[0].g.vbfq.lent &&
	       fabs(groups[0].time - groups[1].time) <= SLICE,
	       "what nobody waits for gets its share");
	disk.rq_in_driver = 1;
	result(vbfq_waits(&disk, &written->bfqq) && !vbfq_waits(&disk, &read->bfqq) &&
	       !vbfq_waits(&disk, &groups[1].queue[0].bfqq),
	       "one request at a time");
	result(!vbfq_unlimited(&written->bfqq) && vbfq_unlimited(&read->bfqq),
	       "and no more of them than that");
	arrive(read, 1);
	result(!disk.in_service_queue, "a read interrupts it");
	step();
	result(!read->backlog, "and goes first");
	groups[0].g.vbfq.overdrawn = true;
	result(!vbfq_waits(&disk, &written->bfqq), "who is in debt is like any other");
}

/* Reads of two threads in turn, at all times. */
static void test_overtakes(void)
{
	struct queue *written = &groups[0].queue[1];
	unsigned int turns = 0, most = 0;

	world(1);
	written->bfqq.async = true;
	arrive(written, FOREVER);
	privilege(&groups[0], NULL);
	for (int i = 0; i < 1000; i++) {
		arrive(&groups[0].queue[i & 1 ? 0 : 2], 1);
		step();
		turns = disk.in_service_queue == &written->bfqq ? 0 : turns + 1;
		most = max(most, turns);
	}
	/* One may have been due anyway. */
	result(most >= VBFQ_OVERTAKES && most <= VBFQ_OVERTAKES + 1,
	       "reads go first, but not for ever");
}

/* A cgroup that is deleted, or an elevator that goes. */
static void test_forget(void)
{
	world(2);
	all_read();
	privilege(&groups[0], NULL);
	arrive(&groups[0].queue[0], 5);
	step();
	bfq_bfqq_expire(&disk, disk.in_service_queue, false, BFQQE_PREEMPTED);
	disk.vbfq.served = &groups[0].g;
	vbfq_forget(&groups[0].g);
	result(list_empty(&disk.vbfq.groups) && !disk.vbfq.served &&
	       !disk.vbfq.leads, "nothing refers to a group that is gone");
}

static void test_loan(void)
{
	struct seq_file file = { "" };
	char page[32];

	world(2);
	bfq_vbfq_loan_show(&elevator, page);
	result(!strcmp(page, "375\n"), "a default");
	result(bfq_vbfq_loan_store(&elevator, "0", 1) == 1, "0 is a value");
	all_read();
	step();
	privilege(&groups[0], NULL);
	arrive(&groups[0].queue[0], 1);
	result(disk.in_service_queue && !vbfq_unlimited(&groups[0].queue[0].bfqq),
	       "and means no privilege");
	bfq_vbfq_loan_store(&elevator, "999999", 6);
	bfq_vbfq_loan_show(&elevator, page);
	result(!strcmp(page, "60000\n"), "a minute at most");
	result(bfq_vbfq_loan_store(&elevator, "x", 1) == -EINVAL &&
	       disk.vbfq.loan == VBFQ_LOAN_MAX, "no number is EINVAL");
	vbfq_stat(&groups[1].g.pd, &file);
	result(!*file.text, "no statistics of who never was privileged");
	vbfq_stat(&groups[0].g.pd, &file);
	result(!strncmp(file.text, " vbfq.privileged=1 ", 19),
	       "but of a VM");
}

/* The hooks were off for long: that is nobody's debt. */
static void test_off(void)
{
	world(2);
	all_read();
	privilege(&groups[0], NULL);
	arrive(&groups[0].queue[0], FOREVER);
	vm_time(10 * NSEC_PER_MSEC);
	now_ns += 100 * NSEC_PER_SEC;
	vbfq_spent(&disk, disk.in_service_queue);
	result(groups[0].g.vbfq.lent <= disk.vbfq.loan / 2, "at most a slice");
}

static bool has_groups(struct group *group)
{
	for (unsigned int i = 0; i < nr_groups; i++)
		if (groups[i].g.entity.parent == &group->g.entity)
			return true;
	return false;
}

/* Random worlds: anybody comes, goes, and gets and loses privilege. */
static void test_random(unsigned int seed)
{
	struct blkcg *held[NR_GROUPS] = { NULL };
	struct group *group;
	struct queue *queue;
	unsigned int n;
	int i;

	rnd_seed(seed);
	world(2 + rnd(4));
	for (n = rnd(NR_GROUPS - 6); n; n--)
		add_group(1 + rnd(1000), &groups[rnd(nr_groups)]);
	for (n = 0; n < nr_groups * NR_QUEUES; n++)
		groups[n / NR_QUEUES].queue[n % NR_QUEUES].bfqq.async = !rnd(4);
	for (i = 0; i < 50000 && !error; i++) {
		do
			n = rnd(nr_groups);
		while (has_groups(&groups[n]));
		group = &groups[n];
		queue = &group->queue[rnd(NR_QUEUES)];
		if (!rnd(4) && &queue->bfqq != disk.in_service_queue)
			arrive(queue, 1 + rnd(30));
		if (!rnd(50))
			held[n] = privilege(held[n] ? NULL : group, held[n]);
		step();
		check_ledger();
	}
	if (!ok(!error, "seed %u: %u groups", seed, nr_groups))
		diag("step %d: %s", i, error);
	for (n = 0; n < nr_groups; n++)
		privilege(NULL, held[n]);
	for (n = 0; n < nr_groups; n++)
		for (int j = 0; j < NR_QUEUES; j++)
			groups[n].queue[j].backlog =
				min(groups[n].queue[j].backlog, 5U);
	for (i = 0; i < 60000; i++)
		step();
	vbfq_choose(&disk);
	result(list_empty(&disk.vbfq.groups), "no ledger is left in the end");
}

int main(void)
{
	test_preempt();
	test_requeue();
	test_in_service();
	test_nested();
	test_two_leaders();
	test_burst(1);
	test_burst(10);
	test_rogue(1, 100, 0);
	test_rogue(3, 100, 0);
	test_rogue(10, 100, 0);
	test_rogue(1, 800, 400);
	test_rogue(3, 1000, 2000);
	test_written_back();
	test_overtakes();
	test_cgroups();
	test_forget();
	test_loan();
	test_off();
	for (unsigned int seed = 1; seed <= SEEDS; seed++)
		test_random(seed);
	return tap_done();
}
