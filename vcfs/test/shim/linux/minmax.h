/* SPDX-License-Identifier: GPL-2.0-only */
/* Where tools/ has min() and max(). */
#include <linux/kernel.h>
