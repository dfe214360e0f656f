/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef BENCH_BUSY_H
#define BENCH_BUSY_H

/*
 * Time, and nothing else: 250 instructions. QEMU translates them to none, so that
 * a busy second costs it a fraction of what a loop with work in it does.
 */
static inline void busy(void)
{
	asm volatile(".rept 250\n\tnop\n\t.endr");
}

#endif /* BENCH_BUSY_H */
