/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef SHIM_LINUX_SECURITY_H
#define SHIM_LINUX_SECURITY_H

struct task_struct;

int security_task_setscheduler(struct task_struct *p);

#endif /* SHIM_LINUX_SECURITY_H */
