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

/* start.S */
void smc(unsigned long *x);
void lower_el(unsigned long spsr, unsigned long rounds, unsigned long hcr);
unsigned long isolation(unsigned long rounds);

/* calls.c */
void say(const char *text);
void say_hex(unsigned long value);
void say_decimal(unsigned long value);
unsigned long ticks(void);
void make_call(unsigned long id, unsigned long x1);
void measure_calls(void);

/* main.c */
void ok(int passed, const char *what);
void spin_ms(unsigned long ms);
unsigned long call(unsigned long service, unsigned long argument);
unsigned long call2(unsigned long service, unsigned long argument,
		    unsigned long *second);
unsigned long misses(void);
unsigned long jobs(void);

/* mailbox.c */
void shared_memory(void);

/* attacks.c */
void attack(unsigned long level);

#endif
