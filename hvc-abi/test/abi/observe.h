/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the host shows of the intents: statistics, tracepoints, locked memory.
 */
#ifndef OBSERVE_H
#define OBSERVE_H

#include <stdint.h>

#define TRACE_INSTANCES	"/sys/kernel/tracing/instances"

/* Number n of the intent statistics, or DB_UNKNOWN. */
uint64_t vcpu_stat(int stats_fd, unsigned int n);

/* Likewise for a whole VM, from debugfs. */
uint64_t vm_stat(int vm_fd, unsigned int n);

/*
 * The tracepoints of this process, from now on. Without tracefs, or without
 * the right to use it, everything is DB_UNKNOWN.
 */
void trace_open(void);
void trace_close(void);

/* A new VM: its vCPUs have made no calls yet and are not privileged. */
void trace_forget(void);

/* The class granted last, the number of changes, of calls of each kind. */
uint64_t trace_granted(unsigned int vcpu);
uint64_t trace_changes(unsigned int vcpu);
uint64_t trace_calls(unsigned int vcpu);
uint64_t trace_registrations(unsigned int vcpu);

/* What this process has locked and pinned, in bytes */
uint64_t locked_memory(void);

#endif /* OBSERVE_H */
