/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Numbers that look random and are the same in every run.
 */
#ifndef TEST_RANDOM_H
#define TEST_RANDOM_H

#include <linux/types.h>

/* The test program defines it. Never 0. */
extern u64 rnd_state;

/* xorshift64*; neighbouring seeds diverge only after some rounds. */
static inline u64 rnd64(void)
{
	rnd_state ^= rnd_state >> 12;
	rnd_state ^= rnd_state << 25;
	rnd_state ^= rnd_state >> 27;
	return rnd_state * 0x2545f4914f6cdd1dULL;
}

/* 0 to @n - 1 */
static inline u32 rnd(u32 n)
{
	return (rnd64() >> 33) % n;
}

static inline void rnd_seed(u64 seed)
{
	rnd_state = seed * 0x9e3779b97f4a7c15ULL | 1;
	for (int i = 0; i < 16; i++)
		rnd64();
}

#endif /* TEST_RANDOM_H */
