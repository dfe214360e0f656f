/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef SHIM_LINUX_REBOOT_H
#define SHIM_LINUX_REBOOT_H

#define NOTIFY_DONE	0

struct notifier_block {
	int (*notifier_call)(struct notifier_block *nb, unsigned long action,
			     void *data);
};

int register_reboot_notifier(struct notifier_block *nb);

#endif /* SHIM_LINUX_REBOOT_H */
