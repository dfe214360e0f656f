/* SPDX-License-Identifier: GPL-2.0-only */
/* What the normal-world test program's files share. */
#ifndef NORMAL_H
#define NORMAL_H

#define SPSR_EL0	0x3c0UL
#define SPSR_EL1	0x3c5UL
#define HCR_EL1		(1UL << 31)
#define HCR_EL0		(1UL << 31 | 1UL << 27)

#define read_reg(name) ({						\
	unsigned long value_;						\
	__asm__ volatile("mrs %0, " #name : "=r" (value_) :: "memory");	\
	value_; })
#define write_reg(name, value)						\
	__asm__ volatile("msr " #name ", %0; isb"			\
			 :: "r" ((unsigned long)(value)) : "memory")

extern volatile unsigned long traps;

/*
 * The mode word of normal.bin, bytes 48 to 55 of the image. Not 0: only attacks, each
 * for MODE_MS milliseconds, on MODE_CORES more cores, too. In real time the emulator
 * may be late: deadlines are not judged.
 */
extern const unsigned long mode;
#define MODE_MS		(mode & 0xffffffff)
#define MODE_CORES	(mode >> 32 & 7)
#define MODE_REALTIME	(mode >> 40 & 1)

/* start.S */
void smc(unsigned long *x);
void lower_el(unsigned long spsr, unsigned long rounds, unsigned long hcr);
unsigned long isolation(unsigned long rounds);
void other_start(void);

/* cores.c */
void cores_start(unsigned long n);
void cores_wait(unsigned long n);

/* calls.c */
void say(const char *text);
void say_hex(unsigned long value);
void say_decimal(unsigned long value);
unsigned long ticks(void);
void make_call(unsigned long id, unsigned long x1);
void measure_calls(void);

/* main.c */
void ok(int passed, const char *what);
unsigned long ticks_of_ms(unsigned long ms);
void spin_until(unsigned long end);
void spin_ms(unsigned long ms);
unsigned long next_random(unsigned long state);
unsigned long call(unsigned long service, unsigned long argument);
unsigned long call2(unsigned long service, unsigned long argument,
		    unsigned long *second);
unsigned long misses(void);
unsigned long jobs(void);

/* mailbox.c */
void shared_memory(void);
void mailbox_flood(void);

/* attacks.c */
void attack(unsigned long level);
void attack_unseen(unsigned long first);

#endif
