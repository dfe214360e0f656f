// SPDX-License-Identifier: GPL-2.0-only
/*
 * Memory map: identity, 4 KiB pages for the image, with a hole below each
 * stack; the UART's page; of normal memory, the two mailboxes.
 */
#include "monitor-qos.h"
#include "rtos.h"

#define TABLE		3UL
#define PAGE_ENTRY	3UL
#define AF		BIT(10)
#define INNER		(3UL << 8)
#define NON_SECURE	BIT(5)
#define READ_ONLY	BIT(7)
#define PXN		BIT(53)
#define UXN		BIT(54)
#define ATTR(n)		((unsigned long)(n) << 2)
#define CODE		(PAGE_ENTRY | AF | INNER | READ_ONLY | UXN)
#define CONSTANTS	(CODE | PXN)
#define DATA		(PAGE_ENTRY | AF | INNER | UXN | PXN)
#define DEVICE		(PAGE_ENTRY | AF | UXN | PXN | ATTR(1))
#define SHARED		(DATA | NON_SECURE)

/* Two for the image, one for the UART, two for what the worlds share. */
#define NR_TABLES	5

#define MAIR		0x00ffUL	/* 0 normal write-back, 1 nGnRnE */
#define TCR		(32UL | 1UL << 8 | 1UL << 10 | 3UL << 12 | 1UL << 23)
#define SCTLR_ON	0x30d8198dUL	/* M, A, C, SA, I, WXN; EL1's RES1 */

static unsigned long level1[4] __aligned(PAGE);
static unsigned long tables[NR_TABLES][512] __aligned(PAGE);
static unsigned long used;

static unsigned long *below(unsigned long *table, unsigned long index)
{
	if (!table[index])
		table[index] = (unsigned long)tables[used++] | TABLE;
	return (unsigned long *)(table[index] & ~(PAGE - 1UL));
}

static void map(unsigned long from, unsigned long to, unsigned long attributes)
{
	unsigned long *table;

	for (; from < to; from += PAGE) {
		table = below(level1, from >> 30);
		table = below(table, from >> 21 & 511);
		table[from >> 12 & 511] = from | attributes;
	}
}

/* The top of a stack; core by core, task by task, guards in between. */
void *stack_of(unsigned long core, unsigned long task, unsigned long kernel)
{
	unsigned long n = (core * (NR_TASKS + 1) + task) * STACKS_A_TASK + kernel;

	return stacks + (n + 1) * (PAGE + STACK_SIZE);
}

/* @shared: where the memory is that the worlds share, 0 if there is none */
void memory_init(unsigned long shared)
{
	unsigned long at;

	map(IMAGE_BASE, (unsigned long)rodata_start, CODE);
	map((unsigned long)rodata_start, (unsigned long)data_start,
	    CONSTANTS);
	map((unsigned long)data_start, (unsigned long)data_end, DATA);
	for (at = (unsigned long)stacks; at < (unsigned long)image_end;
	     at += PAGE + STACK_SIZE)
		map(at + PAGE, at + PAGE + STACK_SIZE, DATA);
	map(UART_BASE, UART_BASE + PAGE, DEVICE);
	if (shared) {
		map(shared + MQ_PAGE, shared + 2 * MQ_PAGE, SHARED | READ_ONLY);
		map(shared + 2 * MQ_PAGE, shared + 3 * MQ_PAGE, SHARED);
	}
}

void memory_on(void)
{
	asm volatile("msr mair_el1, %0" :: "r" (MAIR));
	asm volatile("msr tcr_el1, %0" :: "r" (TCR));
	asm volatile("msr ttbr0_el1, %0" :: "r" (level1));
	asm volatile("tlbi vmalle1; dsb sy; isb");
	asm volatile("msr sctlr_el1, %0; isb" :: "r" (SCTLR_ON) : "memory");
}
