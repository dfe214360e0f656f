// SPDX-License-Identifier: GPL-2.0-only
/*
 * When vcfs_softirq.c has softirqs wait: the rule over all softirqs.
 */
#include <linux/interrupt.h>

#include "sched.h"
#include "tap.h"
#include "vcfs_guest.h"

struct static_key_false vcfs_guest_key = { .enabled = 1 };

static struct task_struct task;
static struct rq rq = { .curr = &task };

struct rq *this_rq(void)
{
	return &rq;
}

static const u32 of_timers = BIT(TIMER_SOFTIRQ) | BIT(HRTIMER_SOFTIRQ) |
			     BIT(SCHED_SOFTIRQ) | BIT(RCU_SOFTIRQ);

/* Do they wait, whichever are pending, if and only if @may and no others are? */
static bool follows(bool may)
{
	bool good = true;

	for (u32 pending = 1; pending < BIT(NR_SOFTIRQS); pending++)
		good &= vcfs_guest_first(pending) ==
			(may && !(pending & ~of_timers));
	return good;
}

int main(void)
{
	ok(follows(false), "nobody was woken: none waits");
	rq.rt.rt_nr_running = 1;
	ok(follows(false), "a real-time task is the one that runs: none waits");
	task.need_resched = true;
	ok(follows(true), "a real-time task was woken: those of timers wait");
	rq.rt.rt_nr_running = 0;
	ok(follows(false), "another task was woken: none waits");
	rq.dl.dl_nr_running = 1;
	ok(follows(true), "a deadline task was woken: those of timers wait");
	vcfs_guest_key.enabled = 0;
	ok(follows(false), "nobody matters to the host: none waits");
	return tap_done();
}
