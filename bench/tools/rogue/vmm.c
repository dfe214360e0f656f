// SPDX-License-Identifier: GPL-2.0-only
/*
 * A VM whose vCPUs do nothing but harm: rogue burn|toggle|nap|honest [VCPUS].
 * It says "ready" when all run, and runs until it is killed.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/kvm.h>
#include <pthread.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "rogue.h"

#define RAM_SIZE	0x10000
#define CORE_REG(reg)	(KVM_REG_ARM64 | KVM_REG_SIZE_U64 |		\
			 KVM_REG_ARM_CORE | KVM_REG_ARM_CORE_REG(reg))

/* guest.S */
extern const char guest_begin[], guest_end[];

static const char * const behaviours[] = {
	[ROGUE_BURN]	= "burn",
	[ROGUE_TOGGLE]	= "toggle",
	[ROGUE_NAP]	= "nap",
	[ROGUE_HONEST]	= "honest",
};

#define NR_BEHAVIOURS	(sizeof(behaviours) / sizeof(behaviours[0]))

static int check(int ret, const char *what)
{
	if (ret < 0) {
		fprintf(stderr, "rogue: %s: %s\n", what, strerror(errno));
		exit(1);
	}
	return ret;
}

static int create_vm(int kvm)
{
	int vm = check(ioctl(kvm, KVM_CREATE_VM, 0), "KVM_CREATE_VM");
	struct kvm_userspace_memory_region ram = {
		.guest_phys_addr = RAM_BASE,
		.memory_size = RAM_SIZE,
	};
	void *p = mmap(NULL, RAM_SIZE, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	check(p == MAP_FAILED ? -1 : 0, "RAM");
	memcpy(p, guest_begin, guest_end - guest_begin);
	ram.userspace_addr = (uintptr_t)p;
	check(ioctl(vm, KVM_SET_USER_MEMORY_REGION, &ram), "RAM");
	return vm;
}

static void set_reg(int vcpu, uint64_t id, uint64_t value)
{
	struct kvm_one_reg reg = { .id = id, .addr = (uintptr_t)&value };

	check(ioctl(vcpu, KVM_SET_ONE_REG, &reg), "KVM_SET_ONE_REG");
}

static int create_vcpu(int vm, int id, unsigned int behaviour)
{
	int vcpu = check(ioctl(vm, KVM_CREATE_VCPU, id), "KVM_CREATE_VCPU");
	struct kvm_vcpu_init init;

	check(ioctl(vm, KVM_ARM_PREFERRED_TARGET, &init), "target");
	check(ioctl(vcpu, KVM_ARM_VCPU_INIT, &init), "KVM_ARM_VCPU_INIT");
	set_reg(vcpu, CORE_REG(regs.pc), RAM_BASE);
	set_reg(vcpu, CORE_REG(regs.regs[0]), behaviour);
	return vcpu;
}

/* Nothing that the guest does needs us, so it ends on errors alone. */
static void *run(void *arg)
{
	int vcpu = (intptr_t)arg;

	while (ioctl(vcpu, KVM_RUN, 0) < 0 && (errno == EINTR || errno == EAGAIN))
		;
	fprintf(stderr, "rogue: a vCPU stopped: %s\n", strerror(errno));
	exit(1);
}

static void start(int vcpu)
{
	pthread_t thread;

	errno = pthread_create(&thread, NULL, run, (void *)(intptr_t)vcpu);
	check(errno ? -1 : 0, "thread");
}

static unsigned int find_behaviour(const char *name)
{
	unsigned int i;

	for (i = 0; i < NR_BEHAVIOURS; i++)
		if (!strcmp(name, behaviours[i]))
			return i;
	fprintf(stderr, "rogue: unknown behaviour '%s'\n", name);
	exit(1);
}

int main(int argc, char **argv)
{
	int vcpus = argc == 3 ? atoi(argv[2]) : 1;
	unsigned int behaviour;
	int kvm, vm, i;

	if (argc < 2 || argc > 3 || vcpus < 1 || vcpus > 64) {
		fprintf(stderr, "usage: rogue burn|toggle|nap|honest [VCPUS]\n");
		return 1;
	}
	behaviour = find_behaviour(argv[1]);
	kvm = check(open("/dev/kvm", O_RDWR | O_CLOEXEC), "/dev/kvm");
	vm = create_vm(kvm);
	for (i = 0; i < vcpus; i++)
		start(create_vcpu(vm, i, behaviour));
	puts("ready");
	fflush(stdout);
	for (;;)
		pause();
}
