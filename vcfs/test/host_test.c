// SPDX-License-Identifier: GPL-2.0-only
/*
 * vcfs.c under a small fair class (host_fair.c). After each of many random
 * operations, its bookkeeping and its answers are compared with what brute
 * force finds.
 */
#include <limits.h>
#include <string.h>
#include <unistd.h>

#include <linux/sched/vcfs.h>

#include "host_fair.h"
#include "random.h"
#include "tap.h"

#define SEEDS	10
#define OPS	35000

u64 rnd_state;

/* What a task's source would say, and what it said when last asked */
static int wanted[NR_TASKS], granted[NR_TASKS];

/* It was told so while it was runnable, and has not left its queue since. */
static bool yielding[NR_TASKS];

static struct vcfs_source sources[NR_TASKS];

/* What an operation itself found wrong */
static const char *op_error;

static unsigned int picks, ticks_on, ticks_off, group_changes;
static unsigned int task_yields, group_yields;

static unsigned int *loan_us(void)
{
	return fair_sysctls[0].data;
}

static int wants(struct vcfs_source *source)
{
	int i = source - sources;

	granted[i] = wanted[i];
	yielding[i] = wanted[i] < 0 && tasks[i].se.on_rq;
	return wanted[i];
}

void fair_left(struct task_struct *p)
{
	yielding[p - tasks] = false;
}

/* > 0 privilege, of that class, < 0 yield */
static void grant(int i, int want)
{
	wanted[i] = want;
	sources[i].wants = wants;
	if (tasks[i].vcfs)
		vcfs_update(&tasks[i]);
	else
		vcfs_attach(&tasks[i], &sources[i]);
}

/* The model: what must be, from what the test did and who is runnable. */

static int index_of(struct sched_entity *se)
{
	if (se->my_q)
		return -1;
	return rb_entry(se, struct task_struct, se) - tasks;
}

/* The highest class of what is runnable below @se, or its own */
static int class_of(struct sched_entity *se)
{
	int class = 0;

	if (!se->my_q)
		return granted[index_of(se)] > 0 ? granted[index_of(se)] : 0;
	for (int i = 0; i < NR_ENTITIES; i++)
		if (entity(i)->cfs_rq == se->my_q && entity(i)->on_rq &&
		    class_of(entity(i)) > class)
			class = class_of(entity(i));
	return class;
}

static bool is_privileged(struct sched_entity *se)
{
	return class_of(se) > 0;
}

static u64 loan_ns(void)
{
	return 1000ULL * *loan_us();
}

/* Does all that is runnable below @se yield, or the task itself? */
static bool must_yield(struct sched_entity *se)
{
	bool any = false;

	if (!se->my_q)
		return yielding[index_of(se)];
	for (int i = 0; i < NR_ENTITIES; i++) {
		if (entity(i)->cfs_rq != se->my_q || !entity(i)->on_rq)
			continue;
		if (!must_yield(entity(i)))
			return false;
		any = true;
	}
	return any;
}

static bool leads(struct cfs_rq *q, struct sched_entity *se)
{
	s64 lead = se->vruntime - q->min_vruntime;

	return is_privileged(se) && *loan_us() && lead < (s64)loan_ns() &&
	       !q->model_overdrawn;
}

/* Its class as long as it leads */
static int leads_as(struct cfs_rq *q, struct sched_entity *se)
{
	return leads(q, se) ? class_of(se) : 0;
}

/*
 * Is anybody but the privileged runnable? By their marks, as a source may just
 * have been asked: what ran until then was charged for what it was.
 */
static bool others_wait(struct cfs_rq *q)
{
	for (int i = 0; i < NR_ENTITIES; i++)
		if (entity(i)->cfs_rq == q && entity(i)->on_rq &&
		    !entity(i)->privileged)
			return true;
	return false;
}

void fair_charged(struct cfs_rq *q, struct sched_entity *curr, u64 delta)
{
	if (!curr->privileged)
		q->model_lent = delta > q->model_lent ?
				0 : q->model_lent - delta;
	else if (others_wait(q) && q->model_lent + delta < loan_ns())
		q->model_lent += delta;
	else if (others_wait(q))
		q->model_lent = loan_ns();
	q->model_overdrawn = q->model_lent &&
			     (q->model_overdrawn || q->model_lent >= loan_ns());
}

static s64 ahead(struct sched_entity *a, struct sched_entity *b)
{
	return a->vruntime - b->vruntime;
}

/* Of two that lead */
static bool goes_before(struct sched_entity *a, struct sched_entity *b)
{
	return class_of(a) == class_of(b) ? ahead(a, b) < 0 :
					    class_of(a) > class_of(b);
}

/* May @se be picked first? Equals are equal; who yields does not count. */
static bool is_first(struct cfs_rq *q, struct sched_entity *curr,
		     struct sched_entity *se)
{
	if (!leads(q, se) || se == q->skip)
		return false;
	for (int i = 0; i < NR_ENTITIES; i++) {
		struct sched_entity *other = entity(i);

		if ((waits(q, other) || other == curr) && leads(q, other) &&
		    other != q->skip && goes_before(other, se))
			return false;
	}
	return true;
}

/* NULL is right if nobody leads, but for one that yields. */
static bool pick_is_right(struct cfs_rq *q, struct sched_entity *curr,
			  struct sched_entity *pick)
{
	if (q->next && leads(q, q->next))
		return pick == q->next;
	if (pick)
		return (waits(q, pick) || pick == curr) &&
		       is_first(q, curr, pick);
	for (int i = 0; i < NR_ENTITIES; i++) {
		struct sched_entity *se = entity(i);

		if ((waits(q, se) || se == curr) && is_first(q, curr, se))
			return false;
	}
	return true;
}

/* The highest class that waits and leads */
static int leader_waits(struct cfs_rq *q)
{
	int class = 0;

	for (int i = 0; i < NR_ENTITIES; i++)
		if (waits(q, entity(i)) && entity(i) != q->skip &&
		    leads_as(q, entity(i)) > class)
			class = leads_as(q, entity(i));
	return class;
}

/* The checks. Each returns what is wrong, or NULL. */

static const char *check_marks(void)
{
	for (int i = 0; i < NR_ENTITIES; i++)
		if (entity(i)->privileged != class_of(entity(i)))
			return entity(i)->my_q ? "a group's mark is wrong" :
						 "a task's mark is wrong";
	return NULL;
}

static const char *check_count(struct cfs_rq *q)
{
	unsigned int n[3] = { 0 };

	for (int i = 0; i < NR_ENTITIES; i++)
		if (entity(i)->cfs_rq == q && entity(i)->on_rq)
			n[class_of(entity(i))]++;
	if (n[2] != q->nr_critical)
		return "nr_critical is wrong";
	return n[1] + n[2] == q->nr_privileged ? NULL : "nr_privileged is wrong";
}

static unsigned long weight_of(struct sched_entity *se)
{
	unsigned long idle = scale_load(WEIGHT_IDLEPRIO);

	return must_yield(se) && se->shares > idle ? idle : se->shares;
}

static const char *check_yields(struct cfs_rq *q)
{
	unsigned long load = 0;
	unsigned int n = 0;

	for (int i = 0; i < NR_ENTITIES; i++) {
		struct sched_entity *se = entity(i);

		if (se->cfs_rq != q)
			continue;
		if (se->yields != must_yield(se))
			return se->my_q ? "a group yields, or not" :
					  "a task yields, or not";
		if (se->yields && se->my_q)
			group_yields++;
		else if (se->yields)
			task_yields++;
		if (se->load.weight != weight_of(se))
			return "a weight is wrong";
		n += se->on_rq && se->yields;
		load += se->on_rq ? se->load.weight : 0;
	}
	if (n != q->nr_yielding)
		return "nr_yielding is wrong";
	return load == q->load ? NULL : "the queue's load is wrong";
}

static struct sched_entity *entity_of(struct rb_node *node)
{
	return rb_entry(node, struct sched_entity, privileged_node);
}

/* In order, and nothing in it that should not be. Return: how many, or -1. */
static int walk_tree(struct rb_root_cached *tree, struct cfs_rq *q, int class)
{
	struct rb_node *node, *last = NULL;
	int n = 0;

	for (node = rb_first(&tree->rb_root); node; node = rb_next(node)) {
		struct sched_entity *se = entity_of(node);

		if (++n > NR_ENTITIES || !waits(q, se) || class_of(se) != class)
			return -1;
		if (last && ahead(entity_of(last), se) > 0)
			return -1;
		last = node;
	}
	return n;
}

static const char *check_tree(struct cfs_rq *q, int class)
{
	struct rb_root_cached *tree = &q->privileged_timeline[class - 1];
	int n = 0;

	for (int i = 0; i < NR_ENTITIES; i++)
		n += waits(q, entity(i)) && class_of(entity(i)) == class;
	if (walk_tree(tree, q, class) != n)
		return "a privileged timeline is wrong";
	if (rb_first_cached(tree) != rb_first(&tree->rb_root))
		return "its first entity is wrong";
	return NULL;
}

static const char *check_pick(struct cfs_rq *q)
{
	struct sched_entity *curr = q->curr && q->curr->on_rq ? q->curr : NULL;
	struct sched_entity *pick = vcfs_pick(q, curr);

	picks += !!pick;
	if (!pick_is_right(q, curr, pick))
		return "vcfs_pick() is wrong";
	if (!pick_is_right(q, NULL, vcfs_pick(q, NULL)))
		return "vcfs_pick() is wrong";
	return NULL;
}

static const char *check_tick(struct cfs_rq *q)
{
	int want, got;

	if (!q->curr || !q->curr->on_rq)
		return NULL;
	want = leads_as(q, q->curr) - leader_waits(q);
	got = vcfs_tick(q, q->curr);
	ticks_on += got > 0;
	ticks_off += got < 0;
	return (got > 0) == (want > 0) && (got < 0) == (want < 0) ?
	       NULL : "vcfs_tick() is wrong";
}

static bool order_is_right(struct cfs_rq *q, struct sched_entity *a,
			   struct sched_entity *b)
{
	int want = leads_as(q, a) - leads_as(q, b) ?:
		   must_yield(b) - must_yield(a);
	int order = vcfs_order(q, a, b);

	return (order > 0) == (want > 0) && (order < 0) == (want < 0);
}

/* All pairs of one queue. */
static const char *check_orders(struct cfs_rq *q)
{
	for (int i = 0; i < NR_ENTITIES; i++)
		for (int j = 0; j < NR_ENTITIES; j++) {
			struct sched_entity *a = entity(i), *b = entity(j);

			if (a->cfs_rq == q && a->on_rq && b->cfs_rq == q &&
			    b->on_rq && !order_is_right(q, a, b))
				return "vcfs_order() is wrong";
		}
	return NULL;
}

static const char *check_queue(struct cfs_rq *q)
{
	const char *error = check_count(q);

	if (!error)
		error = check_yields(q);
	if (!error && (q->lent != q->model_lent ||
		       q->overdrawn != q->model_overdrawn))
		error = "what was lent is wrong";
	for (int class = 1; class <= 2 && !error; class++)
		error = check_tree(q, class);
	if (!error)
		error = check_pick(q);
	if (!error)
		error = check_tick(q);
	return error;
}

static const char *check(void)
{
	const char *error = op_error ? op_error : check_marks();

	for (int i = 0; i < NR_GROUPS && !error; i++)
		error = check_queue(groups[i].q);
	return error ? error : check_orders(groups[rnd(NR_GROUPS)].q);
}

/* Random operations. Each returns false where it makes no sense. */

static struct task_struct *any_task(void)
{
	return &tasks[rnd(NR_TASKS)];
}

static struct group *any_group(void)
{
	return &groups[1 + rnd(NR_GROUPS - 1)];
}

/* Between going to sleep and the switch, little can happen to it. */
static bool going(struct task_struct *p)
{
	return p == rq.curr && !p->on_rq;
}

static bool op_wake(void)
{
	struct task_struct *p = any_task();

	if (p->on_rq || going(p))
		return false;
	fair_wake(p);
	return true;
}

static bool op_sleep(void)
{
	if (!rq.curr || going(rq.curr))
		return false;
	fair_sleep(rq.curr);
	if (rnd(3))
		fair_schedule();
	return true;
}

static bool op_detach(void)
{
	struct task_struct *p = any_task();

	if (!p->on_rq || p == rq.curr)
		return false;
	fair_detach(p);
	return true;
}

static bool op_schedule(void)
{
	fair_schedule();
	return true;
}

static bool op_run(void)
{
	fair_run(rnd(3000000));
	if (rq.curr && !going(rq.curr))
		fair_tick();
	return true;
}

static bool op_yield(void)
{
	if (!rq.curr || going(rq.curr))
		return false;
	fair_yield();
	return true;
}

static bool op_nominate(void)
{
	struct task_struct *p = any_task();

	if (!p->on_rq)
		return false;
	fair_nominate(p);
	return true;
}

static bool op_privilege(void)
{
	int i = rnd(NR_TASKS);
	unsigned int checks = preempt_checks;
	int want = (int)rnd(4) - 1;
	int was = class_of(&tasks[i].se) - yielding[i];
	bool rises, runs = &tasks[i] == rq.curr;

	grant(i, want);
	rises = tasks[i].on_rq && class_of(&tasks[i].se) - yielding[i] > was;
	if (preempt_checks != checks + (rises && !runs) || rq.locked)
		op_error = "vcfs_update() asks for preemption, or not";
	return true;
}

/* As a guest does in its record: the scheduler has to ask. */
static bool op_mind(void)
{
	int i = rnd(NR_TASKS);

	wanted[i] = (int)rnd(4) - 1;
	return tasks[i].vcfs;
}

static bool op_source(void)
{
	int i = rnd(NR_TASKS);
	struct vcfs_source other = { .wants = wants };

	vcfs_detach(&tasks[i], &other);
	if (tasks[i].vcfs)
		vcfs_detach(&tasks[i], &sources[i]);
	if (tasks[i].vcfs)
		op_error = "a source remains";
	granted[i] = 0;
	yielding[i] = false;
	return true;
}

static bool op_exhaust(void)
{
	any_group()->q->exhausted = true;
	return true;
}

static bool op_unthrottle(void)
{
	struct cfs_rq *q = any_group()->q;

	if (!q->exhausted)
		return false;
	fair_unthrottle(q);
	return true;
}

static bool op_move(void)
{
	struct task_struct *p = any_task();

	if (going(p))
		return false;
	fair_move(p, &groups[rnd(NR_GROUPS)]);
	group_changes++;
	return true;
}

static bool op_fork(void)
{
	struct task_struct *p = any_task();

	if (p->on_rq || going(p))
		return false;
	granted[p - tasks] = false;
	fair_fork(p);
	if (p->vcfs)
		op_error = "a new task has a source";
	return true;
}

/* Some as small as SCHED_IDLE's, and smaller */
static bool op_shares(void)
{
	static const unsigned long shares[] = {
		2, scale_load(2), scale_load(3), scale_load(4), scale_load(100),
		NICE_0_LOAD / 2, NICE_0_LOAD, NICE_0_LOAD * 10
	};

	fair_update_group(any_group(), shares[rnd(ARRAY_SIZE(shares))]);
	return true;
}

/* 0 has tests of its own. */
static bool op_loan(void)
{
	static const unsigned int loans[] = {
		0, 1, 100, 1000, 5000, 10000, 10000, 50000, 1000000
	};

	*loan_us() = loans[rnd(ARRAY_SIZE(loans))];
	return true;
}

static const struct op {
	const char *name;
	bool (*run)(void);
	unsigned int weight;
} ops[] = {
	{ "wake",	op_wake,	30 },
	{ "sleep",	op_sleep,	10 },
	{ "detach",	op_detach,	3 },
	{ "schedule",	op_schedule,	10 },
	{ "run",	op_run,		25 },
	{ "yield",	op_yield,	4 },
	{ "nominate",	op_nominate,	4 },
	{ "privilege",	op_privilege,	15 },
	{ "mind",	op_mind,	15 },
	{ "source",	op_source,	1 },
	{ "exhaust",	op_exhaust,	3 },
	{ "unthrottle",	op_unthrottle,	10 },
	{ "move",	op_move,	4 },
	{ "fork",	op_fork,	1 },
	{ "shares",	op_shares,	3 },
	{ "loan",	op_loan,	1 },
};

static const struct op *any_op(void)
{
	unsigned int sum = 0, i = 0;

	for (size_t j = 0; j < ARRAY_SIZE(ops); j++)
		sum += ops[j].weight;
	for (sum = rnd(sum); sum >= ops[i].weight; i++)
		sum -= ops[i].weight;
	return &ops[i];
}

static const int parents[NR_GROUPS] = { -1, 0, 1, 2, 1, 0, 5 };
static const int homes[NR_TASKS] = { 0, 0, 1, 2, 2, 3, 3, 3, 4, 5, 6, 6 };

static void init(u64 min_vruntime)
{
	memset(granted, 0, sizeof(granted));
	memset(yielding, 0, sizeof(yielding));
	op_error = NULL;
	*loan_us() = 10000;
	fair_init(parents, homes, min_vruntime);
}

static void test_random(unsigned int seed)
{
	/* The kernel's own start is just before the wrap-around. */
	static const u64 starts[] = {
		0, -(1ULL << 20), (1ULL << 63) - (1 << 20), -(1ULL << 33)
	};
	const char *error = NULL;
	const struct op *op = ops;
	int i;

	rnd_seed(seed);
	fair_random = true;
	init(starts[seed % ARRAY_SIZE(starts)]);
	for (i = 0; i < OPS && !error; i++) {
		do
			op = any_op();
		while (!op->run());
		error = check();
	}
	fair_random = false;
	if (!ok(!error, "seed %u, %d operations", seed, OPS))
		diag("after operation %d, %s: %s", i, op->name, error);
}

/* Did they do what they were made for? */
static void test_coverage(void)
{
	ok(picks > 1000, "%u times a privileged one is picked", picks);
	ok(ticks_on > 1000, "%u ticks let it go on", ticks_on);
	ok(ticks_off > 1000, "%u ticks stop another", ticks_off);
	ok(preempt_checks > 1000, "%u times it may preempt", preempt_checks);
	ok(throttles > 1000, "%u times a group is throttled", throttles);
	ok(group_changes > 1000, "%u times a task changes its group",
	   group_changes);
	ok(task_yields > 1000, "%u times a task was seen to yield", task_yields);
	ok(group_yields > 1000, "%u times a group was", group_yields);
}

/* Directed cases: tasks 0 and 1 are in the root, 5 to 7 three groups deep. */

static struct sched_entity *const a = &tasks[0].se, *const b = &tasks[1].se;
static struct cfs_rq *const root = &rq.cfs;

/* a waits and is privileged, b runs, a leads min_vruntime by @lead. */
static void start_pair(s64 lead, u64 min_vruntime)
{
	init(min_vruntime);
	fair_wake(&tasks[1]);
	fair_schedule();
	tasks[0].se.vruntime = lead;
	fair_wake(&tasks[0]);
	grant(0, true);
}

static void test_loan(u64 min)
{
	start_pair(9999999, min);
	ok(vcfs_pick(root, b) == a && vcfs_pick(root, NULL) == a &&
	   vcfs_tick(root, b) < 0 && vcfs_order(root, a, b) > 0 &&
	   vcfs_order(root, b, a) < 0,
	   "within the loan it goes first, from %#llx",
	   (unsigned long long)min);

	start_pair(10000001, min);
	ok(!vcfs_pick(root, b) && !vcfs_pick(root, NULL) &&
	   !vcfs_tick(root, b) && !vcfs_order(root, a, b) &&
	   !vcfs_order(root, b, a),
	   "beyond the loan CFS decides, from %#llx", (unsigned long long)min);

	fair_run(2000);
	fair_tick();
	ok(rq.curr == &tasks[0] && !check(),
	   "the others catch up, from %#llx", (unsigned long long)min);
}

/* A privileged task that never sleeps gets its half, and no more. */
static void test_fair_share(void)
{
	u64 ran = 0;

	start_pair(0, 0);
	for (int i = 0; i < 1000; i++) {
		fair_schedule();
		ran += rq.curr == &tasks[0];
		fair_run(1000000);
		fair_tick();
	}
	ok(ran >= 495 && ran <= 515, "%llu of 1000 ms for ever privileged",
	   (unsigned long long)ran);
}

/*
 * How much a task gets that runs for 0.1 ms and sleeps as long, against @n that
 * never sleep, in units of 0.1 ms of 2 s.
 */
static int sleeper_ran(int n, bool privileged)
{
	struct task_struct *u = &tasks[NR_TASKS - 1];
	int ran = 0;

	init(0);
	for (int i = 0; i <= n; i++)
		fair_move(i < n ? &tasks[i] : u, &groups[0]);
	for (int i = 0; i < n; i++) {
		fair_wake(&tasks[i]);
		grant(i, privileged);
	}
	fair_wake(u);
	fair_schedule();
	for (int i = 0; i < 20000; i++) {
		if (rq.curr == u) {
			ran++;
			fair_sleep(u);
			fair_schedule();
			fair_run(100000);
			fair_wake(u);
			if (!vcfs_order(root, &u->se, &rq.curr->se))
				fair_schedule();
		}
		fair_run(100000);
		if (i % 40)
			continue;
		fair_tick();
		if (!vcfs_tick(root, &rq.curr->se))
			fair_schedule();
	}
	return ran;
}

/* The privileged are not forgiven their debt while the others sleep. */
static void test_sleeper(int n)
{
	int fair = sleeper_ran(n, false), ran = sleeper_ran(n, true);

	ok(ran >= fair * 6 / 10 && !check(),
	   "a sleeper gets %d of 2000 ms from %d for ever privileged, %d from CFS",
	   ran / 10, n, fair / 10);
}

static void test_running(void)
{
	start_pair(0, 0);
	fair_schedule();
	ok(rq.curr == &tasks[0] && vcfs_tick(root, a) > 0,
	   "it preempts and goes on");
	fair_run(9999999);
	fair_tick();
	ok(rq.curr == &tasks[0], "as long as the loan lasts");
	fair_run(1);
	fair_tick();
	ok(!vcfs_tick(root, a) && !vcfs_pick(root, a),
	   "CFS decides when it is used up");
	grant(0, false);
	ok(!root->nr_privileged && !check(), "ended while it runs");
	grant(0, true);
	ok(root->nr_privileged == 1 && !check(), "granted while it runs");
}

/* As Documentation/admin-guide/sysctl/kernel.rst has it: 0 stops privilege. */
static void test_no_loan(s64 lead)
{
	bool none;

	start_pair(0, 1ULL << 40);
	*loan_us() = 0;
	a->vruntime = root->min_vruntime + lead;
	none = !vcfs_pick(root, NULL) && !vcfs_pick(root, b) &&
	       !vcfs_order(root, a, b) && !vcfs_tick(root, b);
	ok(none, "no loan, lead %lld", (long long)lead);
}

static void test_skip(void)
{
	start_pair(0, 0);
	root->skip = a;
	ok(!vcfs_pick(root, NULL) && !vcfs_pick(root, b),
	   "it waits and yields");
	root->skip = b;
	ok(vcfs_pick(root, b) == a, "another yields");
	root->skip = NULL;
	fair_schedule();
	root->skip = a;
	ok(rq.curr == &tasks[0] && !vcfs_pick(root, a), "it runs and yields");
	grant(1, true);
	b->vruntime++;
	ok(vcfs_pick(root, a) == b, "it yields to another that may lead");
	root->skip = NULL;
	root->next = b;
	ok(vcfs_pick(root, a) == b, "somebody asks for the other");
	root->next = NULL;
	grant(0, false);
	grant(1, false);
	ok(!vcfs_pick(root, a), "nobody leads, nobody yields");
}

static void test_two(void)
{
	start_pair(5000, 0);
	grant(1, true);
	ok(vcfs_pick(root, b) == b && !vcfs_order(root, a, b) &&
	   !vcfs_tick(root, b), "CFS order among equals: running first");
	fair_run(6000);
	fair_schedule();
	ok(rq.curr == &tasks[0], "CFS order among equals: waiting first");
}

static void test_classes(void)
{
	start_pair(5000, 0);
	grant(0, 2);
	grant(1, 1);
	ok(vcfs_pick(root, b) == a && vcfs_order(root, a, b) > 0 &&
	   vcfs_tick(root, b) < 0, "the critical goes before the other");
	fair_schedule();
	ok(rq.curr == &tasks[0] && vcfs_pick(root, a) == a && !check(),
	   "and goes on");
	a->vruntime = root->min_vruntime + loan_ns();
	ok(vcfs_pick(root, a) == b, "until its loan is used up");
	grant(0, 1);
	grant(1, 2);
	ok(root->nr_critical == 1 && root->nr_privileged == 2 && !check(),
	   "they change places");
}

static void test_fork(void)
{
	start_pair(0, 0);
	fair_sleep(&tasks[0]);
	ok(a->privileged && !root->nr_privileged,
	   "a sleeping task keeps its mark");
	granted[0] = false;
	fair_fork(&tasks[0]);
	ok(!a->privileged, "fork clears it");
	fair_wake(&tasks[0]);
	ok(!root->nr_privileged && !check(), "a new task is unprivileged");
}

static int marks_above(struct sched_entity *se)
{
	int n = 0;

	while ((se = se->parent))
		n += se->privileged && se->cfs_rq->nr_privileged == 1;
	return n;
}

static void test_levels(void)
{
	init(0);
	fair_wake(&tasks[5]);
	fair_wake(&tasks[6]);
	fair_wake(&tasks[0]);
	ok(marks_above(&tasks[5].se) == 0, "nothing is privileged");
	grant(5, true);
	ok(marks_above(&tasks[5].se) == 3 && !check(), "up to the root");
	grant(6, true);
	grant(5, false);
	ok(marks_above(&tasks[5].se) == 3 && !check(), "one of two is left");
	fair_sleep(&tasks[6]);
	ok(marks_above(&tasks[5].se) == 0 && !root->nr_privileged && !check(),
	   "the last one sleeps");
	fair_wake(&tasks[6]);
	ok(marks_above(&tasks[5].se) == 3 && !check(), "it wakes again");
	fair_schedule();
	ok(rq.curr == &tasks[6] && !check(), "it runs");
	grant(6, false);
	ok(!root->nr_privileged && !check(), "ended at every level");
}

/* The group's entity is in the queue of its parent, or not. */
static void test_throttle(void)
{
	struct sched_entity *group = tasks[5].se.parent;

	init(0);
	fair_wake(&tasks[3]);
	fair_wake(&tasks[5]);
	fair_wake(&tasks[6]);
	grant(5, true);
	fair_schedule();
	group->my_q->exhausted = true;
	fair_schedule();
	ok(!group->on_rq && group->privileged && !root->nr_privileged &&
	   !check(), "a throttled group counts no more");
	grant(5, false);
	grant(6, true);
	ok(group->privileged && !root->nr_privileged && !check(),
	   "but keeps its own count");
	fair_unthrottle(group->my_q);
	ok(group->on_rq && root->nr_privileged == 1 && !check(),
	   "and counts again");
}

static void test_preemption(void)
{
	unsigned int checks = preempt_checks;
	int updates;

	start_pair(0, 0);
	updates = rq.clock_updates;
	ok(preempt_checks == checks + 1, "granted while it waits");
	grant(1, true);
	ok(preempt_checks == checks + 1, "granted while it runs");
	grant(0, false);
	ok(preempt_checks == checks + 1, "ended while it waits");
	grant(2, true);
	ok(preempt_checks == checks + 1, "granted while it sleeps");
	ok(!rq.locked && rq.clock_updates == updates + 3, "lock and clock");
}

/* The source changes its mind, and the scheduler asks in time. */
static void test_refresh(void)
{
	start_pair(0, 0);
	wanted[0] = false;
	ok(granted[0] && a->privileged, "a change of mind is not noticed");
	fair_schedule();
	fair_tick();
	ok(!granted[0] && !a->privileged && !check(), "until the tick");

	start_pair(0, 0);
	fair_schedule();
	wanted[0] = false;
	fair_schedule();
	ok(!granted[0] && !a->privileged && !check(), "or until another is picked");

	start_pair(0, 0);
	fair_sleep(&tasks[0]);
	fair_schedule();
	wanted[0] = false;
	fair_wake(&tasks[0]);
	ok(!granted[0] && !a->privileged && !check(), "or until it wakes");

	start_pair(0, 0);
	vcfs_detach(&tasks[0], &sources[1]);
	ok(a->privileged, "somebody else's source changes nothing");
	vcfs_detach(&tasks[0], &sources[0]);
	granted[0] = false;
	ok(!a->privileged && !check(), "no source, no privilege");
}

static bool vmm_wanted;

static int vmm_wants(struct vcfs_source *source)
{
	return vmm_wanted;
}

/* The VMM's other threads follow the source of their memory. */
static void test_mm(void)
{
	struct vcfs_source source = { .wants = vmm_wants }, other = source;
	struct mm_struct mm;

	init(0);
	vcfs_init_mm(&mm);
	vcfs_attach_mm(&mm, &source);
	tasks[0].mm = &mm;
	tasks[1].mm = &mm;
	wanted[1] = false;
	grant(1, false);
	vmm_wanted = true;
	for (int i = 0; i < 3; i++)
		fair_wake(&tasks[i]);
	ok(tasks[0].se.privileged, "a thread of the VMM");
	ok(!tasks[1].se.privileged, "but not one that has a source of its own");
	ok(!tasks[2].se.privileged, "nor another process");

	vmm_wanted = false;
	vcfs_end();
	ok(!tasks[0].se.privileged && !root->nr_privileged, "until that ends");

	vmm_wanted = true;
	vcfs_update(&tasks[0]);
	fair_schedule();
	ok(rq.curr == &tasks[0], "it runs");
	rq.remote = true;
	tasks[0].mm = NULL;
	vcfs_refresh(&tasks[0]);
	ok(tasks[0].se.privileged, "seen from another CPU, it may be in exec");
	vcfs_end();
	ok(!tasks[0].se.privileged && !check(), "but not beyond the end");
	rq.remote = false;
	tasks[0].mm = &mm;
	vcfs_update(&tasks[0]);
	tasks[0].mm = NULL;
	vcfs_end();
	ok(!tasks[0].se.privileged && !check(), "one that exits is found, too");
	tasks[0].mm = &mm;

	vcfs_detach_mm(&mm, &other);
	ok(mm.vcfs == &source, "somebody else's source stays");
	vcfs_detach_mm(&mm, &source);
	vmm_wanted = true;
	vcfs_update(&tasks[0]);
	ok(!mm.vcfs && !tasks[0].se.privileged, "no source, no privilege");
}

static bool holds_lock;

static bool locks(struct vcfs_source *source)
{
	return holds_lock;
}

/* Is the task that runs to be preempted for task 1 a little later? */
static bool defers(void)
{
	rq.timer = NULL;
	return vcfs_defer(&rq, &tasks[1]) && rq.timer->expires == 5000;
}

/* The timer expires. Return: does it again? */
static bool looks_again(void)
{
	must_resched = false;
	return rq.timer->function(rq.timer) == HRTIMER_RESTART;
}

static void start_siblings(struct mm_struct *mm)
{
	start_pair(0, 0);
	fair_schedule();
	grant(1, false);
	sources[0].locks = locks;
	tasks[0].mm = mm;
	tasks[1].mm = mm;
	holds_lock = true;
}

/* Who may hold a lock is not preempted for one that would wait for it. */
static void test_defer(void)
{
	struct mm_struct mm, other;

	start_siblings(&mm);
	ok(rq.curr == &tasks[0] && defers(), "a sibling waits for a lock");
	rq.remote = true;
	ok(!defers(), "not if it runs on another CPU");
	rq.remote = false;
	rq.coarse = true;
	ok(!defers(), "nor if only the tick would end its turn");
	rq.coarse = false;
	tasks[1].mm = &other;
	ok(!defers(), "nor if it is of another VM");
	tasks[1].mm = &mm;
	tasks[1].vcfs = NULL;
	ok(!defers(), "nor if it is no vCPU");
	tasks[1].vcfs = &sources[1];
	holds_lock = false;
	ok(!defers(), "nor if none is held");
	sources[0].locks = NULL;
	holds_lock = true;
	ok(!defers(), "or the source does not know");
	ok(!rq.timer, "then no timer is started");
	vcfs_detach(&tasks[0], &sources[0]);
	granted[0] = false;
	ok(!defers(), "or there is none");
}

static void test_deferral(void)
{
	struct mm_struct mm;
	int looks = 1;

	start_siblings(&mm);
	ok(defers() && looks_again() && rq.timer->expires == 10000 &&
	   !must_resched, "it waits while the lock is held");
	holds_lock = false;
	ok(!looks_again() && must_resched, "and no longer");

	holds_lock = true;
	defers();
	while (looks_again())
		looks++;
	ok(looks == 10 && must_resched, "at most for 50 us");

	defers();
	rq.curr = &tasks[1];
	ok(!looks_again() && !must_resched, "the holder left by itself");
	rq.curr = &tasks[0];

	rq.timer = NULL;
	vcfs_hold();
	ok(rq.timer && looks_again(), "a turn that lasts while a lock is held");
}

/* Who may hold a lock goes before others that are privileged. */
static void test_hurry(void)
{
	start_pair(-1000, 0);
	grant(1, true);
	fair_schedule();
	ok(rq.curr == &tasks[0] && tasks[1].se.privileged,
	   "one of two that are privileged runs");
	vcfs_hurry(&tasks[1]);
	fair_schedule();
	ok(rq.curr == &tasks[1] && !check(), "the other one hurries");

	start_pair(0, 0);
	fair_schedule();
	grant(1, false);
	vcfs_hurry(&tasks[1]);
	fair_schedule();
	ok(rq.curr == &tasks[0] && !root->next && !check(),
	   "without privilege it does not");
}

static int never(struct vcfs_source *source)
{
	granted[0] = false;
	return false;
}

/* Of several sources, the last one counts. */
static void test_attach(void)
{
	struct vcfs_source other = { .wants = never };
	int updates;

	start_pair(0, 0);
	updates = rq.clock_updates;
	vcfs_attach(&tasks[0], &sources[0]);
	ok(a->privileged && rq.clock_updates == updates,
	   "attached already: nothing is done");
	vcfs_attach(&tasks[0], &other);
	ok(!a->privileged && !root->nr_privileged && !check(),
	   "another source has its own mind");
	vcfs_detach(&tasks[0], &sources[0]);
	ok(tasks[0].vcfs == &other, "the first one has no say any more");
	vcfs_attach(&tasks[0], &sources[0]);
	ok(a->privileged && root->nr_privileged == 1 && !check(),
	   "until it is attached again");
	fair_schedule();
	vcfs_detach(&tasks[0], &sources[0]);
	granted[0] = false;
	ok(!a->privileged && !root->nr_privileged && !check(),
	   "detached while it runs");
	updates = preempt_checks;
	vcfs_update(&tasks[0]);
	ok(!a->privileged && preempt_checks == updates && !rq.locked &&
	   !check(),
	   "no source: nothing to ask");
}

/* A vCPU that sleeps when its VM is opted in: counted once it wakes. */
static void test_attach_asleep(void)
{
	init(0);
	grant(5, true);
	ok(tasks[5].se.privileged && !root->nr_privileged && !check(),
	   "attached while it sleeps");
	fair_wake(&tasks[5]);
	ok(marks_above(&tasks[5].se) == 3 && !check(), "counts when it wakes");
	fair_sleep(&tasks[5]);
	vcfs_detach(&tasks[5], &sources[5]);
	granted[5] = false;
	fair_wake(&tasks[5]);
	ok(!marks_above(&tasks[5].se) && !root->nr_privileged && !check(),
	   "and no more when detached in its sleep");
}

static void test_throttled(void)
{
	struct sched_entity *group;

	start_pair(0, 0);
	ok(!vcfs_throttled(&tasks[1]), "who has no privilege lacks none");
	fair_schedule();
	ok(!vcfs_throttled(&tasks[0]), "not throttled within the loan");
	root->overdrawn = true;
	ok(vcfs_throttled(&tasks[0]), "throttled when the queue is overdrawn");
	ok(!vcfs_throttled(&tasks[1]), "as far as it is privileged");
	root->overdrawn = false;
	a->vruntime = root->min_vruntime + 10000000;
	ok(vcfs_throttled(&tasks[0]), "or the task leads by the loan");
	a->vruntime--;
	ok(!vcfs_throttled(&tasks[0]), "and by less it is not");
	*loan_us() = 0;
	ok(vcfs_throttled(&tasks[0]), "and without a loan");
	*loan_us() = 10000;

	init(0);
	fair_wake(&tasks[5]);
	grant(5, true);
	fair_schedule();
	ok(!vcfs_throttled(&tasks[5]), "nor in a group");
	group = tasks[5].se.parent;
	group->cfs_rq->overdrawn = true;
	ok(vcfs_throttled(&tasks[5]), "but by the queue of a group above it");
	group->cfs_rq->overdrawn = false;
}

static const unsigned long idle_weight = scale_load(WEIGHT_IDLEPRIO);

/* a runs and yields, b waits. */
static void start_yield(void)
{
	init(0);
	fair_wake(&tasks[0]);
	fair_schedule();
	fair_wake(&tasks[1]);
	grant(0, -1);
}

static void test_yield(void)
{
	start_yield();
	ok(a->yields && a->load.weight == idle_weight &&
	   root->nr_yielding == 1 && !check(), "it yields while it runs");
	ok(vcfs_order(root, b, a) > 0 && vcfs_order(root, a, b) < 0,
	   "others preempt it when they wake");
	ok(!vcfs_order(root, b, b) && !vcfs_order(root, a, a),
	   "and not their equals");
	ok(!vcfs_tick(root, a) && !vcfs_pick(root, a),
	   "but for that, it is CFS that decides");
	grant(0, 0);
	ok(!a->yields && a->load.weight == NICE_0_LOAD && !root->nr_yielding &&
	   !check(), "it no longer does");
	grant(0, -1);
	fair_sleep(&tasks[0]);
	ok(!a->yields && a->load.weight == NICE_0_LOAD && !check(),
	   "it sleeps as what it is");
	fair_schedule();
	fair_wake(&tasks[0]);
	ok(!a->yields && !check(), "and wakes so");
	fair_detach(&tasks[1 - (rq.curr == &tasks[1])]);
	ok(!check(), "and leaves so");
}

/* What it is ahead of others is CPU time, whatever its weight. */
static void test_lead(s64 lead, s64 want)
{
	u64 vruntime;

	start_yield();
	grant(0, 0);
	a->vruntime = root->min_vruntime + lead;
	vruntime = a->vruntime;
	grant(0, -1);
	ok((s64)(a->vruntime - root->min_vruntime) == want,
	   "%lld ns ahead, or %lld when it yields", (long long)lead,
	   (long long)want);
	grant(0, 0);
	ok(vruntime - a->vruntime <= 1, "and as many again when it does not");
}

/* How long a runs of @n ms, if it is asked for @minds in turn, one a ms */
static int yielder_ran(int n, const int *minds, int nr_minds)
{
	int ran = 0;

	for (int i = 0; i < n; i++) {
		wanted[0] = minds[nr_minds ? i % nr_minds : rnd(3)];
		fair_schedule();
		ran += rq.curr == &tasks[0];
		fair_run(1000000);
		fair_tick();
	}
	return ran;
}

static void test_yield_share(void)
{
	static const int always[] = { -1 }, never[] = { 0 };
	int ran;

	start_yield();
	ran = yielder_ran(10000, always, 1);
	ok(ran >= 20 && ran <= 40 && !check(),
	   "one that yields gets %d of 10000 ms, a SCHED_IDLE task 29", ran);
	grant(0, 0);
	ran = yielder_ran(200, never, 1);
	ok(ran >= 95 && ran <= 105 && !check(),
	   "afterwards it is owed nothing, and owes nothing: %d of 200 ms",
	   ran);
}

/* To change one's mind often gains nothing. */
static void test_fickle(void)
{
	static const int minds[][6] = {
		{ -1, 0, -1, 0, -1, 0 }, { -1, -1, 0, 0, 0, 0 },
		{ 0, 0, 0, -1, -1, -1 }, { 0, 0, 0, 0, 0, -1 },
		{ -1, -1, -1, -1, -1, 0 }, { 1, -1, 1, -1, 0, -1 },
	};
	static const int any[] = { -1, 0, 1 };

	for (size_t i = 0; i <= ARRAY_SIZE(minds); i++) {
		bool random = i == ARRAY_SIZE(minds);
		int ran;

		start_yield();
		ran = yielder_ran(6000, random ? any : minds[i],
				  random ? 0 : 6);
		ok(ran <= 3015 && !check(), "%d of 6000 ms for fickle %zu", ran,
		   i);
	}
}

/* The guest has something urgent, or others call it, while it waits. */
static void test_yield_ends(void)
{
	int checks;

	start_yield();
	fair_run(4000000);
	fair_tick();
	fair_schedule();
	ok(rq.curr == &tasks[1] && a->vruntime - root->min_vruntime > 1000000000,
	   "it waits, more than a second of vruntime ahead");
	checks = preempt_checks;
	grant(0, 1);
	ok(!a->yields && a->privileged && vcfs_order(root, a, b) > 0 &&
	   preempt_checks == checks + 1 && !check(), "privileged at once");
	fair_tick();
	ok(rq.curr == &tasks[0], "and runs");
	grant(0, -1);
	ok(a->yields && !a->privileged && !root->nr_privileged && !check(),
	   "from privilege straight to the opposite");
	fair_schedule();
	checks = preempt_checks;
	grant(0, 0);
	ok(!a->yields && preempt_checks == checks + 1 && !check(),
	   "as others are: may it preempt one that yields?");
}

static void test_yield_heavy(void)
{
	start_yield();
	grant(0, 0);
	a->load.weight = scale_load(2);
	a->shares = scale_load(2);
	root->load += scale_load(2) - NICE_0_LOAD;
	grant(0, -1);
	ok(a->yields && a->load.weight == scale_load(2) && !check(),
	   "no heavier than it was");
}

/* A child that is forked while its parent yields has the parent's weight. */
static void test_yield_fork(void)
{
	struct task_struct child;

	start_yield();
	child = tasks[0];
	vcfs_fork(&child);
	ok(!child.se.yields && child.se.load.weight == NICE_0_LOAD,
	   "a child of one that yields does not");
	child = tasks[1];
	child.se.load.inv_weight = 42;
	vcfs_fork(&child);
	ok(child.se.load.weight == NICE_0_LOAD &&
	   child.se.load.inv_weight == 42, "nor has another one's changed");
}

static int yields_above(struct sched_entity *se)
{
	int n = 0;

	while ((se = se->parent))
		n += se->yields && se->load.weight == idle_weight;
	return n;
}

/* A group yields while all that is runnable in it does. */
static void test_yield_levels(void)
{
	struct sched_entity *top;

	init(0);
	fair_wake(&tasks[0]);
	fair_wake(&tasks[5]);
	fair_wake(&tasks[6]);
	fair_schedule();
	grant(5, -1);
	ok(!yields_above(&tasks[5].se) && !check(), "one of two");
	grant(6, -1);
	ok(yields_above(&tasks[5].se) == 3 && root->nr_yielding == 1 &&
	   !check(), "both, up to the root");
	for (top = &tasks[5].se; top->parent; top = top->parent)
		;
	ok(vcfs_order(root, a, top) > 0, "others go before the group");
	fair_update_group(&groups[3], NICE_0_LOAD / 4);
	ok(groups[3].se.load.weight == idle_weight && !check(),
	   "its shares change");
	fair_wake(&tasks[7]);
	ok(!yields_above(&tasks[5].se) && !root->nr_yielding &&
	   groups[3].se.load.weight == NICE_0_LOAD / 4 && !check(),
	   "another one wakes in it");
	grant(7, 1);
	ok(marks_above(&tasks[7].se) == 3 && !check(), "and is privileged");
	grant(7, 0);
	fair_detach(&tasks[7]);
	ok(yields_above(&tasks[5].se) == 3 && !check(), "and goes");
	fair_sleep(&tasks[5]);
	fair_sleep(&tasks[6]);
	ok(!yields_above(&tasks[5].se) && !root->nr_yielding && !check(),
	   "an empty group does not yield");
}

static void test_yield_throttled(void)
{
	struct sched_entity *group = tasks[5].se.parent;

	init(0);
	fair_wake(&tasks[3]);
	fair_wake(&tasks[5]);
	fair_wake(&tasks[6]);
	fair_schedule();
	grant(5, -1);
	grant(6, -1);
	group->my_q->exhausted = true;
	fair_schedule();
	ok(!group->on_rq && group->yields && !check(), "throttled as it yields");
	grant(5, 0);
	ok(!group->yields && group->load.weight == NICE_0_LOAD && !check(),
	   "not any more, which it keeps count of");
	fair_unthrottle(group->my_q);
	ok(group->on_rq && !check(), "and returns so");
}

/* The owner of the VM opts out. */
static void test_yield_detach(void)
{
	start_yield();
	vcfs_detach(&tasks[0], &sources[0]);
	granted[0] = 0;
	yielding[0] = false;
	ok(!a->yields && !root->nr_yielding && !check(),
	   "no source, it competes as CFS has it");
}

static void test_sysctl(void)
{
	const struct ctl_table *t = fair_sysctls;

	ok(!strcmp(t->procname, "vcfs_loan_us") && t->mode == 0644 &&
	   t->maxlen == sizeof(int) && !t[1].procname &&
	   t->proc_handler == proc_douintvec_minmax, "sysctl vcfs_loan_us");
	ok(*loan_us() == 10000, "10 ms by default");
	ok(*(int *)t->extra1 == 0 && *(int *)t->extra2 == 1000000,
	   "0 to 1 s");
}

/* Without a user the hooks are off. */
static void test_key(void)
{
	start_pair(0, 0);
	vcfs_get();
	vcfs_put();
	ok(vcfs_pick(root, b) == a && vcfs_order(root, a, b) > 0 &&
	   vcfs_tick(root, b) < 0 && !ticks_waited, "one user is left");
	ok(vcfs_wakeups(64) == VCFS_WAKEUPS, "a few are woken at once");
	vcfs_put();
	ok(ticks_waited, "the last one waits for whoever is privileged");
	ok(!vcfs_pick(root, b) && !vcfs_order(root, a, b) &&
	   !vcfs_tick(root, b), "no user: no answers");
	ok(vcfs_wakeups(64) == 64, "no user: crowds wake at once");
	grant(2, true);
	vcfs_add(root, &tasks[2].se);
	vcfs_enqueue(root, a);
	vcfs_dequeue(root, a);
	vcfs_dequeue(root, a);
	vcfs_remove(root, a);
	vcfs_get();
	ok(!check(), "no user: no bookkeeping");
}

static void test_directed(void)
{
	static const u64 starts[] = {
		0, 1ULL << 63, (1ULL << 63) - 5000, -5000ULL, -10000000ULL,
		-10000001ULL, -1ULL
	};

	for (size_t i = 0; i < ARRAY_SIZE(starts); i++)
		test_loan(starts[i]);
	test_fair_share();
	test_sleeper(1);
	test_sleeper(8);
	test_running();
	for (int lead = -1; lead <= 1; lead++)
		test_no_loan(lead);
	test_skip();
	test_two();
	test_classes();
	test_fork();
	test_levels();
	test_throttle();
	test_preemption();
	test_refresh();
	test_attach();
	test_attach_asleep();
	test_throttled();
	test_mm();
	test_defer();
	test_deferral();
	test_hurry();
	test_yield();
	test_lead(0, 0);
	test_lead(-3000000, -3000000);
	test_lead(3, 1024);
	test_lead(9999999, 3413332992LL);
	test_lead(100000000000LL, 34133333333333LL);
	test_yield_share();
	test_fickle();
	test_yield_ends();
	test_yield_heavy();
	test_yield_fork();
	test_yield_levels();
	test_yield_throttled();
	test_yield_detach();
	test_key();
}

int main(void)
{
	/* A broken tree may have loops. */
	alarm(120);

	ok(shim_initcall() == 0, "init");
	test_sysctl();
	vcfs_get();
	test_directed();
	for (unsigned int seed = 1; seed <= SEEDS; seed++)
		test_random(seed);
	test_coverage();
	return tap_done();
}
