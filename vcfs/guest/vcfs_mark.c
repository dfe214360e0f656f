// SPDX-License-Identifier: GPL-2.0-only
/*
 * vCFS, guest side: the admin's marks, by which tasks of the fair class count
 * as urgent:
 *
 *	/proc/<pid>/intent		of one task
 *	cpu.intent of a cgroup		of the tasks in it and below it
 *
 * A task is as urgent as the highest of its own mark and those of its cgroups.
 * Marks are no priorities: in the guest, CFS goes on as it was.
 *
 * To give a higher class takes CAP_SYS_NICE in the initial user namespace, for
 * cgroups also where they are delegated; whoever may write the file may take it
 * away.
 */
#include <linux/capability.h>
#include <linux/cgroup.h>
#include <linux/fs.h>
#include <linux/sched/cputime.h>
#include <linux/security.h>
#include <linux/seq_file.h>
#include <linux/string.h>

#include <asm/intent-abi.h>

#include "sched.h"
#include "vcfs_guest.h"

/* Once there was a mark, tasks are asked for theirs. */
DEFINE_STATIC_KEY_FALSE(vcfs_mark_key);

static const char * const class_names[INTENT_NR_CLASSES] = {
	[INTENT_NONE]		= "none",
	[INTENT_LATENCY]	= "latency",
	[INTENT_CRITICAL]	= "critical",
};

#ifdef CONFIG_CGROUP_SCHED
static u32 cgroups_mark(struct task_struct *p)
{
	struct task_group *tg;
	u32 class = INTENT_NONE;

	rcu_read_lock();
	for (tg = task_group(p); tg; tg = tg->parent)
		class = max_t(u32, class, READ_ONCE(tg->intent));
	rcu_read_unlock();
	return class;
}
#else
static u32 cgroups_mark(struct task_struct *p)
{
	return INTENT_NONE;
}
#endif

u32 __vcfs_mark(struct task_struct *p)
{
	return max_t(u32, READ_ONCE(p->vcfs.mark), cgroups_mark(p));
}

/*
 * What was written to @file is to replace @mark. Whoever opened the file needs
 * the capability, not whoever was made to write to it.
 */
static int set_mark(struct file *file, const char *word, u8 *mark)
{
	int class = sysfs_match_string(class_names, word);

	if (class < 0)
		return class;
	if (class > READ_ONCE(*mark) &&
	    !file_ns_capable(file, &init_user_ns, CAP_SYS_NICE))
		return -EPERM;

	WRITE_ONCE(*mark, class);
	if (class) {
		static_branch_enable(&vcfs_mark_key);
		vcfs_guest_begin();
	}
	return 0;
}

void vcfs_mark_show(struct seq_file *m, struct task_struct *p)
{
	seq_printf(m, "%s\n", class_names[READ_ONCE(p->vcfs.mark)]);
}

int vcfs_mark_write(struct file *file, struct task_struct *p, const char *word)
{
	int ret = security_task_setscheduler(p);

	return ret ?: set_mark(file, word, &p->vcfs.mark);
}

#ifdef CONFIG_CGROUP_SCHED
static struct task_group *tg_of(struct cgroup_subsys_state *css)
{
	return container_of(css, struct task_group, css);
}

int cpu_intent_show(struct seq_file *m, void *v)
{
	struct task_group *tg = tg_of(seq_css(m));

	seq_printf(m, "%s\n", class_names[READ_ONCE(tg->intent)]);
	return 0;
}

ssize_t cpu_intent_write(struct kernfs_open_file *of, char *buf, size_t nbytes,
			 loff_t off)
{
	int ret = set_mark(of->file, strstrip(buf), &tg_of(of_css(of))->intent);

	return ret ?: nbytes;
}
#endif
