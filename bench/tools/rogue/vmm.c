// SPDX-License-Identifier: GPL-2.0-only
/*
 * A VM that does nothing but harm: rogue BEHAVIOUR [VCPUS [DISK]]. Two more of
 * its threads read DISK. It says "ready" when all run, and runs until it is
 * killed.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/kvm.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
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
#define MAX_VCPUS	(RECORDS_SIZE / RECORD_STRIDE)
#define CORE_REG(reg)	(KVM_REG_ARM64 | KVM_REG_SIZE_U64 |		\
			 KVM_REG_ARM_CORE | KVM_REG_ARM_CORE_REG(reg))

#define READERS		2
#define READ_SIZE	16384

/* guest.S */
extern const char guest_begin[], guest_end[];

struct vcpu {
	int fd;
	struct kvm_run *run;
	pthread_t thread;
};

struct vm {
	int fd;
	int nr_vcpus;
	struct vcpu vcpu[MAX_VCPUS];
	void *records;
	unsigned int guest;
};

struct behaviour {
	const char *name;
	unsigned int guest;
	bool records;			/* there is memory for them */
	void (*disturb)(struct vm *vm);	/* what the VMM does, again and again */
};

static int check(int ret, const char *what)
{
	if (ret < 0) {
		fprintf(stderr, "rogue: %s: %s\n", what, strerror(errno));
		exit(1);
	}
	return ret;
}

static void *map(void *where, size_t size, int fd)
{
	int flags = fd < 0 ? MAP_PRIVATE | MAP_ANONYMOUS : MAP_SHARED;
	void *p = mmap(where, size, PROT_READ | PROT_WRITE,
		       where ? flags | MAP_FIXED : flags, fd, 0);

	check(p == MAP_FAILED ? -1 : 0, "mmap");
	return p;
}

static void set_slot(struct vm *vm, unsigned int slot, uint64_t base, void *p,
		     size_t size)
{
	struct kvm_userspace_memory_region ram = {
		.slot = slot,
		.guest_phys_addr = base,
		.memory_size = size,
		.userspace_addr = (uintptr_t)p,
	};

	check(ioctl(vm->fd, KVM_SET_USER_MEMORY_REGION, &ram), "memory");
}

static void create_vm(struct vm *vm, int kvm, bool records)
{
	void *ram = map(NULL, RAM_SIZE, -1);

	vm->fd = check(ioctl(kvm, KVM_CREATE_VM, 0), "KVM_CREATE_VM");
	memcpy(ram, guest_begin, guest_end - guest_begin);
	set_slot(vm, 0, RAM_BASE, ram, RAM_SIZE);
	if (!records)
		return;
	vm->records = map(NULL, RECORDS_SIZE, -1);
	set_slot(vm, 1, RECORDS_BASE, vm->records, RECORDS_SIZE);
}

static void set_reg(struct vcpu *vcpu, uint64_t id, uint64_t value)
{
	struct kvm_one_reg reg = { .id = id, .addr = (uintptr_t)&value };

	check(ioctl(vcpu->fd, KVM_SET_ONE_REG, &reg), "KVM_SET_ONE_REG");
}

/* For the first time, or again: that is a reset. */
static void init_vcpu(struct vm *vm, int id)
{
	struct vcpu *vcpu = &vm->vcpu[id];
	struct kvm_vcpu_init init;

	check(ioctl(vm->fd, KVM_ARM_PREFERRED_TARGET, &init), "target");
	check(ioctl(vcpu->fd, KVM_ARM_VCPU_INIT, &init), "KVM_ARM_VCPU_INIT");
	set_reg(vcpu, CORE_REG(regs.pc), RAM_BASE);
	set_reg(vcpu, CORE_REG(regs.regs[0]), vm->guest);
	set_reg(vcpu, CORE_REG(regs.regs[1]),
		RECORDS_BASE + id * RECORD_STRIDE);
}

static void create_vcpu(struct vm *vm, int kvm, int id)
{
	struct vcpu *vcpu = &vm->vcpu[id];

	vcpu->fd = check(ioctl(vm->fd, KVM_CREATE_VCPU, id), "KVM_CREATE_VCPU");
	vcpu->run = map(NULL, check(ioctl(kvm, KVM_GET_VCPU_MMAP_SIZE, 0),
				    "mmap size"), vcpu->fd);
	init_vcpu(vm, id);
}

/*
 * Does it go on? It does not need us for what it does, but for memory that we
 * have taken away: that reads as anything.
 */
static bool goes_on(struct vcpu *vcpu, int ret)
{
	if (!ret)
		return vcpu->run->exit_reason == KVM_EXIT_MMIO;
	return errno == EINTR || errno == EAGAIN;
}

/* Until it is told to stop, or something is wrong. */
static void *run(void *arg)
{
	struct vcpu *vcpu = arg;

	while (goes_on(vcpu, ioctl(vcpu->fd, KVM_RUN, 0)))
		if (__atomic_load_n(&vcpu->run->immediate_exit,
				    __ATOMIC_SEQ_CST))
			return NULL;
	fprintf(stderr, "rogue: a vCPU stopped: %s, exit reason %u\n",
		strerror(errno), vcpu->run->exit_reason);
	exit(1);
}

static void start(pthread_t *thread, void *(*function)(void *), void *arg)
{
	errno = pthread_create(thread, NULL, function, arg);
	check(errno ? -1 : 0, "thread");
}

/* Exchange the memory of the records, under them or together with its slot. */
static void remap(struct vm *vm)
{
	map(vm->records, RECORDS_SIZE, -1);
	usleep(1000);
	set_slot(vm, 1, RECORDS_BASE, vm->records, 0);
	map(vm->records, RECORDS_SIZE, -1);
	usleep(200);
	set_slot(vm, 1, RECORDS_BASE, vm->records, RECORDS_SIZE);
	usleep(1000);
}

/* Just interrupts KVM_RUN. */
static void on_signal(int signal)
{
	(void)signal;
}

/* Let another thread run a vCPU, which is reset now and then. */
static void hop(struct vm *vm)
{
	static unsigned int hops;
	int id = hops++ % vm->nr_vcpus;
	struct vcpu *vcpu = &vm->vcpu[id];

	__atomic_store_n(&vcpu->run->immediate_exit, 1, __ATOMIC_SEQ_CST);
	pthread_kill(vcpu->thread, SIGUSR1);
	pthread_join(vcpu->thread, NULL);
	__atomic_store_n(&vcpu->run->immediate_exit, 0, __ATOMIC_SEQ_CST);
	if (hops % 16 == 0)
		init_vcpu(vm, id);
	start(&vcpu->thread, run, vcpu);
	usleep(500);
}

static void wait_for_end(struct vm *vm)
{
	(void)vm;
	pause();
}

static const struct behaviour behaviours[] = {
	{ "burn",	ROGUE_BURN,	false,	wait_for_end },
	{ "toggle",	ROGUE_TOGGLE,	false,	wait_for_end },
	{ "nap",	ROGUE_NAP,	false,	wait_for_end },
	{ "honest",	ROGUE_HONEST,	false,	wait_for_end },
	{ "garbage",	ROGUE_GARBAGE,	true,	wait_for_end },
	{ "storm",	ROGUE_STORM,	true,	wait_for_end },
	{ "remap",	ROGUE_GARBAGE,	true,	remap },
	{ "hop",	ROGUE_GARBAGE,	true,	hop },
	{ "disk",	ROGUE_DISK,	false,	wait_for_end },
};

#define NR_BEHAVIOURS	(sizeof(behaviours) / sizeof(behaviours[0]))

static const struct behaviour *find_behaviour(const char *name)
{
	unsigned int i;

	for (i = 0; i < NR_BEHAVIOURS; i++)
		if (!strcmp(name, behaviours[i].name))
			return &behaviours[i];
	fprintf(stderr, "rogue: unknown behaviour '%s'\n", name);
	exit(1);
}

/* It goes on trying when the disk is gone. */
static void *read_disk(void *disk)
{
	int fd = check(open(disk, O_RDONLY | O_DIRECT | O_CLOEXEC), disk);
	off_t blocks = lseek(fd, 0, SEEK_END) / READ_SIZE;
	unsigned int seed = (uintptr_t)&fd;
	void *buffer = map(NULL, READ_SIZE, -1);

	check(blocks > 0 ? 0 : -1, disk);
	for (;;)
		if (pread(fd, buffer, READ_SIZE,
			  rand_r(&seed) % blocks * READ_SIZE) < 0)
			usleep(1000);
	return NULL;
}

static void usage(void)
{
	unsigned int i;

	fprintf(stderr, "usage: rogue BEHAVIOUR [VCPUS [DISK]]; one of");
	for (i = 0; i < NR_BEHAVIOURS; i++)
		fprintf(stderr, " %s", behaviours[i].name);
	fprintf(stderr, "\n");
	exit(1);
}

int main(int argc, char **argv)
{
	const struct sigaction action = { .sa_handler = on_signal };
	static struct vm vm;
	const struct behaviour *behaviour;
	pthread_t reader;
	int kvm, i;

	vm.nr_vcpus = argc > 2 ? atoi(argv[2]) : 1;
	if (argc < 2 || argc > 4 || vm.nr_vcpus < 1 || vm.nr_vcpus > MAX_VCPUS)
		usage();
	behaviour = find_behaviour(argv[1]);
	sigaction(SIGUSR1, &action, NULL);
	kvm = check(open("/dev/kvm", O_RDWR | O_CLOEXEC), "/dev/kvm");
	vm.guest = behaviour->guest;
	create_vm(&vm, kvm, behaviour->records);
	for (i = 0; i < vm.nr_vcpus; i++)
		create_vcpu(&vm, kvm, i);
	for (i = 0; i < vm.nr_vcpus; i++)
		start(&vm.vcpu[i].thread, run, &vm.vcpu[i]);
	for (i = 0; argc > 3 && i < READERS; i++)
		start(&reader, read_disk, argv[3]);
	puts("ready");
	fflush(stdout);
	for (;;)
		behaviour->disturb(&vm);
}
