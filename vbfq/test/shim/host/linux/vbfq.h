/* SPDX-License-Identifier: GPL-2.0-only */
/* Where the patch series puts it. */
#include "../../../../host/linux_vbfq.h"
