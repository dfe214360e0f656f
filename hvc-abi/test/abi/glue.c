// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the guest's tests stand on; see guest.h.
 */
#include <stdarg.h>
#include <stddef.h>

#include "guest.h"

/* start.S */
void hvc_0(struct regs *regs);
void hvc_1(struct regs *regs);
void hvc_2(struct regs *regs);
void hvc_ffff(struct regs *regs);
void start_second(void);

static void (* const hvcs[NR_IMMS])(struct regs *) = {
	[HVC_0]		= hvc_0,
	[HVC_1]		= hvc_1,
	[HVC_2]		= hvc_2,
	[HVC_FFFF]	= hvc_ffff,
};

const char * const imm_names[NR_IMMS] = {
	[HVC_0]		= "hvc #0",
	[HVC_1]		= "hvc #1",
	[HVC_2]		= "hvc #2",
	[HVC_FFFF]	= "hvc #0xffff",
};

/* The VMM decodes plain accesses only, and these stay plain. */
u64 db_read(u32 reg)
{
	u64 value;

	asm volatile("ldr %0, [%1]"
		     : "=r" (value) : "r" (DB_BASE + (u64)reg) : "memory");
	return value;
}

void db_write(u32 reg, u64 value)
{
	asm volatile("str %0, [%1]"
		     : : "r" (value), "r" (DB_BASE + (u64)reg) : "memory");
}

/* Each doorbell costs an exit, so it takes what fits in a register. */
static void put_char(char c)
{
	static unsigned int count;
	static u64 chars;

	chars |= (u64)c << 8 * count++;
	if (count == sizeof(chars) || c == '\n') {
		db_write(DB_CONSOLE, chars);
		chars = 0;
		count = 0;
	}
}

static void put_string(const char *s)
{
	while (*s)
		put_char(*s++);
}

static void put_number(u64 value, unsigned int base)
{
	char digits[24], *p = digits + sizeof(digits);

	*--p = '\0';
	do {
		*--p = "0123456789abcdef"[value % base];
		value /= base;
	} while (value);
	put_string(p);
}

/* What follows a %: the number of characters that were the conversion. */
static int put_conversion(const char *format, va_list *args)
{
	switch (*format) {
	case 's':
		put_string(va_arg(*args, const char *));
		return 1;
	case 'u':
		put_number(va_arg(*args, unsigned int), 10);
		return 1;
	default:	/* lx */
		put_number(va_arg(*args, u64), 16);
		return 2;
	}
}

static void put_format(const char *format, va_list *args)
{
	for (; *format; format++) {
		if (*format == '%')
			format += put_conversion(format + 1, args);
		else
			put_char(*format);
	}
}

void note(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	put_string("# ");
	put_format(format, &args);
	put_string("\n");
	va_end(args);
}

/* One line of TAP. The VMM counts, as other guests print such lines too. */
static void put_result(bool ok, const char *why, const char *format,
		       va_list *args)
{
	db_write(DB_RESULT, ok);
	put_string(ok ? "ok " : "not ok ");
	put_number(db_read(DB_RESULT), 10);
	put_string(" - ");
	put_format(format, args);
	if (why) {
		put_string(" # SKIP ");
		put_string(why);
	}
	put_string("\n");
}

bool check(bool ok, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	put_result(ok, NULL, format, &args);
	va_end(args);
	return ok;
}

void skip(const char *why, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	put_result(true, why, format, &args);
	va_end(args);
}

/* What x4 to x17 hold while a call is made. */
static u64 canary(int n)
{
	return 0x0123456789abcdef * (n + 1);
}

struct regs call(enum imm imm, u64 x0, u64 x1, u64 x2, u64 x3)
{
	struct regs regs = { { x0, x1, x2, x3 } };
	int n;

	for (n = 4; n < 18; n++)
		regs.x[n] = canary(n);
	hvcs[imm](&regs);
	return regs;
}

static bool preserved(const struct regs *regs)
{
	int n;

	for (n = 4; n < 18; n++) {
		if (regs->x[n] != canary(n))
			return false;
	}
	return true;
}

static bool check_regs(const struct regs *got, s64 x0, u64 x1, u64 x2,
		       const char *format, va_list *args)
{
	bool kept = preserved(got);
	bool ok = kept && got->x[0] == (u64)x0 && got->x[1] == x1 &&
		  got->x[2] == x2 && !got->x[3];

	put_result(ok, NULL, format, args);
	if (ok)
		return true;

	note("expected x0 %lx x1 %lx x2 %lx x3 0", (u64)x0, x1, x2);
	note("got x0 %lx x1 %lx x2 %lx x3 %lx, x4 to x17 %s", got->x[0],
	     got->x[1], got->x[2], got->x[3], kept ? "kept" : "clobbered");
	return false;
}

bool check_answer(struct regs got, s64 x0, u64 x1, const char *format, ...)
{
	va_list args;
	bool ok;

	va_start(args, format);
	ok = check_regs(&got, x0, x1, 0, format, &args);
	va_end(args);
	return ok;
}

bool check_features(struct regs got, const char *format, ...)
{
	va_list args;
	bool ok;

	va_start(args, format);
	ok = check_regs(&got, INTENT_ABI_VERSION,
			1 << INTENT_CPU | 1 << INTENT_IO,
			INTENT_RECORD_SIZE, format, &args);
	va_end(args);
	return ok;
}

u64 state(u32 class)
{
	struct regs regs = call(class == INTENT_NONE ? HVC_0 : HVC_1,
				INTENT_FN_SET, INTENT_CPU, class, 0);

	if (regs.x[0] != INTENT_SUCCESS)
		note("INTENT_SET of class %u fails: x0 %lx", class, regs.x[0]);
	return regs.x[1];
}

void allow(u32 class)
{
	db_write(DB_ALLOW, class);
	if (db_read(DB_ALLOW) != class)
		note("the host does not take class %u for an opt-in", class);
}

u64 changes(u32 vcpu)
{
	return db_read(DB_CHANGES(vcpu));
}

static void check_traced(u64 got, u64 expected, const char *text)
{
	if (got == DB_UNKNOWN)
		skip("no tracepoints", "%s", text);
	else if (!check(got == expected, "%s", text))
		note("expected %lx, the tracepoints say %lx", expected, got);
}

void check_granted(u32 vcpu, u32 class, const char *text)
{
	check_traced(db_read(DB_GRANTED(vcpu)), class, text);
}

void check_changes(u32 vcpu, u64 before, u64 count, const char *text)
{
	u64 now = changes(vcpu);

	check_traced(now == DB_UNKNOWN ? now : now - before, count, text);
}

s64 psci(u64 function, u64 x1, u64 x2, u64 x3)
{
	return call(HVC_0, function, x1, x2, x3).x[0];
}

/* Set by the first vCPU, cleared by the second when the job is done. */
static void (*volatile second_job)(void);

/* Where start_second leads to. */
void second_main(void)
{
	for (;;) {
		while (!second_job)
			asm volatile("yield");
		second_job();
		second_job = NULL;
	}
}

bool second_on(void)
{
	second_job = NULL;
	return psci(PSCI_CPU_ON, 1, (u64)start_second, 0) == 0;
}

void second_start(void (*job)(void))
{
	second_job = job;
}

void second_wait(void)
{
	while (second_job)
		asm volatile("yield");
}

static void switch_off(void)
{
	psci(PSCI_CPU_OFF, 0, 0, 0);
}

bool second_off(void)
{
	second_start(switch_off);
	while (second_job && psci(PSCI_AFFINITY_INFO, 1, 0, 0) != PSCI_IS_OFF)
		asm volatile("yield");
	return second_job;
}

u64 ticks(void)
{
	u64 now;

	asm volatile("isb; mrs %0, cntvct_el0" : "=r" (now));
	return now;
}

/* The virtual timer ends WFI though its interrupt goes nowhere. */
void sleep_ms(u32 ms)
{
	u64 hz, end;

	asm volatile("mrs %0, cntfrq_el0" : "=r" (hz));
	end = ticks() + hz / 1000 * ms;
	asm volatile("msr cntv_cval_el0, %0" : : "r" (end));
	asm volatile("msr cntv_ctl_el0, %0; isb" : : "r" (1UL));
	while (ticks() < end)
		asm volatile("wfi");
	asm volatile("msr cntv_ctl_el0, %0; isb" : : "r" (0UL));
}

/* From the vectors: nothing that the tests do may lead there. */
void unexpected(u64 esr, u64 elr, u64 far)
{
	note("guest exception: esr %lx elr %lx far %lx", esr, elr, far);
	db_write(DB_PANIC, 0);
}
