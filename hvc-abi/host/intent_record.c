// SPDX-License-Identifier: GPL-2.0-only
/*
 * The record that a vCPU shares with the host, by which it states its intents
 * without an exit. See Documentation/virt/kvm/arm/intent.rst for the protocol.
 *
 * The scheduler reads it under the lock of a run queue, timers and interrupts
 * in hard-irq context, so its page is pinned, and readers take no lock:
 * kvm_intent_vcpu.record is under RCU. Whatever the guest writes there is a
 * class, a time or a ticket number, and the loan bounds what it gets by it.
 */
#include <linux/kvm_host.h>
#include <linux/mm.h>
#include <linux/sched/mm.h>
#include <linux/slab.h>
#include <linux/workqueue.h>

#include <asm/intent-abi.h>
#include <asm/kvm_intent.h>

#include <kvm/arm_arch_timer.h>

#include "intent_record.h"

/* A guest that does not acknowledge a ticket has so much CPU time to do so. */
#define TICKET_NS	NSEC_PER_MSEC

/*
 * A vCPU that yields waits for the CPU at most for so long, and then competes
 * for its next turn: its guest may hold a lock, and not all that is due there
 * has a timer of its own.
 */
#define IDLE_WAIT_NS	(100 * NSEC_PER_MSEC)

/**
 * struct kvm_intent_record - a registered record
 * @shared: the record itself
 * @ipa: where the guest has it
 * @page: its page, pinned
 * @mm: whose locked memory the page counts as
 * @free: undoes all that
 */
struct kvm_intent_record {
	struct intent_record *shared;
	u64 ipa;
	struct page *page;
	struct mm_struct *mm;
	struct rcu_work free;
};

static_assert(sizeof(struct intent_record) == INTENT_RECORD_SIZE);
static_assert(offsetof(struct intent_record, granted) == INTENT_RECORD_SIZE / 2);

static struct intent_record *shared_of(struct kvm_vcpu *vcpu)
{
	struct kvm_intent_record *record;

	record = rcu_dereference_check(vcpu->arch.intent.record,
				       rcu_read_lock_any_held());
	return record ? record->shared : NULL;
}

static void record_unpin(struct kvm_intent_record *record)
{
	unpin_user_page(record->page);
	account_locked_vm(record->mm, 1, false);
	mmdrop(record->mm);
	kfree(record);
}

static void record_free(struct work_struct *work)
{
	record_unpin(container_of(to_rcu_work(work), struct kvm_intent_record,
				  free));
}

static int record_pin(struct kvm_vcpu *vcpu, struct kvm_intent_record *record)
{
	unsigned long hva;
	bool writable;
	int idx, ret;

	idx = srcu_read_lock(&vcpu->kvm->srcu);
	hva = kvm_vcpu_gfn_to_hva_prot(vcpu, gpa_to_gfn(record->ipa), &writable);
	srcu_read_unlock(&vcpu->kvm->srcu, idx);
	if (kvm_is_error_hva(hva) || !writable)
		return -EINVAL;

	ret = account_locked_vm(record->mm, 1, true);
	if (ret)
		return ret;
	if (pin_user_pages_fast(hva, 1, FOLL_WRITE | FOLL_LONGTERM,
				&record->page) != 1) {
		account_locked_vm(record->mm, 1, false);
		return -EFAULT;
	}

	record->shared = page_address(record->page) + offset_in_page(record->ipa);
	return 0;
}

/* What the host writes is not copied along when the guest migrates. */
static void record_reset(struct intent_record *shared)
{
	WRITE_ONCE(shared->granted, INTENT_NONE);
	WRITE_ONCE(shared->reason, INTENT_REASON_NONE);
	WRITE_ONCE(shared->ticket, READ_ONCE(shared->ack));
	WRITE_ONCE(shared->release, 0);
	memset(shared->host_reserved, 0, sizeof(shared->host_reserved));
}

static void record_replace(struct kvm_vcpu *vcpu, struct kvm_intent_record *new)
{
	struct kvm_intent_vcpu *intent = &vcpu->arch.intent;
	struct kvm_intent_record *old;
	unsigned long flags;

	raw_spin_lock_irqsave(&intent->lock, flags);
	old = rcu_replace_pointer(intent->record, new,
				  lockdep_is_held(&intent->lock));
	raw_spin_unlock_irqrestore(&intent->lock, flags);

	if (old)
		queue_rcu_work(system_wq, &old->free);
}

int intent_record_set(struct kvm_vcpu *vcpu, u64 ipa)
{
	struct kvm_intent_record *record;
	int ret;

	if (ipa == INTENT_RECORD_NONE) {
		intent_record_drop(vcpu);
		return 0;
	}
	if (!IS_ALIGNED(ipa, INTENT_RECORD_SIZE))
		return -EINVAL;

	record = kzalloc(sizeof(*record), GFP_KERNEL_ACCOUNT);
	if (!record)
		return -ENOMEM;
	record->ipa = ipa;
	record->mm = current->mm;
	INIT_RCU_WORK(&record->free, record_free);
	ret = record_pin(vcpu, record);
	if (ret) {
		kfree(record);
		return ret;
	}
	mmgrab(record->mm);

	record_reset(record->shared);
	record_replace(vcpu, record);
	return 0;
}

void intent_record_drop(struct kvm_vcpu *vcpu)
{
	record_replace(vcpu, NULL);
}

u64 intent_record_ipa(struct kvm_vcpu *vcpu)
{
	struct kvm_intent_record *record;
	u64 ipa = INTENT_RECORD_NONE;

	rcu_read_lock();
	record = rcu_dereference(vcpu->arch.intent.record);
	if (record)
		ipa = record->ipa;
	rcu_read_unlock();
	return ipa;
}

/* A class that the guest wrote; one that does not exist is none. */
static u8 class_of(const u32 *word)
{
	u32 class = READ_ONCE(*word);

	return class < INTENT_NR_CLASSES ? class : INTENT_NONE;
}

static void ticket_give(struct kvm_vcpu *vcpu, struct intent_record *shared)
{
	struct kvm_intent_vcpu *intent = &vcpu->arch.intent;
	struct task_struct *task = READ_ONCE(intent->task);

	WRITE_ONCE(intent->ticket_runtime, task->se.sum_exec_runtime);
	/* Two may give one at a time, and the guest writes what it likes. */
	atomic_inc((atomic_t *)&shared->ticket);
	vcpu->stat.intent_tickets++;
}

static bool ticket_open(struct kvm_vcpu *vcpu, struct intent_record *shared)
{
	struct kvm_intent_vcpu *intent = &vcpu->arch.intent;

	/* Pairs with the guest's: once it has acknowledged, now is true. */
	if (READ_ONCE(shared->ticket) == smp_load_acquire(&shared->ack))
		return false;

	return intent->task->se.sum_exec_runtime -
	       READ_ONCE(intent->ticket_runtime) < TICKET_NS;
}

u8 intent_record_class(struct kvm_vcpu *vcpu)
{
	struct intent_record *shared = shared_of(vcpu);
	u8 now, wake;

	if (!shared)
		return INTENT_NONE;

	wake = class_of(&shared->wake);
	/* Pairs with the guest's store: what woke is in now. */
	smp_rmb();
	now = class_of(&shared->now);
	if (ticket_open(vcpu, shared))
		return max(now, wake);
	if (wake > now && kvm_vcpu_is_blocking(vcpu)) {
		ticket_give(vcpu, shared);
		return wake;
	}
	return now;
}

/* A time that the guest wrote, as nanoseconds from now. */
static u64 wait_until(struct kvm_vcpu *vcpu, u64 cval)
{
	return cval == INTENT_NEXT_NONE ? U64_MAX : kvm_timer_wait(vcpu, cval);
}

u8 intent_record_soon(struct kvm_vcpu *vcpu, u64 ns)
{
	struct intent_record *shared = shared_of(vcpu);
	u64 next;
	u8 wake;

	wake = shared ? class_of(&shared->wake) : INTENT_NONE;
	if (!wake)
		return INTENT_NONE;

	/* While it runs, nobody here knows of any other timer. */
	next = READ_ONCE(shared->next);
	if (next == INTENT_NEXT_ANY)
		return INTENT_NONE;
	return wait_until(vcpu, next) < ns ? wake : INTENT_NONE;
}

bool intent_record_idle(struct kvm_vcpu *vcpu)
{
	struct intent_record *shared = shared_of(vcpu);

	return shared && READ_ONCE(shared->idle) && !ticket_open(vcpu, shared);
}

/* The class in the word at this offset of the record */
static u8 class_at(struct kvm_vcpu *vcpu, size_t offset)
{
	struct intent_record *shared;
	u8 class = INTENT_NONE;

	rcu_read_lock();
	shared = shared_of(vcpu);
	if (shared)
		class = class_of((void *)shared + offset);
	rcu_read_unlock();
	return class;
}

u8 intent_record_now(struct kvm_vcpu *vcpu)
{
	return class_at(vcpu, offsetof(struct intent_record, now));
}

u8 intent_record_wake(struct kvm_vcpu *vcpu)
{
	return class_at(vcpu, offsetof(struct intent_record, wake));
}

/*
 * When should the guest give the CPU back? Before an event that is known to be
 * for urgent work, any other is of no interest.
 */
static u32 release_of(struct intent_record *shared, u8 granted, u32 release)
{
	if (!granted)
		return INTENT_RELEASE_NONE;
	if (release == INTENT_RELEASE_WORK &&
	    READ_ONCE(shared->next) == INTENT_NEXT_ANY)
		return INTENT_RELEASE_EVENT;
	return release;
}

/* The guest polls these words: leave its cache line alone if nothing is new. */
static void tell(u32 *word, u32 value)
{
	if (READ_ONCE(*word) != value)
		WRITE_ONCE(*word, value);
}

void intent_record_show(struct kvm_vcpu *vcpu, u8 granted, u8 limit,
			u32 release)
{
	struct intent_record *shared;
	u32 reason = INTENT_REASON_NONE;

	rcu_read_lock();
	shared = shared_of(vcpu);
	if (shared) {
		if (granted && vcfs_throttled(current))
			reason = INTENT_REASON_LOAN;
		else if (limit < class_of(&shared->now))
			reason = INTENT_REASON_LIMIT;
		tell(&shared->granted, granted);
		tell(&shared->reason, reason);
		tell(&shared->release, release_of(shared, granted, release));
	}
	rcu_read_unlock();
}

bool intent_record_event(struct kvm_vcpu *vcpu)
{
	struct intent_record *shared;
	bool matters = false;

	rcu_read_lock();
	shared = shared_of(vcpu);
	if (shared)
		matters = class_of(&shared->now) || class_of(&shared->wake) ||
			  READ_ONCE(shared->idle);
	if (matters)
		ticket_give(vcpu, shared);
	rcu_read_unlock();
	return matters;
}

static u64 next_of(struct kvm_vcpu *vcpu, struct intent_record *shared)
{
	return class_of(&shared->wake) ?
	       wait_until(vcpu, READ_ONCE(shared->next)) : U64_MAX;
}

/* What the vCPU yields for lasts until its first timer expires. */
static u64 due_of(struct kvm_vcpu *vcpu, struct intent_record *shared)
{
	return min_t(u64, wait_until(vcpu, READ_ONCE(shared->due)),
		     IDLE_WAIT_NS);
}

u64 intent_record_next(struct kvm_vcpu *vcpu)
{
	struct intent_record *shared;
	u64 ns = U64_MAX;

	rcu_read_lock();
	shared = shared_of(vcpu);
	if (shared)
		ns = next_of(vcpu, shared);
	rcu_read_unlock();
	return ns;
}

/* A ticket ends what the vCPU is taken for, if it is taken for that. */
static u64 wait_of(struct kvm_vcpu *vcpu, struct intent_record *shared,
		   bool yields)
{
	u64 ns = next_of(vcpu, shared);

	if (class_of(&shared->now))
		return 0;
	if (ticket_open(vcpu, shared))
		return yields || class_of(&shared->wake) ? 0 : ns;
	return yields ? min(ns, due_of(vcpu, shared)) : ns;
}

u64 intent_record_wait(struct kvm_vcpu *vcpu)
{
	bool yields = READ_ONCE(vcpu->arch.intent.yields);
	struct intent_record *shared;
	u64 ns = U64_MAX;

	rcu_read_lock();
	shared = shared_of(vcpu);
	if (shared)
		ns = wait_of(vcpu, shared, yields);
	rcu_read_unlock();
	return ns;
}
