/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the guest's tests stand on: the doorbell, TAP, hypercalls, PSCI and
 * the second vCPU.
 */
#ifndef GUEST_H
#define GUEST_H

#include <stdbool.h>
#include <stdint.h>

#include "doorbell.h"
#include "intent-abi.h"

#define ARRAY_SIZE(a)	(sizeof(a) / sizeof((a)[0]))
#define __printf(n)	__attribute__((format(printf, n, n + 1)))

typedef uint32_t u32;
typedef uint64_t u64;
typedef int64_t s64;

u64 db_read(u32 reg);
void db_write(u32 reg, u64 value);

/* Formats know %s, %u and %lx. */
__printf(1) void note(const char *format, ...);
__printf(2) bool check(bool ok, const char *format, ...);
__printf(2) void skip(const char *why, const char *format, ...);

/* The immediates that the tests use, as an index of imm_names. */
enum imm { HVC_0, HVC_1, HVC_2, HVC_FFFF, NR_IMMS };

extern const char * const imm_names[NR_IMMS];

/* A call and its answer: x0 to x17. */
struct regs {
	u64 x[18];
};

struct regs call(enum imm imm, u64 x0, u64 x1, u64 x2, u64 x3);

/* Is it x0 and x1, zeroes in x2 and x3, and x4 to x17 as they were? */
__printf(4) bool check_answer(struct regs got, s64 x0, u64 x1,
			      const char *format, ...);

/* Is it the answer of INTENT_FEATURES: version 1.1, CPU and IO, a record? */
__printf(2) bool check_features(struct regs got, const char *format, ...);

/* A well-formed INTENT_SET for the CPU; x1 of the answer. */
u64 state(u32 class);

/* What the owner of the VM does while it runs. */
void allow(u32 class);

/*
 * What the host's tracepoints show: the class granted, and how often that has
 * changed. Skipped where there are no tracepoints.
 */
u64 changes(u32 vcpu);
void check_granted(u32 vcpu, u32 class, const char *text);
void check_changes(u32 vcpu, u64 before, u64 count, const char *text);

#define PSCI_VERSION		0x84000000
#define PSCI_CPU_OFF		0x84000002
#define PSCI_SYSTEM_OFF		0x84000008
#define PSCI_SYSTEM_RESET	0x84000009
#define PSCI_CPU_ON		0xc4000003
#define PSCI_AFFINITY_INFO	0xc4000004

#define PSCI_IS_OFF		1

s64 psci(u64 function, u64 x1, u64 x2, u64 x3);

/* The second vCPU: switch it on, give it a job, wait for that, switch off. */
bool second_on(void);
void second_start(void (*job)(void));
void second_wait(void);
bool second_off(void);

/* The virtual counter */
u64 ticks(void);

/* WFI until the timer says so. */
void sleep_ms(u32 ms);

/* The tests of a host with the calls, in their order; the first of them. */
extern void (* const script_full[])(void);
void test_offered(void);

/* Those of the record. A reset ends the first group, the second follows it. */
void test_register(void);
void test_refused(void);
void test_ignored(void);
void test_moved(void);
void test_now(void);
void test_shown(void);
void test_wake(void);
void test_void_ticket(void);
void test_idle(void);
void test_second_now(void);
void test_hostile(void);
void test_lost_memory(void);
void test_storm(void);
void test_record_reset(void);
void test_record_after_reset(void);

/* INTENT_RECORD, and have the host look at the record without a statement */
struct regs set_record(u64 address);
u64 look(void);

#endif /* GUEST_H */
