/* SPDX-License-Identifier: GPL-2.0-only */
/* The test calls the one initcall of the code under test by this pointer. */
#ifndef SHIM_LINUX_INIT_H
#define SHIM_LINUX_INIT_H

#define __init
#define __ro_after_init

extern int (*const shim_initcall)(void);

#define late_initcall(fn)	int (*const shim_initcall)(void) = (fn)

#endif /* SHIM_LINUX_INIT_H */
