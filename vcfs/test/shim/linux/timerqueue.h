/* SPDX-License-Identifier: GPL-2.0-only */
/* Over the rbtree of the kernel's tools/, with what the kernel warns of. */
#ifndef SHIM_LINUX_TIMERQUEUE_H
#define SHIM_LINUX_TIMERQUEUE_H

#include <assert.h>

#include <linux/ktime.h>
#include <linux/rbtree.h>

struct timerqueue_node {
	struct rb_node node;
	ktime_t expires;
};

struct timerqueue_head {
	struct rb_root_cached rb_root;
};

static inline void timerqueue_init_head(struct timerqueue_head *head)
{
	head->rb_root = RB_ROOT_CACHED;
}

static inline void timerqueue_init(struct timerqueue_node *node)
{
	RB_CLEAR_NODE(&node->node);
}

static inline bool timerqueue_node_queued(struct timerqueue_node *node)
{
	return !RB_EMPTY_NODE(&node->node);
}

static inline bool shim_expires_first(struct rb_node *a,
				      const struct rb_node *b)
{
	return rb_entry(a, struct timerqueue_node, node)->expires <
	       rb_entry(b, struct timerqueue_node, node)->expires;
}

static inline void timerqueue_add(struct timerqueue_head *head,
				  struct timerqueue_node *node)
{
	assert(!timerqueue_node_queued(node));
	rb_add_cached(&node->node, &head->rb_root, shim_expires_first);
}

static inline void timerqueue_del(struct timerqueue_head *head,
				  struct timerqueue_node *node)
{
	assert(timerqueue_node_queued(node));
	rb_erase_cached(&node->node, &head->rb_root);
	RB_CLEAR_NODE(&node->node);
}

static inline struct timerqueue_node *
timerqueue_getnext(struct timerqueue_head *head)
{
	return rb_entry_safe(rb_first_cached(&head->rb_root),
			     struct timerqueue_node, node);
}

#endif /* SHIM_LINUX_TIMERQUEUE_H */
