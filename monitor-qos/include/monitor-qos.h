/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * monitor-qos: calls between secure RTOS, monitor and normal world, and the
 * memory that they share.
 *
 * For C and assembly. monitor-qos.rst says who may call what, and each error.
 * Ids are SMC64 fast calls of the trusted-OS range (SMC Calling Convention).
 */
#ifndef MONITOR_QOS_H
#define MONITOR_QOS_H

/* Major version in bits 31:16, minor in bits 15:0. */
#define MQ_VERSION		0x00010001

/* What the Calling Convention's query for the trusted OS's UID answers. */
#define MQ_UID_CALL		0xbf00ff01
#define MQ_UID_0		0x71d54b3c
#define MQ_UID_1		0x9f4be1a6
#define MQ_UID_2		0x2a0c86b5
#define MQ_UID_3		0xd41e7f93

/* From the normal world. */
#define MQ_FEATURES		0xf2000000
#define MQ_CALL			0xf2000001

/* From both: the other world's doorbell. */
#define MQ_RING			0xf2000002

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
#define MQ_EVENT_RING		4

/* Errors, as the SMC Calling Convention and PSCI number them. */
#define MQ_SUCCESS		0
#define MQ_NOT_SUPPORTED	-1
#define MQ_INVALID		-2
#define MQ_DENIED		-3
#define MQ_NO_REPLY		-4
#define MQ_BUSY			-5

/* The secure SGI by which the monitor asks a core's RTOS to yield. */
#define MQ_SGI			8

/* What the RTOS may program: the secure physical timer's interrupt. */
#define MQ_TIMER_PPI		29

/* Shared memory: the monitor's page, the normal world's, the RTOS's. */
#define MQ_PAGE			0x1000
#define MQ_SHARED_SIZE		(3 * MQ_PAGE)

#define MQ_MAGIC		0x534f514d
#define MQ_NR_CORES		8
#define MQ_NR_SLOTS		32
#define MQ_NR_WORDS		8

#ifndef __ASSEMBLER__

/**
 * struct mq_core_time - what the monitor tells of a core
 * @mpidr: the core, affinity fields as in MPIDR_EL1, all other bits 0
 * @stolen: ticks of the system counter for which interrupts of the RTOS took
 *	the core from the normal world, since reset; only grows
 */
struct mq_core_time {
	unsigned long mpidr, stolen;
	unsigned long unused[6];
};

/**
 * struct mq_times - the monitor's page; nobody else has reason to write it
 * @magic: MQ_MAGIC
 * @cores: valid entries of @core
 */
struct mq_times {
	unsigned int magic, cores;
	unsigned int unused[14];
	struct mq_core_time core[MQ_NR_CORES];
};

/**
 * struct mq_message - one message; what it means, sender and receiver know
 */
struct mq_message {
	unsigned long word[MQ_NR_WORDS];
};

/**
 * struct mq_box - what one side writes, and the other side only reads
 * @magic: MQ_MAGIC once the rest is valid
 * @sent: messages put into @slot so far, modulo 2^32; the next one goes to
 *	@slot[@sent % MQ_NR_SLOTS], and is there once @sent says so
 * @taken: messages taken out of the other side's box so far, likewise
 * @shed: the RTOS's only: 1 while it wants the normal world to do with less
 */
struct mq_box {
	unsigned int magic, sent, taken, shed;
	unsigned int unused[12];
	struct mq_message slot[MQ_NR_SLOTS];
};

/**
 * mq_waiting() - how many messages are in a box?
 * @box_magic: magic of the box
 * @sent: of the box
 * @taken: by the other side
 *
 * At least one of them comes from the other side, which may be hostile: read it
 * once, and use that.
 *
 * Return: 0 to MQ_NR_SLOTS, or MQ_INVALID if the header is not well formed.
 */
static inline int mq_waiting(unsigned int box_magic, unsigned int sent,
			     unsigned int taken)
{
	if (box_magic != MQ_MAGIC || sent - taken > MQ_NR_SLOTS)
		return MQ_INVALID;
	return sent - taken;
}

#endif /* !__ASSEMBLER__ */

#endif
