/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef SHIM_LINUX_SEQ_FILE_H
#define SHIM_LINUX_SEQ_FILE_H

#include <linux/compiler.h>

struct cgroup_subsys_state;

/* What was shown last, and of which cgroup */
struct seq_file {
	char shown[32];
	struct cgroup_subsys_state *css;
};

__printf(2, 3) void seq_printf(struct seq_file *m, const char *fmt, ...);

#define seq_css(m)	((m)->css)

#endif /* SHIM_LINUX_SEQ_FILE_H */
