// SPDX-License-Identifier: GPL-2.0-only
/*
 * A virtual machine for the guest; see vm.h.
 */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "files.h"
#include "observe.h"
#include "tap.h"
#include "vm.h"

#define REG_PC	(KVM_REG_ARM64 | KVM_REG_SIZE_U64 | KVM_REG_ARM_CORE |	\
		 KVM_REG_ARM_CORE_REG(regs.pc))

/* For the interrupt controller: out of the way, and an interrupt */
#define GIC_DIST	0x08000000
#define GIC_REDIST	0x080a0000
#define PPI		20

/* What a vCPU's thread does next. */
enum next { GO_ON, TELL, END };

static int kvm;
static size_t run_size;
static char image[RAM_SIZE];

static enum next run(struct vcpu *vcpu);

static int must(int ret, const char *what)
{
	if (ret < 0)
		tap_bail_out("%s: %s", what, strerror(errno));
	return ret;
}

static void *map(size_t size, int fd)
{
	int flags = fd < 0 ? MAP_PRIVATE | MAP_ANONYMOUS : MAP_SHARED;
	void *p = mmap(NULL, size, PROT_READ | PROT_WRITE, flags, fd, 0);

	if (p == MAP_FAILED)
		tap_bail_out("mmap: %s", strerror(errno));
	return p;
}

static void load(const char *file)
{
	int fd = open(file, O_RDONLY | O_CLOEXEC);
	ssize_t size = fd < 0 ? -1 : read(fd, image, sizeof(image));

	if (size <= 0)
		tap_bail_out("%s: %s", file, size ? strerror(errno) : "empty");
	close(fd);
}

/* Just interrupts KVM_RUN. */
static void on_signal(int signal)
{
	(void)signal;
}

void vm_init(const char *guest_file)
{
	const struct sigaction action = { .sa_handler = on_signal };

	kvm = open("/dev/kvm", O_RDWR | O_CLOEXEC);
	if (kvm < 0)
		tap_skip_all("/dev/kvm: %s", strerror(errno));
	if (ioctl(kvm, KVM_CHECK_EXTENSION, KVM_CAP_ARM_PSCI_0_2) <= 0)
		tap_skip_all("KVM has no PSCI 0.2");
	run_size = must(ioctl(kvm, KVM_GET_VCPU_MMAP_SIZE, 0), "mmap size");
	load(guest_file);
	sigaction(SIGUSR1, &action, NULL);
}

static int set_reg(struct vcpu *vcpu, uint64_t id, uint64_t value)
{
	struct kvm_one_reg reg = { .id = id, .addr = (uint64_t)&value };

	return ioctl(vcpu->fd, KVM_SET_ONE_REG, &reg);
}

static uint64_t get_reg(struct vcpu *vcpu, uint64_t id)
{
	uint64_t value = 0;
	struct kvm_one_reg reg = { .id = id, .addr = (uint64_t)&value };

	must(ioctl(vcpu->fd, KVM_GET_ONE_REG, &reg), "KVM_GET_ONE_REG");
	return value;
}

/* For the first time, or again: that is a reset. */
static void vcpu_init(struct vcpu *vcpu, uint64_t entry)
{
	struct kvm_vcpu_init init;

	must(ioctl(vcpu->vm->fd, KVM_ARM_PREFERRED_TARGET, &init), "target");
	init.features[0] = 1 << KVM_ARM_VCPU_PSCI_0_2;
	if (vcpu->id)
		init.features[0] |= 1 << KVM_ARM_VCPU_POWER_OFF;
	must(ioctl(vcpu->fd, KVM_ARM_VCPU_INIT, &init), "KVM_ARM_VCPU_INIT");
	must(set_reg(vcpu, REG_PC, entry), "pc");
}

static void vcpu_create(struct vm *vm, unsigned int id)
{
	struct vcpu *vcpu = &vm->vcpu[id];

	vcpu->vm = vm;
	vcpu->id = id;
	vcpu->fd = must(ioctl(vm->fd, KVM_CREATE_VCPU, id), "KVM_CREATE_VCPU");
	vcpu->run = map(run_size, vcpu->fd);
	vcpu->stats = ioctl(vcpu->fd, KVM_GET_STATS_FD, 0);
	vcpu_init(vcpu, ENTRY_COLD);
}

static int set_slot(struct vm *vm, unsigned int slot, uint64_t base, void *memory,
		    size_t size, unsigned int flags)
{
	struct kvm_userspace_memory_region region = {
		.slot = slot,
		.flags = flags,
		.guest_phys_addr = base,
		.memory_size = size,
		.userspace_addr = (uint64_t)memory,
	};

	return ioctl(vm->fd, KVM_SET_USER_MEMORY_REGION, &region);
}

static void ram_create(struct vm *vm)
{
	vm->ram = map(RAM_SIZE, -1);
	memcpy(vm->ram, image, RAM_SIZE);
	must(set_slot(vm, 0, RAM_BASE, vm->ram, RAM_SIZE, 0), "RAM");
	vm->read_only = map(SLOT_SIZE, -1);
	must(set_slot(vm, 1, RO_BASE, vm->read_only, SLOT_SIZE,
		      KVM_MEM_READONLY), "read-only memory");
}

/* Memory at EXTRA_BASE: fresh, or none. */
static void set_extra(struct vm *vm, bool there)
{
	if (vm->extra) {
		must(set_slot(vm, 2, EXTRA_BASE, vm->extra, 0, 0), "no memory");
		munmap(vm->extra, SLOT_SIZE);
		vm->extra = NULL;
	}
	if (!there)
		return;
	vm->extra = map(SLOT_SIZE, -1);
	must(set_slot(vm, 2, EXTRA_BASE, vm->extra, SLOT_SIZE, 0), "memory");
}

void *vm_memory(struct vm *vm, uint64_t address)
{
	if (address < RAM_BASE || address >= RAM_BASE + RAM_SIZE)
		tap_bail_out("no memory at 0x%lx", address);
	return (char *)vm->ram + address - RAM_BASE;
}

/* Our addresses fit in 32 bits: the least that any host offers. */
static unsigned long vm_type(void)
{
	if (ioctl(kvm, KVM_CHECK_EXTENSION, KVM_CAP_ARM_VM_IPA_SIZE) <= 0)
		return 0;
	return KVM_VM_TYPE_ARM_IPA_SIZE(32);
}

void vm_create(struct vm *vm, unsigned int script, unsigned int nr_vcpus)
{
	unsigned int id;

	memset(vm, 0, sizeof(*vm));
	vm->script = script;
	vm->nr_vcpus = nr_vcpus;
	vm->fd = must(ioctl(kvm, KVM_CREATE_VM, vm_type()), "KVM_CREATE_VM");
	ram_create(vm);
	for (id = 0; id < nr_vcpus; id++)
		vcpu_create(vm, id);
	trace_forget();
}

static void vcpu_destroy(struct vcpu *vcpu)
{
	munmap(vcpu->run, run_size);
	if (vcpu->stats >= 0)
		close(vcpu->stats);
	close(vcpu->fd);
}

static void *disturb(void *arg)
{
	struct disturbance *d = arg;
	volatile uint32_t *words = d->record;
	unsigned int seed = 42;

	while (!__atomic_load_n(&d->over, __ATOMIC_SEQ_CST))
		if (words)
			words[rand_r(&seed) % 32] =
				rand_r(&seed) >> rand_r(&seed) % 32;
	return NULL;
}

static void stop_disturbance(struct disturbance *d)
{
	if (!d->running)
		return;
	__atomic_store_n(&d->over, true, __ATOMIC_SEQ_CST);
	pthread_join(d->thread, NULL);
	d->running = false;
}

/* Another thread, which never sleeps, on the CPU of this one */
static void start_disturbance(struct disturbance *d, void *record)
{
	cpu_set_t set, old;
	int err;

	stop_disturbance(d);
	d->record = record;
	d->over = false;
	must(sched_getaffinity(0, sizeof(old), &old), "affinity");
	CPU_ZERO(&set);
	CPU_SET(sched_getcpu(), &set);
	must(sched_setaffinity(0, sizeof(set), &set), "affinity");
	err = pthread_create(&d->thread, NULL, disturb, d);
	if (err)
		tap_bail_out("thread: %s", strerror(err));
	d->running = true;
}

/* The second vCPU may sleep in KVM_RUN, so it must be called from there. */
static void stop_second(struct vm *vm)
{
	__atomic_store_n(&vm->over, true, __ATOMIC_SEQ_CST);
	vm->vcpu[1].run->immediate_exit = 1;
	pthread_kill(vm->second, SIGUSR1);
	pthread_join(vm->second, NULL);
	vm->running = false;
}

void vm_destroy(struct vm *vm)
{
	unsigned int id;

	if (vm->running)
		stop_second(vm);
	for (id = 0; id < vm->nr_vcpus; id++)
		vcpu_destroy(&vm->vcpu[id]);
	stop_disturbance(&vm->load);
	stop_disturbance(&vm->scribble);
	set_extra(vm, false);
	close(vm->fd);
	munmap(vm->read_only, SLOT_SIZE);
	munmap(vm->ram, RAM_SIZE);
}

static void *thread_main(void *vcpu)
{
	return (void *)(long)run(vcpu);
}

static pthread_t start_thread(struct vcpu *vcpu)
{
	pthread_t thread;
	int err = pthread_create(&thread, NULL, thread_main, vcpu);

	if (err)
		tap_bail_out("thread: %s", strerror(err));
	return thread;
}

/* Go on in another thread, while this one waits. */
static enum next run_elsewhere(struct vcpu *vcpu)
{
	void *next;

	pthread_join(start_thread(vcpu), &next);
	return (enum next)(long)next;
}

/*
 * The exit has to be completed first, or KVM completes it in the new life: an
 * immediate exit does that without running the guest.
 */
static void reset(struct vcpu *vcpu)
{
	vcpu->run->immediate_exit = 1;
	ioctl(vcpu->fd, KVM_RUN, 0);
	vcpu->run->immediate_exit = 0;
	vcpu_init(vcpu, ENTRY_RESET);
}

static void note_error(const char *what, int err)
{
	if (err)
		tap_note("%s: %s", what, strerror(err));
}

static enum next serve_write(struct vcpu *vcpu, uint32_t reg, uint64_t value)
{
	switch (reg) {
	case DB_CONSOLE:
		fwrite(&value, 1, strnlen((char *)&value, 8), stdout);
		return GO_ON;
	case DB_RESULT:
		vcpu->vm->value = tap_count(value);
		return GO_ON;
	case DB_ALLOW:
		note_error(vcpu->vm->cpu_file,
			   class_put(vcpu->vm->cpu_file, value));
		return GO_ON;
	case DB_SWITCH:
		note_error(ENABLED_FILE, switch_put(value));
		return GO_ON;
	case DB_RESET:
		reset(vcpu);
		return GO_ON;
	case DB_THREAD:
		return run_elsewhere(vcpu);
	case DB_LOAD:
		if (value)
			start_disturbance(&vcpu->vm->load, NULL);
		else
			stop_disturbance(&vcpu->vm->load);
		return GO_ON;
	case DB_SCRIBBLE:
		if (value)
			start_disturbance(&vcpu->vm->scribble,
					  vm_memory(vcpu->vm, value));
		else
			stop_disturbance(&vcpu->vm->scribble);
		return GO_ON;
	case DB_EXTRA:
		set_extra(vcpu->vm, value);
		return GO_ON;
	case DB_VALUE:
		vcpu->vm->value = value;
		return TELL;
	default:
		tap_bail_out("vCPU %u wrote 0x%lx to doorbell 0x%x", vcpu->id,
			     value, reg);
	}
}

/* The registers of which there is one for each n. */
static uint64_t serve_indexed(struct vcpu *vcpu, uint32_t reg)
{
	unsigned int n = (reg & 0xff) / 8;

	switch (reg & ~0xff) {
	case DB_STAT(0):
		return vcpu_stat(vcpu->stats, n);
	case DB_GRANTED(0):
		return trace_granted(n % NR_VCPUS);
	case DB_CHANGES(0):
		return trace_changes(n % NR_VCPUS);
	case DB_CALLS(0):
		return trace_calls(n % NR_VCPUS);
	case DB_REGISTERED(0):
		return trace_registrations(n % NR_VCPUS);
	default:
		tap_bail_out("vCPU %u read doorbell 0x%x", vcpu->id, reg);
	}
}

static uint64_t serve_read(struct vcpu *vcpu, uint32_t reg)
{
	switch (reg) {
	case DB_RESULT:
		return vcpu->vm->value;
	case DB_SCRIPT:
		return vcpu->vm->script;
	case DB_ALLOW:
		return class_get(vcpu->vm->cpu_file);
	case DB_SWITCH:
		return switch_get();
	case DB_RECORD:
		return get_reg(vcpu, INTENT_RECORD_REG);
	case DB_LOCKED:
		return locked_memory();
	default:
		return serve_indexed(vcpu, reg);
	}
}

static enum next on_mmio(struct vcpu *vcpu)
{
	struct kvm_run *r = vcpu->run;
	uint32_t reg = r->mmio.phys_addr - DB_BASE;
	uint64_t value;

	if (r->mmio.phys_addr - DB_BASE >= DB_SIZE || r->mmio.len != 8)
		tap_bail_out("vCPU %u accessed 0x%llx", vcpu->id,
			     (unsigned long long)r->mmio.phys_addr);
	if (r->mmio.is_write) {
		memcpy(&value, r->mmio.data, sizeof(value));
		return serve_write(vcpu, reg, value);
	}
	value = serve_read(vcpu, reg);
	memcpy(r->mmio.data, &value, sizeof(value));
	return GO_ON;
}

static enum next on_system_event(struct vcpu *vcpu)
{
	switch (vcpu->run->system_event.type) {
	case KVM_SYSTEM_EVENT_SHUTDOWN:
		return END;
	case KVM_SYSTEM_EVENT_RESET:
		/* The second vCPU is off whenever the guest does this. */
		vcpu_init(vcpu, ENTRY_RESET);
		return GO_ON;
	default:
		tap_bail_out("system event %u", vcpu->run->system_event.type);
	}
}

/* The host makes it for the first run, so it is the last one of ours. */
static void find_dir(struct vm *vm)
{
	if (vm_dirs(getpid(), vm->dir, sizeof(vm->dir)))
		snprintf(vm->cpu_file, sizeof(vm->cpu_file), "%s/cpu",
			 vm->dir);
}

static enum next on_exit_of(struct vcpu *vcpu)
{
	if (!vcpu->id && !*vcpu->vm->dir)
		find_dir(vcpu->vm);
	switch (vcpu->run->exit_reason) {
	case KVM_EXIT_MMIO:
		return on_mmio(vcpu);
	case KVM_EXIT_SYSTEM_EVENT:
		return on_system_event(vcpu);
	default:
		tap_bail_out("vCPU %u: exit reason %u", vcpu->id,
			     vcpu->run->exit_reason);
	}
}

static enum next run(struct vcpu *vcpu)
{
	enum next next = GO_ON;

	while (next == GO_ON && !__atomic_load_n(&vcpu->vm->over,
						 __ATOMIC_SEQ_CST)) {
		if (ioctl(vcpu->fd, KVM_RUN, 0) == 0)
			next = on_exit_of(vcpu);
		else if (errno != EINTR && errno != EAGAIN)
			tap_bail_out("KVM_RUN: %s", strerror(errno));
	}
	return next;
}

bool vm_run(struct vm *vm)
{
	if (vm->nr_vcpus > 1 && !vm->running) {
		vm->second = start_thread(&vm->vcpu[1]);
		vm->running = true;
	}
	return run(&vm->vcpu[0]) == TELL;
}

int vm_get_reg(struct vm *vm, uint64_t id, uint64_t *value)
{
	struct kvm_one_reg reg = { .id = id, .addr = (uint64_t)value };

	return ioctl(vm->vcpu[0].fd, KVM_GET_ONE_REG, &reg) ? errno : 0;
}

int vm_set_reg(struct vm *vm, uint64_t id, uint64_t value)
{
	return set_reg(&vm->vcpu[0], id, value) ? errno : 0;
}

bool vm_lists_reg(struct vm *vm, uint64_t id)
{
	struct kvm_reg_list count = { 0 }, *list;
	bool found = false;
	uint64_t i;

	ioctl(vm->vcpu[0].fd, KVM_GET_REG_LIST, &count);
	list = calloc(1, sizeof(*list) + count.n * sizeof(list->reg[0]));
	if (!list)
		tap_bail_out("no memory");
	list->n = count.n;
	must(ioctl(vm->vcpu[0].fd, KVM_GET_REG_LIST, list), "register list");
	for (i = 0; i < list->n && !found; i++)
		found = list->reg[i] == id;
	free(list);
	return found;
}

/* One attribute of the interrupt controller */
static void gic_put(int gic, uint32_t group, uint64_t attr, uint64_t value,
		    size_t size)
{
	uint32_t value32 = value;
	struct kvm_device_attr a = {
		.group = group,
		.attr = attr,
		.addr = size == sizeof(value32) ? (uint64_t)&value32 :
						  (uint64_t)&value,
	};

	must(ioctl(gic, KVM_SET_DEVICE_ATTR, &a), "interrupt controller");
}

bool vm_add_gic(struct vm *vm)
{
	struct kvm_create_device dev = { .type = KVM_DEV_TYPE_ARM_VGIC_V3 };

	if (ioctl(vm->fd, KVM_CREATE_DEVICE, &dev))
		return false;
	gic_put(dev.fd, KVM_DEV_ARM_VGIC_GRP_ADDR, KVM_VGIC_V3_ADDR_TYPE_DIST,
		GIC_DIST, 8);
	gic_put(dev.fd, KVM_DEV_ARM_VGIC_GRP_ADDR,
		KVM_VGIC_V3_ADDR_TYPE_REDIST, GIC_REDIST, 8);
	gic_put(dev.fd, KVM_DEV_ARM_VGIC_GRP_CTRL, KVM_DEV_ARM_VGIC_CTRL_INIT,
		0, 8);
	/* GICD_CTLR: group 1; GICR_ISENABLER0: our interrupt */
	gic_put(dev.fd, KVM_DEV_ARM_VGIC_GRP_DIST_REGS, 0, 2, 4);
	gic_put(dev.fd, KVM_DEV_ARM_VGIC_GRP_REDIST_REGS, 0x10100, 1 << PPI, 4);
	close(dev.fd);
	return true;
}

void vm_set_interrupt(struct vm *vm, bool level)
{
	struct kvm_irq_level irq = {
		.irq = KVM_ARM_IRQ_TYPE_PPI << KVM_ARM_IRQ_TYPE_SHIFT | PPI,
		.level = level,
	};

	must(ioctl(vm->fd, KVM_IRQ_LINE, &irq), "interrupt");
}
