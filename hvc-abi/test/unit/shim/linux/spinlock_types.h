/* SPDX-License-Identifier: GPL-2.0-only */
/* Locks that tell when they are taken twice. */
#ifndef SHIM_LINUX_SPINLOCK_TYPES_H
#define SHIM_LINUX_SPINLOCK_TYPES_H

struct spinlock {
	int held;
};

#define spinlock_t	struct spinlock
#define raw_spinlock_t	struct spinlock

#endif /* SHIM_LINUX_SPINLOCK_TYPES_H */
