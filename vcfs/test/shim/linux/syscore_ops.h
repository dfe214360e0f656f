/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef SHIM_LINUX_SYSCORE_OPS_H
#define SHIM_LINUX_SYSCORE_OPS_H

struct syscore_ops {
	int (*suspend)(void);
	void (*resume)(void);
};

void register_syscore_ops(struct syscore_ops *ops);

#endif /* SHIM_LINUX_SYSCORE_OPS_H */
