// SPDX-License-Identifier: GPL-2.0-only
/*
 * vCFS, guest side: an interrupt is followed by its softirqs, and only then by the
 * task that it woke. If that is urgent, it goes first, and ksoftirqd does later
 * what the interrupt of a timer leaves. This is how PREEMPT_RT has it, always.
 *
 * On a busy host the two come together: the tick is overdue, like all else that
 * happened while the vCPU waited for the CPU, and the host gives it the CPU just in
 * time for the urgent timer. As what ksoftirqd does changes no intent, it
 * still has the privilege when the urgent work is done.
 */
#include <linux/interrupt.h>
#include <linux/sched/cputime.h>

#include "sched.h"
#include "vcfs_guest.h"

/* Others may be what urgent work waits for. */
#define OF_TIMERS	(BIT(TIMER_SOFTIRQ) | BIT(HRTIMER_SOFTIRQ) | \
			 BIT(SCHED_SOFTIRQ) | BIT(RCU_SOFTIRQ))

bool __vcfs_guest_first(u32 softirqs)
{
	struct rq *rq = this_rq();

	return !(softirqs & ~OF_TIMERS) && need_resched() &&
	       (rq->rt.rt_nr_running || rq->dl.dl_nr_running);
}
