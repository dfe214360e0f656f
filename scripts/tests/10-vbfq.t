#!/bin/bash
# shellcheck disable=SC2016  # variables of the host of the board
#
# V-BFQ: a guest says when somebody waits for its disk, and seldom; the owner
# decides; privilege ends with whatever ends. fio is the guest's application.
. "$(dirname "$0")/tap.sh"

need_images vanilla-host host guest
[ -x "$build/tools/fio" ] || skip_all "no fio for the board (make build)"

# What the jobs have in common: a disk of 4 ms a request, a VM that has it.
cat > "$tmp/disk" <<'EOF'
. /board/host-lib
trace=/sys/kernel/tracing
group=/sys/fs/cgroup/vm
null=/sys/kernel/config/nullb/nullb1
iosched=/sys/block/vda/queue/iosched
mount -t configfs config /sys/kernel/config
mkdir $null
cd $null && echo 4096 > size && echo 2 > queue_mode && echo 2 > irqmode &&
	echo 4000000 > completion_nsec && echo 2 > hw_queue_depth && echo 1 > power
cd /
echo bfq > /sys/block/nullb1/queue/scheduler
echo +io > /sys/fs/cgroup/cgroup.subtree_control
mkdir $group
guest_options="-drive if=none,id=disk,format=raw,cache=none,aio=threads,file=/dev/nullb1"
guest_options="$guest_options -device virtio-blk-device,drive=disk"
app="fio --name=app --filename=/dev/vda --direct=1 --rw=randread --bs=16k --size=1g"
# The classes that the I/O scheduler was told of; the last one, and the highest.
classes() { sed -n 's/.*kvm_intent_io_grant: class //p' $trace/trace; }
told() { echo "$1 = $(classes | tail -n 1)"; }
told_most() { echo "$1 = $(classes | sort -n | tail -n 1)"; }
stat() { echo "$1 = $(sed -n "s/.*vbfq.$2=\([0-9]*\).*/\1/p" $group/io.stat)"; }
# Calls for IO so far.
calls() { grep -c 'kvm_intent_set: .*resource 1' $trace/trace; }
disk_guest()
{
	guest_start "$@"
	guest_run "echo bfq > /sys/block/vda/queue/scheduler"
	file=$(echo /sys/kernel/intent/$guest_pid-*/io)
	echo 1 > $trace/events/kvm/kvm_intent_set/enable
	echo 1 > $trace/events/kvm/kvm_intent_io_grant/enable
}
EOF

# vbfq_job HOST GUEST: on_board, with the disk.
vbfq_job()
{
	cat "$tmp/disk" - > "$tmp/whole"
	on_board "$@" < "$tmp/whole"
}

ok "patched guest on a vanilla host: boots and reads" vbfq_job vanilla-host guest <<'EOF'
guest_start
guest_run "dmesg | grep vbfq:; echo bfq > /sys/block/vda/queue/scheduler"
echo "before = $(vm_stat hvc_exit_stat)"
guest_run "$app --number_ios=20 > /dev/null"
echo "after = $(vm_stat hvc_exit_stat)"
guest_stop
EOF
ok "it logs once that the host does not coordinate" \
	[ "$(grep -c 'does not coordinate disk requests' "$tmp/console")" = 1 ]
ok "it makes no hypercalls afterwards" is after "$(value before)"

ok "both patched: root cgroup, opt in, opt out, kill switch" vbfq_job host guest <<'EOF'
disk_guest
echo "default = $(cat $file)"
echo latency 2> /dev/null > $file && echo "accepted in the root cgroup"
dmesg | grep -c 'move the VMM to a cgroup' | sed 's/^/advice = /'
echo "refused = $(cat $file)"
echo $guest_pid > $group/cgroup.procs
for word in bogus LATENCY 1; do
	echo "$word" 2> /dev/null > $file && echo "accepted $word"
done
guest_run "dmesg | grep vbfq:"

# What is raised when that is switched off stays so until it has been served.
guest_run "echo 0 > $iosched/low_latency"
guest_run "(fio --name=bulk --filename=/dev/vda --direct=1 --rw=read --bs=64k --size=1g --time_based --runtime=1000 > /dev/null &)"
sleep 0.5
n=$(calls)
sleep 1
echo "none raised = $(($(calls) - n))"
guest_run "echo 1 > $iosched/low_latency"

guest_run "($app --time_based --runtime=1000 --thinktime=150000 > /dev/null &)"
sleep 1
told before
n=$(calls)
sleep 4
echo "calls = $(($(calls) - n))"
echo latency > $file
sleep 0.6
# The intent of a reader that pauses comes and goes.
told_most latency
stat led led_usec
guest_run "kill \$(pidof fio); ($app --time_based --runtime=1000 > /dev/null &)"
sleep 0.3
echo critical > $file; told critical; stat privileged privileged
echo none > $file; told none; stat withdrawn privileged
echo latency > $file; told again
echo 0 > /sys/kernel/intent/enabled; told off
echo 1 > /sys/kernel/intent/enabled; told on
echo $guest_pid > /sys/fs/cgroup/cgroup.procs; sleep 1.5; told root
echo $guest_pid > $group/cgroup.procs; sleep 1.5; told back
echo mq-deadline > /sys/block/nullb1/queue/scheduler
sleep 0.3
echo bfq > /sys/block/nullb1/queue/scheduler
sleep 0.5
stat anew privileged
stat lead led_usec
guest_run "kill \$(pidof fio); echo 0 > $iosched/low_latency; ($app --time_based --runtime=1000 > /dev/null &)"
sleep 0.5
told quiet
guest_run "echo 1 > $iosched/low_latency; kill \$(pidof fio); ($app --time_based --runtime=1000 > /dev/null &)"
sleep 0.3
told raised
guest_stop
sleep 0.5
told dead
rmdir $group && echo "removed = 1"
echo 0 > $null/power; rmdir $null && echo "unplugged = 1"
echo "left = $(ls -d /sys/kernel/intent/*/ 2> /dev/null | wc -l)"
dmesg | grep -c 'WARNING\|BUG' | sed 's/^/oops = /'
EOF
ok "the guest says that it coordinates" \
	grep -q 'coordinating disk requests with the host' "$tmp/console"
ok "a VM is not opted in by default" is default none
ok "nothing is accepted that should not be" [ "$(grep -c '^accepted' "$tmp/console")" = 0 ]
ok "a VM in the root cgroup gets advice in the log" is advice 1
ok "and no opt-in" is refused none
ok "no queue raised, no call" is "none raised" 0
ok "then nothing is granted" is before ''
calls=$(value calls)
ok "a reader that pauses makes some calls" [ "${calls:-0}" -ge 4 ]
ok "and at most 20 a second" [ "${calls:-81}" -le 80 ]
ok "opting in grants" is latency 1
led=$(value led)
ok "the VM's cgroup led" [ "${led:-0}" -gt 0 ]
ok "a higher class is granted as the lower one that is stated" is critical 1
ok "io.stat shows it" is privileged 1
ok "opting out ends privilege" is none 0
ok "and io.stat shows that" is withdrawn 0
ok "opting in again grants again" is again 1
ok "the kill switch ends privilege" is off 0
ok "and gives it back" is on 1
ok "a VM that moves to the root cgroup loses it" is root 0
ok "and gets it back in its own" is back 1
ok "another scheduler, and BFQ again: privileged" is anew 1
lead=$(value lead)
ok "and leading" [ "${lead:-0}" -gt 0 ]
ok "without weight-raising in the guest there is no intent" is quiet 0
ok "with it there is" is raised 1
ok "a killed VM leaves no privilege" is dead 0
ok "its cgroup can be removed" is removed 1
ok "and the disk" is unplugged 1
ok "and no directory is left" is left 0
ok "no warning of the kernel" is oops 0

done_testing
