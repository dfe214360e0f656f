/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What vcfs_guest.c uses of kernel/sched/sched.h and of what that includes,
 * with what guest_sim.c needs to play a guest of a few vCPUs.
 */
#ifndef SHIM_GUEST_SCHED_H
#define SHIM_GUEST_SCHED_H

#include <assert.h>

#include <linux/cgroup.h>
#include <linux/compiler.h>
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/math64.h>
#include <linux/sched/vcfs_guest.h>
#include <linux/types.h>

#define NR_VCPUS		2
#define MAX_RT_PRIO	100
#define PF_KTHREAD	0x00200000
#define TASK_RUNNING	0x00
#define TASK_SLEEPS	0x01
#define TASK_DEAD	0x80

/* Of those that the code asks for, all */
#define IS_ENABLED(CONFIG_option)	1

/* A cgroup */
struct task_group {
	struct cgroup_subsys_state css;
	u8			intent;
	struct task_group	*parent;
};

struct task_struct {
	int			prio;
	unsigned int		flags;
	unsigned int		__state;
	bool			on_rq;
	bool			need_resched;
	bool			sched_reset_on_fork;
	struct task_group	*sched_task_group;
	struct vcfs_task	vcfs;

	/*
	 * The test's: where it is; counted as a sleeper there, or -1, and of
	 * which class; of which class as one that is runnable; when the timer
	 * that it started last expires, or 0; its policy is SCHED_IDLE
	 */
	int			cpu;
	int			sleeps_on;
	u32			slept;
	u32			queued;
	u64			timer;
	bool			idle_policy;
};

struct cfs_rq {
	unsigned int		idle_h_nr_running;
};

struct rt_rq {
	unsigned int		rt_nr_running;
};

struct dl_rq {
	unsigned int		dl_nr_running;
};

struct rq {
	int			cpu;
	unsigned int		nr_running;
	struct cfs_rq		cfs;
	struct rt_rq		rt;
	struct dl_rq		dl;
	struct task_struct	*curr;
	struct task_struct	*idle;
};

static inline bool rt_prio(int prio)
{
	return prio < MAX_RT_PRIO;
}

static inline bool task_has_idle_policy(struct task_struct *p)
{
	return p->idle_policy;
}

static inline struct task_group *task_group(struct task_struct *p)
{
	return p->sched_task_group;
}

static inline bool task_on_rq_queued(struct task_struct *p)
{
	return p->on_rq;
}

static inline bool test_tsk_need_resched(struct task_struct *p)
{
	return p->need_resched;
}

static inline int cpu_of(struct rq *rq)
{
	return rq->cpu;
}

/* The vCPU that the test pretends to run on, and whether with IRQs off */
extern int this_cpu;
extern bool irqs_off;

struct rq *this_rq(void);
struct task_struct *this_cpu_ksoftirqd(void);

#define current			(this_rq()->curr)
#define need_resched()		test_tsk_need_resched(current)

#define smp_processor_id()		(this_cpu)
#define DEFINE_PER_CPU(type, name)	struct { type vcpu[NR_VCPUS]; } name
#define per_cpu_ptr(var, cpu)		(&(var)->vcpu[cpu])
#define this_cpu_ptr(var)		per_cpu_ptr(var, this_cpu)
#define for_each_possible_cpu(cpu)	\
	for ((cpu) = 0; (cpu) < NR_VCPUS; (cpu)++)

#define local_irq_save(flags)		((flags) = irqs_off, irqs_off = true)
#define local_irq_restore(flags)	(irqs_off = (flags))

void on_each_cpu(void (*fn)(void *info), void *info, int wait);

struct raw_spinlock {
	bool ready;
	bool locked;
};

#define raw_spinlock_t	struct raw_spinlock

static inline void raw_spin_lock_init(raw_spinlock_t *lock)
{
	lock->ready = true;
}

static inline void raw_spin_lock(raw_spinlock_t *lock)
{
	assert(lock->ready && !lock->locked && irqs_off);
	lock->locked = true;
}

static inline void raw_spin_unlock(raw_spinlock_t *lock)
{
	assert(lock->locked);
	lock->locked = false;
}

/* One thread plays all. */
#define smp_store_release(p, v)	__atomic_store_n((p), (v), __ATOMIC_RELEASE)

#define rcu_read_lock()		do { } while (0)
#define rcu_read_unlock()	do { } while (0)

#define clamp_t(type, val, lo, hi)	clamp((type)(val), (type)(lo), (type)(hi))

static inline __printf(1, 2)
void shim_printk(const char *fmt, ...)
{
}

#define pr_info(fmt, ...)	shim_printk(pr_fmt(fmt), ##__VA_ARGS__)

#endif /* SHIM_GUEST_SCHED_H */
