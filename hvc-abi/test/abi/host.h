/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The tests as the VMM sees them: run guests, and look at the host's side.
 */
#ifndef HOST_H
#define HOST_H

/* A host with the calls. */
void test_coordinated(void);

/* The record, on a host with the calls */
void test_record(void);

/* A host that was built without them, or that never heard of them. */
void test_absent(void);

#endif /* HOST_H */
