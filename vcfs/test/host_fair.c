// SPDX-License-Identifier: GPL-2.0-only
/*
 * One CPU's fair class, after kernel/sched/fair.c of 6.1 with the patches.
 * Time passes when the test says so.
 */
#include <assert.h>
#include <string.h>

#include "host_fair.h"
#include "random.h"

#define BONUS_NS	6000000

enum {
	WAKEUP = 1,	/* enqueue: vruntime is absolute */
	SLEEP = 2,	/* dequeue: keep it so */
};

struct rq rq;
struct group groups[NR_GROUPS];
struct task_struct tasks[NR_TASKS];
bool fair_random, must_resched;
unsigned int preempt_checks, throttles;
struct ctl_table *fair_sysctls;
int sysctl_zero;

static struct cfs_rq queues[NR_GROUPS - 1];

/* Stubs for vcfs.c */

struct rq *task_rq_lock(struct task_struct *p, struct rq_flags *rf)
{
	assert(!rq.locked);
	rq.locked++;
	rf->cookie = 42;
	return p->rq;
}

void task_rq_unlock(struct rq *lock, struct task_struct *p,
		    struct rq_flags *rf)
{
	assert(lock == p->rq && lock->locked && rf->cookie == 42);
	lock->locked--;
}

struct rq *this_rq(void)
{
	return &rq;
}

long ticks_waited;

long schedule_timeout_uninterruptible(long ticks)
{
	ticks_waited += ticks;
	return 0;
}

void rq_lock(struct rq *lock, struct rq_flags *rf)
{
	assert(!lock->locked);
	lock->locked++;
}

void rq_unlock(struct rq *lock, struct rq_flags *rf)
{
	assert(lock->locked);
	lock->locked--;
}

void resched_curr(struct rq *on)
{
	assert(on->locked);
	must_resched = true;
}

void update_rq_clock(struct rq *clock)
{
	assert(clock->locked);
	clock->clock_updates++;
}

struct task_struct *next_task(struct task_struct *p)
{
	if (!p)
		return tasks;
	return p + 1 < tasks + NR_TASKS ? p + 1 : NULL;
}

int proc_douintvec_minmax(void)
{
	return 0;
}

void register_sysctl_init(const char *path, struct ctl_table *table)
{
	assert(!strcmp(path, "kernel"));
	fair_sysctls = table;
}

/* Time and order */

static bool before(struct sched_entity *a, struct sched_entity *b)
{
	return (s64)(a->vruntime - b->vruntime) < 0;
}

static struct sched_entity *leftmost(struct cfs_rq *q,
				     struct sched_entity *not)
{
	struct sched_entity *left = NULL;

	for (int i = 0; i < NR_ENTITIES; i++) {
		struct sched_entity *se = entity(i);

		if (waits(q, se) && se != not && (!left || before(se, left)))
			left = se;
	}
	return left;
}

static void update_min_vruntime(struct cfs_rq *q)
{
	struct sched_entity *first = leftmost(q, NULL);
	struct sched_entity *curr = q->curr;

	if (curr && curr->on_rq && (!first || before(curr, first)))
		first = curr;
	if (first && (s64)(first->vruntime - q->min_vruntime) > 0)
		q->min_vruntime = first->vruntime;
}

static void update_curr(struct cfs_rq *q)
{
	struct sched_entity *curr = q->curr;

	u64 delta;

	if (!curr)
		return;
	delta = rq.clock - curr->exec_start;
	curr->vruntime += delta * NICE_0_LOAD / curr->load.weight;
	curr->exec_start = rq.clock;
	update_min_vruntime(q);
	fair_charged(q, curr, delta);
	vcfs_charge(q, curr, delta);
}

static void place_entity(struct cfs_rq *q, struct sched_entity *se)
{
	u64 place = q->min_vruntime - (fair_random ? rnd(BONUS_NS) : 0);

	if ((s64)(place - se->vruntime) > 0)
		se->vruntime = place;
}

static void clear_skip(struct sched_entity *se)
{
	for (; se; se = se->parent) {
		if (se->cfs_rq->skip != se)
			break;
		se->cfs_rq->skip = NULL;
	}
}

static void clear_buddies(struct sched_entity *se)
{
	struct sched_entity *up;

	for (up = se; up; up = up->parent) {
		if (up->cfs_rq->next != up)
			break;
		up->cfs_rq->next = NULL;
	}
	clear_skip(se);
}

/* Weights */

static void reweight_entity(struct cfs_rq *q, struct sched_entity *se,
			    unsigned long weight)
{
	if (se->on_rq)
		q->load += weight - se->load.weight;
	se->load = (struct load_weight) { .weight = weight };
}

void vcfs_reweight(struct cfs_rq *q, struct sched_entity *se,
		   unsigned long weight)
{
	bool queued = se->on_rq && se != q->curr;

	update_curr(q);
	if (queued)
		vcfs_remove(q, se);
	vcfs_keep_lead(q, se, weight);
	reweight_entity(q, se, weight);
	if (queued)
		vcfs_add(q, se);
}

void fair_update_group(struct group *g, unsigned long shares)
{
	g->se.shares = shares;
	reweight_entity(g->se.cfs_rq, &g->se, vcfs_shares(&g->se, shares));
}

/* Entities */

static void throttle(struct cfs_rq *q);

static void enqueue_entity(struct cfs_rq *q, struct sched_entity *se,
			   int flags)
{
	bool curr = q->curr == se;

	if (!(flags & WAKEUP) && curr)
		se->vruntime += q->min_vruntime;
	update_curr(q);
	if (!(flags & WAKEUP) && !curr)
		se->vruntime += q->min_vruntime;
	q->nr_running++;
	q->load += se->load.weight;
	if (flags & WAKEUP)
		place_entity(q, se);

	vcfs_enqueue(q, se);
	se->on_rq = 1;
	if (q->nr_running == 1 && !q->curr && q->exhausted && !q->throttled)
		throttle(q);
}

static void dequeue_entity(struct cfs_rq *q, struct sched_entity *se,
			   int flags)
{
	update_curr(q);
	clear_buddies(se);
	se->on_rq = 0;
	vcfs_dequeue(q, se);
	q->nr_running--;
	q->load -= se->load.weight;
	if (!(flags & SLEEP))
		se->vruntime -= q->min_vruntime;
	update_min_vruntime(q);
}

static void set_next_entity(struct cfs_rq *q, struct sched_entity *se)
{
	clear_buddies(se);
	if (se->on_rq)
		vcfs_remove(q, se);
	se->exec_start = rq.clock;
	q->curr = se;
}

/* Does @q have to leave its parent's queue, or has it? */
static bool check_runtime(struct cfs_rq *q)
{
	if (q->exhausted && !q->throttled)
		throttle(q);
	return q->exhausted;
}

static void put_prev_entity(struct cfs_rq *q, struct sched_entity *prev)
{
	if (prev->on_rq)
		update_curr(q);
	check_runtime(q);
	if (prev->on_rq)
		vcfs_add(q, prev);
	q->curr = NULL;
}

/* Bandwidth */

static void throttle(struct cfs_rq *q)
{
	struct sched_entity *se = q->group_se;

	for (; se; se = se->parent) {
		if (!se->on_rq)
			break;
		dequeue_entity(se->cfs_rq, se, SLEEP);
		if (se->cfs_rq->nr_running)
			break;
	}
	q->throttled = true;
	throttles++;
}

void fair_unthrottle(struct cfs_rq *q)
{
	struct sched_entity *se = q->group_se;

	q->exhausted = false;
	if (!q->throttled)
		return;
	q->throttled = false;
	if (!q->nr_running)
		return;
	for (; se; se = se->parent) {
		if (se->on_rq)
			break;
		enqueue_entity(se->cfs_rq, se, WAKEUP);
		if (se->cfs_rq->throttled)
			break;
	}
}

/* Tasks */

static void enqueue_task(struct task_struct *p, int flags)
{
	struct sched_entity *se = &p->se;

	vcfs_refresh(p);
	for (; se; se = se->parent) {
		if (se->on_rq)
			break;
		enqueue_entity(se->cfs_rq, se, flags);
		if (se->cfs_rq->throttled)
			break;
		flags = WAKEUP;
	}
	p->on_rq = true;
}

static void dequeue_task(struct task_struct *p, int flags)
{
	struct sched_entity *se = &p->se;

	fair_left(p);
	vcfs_leave(p);
	p->on_rq = false;
	for (; se; se = se->parent) {
		dequeue_entity(se->cfs_rq, se, flags);
		if (se->cfs_rq->throttled || se->cfs_rq->nr_running)
			break;
		flags |= SLEEP;
	}
}

static void put_prev_task(struct task_struct *p)
{
	struct sched_entity *se = &p->se;

	for (; se; se = se->parent)
		put_prev_entity(se->cfs_rq, se);
}

static void set_next_task(struct task_struct *p)
{
	struct sched_entity *se = &p->se;

	for (; se; se = se->parent)
		set_next_entity(se->cfs_rq, se);
}

void fair_wake(struct task_struct *p)
{
	assert(!p->on_rq && p != rq.curr);
	enqueue_task(p, p->detached ? 0 : WAKEUP);
	p->detached = false;
}

/* The running task remains current until the next fair_schedule(). */
void fair_sleep(struct task_struct *p)
{
	assert(p->on_rq);
	dequeue_task(p, SLEEP);
}

/* To another CPU, or another class. */
void fair_detach(struct task_struct *p)
{
	assert(p->on_rq && p != rq.curr);
	dequeue_task(p, 0);
	p->detached = true;
}

static void set_group(struct task_struct *p, struct group *to)
{
	p->se.parent = to->q->group_se;
	p->se.depth = p->se.parent ? p->se.parent->depth + 1 : 0;
	p->se.cfs_rq = to->q;
}

void fair_move(struct task_struct *p, struct group *to)
{
	bool running = p == rq.curr;
	bool queued = p->on_rq;
	bool absolute = !queued && !p->detached;

	assert(queued || !running);
	if (queued)
		dequeue_task(p, 0);
	if (running)
		put_prev_task(p);
	if (absolute)
		p->se.vruntime -= p->se.cfs_rq->min_vruntime;
	set_group(p, to);
	if (absolute)
		p->se.vruntime += p->se.cfs_rq->min_vruntime;
	if (queued)
		enqueue_task(p, 0);
	if (running)
		set_next_task(p);
}

/* A new task in the place of one that sleeps for ever. */
void fair_fork(struct task_struct *p)
{
	assert(!p->on_rq && p != rq.curr);
	memset(&p->se.privileged_node, 0xa5, sizeof(p->se.privileged_node));
	p->se.vruntime = fair_random ? rnd(BONUS_NS) : 0;
	p->detached = true;
	vcfs_fork(p);
}

/* Picking */

/* A buddy, or load balancing between CPUs: anybody may be next. */
static struct sched_entity *pick_any(struct cfs_rq *q,
				     struct sched_entity *curr)
{
	struct sched_entity *se;

	do
		se = entity(rnd(NR_ENTITIES));
	while (!waits(q, se) && se != curr);
	return se;
}

static struct sched_entity *pick_entity(struct cfs_rq *q,
					struct sched_entity *curr)
{
	struct sched_entity *se = vcfs_pick(q, curr);
	struct sched_entity *other;

	if (se)
		return se;
	if (fair_random && !rnd(4))
		return pick_any(q, curr);

	se = leftmost(q, NULL);
	if (!se || (curr && before(curr, se)))
		se = curr;
	if (se != q->skip)
		return se;
	other = leftmost(q, se);
	return other ? other : se;
}

static struct sched_entity *pick_simple(struct task_struct *prev)
{
	struct cfs_rq *q = &rq.cfs;
	struct sched_entity *se = NULL;

	if (prev)
		put_prev_task(prev);
	if (!q->nr_running)
		return NULL;
	for (; q; q = se->my_q) {
		se = pick_entity(q, NULL);
		set_next_entity(q, se);
	}
	return se;
}

/* Exchange those entities only that are not ancestors of both. */
static void exchange(struct sched_entity *prev, struct sched_entity *next)
{
	while (prev->cfs_rq != next->cfs_rq) {
		int prev_depth = prev->depth;
		int next_depth = next->depth;

		if (next_depth <= prev_depth) {
			put_prev_entity(prev->cfs_rq, prev);
			prev = prev->parent;
		}
		if (next_depth >= prev_depth) {
			set_next_entity(next->cfs_rq, next);
			next = next->parent;
		}
	}
	put_prev_entity(prev->cfs_rq, prev);
	set_next_entity(next->cfs_rq, next);
}

static struct sched_entity *pick_after(struct task_struct *prev)
{
	struct cfs_rq *q = &rq.cfs;
	struct sched_entity *se = NULL;

	for (; q; q = se->my_q) {
		struct sched_entity *curr = q->curr;

		if (curr && curr->on_rq)
			update_curr(q);
		if (curr && check_runtime(q))
			return pick_simple(prev);
		se = pick_entity(q, curr && curr->on_rq ? curr : NULL);
	}
	if (se != &prev->se)
		exchange(&prev->se, se);
	return se;
}

void fair_schedule(void)
{
	struct task_struct *prev = rq.curr;
	struct sched_entity *se;

	must_resched = false;
	if (vcfs_live() && prev && task_on_rq_queued(prev))
		vcfs_refresh(prev);
	if (prev && rq.cfs.nr_running && !(fair_random && !rnd(3)))
		se = pick_after(prev);
	else
		se = pick_simple(prev);
	rq.curr = se ? rb_entry(se, struct task_struct, se) : NULL;
}

void fair_yield(void)
{
	struct sched_entity *se = &rq.curr->se;

	clear_buddies(se);
	update_curr(se->cfs_rq);
	for (; se; se = se->parent)
		se->cfs_rq->skip = se;
	fair_schedule();
}

/* Somebody asks that @p be next, as yield_to() does. */
void fair_nominate(struct task_struct *p)
{
	struct sched_entity *se = &p->se;

	for (; se; se = se->parent) {
		if (!se->on_rq)
			return;
		se->cfs_rq->next = se;
	}
}

void fair_run(u64 ns)
{
	rq.clock += ns;
}

static void tick_entity(struct cfs_rq *q, struct sched_entity *se)
{
	int order;

	update_curr(q);
	if (q->nr_running < 2)
		return;
	order = vcfs_tick(q, se);
	if (order < 0 || (!order && fair_random && !rnd(4)))
		must_resched = true;
}

void fair_tick(void)
{
	struct sched_entity *se = &rq.curr->se;

	vcfs_refresh(rq.curr);
	for (; se; se = se->parent)
		tick_entity(se->cfs_rq, se);
	if (must_resched)
		fair_schedule();
}

void check_preempt_curr(struct rq *on, struct task_struct *p, int flags)
{
	struct sched_entity *se, *woken = &p->se;

	assert(on->locked && on->clock_updates && p->on_rq && p != on->curr);
	preempt_checks++;
	if (!on->curr)
		return;
	vcfs_refresh(on->curr);
	se = &on->curr->se;
	while (se->cfs_rq != woken->cfs_rq) {
		int depth = se->depth;

		if (depth >= woken->depth)
			se = se->parent;
		if (woken->depth >= depth)
			woken = woken->parent;
	}
	update_curr(se->cfs_rq);
	if (vcfs_order(se->cfs_rq, woken, se) > 0 && !vcfs_defer(on, p))
		must_resched = true;
}

/* Initial state */

static unsigned long some_weight(void)
{
	return NICE_0_LOAD / (fair_random ? 1 + rnd(5) : 1);
}

static void set_weight(struct sched_entity *se)
{
	se->shares = some_weight();
	se->load = (struct load_weight) { .weight = se->shares };
}

static void init_queue(struct cfs_rq *q, u64 min_vruntime)
{
	*q = (struct cfs_rq) { .min_vruntime = min_vruntime };
	memset(&q->privileged_timeline, 0xa5, sizeof(q->privileged_timeline));
	vcfs_init_cfs_rq(q);
}

static void init_group(struct group *g, struct group *parent,
		       struct cfs_rq *q)
{
	g->q = q;
	g->se = (struct sched_entity) {
		.parent = parent->q->group_se,
		.depth = parent->q->group_se ? parent->se.depth + 1 : 0,
		.cfs_rq = parent->q,
		.my_q = q,
		.vruntime = parent->q->min_vruntime,
	};
	set_weight(&g->se);
	q->group_se = &g->se;
}

void fair_init(const int *parents, const int *homes, u64 min_vruntime)
{
	memset(&rq, 0, sizeof(rq));
	must_resched = false;
	init_queue(&rq.cfs, min_vruntime);
	groups[0].q = &rq.cfs;
	for (int i = 1; i < NR_GROUPS; i++) {
		init_queue(&queues[i - 1], min_vruntime);
		init_group(&groups[i], &groups[parents[i]], &queues[i - 1]);
	}
	for (int i = 0; i < NR_TASKS; i++) {
		tasks[i] = (struct task_struct) { .rq = &rq };
		set_weight(&tasks[i].se);
		set_group(&tasks[i], &groups[homes[i]]);
		fair_fork(&tasks[i]);
	}
}
