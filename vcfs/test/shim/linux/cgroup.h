/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef SHIM_LINUX_CGROUP_H
#define SHIM_LINUX_CGROUP_H

#include <sys/types.h>

struct file;

struct cgroup_subsys_state {
	int unused;
};

struct kernfs_open_file {
	struct file *file;
	struct cgroup_subsys_state *css;
};

#define of_css(of)	((of)->css)

#endif /* SHIM_LINUX_CGROUP_H */
