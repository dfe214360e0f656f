// SPDX-License-Identifier: GPL-2.0-only
/*
 * The disk model without a kernel: its profiles keep to the published figures,
 * commands are done once and in reason, and the same seed gives the same
 * times.
 */
#include <math.h>
#include <string.h>

#include "model.h"
#include "tap.h"

#define KIB	1024ULL
#define MIB	(1024 * KIB)
#define SECOND	1000000000ULL

static struct model m;
static u64 now;
static u64 rnd_state;

static u64 rnd(u64 below)
{
	rnd_state = rnd_state * 6364136223846793005ULL + 1442695040888963407ULL;
	return (rnd_state >> 20) % below;
}

static const struct model_profile *start(const char *name, u64 seed, bool cache)
{
	const struct model_profile *p = model_find(name);

	model_init(&m, p, seed, cache);
	now = 12345;
	rnd_state = seed;
	return p;
}

/* Let time pass until something is done. Return: its slot, or -1 for never. */
static int wait_one(void)
{
	int slot;
	u64 next;

	for (;;) {
		model_advance(&m, now);
		slot = model_done(&m, now);
		if (slot >= 0)
			return slot;
		next = model_next(&m);
		if (next == MODEL_NEVER)
			return -1;
		if (next > now)
			now = next;
	}
}

/* One command alone. Return: its time. */
static u64 one(enum model_op op, u64 pos, u32 bytes, bool fua)
{
	struct model_command cmd = { op, fua, pos, bytes };
	u64 begin = now;

	model_submit(&m, 0, &cmd, now);
	if (wait_one() != 0)
		return MODEL_NEVER;
	return now - begin;
}

/**
 * struct load - as fio would run it
 * @op: direction
 * @random: positions all over the disk; else one after the other
 * @bytes: of each command
 * @depth: commands at a time
 * @from: position of the first
 * @count: how many
 * @host: time from the end of one to its successor
 */
struct load {
	enum model_op op;
	bool random;
	u32 bytes;
	unsigned int depth;
	u64 from;
	unsigned int count;
	u64 host;
};

static void submit_next(const struct load *l, unsigned int slot, unsigned int i)
{
	struct model_command cmd = { .op = l->op, .bytes = l->bytes };
	u64 blocks = m.profile->capacity / l->bytes;

	cmd.start = l->random ? rnd(blocks) * l->bytes :
				l->from + (u64)i * l->bytes;
	model_submit(&m, slot, &cmd, now);
}

/* Return: commands a second. */
static double run(const char *name, const struct load *l, bool cache)
{
	unsigned int i;
	u64 begin;

	start(name, 1, cache);
	begin = now;
	for (i = 0; i < l->depth; i++)
		submit_next(l, i, i);
	for (; i < l->count + l->depth; i++) {
		int slot = wait_one();

		now += l->host;
		if (i < l->count)
			submit_next(l, slot, i);
	}
	return l->count * 1e9 / (now - begin);
}

static bool near(double got, double want, double tolerance)
{
	diag("%.1f, published %.1f", got, want);
	return fabs(got - want) <= tolerance * want;
}

static void test_emmc(void)
{
	struct load rr = { MODEL_READ, true, 4096, 1, 0, 20000, 0 };
	struct load rw = { MODEL_WRITE, true, 4096, 1, 0, 20000, 0 };
	struct load sr = { MODEL_READ, false, 512 * KIB, 1, 0, 2000, 0 };
	struct load sw = { MODEL_WRITE, false, 512 * KIB, 1, 0, 2000, 0 };

	ok(near(run("emmc", &rr, true), 11000, 0.1), "emmc: random read IOPS");
	ok(near(run("emmc", &rw, true), 13000, 0.1), "emmc: random write IOPS");
	ok(near(run("emmc", &sr, true) * 0.524288, 250, 0.05),
	   "emmc: sequential read, MB/s");
	ok(near(run("emmc", &sw, true) * 0.524288, 125, 0.05),
	   "emmc: sequential write, MB/s");
}

static void test_ssd(void)
{
	struct load r1 = { MODEL_READ, true, 4096, 1, 0, 20000, 7000 };
	struct load r32 = { MODEL_READ, true, 4096, 32, 0, 50000, 0 };
	struct load w1 = { MODEL_WRITE, true, 4096, 1, 0, 20000, 7000 };
	struct load w32 = { MODEL_WRITE, true, 4096, 32, 0, 50000, 0 };
	struct load sr = { MODEL_READ, false, 128 * KIB, 8, 0, 8000, 0 };
	struct load sw = { MODEL_WRITE, false, 128 * KIB, 8, 0, 8000, 0 };

	ok(near(run("ssd", &r1, true), 10000, 0.1),
	   "ssd: random read IOPS at depth 1");
	ok(near(run("ssd", &r32, true), 98000, 0.1),
	   "ssd: random read IOPS at depth 32");
	ok(near(run("ssd", &w1, true), 40000, 0.1),
	   "ssd: random write IOPS at depth 1");
	ok(near(run("ssd", &w32, true), 90000, 0.1),
	   "ssd: random write IOPS at depth 32");
	ok(near(run("ssd", &sr, true) * 0.131072, 540, 0.05),
	   "ssd: sequential read, MB/s");
	ok(near(run("ssd", &sw, true) * 0.131072, 520, 0.05),
	   "ssd: sequential write, MB/s");
}

static void test_hdd(void)
{
	u64 end = model_find("hdd")->capacity - 2000 * MIB;
	struct load rr = { MODEL_READ, true, 4096, 1, 0, 3000, 0 };
	struct load rw = { MODEL_WRITE, true, 4096, 1, 0, 3000, 0 };
	struct load r32 = { MODEL_READ, true, 4096, 32, 0, 3000, 0 };
	struct load outer = { MODEL_READ, false, 128 * KIB, 1, 0, 4000, 0 };
	struct load inner = { MODEL_READ, false, 128 * KIB, 1, end, 4000, 0 };
	struct load sw = { MODEL_WRITE, false, 128 * KIB, 4, 0, 8000, 0 };
	double alone;

	alone = run("hdd", &rr, true);
	ok(near(1e3 / alone, 8.5 + 4.16, 0.03), "hdd: random read, ms");
	ok(near(1e3 / run("hdd", &rw, false), 9.5 + 4.16, 0.03),
	   "hdd: random write without write cache, ms");
	ok(run("hdd", &r32, true) > 1.8 * alone,
	   "hdd: a full queue is served in a better order");
	ok(run("hdd", &rw, true) > 1.4 * alone,
	   "hdd: and so is a full write cache");
	ok(near(run("hdd", &outer, true) * 0.131072, 175, 0.03),
	   "hdd: sequential read outside, MB/s");
	ok(near(run("hdd", &inner, true) * 0.131072, 83, 0.03),
	   "hdd: sequential read inside, MB/s");
	ok(near(run("hdd", &sw, true) * 0.131072, 175, 0.05),
	   "hdd: sequential write outside, MB/s");
}

static void test_seek(void)
{
	const struct model_profile *p = start("hdd", 3, true);
	double sum = 0, stroke = hdd_seek(&m, 0, p->capacity - 1);
	bool symmetric = true, grows = true;
	u64 a, b, i, last = 0;

	for (i = 0; i < 100000; i++) {
		a = rnd(p->capacity);
		b = rnd(p->capacity);
		symmetric &= hdd_seek(&m, a, b) == hdd_seek(&m, b, a);
		sum += hdd_seek(&m, a, b);
	}
	ok(near(sum / 1e11, 8.5, 0.02), "hdd: average seek, ms");
	ok(symmetric, "hdd: both directions take as long");
	for (i = 0; i < p->capacity; i += p->capacity / 1000) {
		grows &= hdd_seek(&m, 0, i) >= last;
		last = hdd_seek(&m, 0, i);
	}
	ok(grows, "hdd: further takes longer");
	ok(hdd_seek(&m, 0, 4096) == 0, "hdd: none on a track");
	ok(near(hdd_seek(&m, 0, 2 * MIB) / 1e6, 1.0, 0.05),
	   "hdd: to the next track, ms");
	ok(stroke > 1.5 * 8.5e6 && stroke < 3 * 8.5e6,
	   "hdd: full stroke %.1f ms", stroke / 1e6);
}

static void test_caches(void)
{
	u64 hit, miss;

	start("hdd", 5, true);
	miss = one(MODEL_READ, 100 * MIB, 4096, false);
	now += SECOND / 100;
	hit = one(MODEL_READ, 100 * MIB + 64 * KIB, 4096, false);
	ok(hit < 200000 && miss > 1000000, "hdd: reads ahead when idle");
	one(MODEL_WRITE, 100 * MIB + 64 * KIB, 4096, true);
	ok(one(MODEL_READ, 100 * MIB + 64 * KIB, 4096, false) > 1000000,
	   "hdd: what was written is not read from the read cache");

	start("hdd", 5, true);
	ok(one(MODEL_WRITE, SECOND, 4096, false) < 200000,
	   "hdd: a write goes to the cache");
	ok(one(MODEL_FLUSH, 0, 0, false) > 1000000,
	   "hdd: a flush waits for it");
	ok(one(MODEL_FLUSH, 0, 0, false) < 200000,
	   "hdd: another has nothing to wait for");
	ok(one(MODEL_WRITE, 2 * SECOND, 4096, true) > 1000000,
	   "hdd: a forced write does not");
	start("hdd", 5, false);
	ok(one(MODEL_WRITE, SECOND, 4096, false) > 1000000,
	   "hdd: nor does one without a write cache");

	start("ssd", 5, true);
	hit = one(MODEL_WRITE, MIB, 4096, false);
	miss = one(MODEL_WRITE, MIB, 4096, true);
	ok(hit < 30000 && miss > 100000, "ssd: write cache and forced write");
	start("emmc", 5, true);
	one(MODEL_WRITE, MIB, 512 * KIB, false);
	ok(one(MODEL_READ, 0, 4096, false) > 80000 &&
	   one(MODEL_FLUSH, 0, 0, false) > 200000,
	   "emmc: a flush waits for what is cached");
}

/* Who waits for room in the cache is not overtaken for ever. */
static void test_full_cache(void)
{
	const struct load l = { MODEL_WRITE, true, 128 * KIB, 8, 0, 8000, 0 };
	unsigned int number[8], i, most = 0;

	start("hdd", 1, true);
	for (i = 0; i < l.depth; i++) {
		number[i] = i;
		submit_next(&l, i, i);
	}
	for (; i < l.count; i++) {
		int slot = wait_one();

		number[slot] = i;
		submit_next(&l, slot, i);
		for (unsigned int j = 0; j < l.depth; j++)
			most = max(most, i - number[j]);
	}
	ok(most <= 2 * l.depth, "hdd: writes wait in turn, %u overtake", most);
}

static void test_direction(void)
{
	u64 quiet, t, busy = 0;
	int i;

	start("ssd", 7, true);
	quiet = one(MODEL_READ, 4096 * 1000, 4096, false);
	for (i = 0; i < 64; i++)
		one(MODEL_WRITE, MIB * i, 128 * KIB, false);
	for (i = 0; i < 32; i++) {
		t = one(MODEL_READ, rnd(1000000) * 4096, 4096, false);
		busy = t > busy ? t : busy;
	}
	diag("%lu ns alone, %lu ns at most behind writes", quiet, busy);
	ok(busy > 2 * quiet, "ssd: reads wait for pages being programmed");
}

/* Random commands at random times: what goes in comes out, once. */
static bool storm(const char *name, u64 seed, bool cache, u64 *sum)
{
	const struct model_profile *p = start(name, seed, cache);
	u64 arrival[MODEL_SLOTS] = { 0 };
	bool held[MODEL_SLOTS] = { false };
	unsigned int i, count = 0;
	int slot;

	for (i = 0; i < 20000 || count; i++) {
		slot = i < 20000 ? rnd(p->depth) : 0;
		if (i < 20000 && !held[slot]) {
			struct model_command cmd = {
				.op = rnd(20) ? rnd(2) : MODEL_FLUSH,
				.fua = !rnd(10),
			};

			cmd.bytes = cmd.op == MODEL_FLUSH ? 0 :
							4096 << rnd(9);
			cmd.start = rnd((p->capacity - MIB) >> 12) << 12;
			if (rnd(2))
				cmd.start %= 64 * MIB;
			held[slot] = true;
			arrival[slot] = now;
			count++;
			model_submit(&m, slot, &cmd, now);
			now += rnd(3) ? 0 : rnd(1000000);
			continue;
		}
		slot = wait_one();
		if (slot < 0 || !held[slot] || now <= arrival[slot])
			return false;
		*sum = *sum * 31 + now - arrival[slot];
		held[slot] = false;
		count--;
	}
	return wait_one() == -1;
}

static void test_storm(void)
{
	static const char * const names[] = { "emmc", "ssd", "hdd" };
	u64 one_seed, same_seed, other;

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		one_seed = 0;
		same_seed = 0;
		other = 0;
		ok(storm(names[i], 11, true, &one_seed) &&
		   storm(names[i], 12, true, &other),
		   "%s: each command is done once, and then it is quiet",
		   names[i]);
		ok(storm(names[i], 13, false, &other),
		   "%s: also without write cache", names[i]);
		storm(names[i], 11, true, &same_seed);
		ok(one_seed == same_seed, "%s: a seed repeats", names[i]);
	}
	now = 0;
	one_seed = start("hdd", 1, true) ? one(MODEL_READ, SECOND, 4096, 0) : 0;
	other = start("hdd", 2, true) ? one(MODEL_READ, SECOND, 4096, 0) : 0;
	ok(one_seed != other, "hdd: another seed is another angle");
	one_seed = start("ssd", 1, true) ? one(MODEL_READ, SECOND, 4096, 0) : 0;
	other = start("ssd", 2, true) ? one(MODEL_READ, SECOND, 4096, 0) : 0;
	ok(one_seed != other, "ssd: and other pages");
	ok(!model_find("floppy"), "an unknown profile");
}

int main(void)
{
	test_emmc();
	test_ssd();
	test_hdd();
	test_seek();
	test_caches();
	test_full_cache();
	test_direction();
	test_storm();
	return tap_done();
}
