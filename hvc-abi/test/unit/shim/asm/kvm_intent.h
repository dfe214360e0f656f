/* SPDX-License-Identifier: GPL-2.0-only */
/* Where the patch series puts it. */
#include "../../../../host/kvm_intent.h"
