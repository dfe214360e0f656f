/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Layout of a world's saved state, shared by switch.S and the C files, which
 * assert it.
 */
#ifndef MQ_SWITCH_H
#define MQ_SWITCH_H

/* x0 to x30, then SP_EL0. */
#define W_LR		0xf0
#define W_ELR		0x100
#define W_SCR		0x110
#define W_MDCR		0x120
#define W_STATE		0x130
#define W_FP_LIVE	0x138
#define W_STOLEN	0x140
#define W_SYS		0x150
#define W_LEFT		(W_SYS + 0xb8)
#define W_FP		0x230
#define W_SIZE		0x440

/* What struct mq_cpu begins with: the normal world, then the RTOS. */
#define CPU_RTOS	W_SIZE
#define CPU_CALL	(2 * W_SIZE)

/* W_STATE of the normal world. Only a core that RUNS returns to it fast. */
#define NORMAL_RUNS	0
#define NORMAL_BOOTS	1
#define NORMAL_OFF	2
#define NORMAL_STARTS	3
#define NORMAL_STOPS	4

#endif
