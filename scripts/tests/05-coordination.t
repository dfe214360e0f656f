#!/bin/bash
# Old and new hosts and guests work together; opting in, opting out and the kill
# switch do what they say.
. "$(dirname "$0")/tap.sh"

need_images vanilla-host vanilla-guest host guest

# The guest's work: a periodic SCHED_FIFO task.
cyclictest='cyclictest -q -m -p 80 -t 1 -i 2000 > /dev/null 2>&1'

ok "patched guest on a vanilla host: boots and runs" on_board vanilla-host guest <<EOF
. /board/host-lib
guest_start
guest_run "dmesg | grep vcfs:"
echo "before = \$(vm_stat hvc_exit_stat)"
guest_run "$cyclictest -l 200"
echo "after = \$(vm_stat hvc_exit_stat)"
guest_stop
EOF
ok "it logs once that the host does not coordinate" \
	[ "$(grep -c 'the host does not coordinate' "$tmp/console")" = 1 ]
ok "it makes no hypercalls afterwards" is after "$(value before)"

ok "vanilla guest on a patched host: boots and runs" on_board host vanilla-guest <<EOF
. /board/host-lib
guest_start
vm_allow critical
guest_run "$cyclictest -l 200"
echo "grants = \$(vm_stat intent_grants)"
guest_stop
EOF
ok "it gets no privilege" is grants 0

ok "both patched: opt in, opt out, kill switch" on_board host guest <<EOF
. /board/host-lib
trace=/sys/kernel/tracing
# Classes that the scheduler was told of. told NAME: the last one. highest NAME
# FILE WORD: after WORD was written, while the guest's task wakes up several times.
# still NAME: the same without writing.
classes() { sed -n 's/.*kvm_intent_grant: .*class //p' \$trace/trace; }
told() { echo "\$1 = \$(classes | tail -n 1)"; }
highest() { n=\$(classes | wc -l); echo "\$3" > "\$2"; still "\$1" \$n; }
still() { n=\${2:-\$(classes | wc -l)}; sleep 0.05; echo "\$1 = \$(classes | tail -n +\$((n + 1)) | sort -n | tail -n 1)"; }
guest_start
echo 1 > \$trace/events/kvm/kvm_intent_grant/enable
guest_run "dmesg | grep vcfs:"
file=\$(echo /sys/kernel/intent/\$guest_pid-*/cpu)
echo "default = \$(cat \$file)"
guest_run "($cyclictest -l 1000000 &)"
sleep 1
told before
enabled=/sys/kernel/intent/enabled
highest critical \$file critical
highest latency \$file latency
echo 0 > \$enabled; told off; still still_off
highest on \$enabled 1
echo none > \$file; told none; still still_none
for word in bogus CRITICAL 2 ''; do
	echo "\$word" 2> /dev/null > \$file && echo "accepted \$word"
done
echo "kept = \$(cat \$file)"
echo maybe 2> /dev/null > \$enabled && echo "accepted maybe"
highest again \$file critical
guest_stop
sleep 1
told dead
echo "left = \$(ls -d /sys/kernel/intent/*/ 2> /dev/null | wc -l)"
EOF
ok "the guest says that it coordinates" \
	grep -q 'coordinating CPU scheduling with the host' "$tmp/console"
ok "a VM is not opted in by default" is default none
ok "then nothing is granted" is before ''
ok "opting in grants what is stated" is critical 2
ok "a lower class limits" is latency 1
ok "the kill switch ends privilege" is off 0
ok "and nothing is granted any more" is still_off ''
ok "and gives it back" is on 1
ok "opting out ends privilege" is none 0
ok "and nothing is granted either" is still_none ''
ok "bad words are refused" [ "$(grep -c '^accepted' "$tmp/console")" = 0 ]
ok "and change nothing" is kept none
ok "opting in again grants again" is again 2
ok "a killed VM leaves no privilege" is dead 0
ok "and no directory" is left 0

ok "a crowd is woken while a VM may be urgent, and while none may" on_board host guest <<EOF
. /board/host-lib
# late NAME: how often the start of hackbench, which wakes 40 tasks at once, keeps a
# real-time task of the host from the CPU for more than 25 us.
late()
{
	(while :; do hackbench -g 1 -f 20 -l 1; done) > /dev/null & crowd=\$!
	cyclictest -q -m -p 90 -i 301 -l 6000 -h 100 2> /dev/null > /tmp/late
	echo "\$1 = \$(sed -n 's/^0*\\([1-9][0-9]*\\) 0*\\([1-9]\\)/\\1 \\2/p' /tmp/late |
		awk '\$1 > 25 { n += \$2 } END { print n + 0 }')"
	kill \$crowd
}
guest_start
vm_allow critical
late live
vm_allow none
sleep 2
late off
guest_stop
EOF
ok "then interrupts are let in between a few of them" at_least off $((2 * $(value live) + 3))

done_testing
