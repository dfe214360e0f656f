#!/bin/bash
# V-BFQ is a loan: what a guest may claim, other groups keep 0.95 of what they
# get without privilege, over any 10 s.
. "$(dirname "$0")/tap.sh"

need_images host guest
[ -x "$build/tools/fio" ] || skip_all "no fio for the board (make build)"

ok "rogue guests run" on_board host guest <<'EOF'
. /board/host-lib
null=/sys/kernel/config/nullb/nullb1
iosched=/sys/block/vda/queue/iosched
read="fio --name=load --direct=1 --rw=read --bs=64k --time_based --runtime=1000"
mount -t configfs config /sys/kernel/config
mkdir $null
cd $null && echo 4096 > size && echo 2 > queue_mode && echo 2 > irqmode &&
	echo 4000000 > completion_nsec && echo 1 > hw_queue_depth && echo 1 > power
cd /
echo bfq > /sys/block/nullb1/queue/scheduler
# Or they wait for a free request, where no scheduler sees them.
echo 64 > /sys/block/nullb1/queue/nr_requests
echo +io > /sys/fs/cgroup/cgroup.subtree_control
for i in vm load1 load2; do mkdir /sys/fs/cgroup/$i; done
for i in 1 2; do
	sh -c "echo \$\$ > /sys/fs/cgroup/load$i/cgroup.procs; exec $read \
		--filename=/dev/nullb1 --offset=$((i * 256))m --size=256m" > /dev/null &
done
guest_disk nullb1 cache=none,aio=native
guest_start sh -c 'echo $$ > /sys/fs/cgroup/vm/cgroup.procs; exec "$@"' sh
guest_run "echo bfq > /sys/block/vda/queue/scheduler"
file=$(echo /sys/kernel/intent/$guest_pid-*/io)
# Kilobytes that the loads have read.
load() { cat /sys/fs/cgroup/load?/io.stat | sed -n 's/.*rbytes=\([0-9]*\).*/\1/p' |
	awk '{ n += $1 } END { print int(n / 1024) }'; }
vm() { sed -n "s/.*vbfq.$1=\([0-9]*\).*/\1/p" /sys/fs/cgroup/vm/io.stat; }
sample() { before=$(load); sleep $2; echo "$1 = $(($(load) - before))"; }

# Whoever is raised stays so, and nothing is held back.
guest_run "echo 10000 > $iosched/intent_hold; echo 1000 > $iosched/intent_backlog"
sample alone 5
echo latency > $file
guest_run "dd if=/dev/vda of=/dev/null bs=4k count=1 iflag=direct 2> /dev/null"
sample idle 5
echo "privileged = $(vm privileged)"
echo none > $file
guest_run "for i in 0 1 2 3; do ($read --filename=/dev/vda --offset=\$((i * 256 + 1024))m --size=256m > /dev/null &); done"
sleep 2
sample fair 10
echo latency > $file
# A window of 10 s for each second.
guest_run "(while :; do dd if=/dev/vda of=/dev/null bs=4k count=1 iflag=direct; sleep 5; done > /dev/null 2>&1 & echo \$! > /tmp/rogue)"
i=0
while [ $i -le 16 ]; do
	echo "@LOAD $i $(load)"
	sleep 1
	i=$((i + 1))
done
echo "for ever = $(vm privileged)"
echo "overdrafts = $(vm overdrafts)"
guest_run "echo 100 > $iosched/intent_hold; kill \$(cat /tmp/rogue)"
guest_run "(while :; do dd if=/dev/vda of=/dev/null bs=4k count=1 iflag=direct; sleep 0.11; done > /dev/null 2>&1 &)"
sleep 1
sample toggling 10
guest_stop
EOF
# The least that the loads read in ten seconds on end.
least=$(sed -n 's/^@LOAD //p' "$tmp/console" | awk '{ at[$1] = $2 }
	END { for (i = 0; i + 10 in at; i++) { n = at[i + 10] - at[i]; if (!least || n < least) least = n }
	print least + 0 }')
echo "# kilobytes: alone $(value alone), intent without I/O $(value idle); fair in 10 s $(value fair), rogue $least, toggling $(value toggling)"

# most_of N OF: N is 0.95 of OF or more.
most_of()
{
	echo "$1 of $2"
	[ $(($1 * 100)) -ge $(($2 * 95)) ]
}
overdrafts=$(value overdrafts)
ok "the intent without I/O was granted" is privileged 1
ok "intent without I/O: others read as before" most_of "$(value idle)" "$(value alone)"
ok "the rogue was privileged to the end" is "for ever" 1
ok "and was overdrawn" [ "${overdrafts:-0}" -ge 1 ]
ok "privileged for ever at full speed: others keep 0.95 over any 10 s" \
	most_of "$least" "$(value fair)"
ok "toggling: others keep 0.95" most_of "$(value toggling)" "$(value fair)"

done_testing
