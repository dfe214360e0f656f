/* SPDX-License-Identifier: GPL-2.0-only */
/* Static keys as plain counters. */
#ifndef SHIM_LINUX_JUMP_LABEL_H
#define SHIM_LINUX_JUMP_LABEL_H

struct static_key_false {
	int enabled;
};

#define DEFINE_STATIC_KEY_FALSE(name)	struct static_key_false name
#define DECLARE_STATIC_KEY_FALSE(name)	extern struct static_key_false name

struct static_key_false_deferred {
	struct static_key_false key;
};

#define DEFINE_STATIC_KEY_DEFERRED_FALSE(name, timeout)	\
	struct static_key_false_deferred name

#define static_branch_deferred_inc(x)	static_branch_inc(&(x)->key)
#define static_branch_slow_dec_deferred(x)	static_branch_dec(&(x)->key)

#define static_branch_unlikely(key)	((key)->enabled > 0)
#define static_key_enabled(key)		((key)->enabled > 0)
#define static_branch_inc(key)		((void)(key)->enabled++)
#define static_branch_dec(key)		((void)(key)->enabled--)
#define static_branch_enable(key)	((void)((key)->enabled = 1))
#define static_branch_disable(key)	((void)((key)->enabled = 0))

#endif /* SHIM_LINUX_JUMP_LABEL_H */
