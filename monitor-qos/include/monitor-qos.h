/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * monitor-qos: calls between secure RTOS, monitor and normal world.
 *
 * For C and assembly. monitor-qos.rst says who may call what, and each error.
 * Ids are SMC64 fast calls of the trusted-OS range (SMC Calling Convention).
 */
#ifndef MONITOR_QOS_H
#define MONITOR_QOS_H

/* Major version in bits 31:16, minor in bits 15:0. */
#define MQ_VERSION		0x00010000

/* From the normal world. */
#define MQ_FEATURES		0xf2000000
#define MQ_CALL			0xf2000001

/* From the secure RTOS. */
#define MQ_YIELD		0xf2000010
#define MQ_REPLY		0xf2000011
#define MQ_FP			0xf2000012
#define MQ_NORMAL_STOP		0xf2000013
#define MQ_NORMAL_START		0xf2000014
#define MQ_POWER_OFF		0xf2000015

/* What a yield returns in x0. */
#define MQ_EVENT_INTERRUPT	0
#define MQ_EVENT_CALL		1
#define MQ_EVENT_OFF		2
#define MQ_EVENT_RESET		3

/* Errors, as the SMC Calling Convention and PSCI number them. */
#define MQ_SUCCESS		0
#define MQ_NOT_SUPPORTED	-1
#define MQ_INVALID		-2
#define MQ_DENIED		-3
#define MQ_NO_REPLY		-4

/* The secure SGI by which the monitor asks a core's RTOS to yield. */
#define MQ_SGI			8

/* What the RTOS may program: the secure physical timer's interrupt. */
#define MQ_TIMER_PPI		29

#endif
