#!/bin/bash
# The record outlives what a guest goes through: CPU hotplug, reboot, save and
# restore.
. "$(dirname "$0")/tap.sh"

need_images host guest

# For jobs. forget: the trace and tickets so far. granted NAME VCPU: how often that
# became critical since then. told NAME VCPU: which records it registered. woken
# NAME: how often a vCPU was woken for critical work; the host counts a ticket.
# shellcheck disable=SC2016
job_lib='. /board/host-lib
trace=/sys/kernel/tracing
echo 1 > $trace/events/kvm/kvm_intent_grant/enable
echo 1 > $trace/events/kvm/kvm_intent_record/enable
forget() { : > $trace/trace; tickets=$(vm_stat intent_tickets 2> /dev/null || echo 0); }
granted() { echo "$1 = $(grep -c "kvm_intent_grant: vcpu $2 class 2" $trace/trace)"; }
told() { list=$(sed -n "s/.*kvm_intent_record: vcpu $2 ipa \(.*\)/\1/p" $trace/trace | tr "\n" ","); echo "$1 = ${list:-nothing}"; }
woken() { echo "$1 = $(($(vm_stat intent_tickets) - tickets))"; }
'
# The guest's work: a periodic SCHED_FIFO task. Its main thread is real-time for a
# moment, too.
cyclictest='cyclictest -q -m -p 80 -t 1 -i 2000'

# good NAME [BEFORE]: it registered one record, and BEFORE that what?
good()
{
	printf 'got "%s"\n' "$(value "$1")"
	value "$1" | grep -Eqx "${2:-}0x[0-9a-f]*[08]0 ret 0,"
}

none='0xffffffffffffffff ret 0,'

ok "two vCPUs: hotplug, reboot" on_board host guest <<EOF
$job_lib
guest_smp=2
guest_start
told boot0 0
told boot1 1
vm_allow critical
forget
guest_run "taskset 2 $cyclictest -l 50 > /dev/null 2>&1"
woken works
granted work 1
granted idle 0
forget
guest_run "echo 0 > /sys/devices/system/cpu/cpu1/online"
told offline 1
forget
guest_run "$cyclictest -l 50 > /dev/null 2>&1"
woken alone
granted gone 1
forget
guest_run "echo 1 > /sys/devices/system/cpu/cpu1/online"
told online 1
guest_run "$cyclictest -a 1 -l 50 > /dev/null 2>&1"
woken again
forget
guest_begin "reboot -f"
await @READY
told reboot0 0
told reboot1 1
forget
guest_run "$cyclictest -a 1 -l 50 > /dev/null 2>&1"
woken rebooted
echo "calls = \$(vm_stat intent_grants)"
guest_stop
EOF
ok "each vCPU registers a record at boot" good boot0
ok "the second one, too" good boot1
ok "privilege goes to the vCPU that works" at_least work 1
ok "each time that it is woken" at_least works 40
ok "and not to the other" is idle 0
ok "a vCPU that goes offline drops its record" is offline "$none"
ok "the other one goes on" at_least alone 40
ok "no privilege for one that is offline" is gone 0
ok "it registers one when it comes back" good online
ok "and is privileged again" at_least again 40
ok "before reboot the record is dropped, then registered" good reboot0 "$none"
ok "that of the second vCPU, too" good reboot1 "$none"
ok "privilege works after reboot" at_least rebooted 40
ok "all that without an intent by call" is calls 0

ok "save and restore" on_board host guest <<EOF
$job_lib
guest_monitored
guest_start
vm_allow critical
guest_run "($cyclictest -l 1000000 > /dev/null 2>&1 &)"
forget
sleep 1
woken before
guest_save /tmp/saved
forget
guest_restore /tmp/saved
told restored 0
granted denied 0
vm_allow critical
sleep 1
woken after
granted restored_class 0
told later 0
echo "calls = \$(vm_stat intent_grants)"
guest_stop
EOF
ok "privileged before it is saved" at_least before 400
ok "restored, it does not register its record" is restored nothing
ok "it needs the owner's consent anew" is denied 0
ok "then it is privileged as before" at_least after 400
ok "and critical" at_least restored_class 1
ok "without a registration" is later nothing
ok "and without an intent by call" is calls 0

done_testing
