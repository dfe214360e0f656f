/* SPDX-License-Identifier: GPL-2.0-only */
/* The mode word of bench.bin, bytes 48 to 55 of the image. */
#ifndef BENCH_H
#define BENCH_H

#define MODE_ORIGIN	0xf
#define MODE_EL0	0
#define MODE_EL1	1
#define MODE_EL2	2
#define MODE_WFI	3
#define MODE_CALLS	4
/* TF-A's test payload answers, not our RTOS. */
#define MODE_TSPD	0x10
/* The RTOS has live FP/SIMD registers. */
#define MODE_FP		0x20

#endif
