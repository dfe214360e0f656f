/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The files by which the owner of a VM allows intents:
 * /sys/kernel/intent/enabled and /sys/kernel/intent/<pid>-<n>/cpu.
 */
#ifndef FILES_H
#define FILES_H

#include <stddef.h>
#include <sys/types.h>

#define INTENT_DIR	"/sys/kernel/intent"
#define ENABLED_FILE	INTENT_DIR "/enabled"

/* One write of a string. Return: 0 or an errno. */
int file_put(const char *path, const char *text);

/* The first line of a file; empty if there is no such file. */
void file_get(const char *path, char *line, size_t size);

/* A class in a file; DB_UNKNOWN if there is none. */
int class_put(const char *path, unsigned int class);
unsigned int class_get(const char *path);

/* How many VMs of a process have a directory, and the last one's path. */
unsigned int vm_dirs(pid_t pid, char *path, size_t size);

/* The kill switch: 0, 1, or DB_UNKNOWN where this user cannot set it. */
unsigned int switch_get(void);
int switch_put(unsigned int on);

#endif /* FILES_H */
