/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What vcfs_guest.c uses of kernel/sched/sched.h, with what guest_test.c needs
 * to play a guest of a few vCPUs.
 */
#ifndef SHIM_GUEST_SCHED_H
#define SHIM_GUEST_SCHED_H

#include <linux/compiler.h>
#include <linux/init.h>
#include <linux/types.h>

#define NR_VCPUS		2
#define MAX_RT_PRIO	100
#define PF_KTHREAD	0x00200000
#define TASK_RUNNING	0x00
#define TASK_SLEEPS	0x01
#define TASK_DEAD	0x80

struct task_struct {
	int		prio;
	unsigned int	flags;
	unsigned int	__state;
	bool		on_rq;
	atomic_t	*vcfs_sleeps;
	bool		need_resched;

	/* guest_test.c */
	int		cpu;
	int		sleeps_on;	/* counted as a sleeper there, or -1 */
};

struct rq {
	int			cpu;
	struct task_struct	*curr;
	struct task_struct	*idle;
};

static inline bool rt_prio(int prio)
{
	return prio < MAX_RT_PRIO;
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

#define smp_processor_id()		(this_cpu)
#define DEFINE_PER_CPU(type, name)	struct { type vcpu[NR_VCPUS]; } name
#define this_cpu_ptr(var)		(&(var)->vcpu[this_cpu])

#define local_irq_save(flags)		((flags) = irqs_off, irqs_off = true)
#define local_irq_restore(flags)	(irqs_off = (flags))

void on_each_cpu(void (*fn)(void *info), void *info, int wait);

static inline void atomic_inc(atomic_t *v)
{
	v->counter++;
}

static inline void atomic_dec(atomic_t *v)
{
	v->counter--;
}

static inline int atomic_read(const atomic_t *v)
{
	return v->counter;
}

static inline __printf(1, 2)
void shim_printk(const char *fmt, ...)
{
}

#define pr_info(fmt, ...)	shim_printk(pr_fmt(fmt), ##__VA_ARGS__)

#endif /* SHIM_GUEST_SCHED_H */
