/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef SHIM_LINUX_CPUHOTPLUG_H
#define SHIM_LINUX_CPUHOTPLUG_H

enum cpuhp_state {
	CPUHP_AP_ONLINE_DYN,
};

int cpuhp_setup_state(enum cpuhp_state state, const char *name,
		      int (*startup)(unsigned int cpu),
		      int (*teardown)(unsigned int cpu));

#endif /* SHIM_LINUX_CPUHOTPLUG_H */
