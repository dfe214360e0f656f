// SPDX-License-Identifier: GPL-2.0-only
/*
 * The files by which the owner of a VM allows intents; see files.h.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "doorbell.h"
#include "files.h"
#include "intent-abi.h"

static const char * const class_names[INTENT_NR_CLASSES] = {
	[INTENT_NONE]		= "none",
	[INTENT_LATENCY]	= "latency",
	[INTENT_CRITICAL]	= "critical",
};

int file_put(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	ssize_t size = strlen(text);
	int err;

	if (fd < 0)
		return errno;
	errno = EIO;
	err = write(fd, text, size) == size ? 0 : errno;
	close(fd);
	return err;
}

void file_get(const char *path, char *line, size_t size)
{
	FILE *file = fopen(path, "re");

	*line = '\0';
	if (!file)
		return;
	if (!fgets(line, size, file))
		*line = '\0';
	line[strcspn(line, "\n")] = '\0';
	fclose(file);
}

int class_put(const char *path, unsigned int class)
{
	return class < INTENT_NR_CLASSES ?
	       file_put(path, class_names[class]) : EINVAL;
}

unsigned int class_get(const char *path)
{
	unsigned int class;
	char line[32];

	file_get(path, line, sizeof(line));
	for (class = 0; class < INTENT_NR_CLASSES; class++) {
		if (!strcmp(line, class_names[class]))
			return class;
	}
	return DB_UNKNOWN;
}

static int is_dir_of(pid_t pid, const char *name, unsigned long long *n)
{
	char end;
	int id;

	return sscanf(name, "%d-%llu%c", &id, n, &end) == 2 && id == pid;
}

unsigned int vm_dirs(pid_t pid, char *path, size_t size)
{
	unsigned long long n, last = 0;
	unsigned int count = 0;
	struct dirent *entry;
	DIR *dir = opendir(INTENT_DIR);

	*path = '\0';
	while (dir && (entry = readdir(dir))) {
		if (!is_dir_of(pid, entry->d_name, &n))
			continue;
		if (!count++ || n > last) {
			last = n;
			snprintf(path, size, INTENT_DIR "/%s", entry->d_name);
		}
	}
	if (dir)
		closedir(dir);
	return count;
}

unsigned int switch_get(void)
{
	char line[8];

	file_get(ENABLED_FILE, line, sizeof(line));
	if (geteuid() || !*line)
		return DB_UNKNOWN;
	return !strcmp(line, "1");
}

int switch_put(unsigned int on)
{
	return file_put(ENABLED_FILE, on ? "1" : "0");
}
