# SPDX-License-Identifier: GPL-2.0-only
# TF-A builds the directory above as services/spd/monitorqos.

SPD_INCLUDES	:=	-Iservices/spd/monitorqos

SPD_SOURCES	:=	services/spd/monitorqos/switch.S	\
			services/spd/monitorqos/world.c		\
			services/spd/monitorqos/calls.c		\
			services/spd/monitorqos/undef.c

# BL32 is the RTOS, built beforehand (BL32=).
NEED_BL32	:=	yes

# A core's struct mq_cpu is found through TPIDR_EL3.  The space is
# not aligned: 8 bytes and what it takes to align them.
PLAT_PCPU_DATA_SIZE	:=	12
$(eval $(call add_define,PLAT_PCPU_DATA_SIZE))

# Where the normal world starts anew.
MQ_NORMAL_ENTRY	:=	$(PRELOADED_BL33_BASE)
$(eval $(call add_define,MQ_NORMAL_ENTRY))

# Normal memory that the worlds share, MQ_SHARED_SIZE bytes of which the normal
# world's device tree tells nothing; and its interrupt, an SPI, that no device has.
$(eval $(call add_define,MQ_SHARED_BASE))
$(eval $(call add_define,MQ_RING_INTID))

# How often a world may ring the other one, on each core.
MQ_RINGS_PER_SECOND	?=	1000
MQ_RING_BURST		?=	16
$(eval $(call add_define,MQ_RINGS_PER_SECOND))
$(eval $(call add_define,MQ_RING_BURST))
