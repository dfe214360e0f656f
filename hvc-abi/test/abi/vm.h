/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A virtual machine for the guest: some RAM, one or two vCPUs with PSCI, the
 * doorbell, and nothing else.
 */
#ifndef VM_H
#define VM_H

#include <linux/kvm.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

#include "doorbell.h"

/* Of our host's headers; the compiler's may be those of another kernel. */
#define VENDOR_HYP_BMAP_2	KVM_REG_ARM_FW_FEAT_BMAP_REG(3)
#define VENDOR_HYP_BIT_INTENT	(1UL << 32)
#define INTENT_RECORD_REG	KVM_REG_ARM_FW_REG(0x60)

struct vcpu {
	struct vm *vm;
	struct kvm_run *run;
	unsigned int id;
	int fd;
	int stats;
};

struct vm {
	struct vcpu vcpu[NR_VCPUS];
	unsigned int nr_vcpus;
	unsigned int script;	/* for the guest: SCRIPT_* */
	int fd;
	void *ram;
	pthread_t second;	/* runs vcpu[1] */
	bool running;		/* vcpu[1] */
	bool over;
	struct disturbance {
		pthread_t thread;
		void *record;	/* for garbage; NULL for mere load */
		bool running;
		bool over;
	} load, scribble;
	void *extra;		/* at EXTRA_BASE, if any */
	void *read_only;	/* at RO_BASE */
	uint64_t value;		/* what the guest told last */
	char dir[64];		/* in INTENT_DIR, once it has run */
	char cpu_file[80];
};

/* Once, before any VM; ends the program if there is nothing to test with. */
void vm_init(const char *guest_file);

void vm_create(struct vm *vm, unsigned int script, unsigned int nr_vcpus);
void vm_destroy(struct vm *vm);

/* Run until the guest tells a value (true) or ends (false). */
bool vm_run(struct vm *vm);

/* A register of the first vCPU. Return: 0 or an errno. */
int vm_get_reg(struct vm *vm, uint64_t id, uint64_t *value);
int vm_set_reg(struct vm *vm, uint64_t id, uint64_t value);
bool vm_lists_reg(struct vm *vm, uint64_t id);

/* Its memory at an address of the guest */
void *vm_memory(struct vm *vm, uint64_t address);

/*
 * An interrupt controller, which the guest does not know of, with one interrupt
 * of the first vCPU; before that runs. Return: false if the host has none.
 */
bool vm_add_gic(struct vm *vm);
void vm_set_interrupt(struct vm *vm, bool level);

#endif /* VM_H */
