// SPDX-License-Identifier: GPL-2.0-only
/*
 * vcfs_mark.c: what the files of tasks and cgroups take and show, from whom, and
 * what a task counts as by that.
 */
#include <errno.h>
#include <string.h>

#include <linux/capability.h>
#include <linux/cgroup.h>
#include <linux/fs.h>
#include <linux/security.h>
#include <linux/seq_file.h>

#include <asm/intent-abi.h>

#include "sched.h"
#include "tap.h"
#include "vcfs_guest.h"

struct user_namespace {
	int unused;
} init_user_ns;

static struct task_group root, outer, inner;
static struct task_struct task;
static struct file admin = { .capable = true }, user;
static int security_says;
static bool begun;

static const char * const words[] = { "none", "latency", "critical" };

/* Stubs for vcfs_mark.c */

bool file_ns_capable(const struct file *file, struct user_namespace *ns,
		     int cap)
{
	return file->capable && ns == &init_user_ns && cap == CAP_SYS_NICE;
}

void vcfs_guest_begin(void)
{
	begun = true;
}

int security_task_setscheduler(struct task_struct *p)
{
	return p == &task ? security_says : 0;
}

void seq_printf(struct seq_file *m, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	vsnprintf(m->shown, sizeof(m->shown), fmt, args);
	va_end(args);
}

static void reset(void)
{
	memset(&root, 0, sizeof(root));
	outer = (struct task_group) { .parent = &root };
	inner = (struct task_group) { .parent = &outer };
	task = (struct task_struct) { .sched_task_group = &inner };
	security_says = 0;
	begun = false;
}

static int write_task(struct file *file, const char *word)
{
	return vcfs_mark_write(file, &task, word);
}

static int write_cgroup(struct file *file, struct task_group *tg,
			const char *word)
{
	struct kernfs_open_file of = { .file = file, .css = &tg->css };
	char buf[32];
	ssize_t ret;

	strcpy(buf, word);
	ret = cpu_intent_write(&of, buf, strlen(word), 0);
	return ret == (ssize_t)strlen(word) ? 0 : ret;
}

static bool task_shows(const char *word)
{
	struct seq_file m;

	vcfs_mark_show(&m, &task);
	return !strncmp(m.shown, word, strlen(word)) &&
	       !strcmp(m.shown + strlen(word), "\n");
}

static bool cgroup_shows(struct task_group *tg, const char *word)
{
	struct seq_file m = { .css = &tg->css };

	return !cpu_intent_show(&m, NULL) &&
	       !strncmp(m.shown, word, strlen(word)) &&
	       !strcmp(m.shown + strlen(word), "\n");
}

static void test_key(void)
{
	reset();
	ok(task_shows("none") && cgroup_shows(&inner, "none"), "none at first");
	ok(!write_task(&user, "none") && !vcfs_mark_key.enabled && !begun,
	   "anybody may say none, which begins nothing");
	ok(write_task(&user, "critical") == -EPERM && !vcfs_mark_key.enabled &&
	   !begun, "nor does what is refused");
	task.vcfs.mark = INTENT_CRITICAL;
	ok(vcfs_mark(&task) == INTENT_NONE, "no mark yet: nobody is asked");
	task.vcfs.mark = INTENT_NONE;
	ok(!write_task(&admin, "latency") && vcfs_mark_key.enabled &&
	   vcfs_mark(&task) == INTENT_LATENCY && begun, "the first one counts");
}

static void test_words(void)
{
	static const char * const bad[] = {
		"", "\n", "2", "Critical", "critica", "criticall", "none none",
		"latency,critical", "high",
	};

	reset();
	for (u32 class = 0; class < INTENT_NR_CLASSES; class++) {
		ok(!write_task(&admin, words[class]) &&
		   task_shows(words[class]) && vcfs_mark(&task) == class,
		   "a task: %s", words[class]);
		ok(!write_cgroup(&admin, &inner, words[class]) &&
		   cgroup_shows(&inner, words[class]),
		   "a cgroup: %s", words[class]);
	}
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
		ok(write_task(&admin, bad[i]) == -EINVAL &&
		   write_cgroup(&admin, &inner, bad[i]) == -EINVAL &&
		   task_shows("critical") && cgroup_shows(&inner, "critical"),
		   "bad word %zu changes nothing", i);
	ok(!write_cgroup(&admin, &inner, " latency\n") &&
	   cgroup_shows(&inner, "latency"), "with a newline");
}

/* Who may give which class instead of which: up takes the capability. */
static void test_capability(void)
{
	for (u32 from = 0; from < INTENT_NR_CLASSES; from++)
		for (u32 to = 0; to < INTENT_NR_CLASSES; to++) {
			int want = to > from ? -EPERM : 0;

			reset();
			write_task(&admin, words[from]);
			write_cgroup(&admin, &inner, words[from]);
			ok(write_task(&user, words[to]) == want &&
			   task_shows(words[want ? from : to]),
			   "a task's owner, from %s to %s", words[from],
			   words[to]);
			ok(write_cgroup(&user, &inner, words[to]) == want &&
			   cgroup_shows(&inner, words[want ? from : to]),
			   "a cgroup's owner, from %s to %s", words[from],
			   words[to]);
		}
}

static void test_security(void)
{
	reset();
	security_says = -EACCES;
	ok(write_task(&admin, "latency") == -EACCES && task_shows("none"),
	   "a security module has its say");
}

/* The highest of its own and those of its cgroups, whichever has which */
static void test_highest(void)
{
	for (int n = 0; n < 81; n++) {
		u8 marks[4] = { n % 3, n / 3 % 3, n / 9 % 3, n / 27 };
		u32 want = 0;

		reset();
		task.vcfs.mark = marks[0];
		inner.intent = marks[1];
		outer.intent = marks[2];
		root.intent = marks[3];
		for (int i = 0; i < 4; i++)
			want = max_t(u32, want, marks[i]);
		if (vcfs_mark(&task) == want && n < 80)
			continue;
		ok(vcfs_mark(&task) == want,
		   "the highest counts, up to task %d, cgroups %d, %d, %d",
		   marks[0], marks[1], marks[2], marks[3]);
	}
	reset();
	inner.intent = INTENT_CRITICAL;
	task.sched_task_group = &outer;
	ok(vcfs_mark(&task) == INTENT_NONE, "that of a cgroup below does not");
	ok(cgroup_shows(&outer, "none") && task_shows("none"),
	   "each file shows its own");
}

int main(void)
{
	test_key();
	test_words();
	test_capability();
	test_security();
	test_highest();
	return tap_done();
}
