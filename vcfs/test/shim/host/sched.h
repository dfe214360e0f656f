/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What vcfs.c uses of kernel/sched/sched.h, with what host_fair.c needs to
 * play kernel/sched/fair.c.
 */
#ifndef SHIM_HOST_SCHED_H
#define SHIM_HOST_SCHED_H

#include <linux/compiler.h>
#include <linux/hrtimer.h>
#include <linux/init.h>
#include <linux/mm_types.h>
#include <linux/rbtree.h>
#include <linux/time64.h>
#include <linux/types.h>

#define WEIGHT_IDLEPRIO		3
#define scale_load(weight)	((unsigned long)(weight) << 10)
#define NICE_0_LOAD		scale_load(1024)

static inline u64 mul_u64_u64_div_u64(u64 a, u64 b, u64 c)
{
	return (__uint128_t)a * b / c;
}

struct load_weight {
	unsigned long		weight;
	u32			inv_weight;
};

struct sched_entity {
	struct load_weight	load;
	u64			vruntime;
	unsigned int		on_rq;
	u8			privileged;
	struct rb_node		privileged_node;
	bool			yields;
	unsigned long		own_weight;
	int			depth;
	struct sched_entity	*parent;
	struct cfs_rq		*cfs_rq;
	struct cfs_rq		*my_q;

	/* host_fair.c: charged until when; the weight that it should have */
	u64			exec_start;
	unsigned long		shares;
};

struct cfs_rq {
	u64			min_vruntime;
	unsigned int		nr_running;
	unsigned int		nr_privileged;
	unsigned int		nr_critical;
	unsigned int		nr_yielding;
	u64			lent;
	bool			overdrawn;
	struct rb_root_cached	privileged_timeline[2];
	struct sched_entity	*curr;
	struct sched_entity	*next;
	struct sched_entity	*skip;
	bool			throttled;

	/* What host_test.c thinks that was lent */
	u64			model_lent;
	bool			model_overdrawn;

	/* Of all entities in it */
	unsigned long		load;

	/* host_fair.c: no runtime left; the entity of this queue's group */
	bool			exhausted;
	struct sched_entity	*group_se;
};

struct task_struct {
	struct sched_entity	se;
	struct vcfs_source	*vcfs;
	struct mm_struct	*mm;
	bool			on_rq;
	struct rq		*rq;

	/* host_fair.c: vruntime is relative, as between two CPUs */
	bool			detached;
};

struct rq {
	struct cfs_rq		cfs;
	struct task_struct	*curr;
	u64			clock;
	int			locked;
	int			clock_updates;

	/* The timer of this CPU that was started last; whether there are any */
	struct hrtimer		*timer;
	bool			coarse;

	/* The test plays another CPU */
	bool			remote;
};

struct rq_flags {
	int cookie;
};

static inline struct cfs_rq *cfs_rq_of(struct sched_entity *se)
{
	return se->cfs_rq;
}

static inline bool task_on_rq_queued(struct task_struct *p)
{
	return p->on_rq;
}

static inline struct rq *task_rq(struct task_struct *p)
{
	return p->rq;
}

static inline int smp_processor_id(void)
{
	return 0;
}

static inline int cpu_of(struct rq *rq)
{
	return rq->remote;
}

/* host_fair.c's run queue, the only one */
struct rq *this_rq(void);
void rq_lock(struct rq *rq, struct rq_flags *rf);
void rq_unlock(struct rq *rq, struct rq_flags *rf);
void resched_curr(struct rq *rq);

#define current			(this_rq()->curr)
#define local_irq_save(flags)	((flags) = 0)
#define local_irq_restore(flags)	((void)(flags))

#define DEFINE_PER_CPU(type, name)	type name
#define this_cpu_ptr(var)		(var)
#define per_cpu(var, cpu)		(*((void)(cpu), &(var)))
#define for_each_possible_cpu(cpu)	for ((cpu) = 0; (cpu) < 1; (cpu)++)
#define for_each_online_cpu(cpu)	for_each_possible_cpu(cpu)

#define cpu_rq(cpu)		((void)(cpu), this_rq())
#define WARN_ON_ONCE(condition)	((void)(condition))

/* Counts the ticks that somebody waited. */
long schedule_timeout_uninterruptible(long ticks);

#define CLOCK_MONOTONIC			1
#define HRTIMER_MODE_REL_PINNED_HARD	0
#define hrtimer_init(timer, clock, mode)	((void)(timer))

static inline bool hrtimer_is_hres_active(struct hrtimer *timer)
{
	return !this_rq()->coarse;
}

static inline void hrtimer_start(struct hrtimer *timer, ktime_t ns, int mode)
{
	timer->expires = ns;
	this_rq()->timer = timer;
}

static inline void hrtimer_forward_now(struct hrtimer *timer, ktime_t ns)
{
	timer->expires += ns;
}

static inline bool task_current(struct rq *rq, struct task_struct *p)
{
	return rq->curr == p;
}

/* host_fair.c's tasks; @g is not used */
struct task_struct *next_task(struct task_struct *p);

#define for_each_process_thread(g, p) \
	for ((g) = NULL, (p) = next_task(g); (p); (p) = next_task(p))

#define rcu_read_lock()		do { } while (0)
#define rcu_read_unlock()	do { } while (0)

static inline void *shim_cmpxchg(void **p, void *old, void *new)
{
	void *was = *p;

	if (was == old)
		*p = new;
	return was;
}

#define cmpxchg(p, old, new)	shim_cmpxchg((void **)(p), old, new)

struct rq *task_rq_lock(struct task_struct *p, struct rq_flags *rf);
void task_rq_unlock(struct rq *rq, struct task_struct *p, struct rq_flags *rf);
void update_rq_clock(struct rq *rq);
void check_preempt_curr(struct rq *rq, struct task_struct *p, int flags);

struct ctl_table {
	const char	*procname;
	void		*data;
	int		maxlen;
	unsigned short	mode;
	int		(*proc_handler)(void);
	void		*extra1;
	void		*extra2;
};

extern int sysctl_zero;

#define SYSCTL_ZERO	(&sysctl_zero)

int proc_douintvec_minmax(void);
void register_sysctl_init(const char *path, struct ctl_table *table);

#endif /* SHIM_HOST_SCHED_H */
