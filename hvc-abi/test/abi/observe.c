// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the host shows of the intents; see observe.h.
 */
#include <fcntl.h>
#include <linux/kvm.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "doorbell.h"
#include "files.h"
#include "observe.h"

#define DEBUG_DIR	"/sys/kernel/debug/kvm"

static const char * const stat_names[NR_STATS] = {
	[STAT_GRANTS]	= "intent_grants",
	[STAT_RELEASES]	= "intent_releases",
	[STAT_DENIALS]	= "intent_denials",
	[STAT_INVALID]	= "intent_invalid",
	[STAT_TICKETS]	= "intent_tickets",
};

static uint64_t stat_value(int fd, const struct kvm_stats_header *header,
			   const struct kvm_stats_desc *desc)
{
	off_t offset = header->data_offset + desc->offset;
	uint64_t value;

	if (pread(fd, &value, sizeof(value), offset) != sizeof(value))
		return DB_UNKNOWN;
	return value;
}

/* Find a statistic by its name, as a reader of that interface must. */
uint64_t vcpu_stat(int fd, unsigned int n)
{
	char buf[sizeof(struct kvm_stats_desc) + 64];
	struct kvm_stats_desc *desc = (void *)buf;
	struct kvm_stats_header header;
	unsigned int i;
	size_t size;

	if (pread(fd, &header, sizeof(header), 0) != sizeof(header))
		return DB_UNKNOWN;
	size = sizeof(*desc) + header.name_size;
	if (n >= NR_STATS || size > sizeof(buf))
		return DB_UNKNOWN;

	for (i = 0; i < header.num_desc; i++) {
		if (pread(fd, buf, size, header.desc_offset + i * size) < 0)
			break;
		if (!strncmp(desc->name, stat_names[n], header.name_size))
			return stat_value(fd, &header, desc);
	}
	return DB_UNKNOWN;
}

uint64_t vm_stat(int vm_fd, unsigned int n)
{
	char path[128], line[32];

	snprintf(path, sizeof(path), DEBUG_DIR "/%d-%d/%s", getpid(), vm_fd,
		 stat_names[n]);
	file_get(path, line, sizeof(line));
	return *line ? strtoull(line, NULL, 10) : DB_UNKNOWN;
}

/* A tracing instance of our own disturbs nobody else's. */
static char instance[64];
static FILE *pipe_file;

static struct {
	unsigned int granted;
	unsigned int changes;
	unsigned int calls;
	unsigned int registrations;
} seen[NR_VCPUS];

static int trace_put(const char *name, const char *text)
{
	char path[128];

	snprintf(path, sizeof(path), "%s/%s", instance, name);
	return file_put(path, text);
}

/* Follow this process and the threads that it is going to have. */
static int trace_start(void)
{
	char pid[16];

	snprintf(pid, sizeof(pid), "%d", getpid());
	return trace_put("options/event-fork", "1") ||
	       trace_put("set_event_pid", pid) ||
	       trace_put("events/kvm/kvm_intent_set/enable", "1") ||
	       trace_put("events/kvm/kvm_intent_record/enable", "1") ||
	       trace_put("events/kvm/kvm_intent_grant/enable", "1");
}

void trace_open(void)
{
	char path[128];
	int fd = -1;

	snprintf(instance, sizeof(instance), TRACE_INSTANCES "/intent-abi-%d",
		 getpid());
	snprintf(path, sizeof(path), "%s/trace_pipe", instance);
	if (mkdir(instance, 0700)) {
		*instance = '\0';
		return;
	}
	if (!trace_start())
		fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	if (fd >= 0)
		pipe_file = fdopen(fd, "r");
	if (!pipe_file)
		trace_close();
}

/* Also called by the watchdog: rmdir() is all that matters there. */
void trace_close(void)
{
	if (pipe_file)
		close(fileno(pipe_file));
	pipe_file = NULL;
	if (*instance)
		rmdir(instance);
	*instance = '\0';
}

static void note_event(const char *line)
{
	const char *set = strstr(line, "kvm_intent_set: ");
	const char *grant = strstr(line, "kvm_intent_grant: ");
	const char *record = strstr(line, "kvm_intent_record: ");
	unsigned int vcpu, class;

	if (record && sscanf(record, "%*s vcpu %u", &vcpu) == 1 &&
	    vcpu < NR_VCPUS)
		seen[vcpu].registrations++;
	if (set && sscanf(set, "%*s vcpu %u", &vcpu) == 1 && vcpu < NR_VCPUS)
		seen[vcpu].calls++;
	if (grant && sscanf(grant, "%*s vcpu %u class %u", &vcpu, &class) == 2 &&
	    vcpu < NR_VCPUS) {
		seen[vcpu].granted = class;
		seen[vcpu].changes++;
	}
}

/* Take all there is. Return: are there tracepoints at all? */
static int trace_poll(void)
{
	char line[256];

	if (!pipe_file)
		return 0;
	while (fgets(line, sizeof(line), pipe_file))
		note_event(line);
	clearerr(pipe_file);
	return 1;
}

void trace_forget(void)
{
	trace_poll();
	memset(seen, 0, sizeof(seen));
}

uint64_t trace_granted(unsigned int vcpu)
{
	return trace_poll() ? seen[vcpu].granted : DB_UNKNOWN;
}

uint64_t trace_changes(unsigned int vcpu)
{
	return trace_poll() ? seen[vcpu].changes : DB_UNKNOWN;
}

uint64_t trace_calls(unsigned int vcpu)
{
	return trace_poll() ? seen[vcpu].calls : DB_UNKNOWN;
}

uint64_t trace_registrations(unsigned int vcpu)
{
	return trace_poll() ? seen[vcpu].registrations : DB_UNKNOWN;
}

uint64_t locked_memory(void)
{
	FILE *file = fopen("/proc/self/status", "re");
	unsigned long long sum = 0, kb;
	char line[128];

	while (file && fgets(line, sizeof(line), file))
		if (sscanf(line, "VmLck: %llu", &kb) == 1 ||
		    sscanf(line, "VmPin: %llu", &kb) == 1)
			sum += kb * 1024;
	if (file)
		fclose(file);
	return sum;
}
