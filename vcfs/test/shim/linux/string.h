/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef SHIM_LINUX_STRING_H
#define SHIM_LINUX_STRING_H

#include <ctype.h>
#include <errno.h>
#include <string.h>

static inline char *strstrip(char *s)
{
	size_t end = strlen(s);

	while (end && isspace((unsigned char)s[end - 1]))
		s[--end] = '\0';
	while (isspace((unsigned char)*s))
		s++;
	return s;
}

/* Which of @words it is, but for a newline at its end */
static inline int shim_match(const char * const *words, int n, const char *s)
{
	size_t len = strlen(s);

	if (len && s[len - 1] == '\n')
		len--;
	for (int i = 0; i < n; i++)
		if (strlen(words[i]) == len && !strncmp(words[i], s, len))
			return i;
	return -EINVAL;
}

#define sysfs_match_string(words, s)	shim_match(words, ARRAY_SIZE(words), s)

#endif /* SHIM_LINUX_STRING_H */
