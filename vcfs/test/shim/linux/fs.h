/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef SHIM_LINUX_FS_H
#define SHIM_LINUX_FS_H

#include <linux/types.h>

struct file {
	bool capable;
};

#endif /* SHIM_LINUX_FS_H */
