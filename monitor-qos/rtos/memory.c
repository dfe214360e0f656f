// SPDX-License-Identifier: GPL-2.0-only
/*
 * Memory map: identity, 4 KiB pages for the image, with a hole below each
 * stack; the UART's page; nothing else. Normal memory is not mapped at all.
 */
#include "rtos.h"

#define TABLE		3UL
#define PAGE_ENTRY	3UL
#define AF		BIT(10)
#define INNER		(3UL << 8)
#define READ_ONLY	BIT(7)
#define PXN		BIT(53)
#define UXN		BIT(54)
#define ATTR(n)		((unsigned long)(n) << 2)
#define CODE		(PAGE_ENTRY | AF | INNER | READ_ONLY | UXN)
#define CONSTANTS	(CODE | PXN)
#define DATA		(PAGE_ENTRY | AF | INNER | UXN | PXN)
#define DEVICE		(PAGE_ENTRY | AF | UXN | PXN | ATTR(1))

#define MAIR		0x00ffUL	/* 0 normal write-back, 1 nGnRnE */
#define TCR		(32UL | 1UL << 8 | 1UL << 10 | 3UL << 12 | 1UL << 23)
#define SCTLR_ON	0x30d8198dUL	/* M, A, C, SA, I, WXN; EL1's RES1 */

static unsigned long level1[4] __aligned(PAGE);
static unsigned long level2[512] __aligned(PAGE);
static unsigned long image[512] __aligned(PAGE);
static unsigned long devices[512] __aligned(PAGE);

static void map(unsigned long *table, unsigned long from, unsigned long to,
		unsigned long attributes)
{
	for (; from < to; from += PAGE)
		table[from >> 12 & 511] = from | attributes;
}

/* The top of a stack; core by core, task by task, guards in between. */
void *stack_of(unsigned long core, unsigned long task, unsigned long kernel)
{
	unsigned long n = (core * (NR_TASKS + 1) + task) * STACKS_A_TASK + kernel;

	return stacks + (n + 1) * (PAGE + STACK_SIZE);
}

void memory_init(void)
{
	unsigned long at;

	map(image, IMAGE_BASE, (unsigned long)rodata_start, CODE);
	map(image, (unsigned long)rodata_start, (unsigned long)data_start,
	    CONSTANTS);
	map(image, (unsigned long)data_start, (unsigned long)data_end, DATA);
	for (at = (unsigned long)stacks; at < (unsigned long)image_end;
	     at += PAGE + STACK_SIZE)
		map(image, at + PAGE, at + PAGE + STACK_SIZE, DATA);
	map(devices, UART_BASE, UART_BASE + PAGE, DEVICE);
	level2[IMAGE_BASE >> 21] = (unsigned long)image | TABLE;
	level2[UART_BASE >> 21] = (unsigned long)devices | TABLE;
	level1[0] = (unsigned long)level2 | TABLE;
}

void memory_on(void)
{
	asm volatile("msr mair_el1, %0" :: "r" (MAIR));
	asm volatile("msr tcr_el1, %0" :: "r" (TCR));
	asm volatile("msr ttbr0_el1, %0" :: "r" (level1));
	asm volatile("tlbi vmalle1; dsb sy; isb");
	asm volatile("msr sctlr_el1, %0; isb" :: "r" (SCTLR_ON) : "memory");
}
