// SPDX-License-Identifier: GPL-2.0-only
/*
 * intent_decode() against the words of intent.rst, for every immediate and
 * the interesting values of all else. Numbers here are those of the document.
 */
#include "intent_decode.h"
#include "tap.h"

enum {
	SUCCESS = 0,
	NOT_SUPPORTED = -1,
	INVALID_PARAMETER = -3,
};

static const u32 resources[] = {
	0, 1, 2, 3, 31, 32, 33, 0x10000, 0x7fffffff, 0x80000000, 0xffffffff,
};

static const u32 classes[] = {
	0, 1, 2, 3, 4, 0x10001, 0x80000002, 0xffffffff,
};

static const u32 reserved_values[] = { 0, 1, 0x80000000, 0xffffffff };

static const u32 served_masks[] = { 0, 1, 2, 3, 4, 0xfffffffc, 0xffffffff };

/* The calls that make sense: the immediate and the class that goes with it. */
static bool makes_sense(u32 imm, u32 class)
{
	static const u32 pairs[][2] = { { 0, 0 }, { 1, 1 }, { 1, 2 } };

	for (size_t i = 0; i < ARRAY_SIZE(pairs); i++)
		if (imm == pairs[i][0] && class == pairs[i][1])
			return true;
	return false;
}

static long spec(u32 imm, u32 resource, u32 class, u32 reserved, u32 served)
{
	bool cpu = resource == 0;
	bool io = resource == 1;

	if (!makes_sense(imm, class) || !(cpu || io) || reserved != 0)
		return INVALID_PARAMETER;
	if ((cpu && served % 2 == 1) || (io && served / 2 % 2 == 1))
		return SUCCESS;
	return NOT_SUPPORTED;
}

static bool same(u32 imm, u32 resource, u32 class, u32 reserved, u32 served)
{
	long want = spec(imm, resource, class, reserved, served);
	long got = intent_decode(imm, resource, class, reserved, served);

	if (got != want)
		diag("hvc #%u, resource %#x, class %#x, w3 %#x, served %#x: %ld, not %ld",
		     imm, resource, class, reserved, served, got, want);
	return got == want;
}

static bool all_masks(u32 imm, u32 resource, u32 class, u32 reserved)
{
	for (size_t i = 0; i < ARRAY_SIZE(served_masks); i++)
		if (!same(imm, resource, class, reserved, served_masks[i]))
			return false;
	return true;
}

static bool all_arguments(u32 imm, u32 resource)
{
	for (size_t i = 0; i < ARRAY_SIZE(classes); i++)
		for (size_t j = 0; j < ARRAY_SIZE(reserved_values); j++)
			if (!all_masks(imm, resource, classes[i],
				       reserved_values[j]))
				return false;
	return true;
}

static void test_resource(u32 resource)
{
	bool good = true;

	for (u32 imm = 0; imm <= 0xffff && good; imm++)
		good = all_arguments(imm, resource);
	ok(good, "resource %#x, every immediate", resource);
}

static void test_plain(void)
{
	ok(intent_decode(1, 0, 2, 0, 1) == 0, "grant critical");
	ok(intent_decode(0, 0, 0, 0, 1) == 0, "release");
	ok(intent_decode(1, 1, 2, 0, 1) == -1, "IO is not served");
	ok(intent_decode(0, 0, 2, 0, 1) == -3, "release with a class");
	ok(intent_decode(1, 0, 0, 0, 1) == -3, "grant without a class");
	ok(intent_decode(1, 1, 3, 0, 1) == -3, "malformed comes first");
	ok(intent_decode(1, 0, 2, 1, 1) == -3, "w3 must be 0");
}

static void test_constants(void)
{
	ok(INTENT_ABI_VERSION == 0x10001, "version 1.1");
	ok(INTENT_FN_FEATURES == 0x86000060, "INTENT_FEATURES");
	ok(INTENT_FN_SET == 0x86000061, "INTENT_SET");
	ok(INTENT_FN_RECORD == 0x86000062, "INTENT_RECORD");
	ok((INTENT_FN_FEATURES & 0xffff) == INTENT_NR_FEATURES &&
	   (INTENT_FN_SET & 0xffff) == INTENT_NR_SET &&
	   (INTENT_FN_RECORD & 0xffff) == INTENT_NR_RECORD,
	   "numbers are the low bits of the ids");
	ok(INTENT_NR_FEATURES == 96 && INTENT_NR_SET == 97,
	   "bits of the features call");
}

int main(void)
{
	test_constants();
	test_plain();
	for (size_t i = 0; i < ARRAY_SIZE(resources); i++)
		test_resource(resources[i]);
	return tap_done();
}
