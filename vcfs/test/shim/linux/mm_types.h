/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef SHIM_LINUX_MM_TYPES_H
#define SHIM_LINUX_MM_TYPES_H

struct mm_struct {
	struct vcfs_source *vcfs;
};

#endif /* SHIM_LINUX_MM_TYPES_H */
