#!/bin/bash
# Tasks of CFS that the guest's admin marks are served when they wake, on a busy
# host and beside the guest's own work. A guest with nothing but SCHED_IDLE work
# lets the host's loads go first, but does not forget what else is due.
. "$(dirname "$0")/tap.sh"

need_images host guest

# For jobs. latency NAME COMMAND: of a SCHED_OTHER task in the guest, started by
# COMMAND. share NAME: what a busy loop on the host gets of the CPU, in percent of
# what it did in the first share. busy COMMAND: a busy loop in the guest, until
# quiet. loads N: busy loops on the host.
# shellcheck disable=SC2016
job_lib='. /board/host-lib
latency()
{
	guest_run "$2 -q -m -t 1 -i 2000 -l 300 > /tmp/out 2>&1; sed -n \"s/^T: 0.*Avg: *\([0-9]*\).*Max: *\([0-9]*\).*/avg_$1 = \1\nmax_$1 = \2/p\" /tmp/out"
}
share()
{
	spin > /tmp/share &
	pid=$!
	sleep 2
	kill $pid
	wait $pid
	rate=$(awk "{ print \$1 / \$2 * 1000000 }" /tmp/share)
	first=${first:-$rate}
	echo "$rate $first" | awk -v name="$1" "{ printf \"%s = %d\n\", name, \$1 / \$2 * 100 + 0.5 }"
}
busy() { guest_run "$* > /dev/null & echo \$! > /tmp/pid"; }
quiet() { guest_run "kill \$(cat /tmp/pid)"; }
loads() { for i in $(seq $1); do spin > /dev/null & done; }
'

# board_says: on_board with what the guest says like what the host says.
board_says()
{
	on_board "$@" && sed -i 's/^guest: //' "$tmp/console"
}

# below NAME NUMBER: it is less.
below()
{
	printf 'got "%s", expected less than %s\n' "$(value "$1")" "$2"
	[ -n "$(value "$1")" ] && [ "$(value "$1")" -lt "$2" ]
}

mark='echo latency > /proc/self/intent'
groups='mkdir -p /tmp/cgroup && mount -t cgroup2 cgroup /tmp/cgroup && echo +cpu > /tmp/cgroup/cgroup.subtree_control'

ok "the files of tasks and cgroups" board_says host guest <<EOF
$job_lib
guest_start
guest_run 'echo "default = \$(cat /proc/self/intent)"'
for word in none latency critical; do
	guest_run "echo \$word > /proc/self/intent; echo \$word = \\\$(cat /proc/\\\$\\\$/intent)"
done
guest_run '$mark; echo "child = \$(cat /proc/self/intent)"; echo "thread = \$(cat /proc/\$\$/task/\$\$/intent)"'
guest_run '$mark; for word in bogus LATENCY 1 ""; do echo "\$word" 2> /dev/null > /proc/\$\$/intent && echo "accepted \$word"; done; echo "kept = \$(cat /proc/\$\$/intent)"'
guest_run '$groups && mkdir /tmp/cgroup/a'
guest_run 'cd /tmp/cgroup; ls cpu.intent > /dev/null 2>&1; echo "root = \$?"; echo "group_default = \$(cat a/cpu.intent)"'
guest_run 'cd /tmp/cgroup; echo critical > a/cpu.intent; echo bogus 2> /dev/null > a/cpu.intent && echo "accepted bogus"; echo "group = \$(cat a/cpu.intent)"'
guest_stop
EOF
ok "a task is not marked by default" is default none
for word in none latency critical; do
	ok "a task is marked, $word" is $word $word
done
ok "its children inherit that" is child latency
ok "each thread has a file" is thread latency
ok "bad words are refused" [ "$(grep -c '^accepted' "$tmp/console")" = 0 ]
ok "and change nothing" is kept latency
ok "the root cgroup has no file" is root 1
ok "another one is not marked by default" is group_default none
ok "but when it is" is group critical

ok "a busy guest on a busy host, and a task of CFS" board_says host guest <<EOF
$job_lib
guest_start
vm_allow critical
guest_run '$groups && mkdir -p /tmp/cgroup/a/b && echo latency > /tmp/cgroup/a/cpu.intent'
busy spin
latency alone cyclictest
loads 2
latency unmarked cyclictest
before=\$(vm_stat intent_tickets)
latency marked '$mark; cyclictest'
latency grouped 'echo \$\$ > /tmp/cgroup/a/b/cgroup.procs; cyclictest'
echo "tickets = \$((\$(vm_stat intent_tickets) - before))"
echo none > \$vm_intent/cpu
latency denied '$mark; cyclictest'
guest_stop
EOF
# On average: which task the guest's CFS serves first is not changed by a mark.
ok "without loads it is served at once" below avg_alone 200
ok "unmarked, it waits for the host's loads" at_least avg_unmarked 1000
ok "marked, it does not" below avg_marked 200
ok "nor in a cgroup that is marked" below avg_grouped 200
ok "with a ticket for most of its wakeups" at_least tickets 400
ok "if the owner of the VM does not allow it, it waits" at_least avg_denied 1000

ok "a guest with nothing but SCHED_IDLE work" board_says host guest <<EOF
$job_lib
guest_start
vm_allow critical
share first
busy spin
share fair
quiet
busy chrt -i 0 spin
share idle
echo 0 > /sys/kernel/intent/enabled
share off
echo 1 > /sys/kernel/intent/enabled
loads 1
latency beside cyclictest
latency marked '$mark; cyclictest'
guest_stop
EOF
ok "normal work in it takes its half of the CPU" below fair 60
ok "SCHED_IDLE work leaves nearly all to a load" at_least idle 90
ok "but not all" below idle 100
ok "with the kill switch off, it takes its half" below off 60
ok "a normal task beside it is not forgotten" below max_beside 30000
ok "and one that is marked is served at once" below avg_marked 200

done_testing
