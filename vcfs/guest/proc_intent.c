// SPDX-License-Identifier: GPL-2.0-only
/*
 * /proc/<pid>/intent: the class as which a task counts for the host; see
 * kernel/sched/vcfs_mark.c.
 */
#include <linux/fs.h>
#include <linux/sched/task.h>
#include <linux/sched/vcfs_guest.h>
#include <linux/seq_file.h>
#include <linux/string.h>
#include <linux/uaccess.h>

#include "internal.h"

static int intent_show(struct seq_file *m, void *v)
{
	struct task_struct *p = get_proc_task(m->private);

	if (!p)
		return -ESRCH;

	vcfs_mark_show(m, p);
	put_task_struct(p);
	return 0;
}

static ssize_t intent_write(struct file *file, const char __user *buf,
			    size_t count, loff_t *pos)
{
	struct task_struct *p;
	char word[16] = "";
	int ret;

	if (count >= sizeof(word))
		return -EINVAL;
	if (copy_from_user(word, buf, count))
		return -EFAULT;

	p = get_proc_task(file_inode(file));
	if (!p)
		return -ESRCH;

	ret = vcfs_mark_write(file, p, strstrip(word));
	put_task_struct(p);
	return ret ?: count;
}

static int intent_open(struct inode *inode, struct file *file)
{
	return single_open(file, intent_show, inode);
}

const struct file_operations proc_pid_intent_operations = {
	.open		= intent_open,
	.read		= seq_read,
	.write		= intent_write,
	.llseek		= seq_lseek,
	.release	= single_release,
};
