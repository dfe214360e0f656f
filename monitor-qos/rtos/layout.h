/* SPDX-License-Identifier: GPL-2.0-only */
/* Addresses of the board (QEMU virt, secure=on) and of the image. */
#ifndef RTOS_LAYOUT_H
#define RTOS_LAYOUT_H

#define IMAGE_BASE	0x0e100000
#define IMAGE_LIMIT	0x0e200000
#define PAGE		0x1000

/* A guard page below each stack: task stack, then kernel stack. */
#define STACK_SIZE	PAGE
#define STACKS_A_TASK	2

/* NR_CORES * (NR_TASKS + 1) * STACKS_A_TASK * (guard + stack) */
#define STACKS_BYTES	(8 * 3 * STACKS_A_TASK * (PAGE + STACK_SIZE))

#define UART_BASE	0x09040000

#endif
