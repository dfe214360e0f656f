/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef SHIM_LINUX_CAPABILITY_H
#define SHIM_LINUX_CAPABILITY_H

#include <linux/types.h>

#define CAP_SYS_NICE	23

struct file;
struct user_namespace;

extern struct user_namespace init_user_ns;

/* Was @file opened by somebody who may? */
bool file_ns_capable(const struct file *file, struct user_namespace *ns,
		     int cap);

#endif /* SHIM_LINUX_CAPABILITY_H */
