/* SPDX-License-Identifier: GPL-2.0-only */
/* sched.h has it. */
