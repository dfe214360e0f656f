#!/bin/bash
# CFQ on blk-mq behaves as the real one did in Linux 4.19: the figures of its
# reference case within a quarter, priorities, writers; and it can be switched
# and unloaded in the midst of things.
. "$(dirname "$0")/tap.sh"

need_images vanilla-host vanilla-guest
ok "the modules build" scripts/modules vanilla-host

# Ten readers in a row, 0.2 s apart; three seconds later a task does 200 random
# reads one at a time. 2 ms a request; "rotational" before the scheduler is chosen.
cat > "$tmp/reference" <<'EOF_JOB'
q=/sys/block/nullb0/queue
echo 1 > $q/rotational
insmod /board/cfq.ko || exit 1
echo cfq > $q/scheduler
echo 128 > $q/nr_requests
readers=
for i in $(seq 0 9); do
	readers="$readers --name=reader$i --rw=read --bs=128k --offset=$((64 * i))m --size=64m --time_based --runtime=30 --startdelay=$((200 * i))ms"
done
fio --filename=/dev/nullb0 --direct=1 --ioengine=psync --exitall --output-format=terse \
	$readers --name=task --rw=randread --bs=16k --offset=896m --size=62m \
	--number_ios=200 --startdelay=5s --write_lat_log=/tmp/task > /tmp/out
cut -d , -f 2 /tmp/task_clat*.log | sort -n | awk '
	{ v[NR] = $1 / 1e6; sum += $1 / 1e9 }
	END {
		print "n =", NR
		print "total =", sum
		print "p50 =", v[int(NR / 2) + 1]
		print "p99 =", v[int(NR * 99 / 100) + 1]
		print "max =", v[NR]
	}'
EOF_JOB

cat > "$tmp/behaviour" <<'EOF_JOB'
q=/sys/block/nullb0/queue
echo 1 > $q/rotational
insmod /board/cfq.ko || exit 1
echo cfq > $q/scheduler
echo 128 > $q/nr_requests
echo "slice_idle = $(cat $q/iosched/slice_idle)"
for bad in x -1 9999 ''; do
	echo "$bad" 2> /dev/null > $q/iosched/slice_idle && echo "accepted $bad"
done
run="fio --filename=/dev/nullb0 --direct=1 --ioengine=psync --bs=128k --time_based --runtime=4 --output-format=terse"
# Requests of each job, by name.
requests() { awk -F ';' '{ print $3, "=", $8 + $49 }'; }
$run --name=high --rw=read --prio=0 --size=64m --name=low --rw=read --prio=7 --offset=1g --size=64m | requests
$run --name=real --rw=read --prioclass=1 --size=64m --name=usual --rw=read --offset=1g --size=64m | requests
# Requests that the disk served, each in the same time, whatever its size: writes to
# the page cache do not count. With invalidate=1, fio would write all of it back
# synchronously before each pass.
served() { awk '{ print $1, $5 }' /sys/block/nullb0/stat; }
$run --name=reading --rw=read --size=64m --name=writing --rw=write --direct=0 --invalidate=0 --offset=1g --size=512m > /dev/null &
sleep 1
before=$(served)
sleep 2
echo "$before $(served)" | awk '{ print "reading =", $3 - $1; print "writing =", $4 - $2 }'
wait
echo 0 > $q/rotational; echo none > $q/scheduler; echo cfq > $q/scheduler
echo "slice_idle_flash = $(cat $q/iosched/slice_idle)"
echo 1 > $q/rotational
fio --filename=/dev/nullb0 --name=x --direct=1 --ioengine=libaio --iodepth=16 --rw=randrw --bs=4k --numjobs=8 --time_based --runtime=5 > /dev/null &
for i in $(seq 10); do
	echo none > $q/scheduler
	usleep 50000
	echo cfq > $q/scheduler
	usleep 150000
done
killall -9 fio
wait
echo none > $q/scheduler
rmmod cfq && echo "unloaded = yes"
dmesg | grep -cE 'WARNING|BUG|Oops' | sed 's/^/complaints = /'
EOF_JOB

# on_disk DEPTH JOB
on_disk()
{
	local disk="null_blk.queue_mode=2 null_blk.irqmode=2"

	disk="$disk null_blk.completion_nsec=2000000 null_blk.submit_queues=1"
	scripts/board --host vanilla-host --guest vanilla-guest --job "$tmp/$2" \
		--append "$disk null_blk.gb=2 null_blk.hw_queue_depth=$1" \
		--add "$build/modules/vanilla-host/cfq.ko" \
		--log "$tmp/console.raw" --timeout 900 || return 1
	tr -d '\r' < "$tmp/console.raw" > "$tmp/console"
	cat "$tmp/console"
}

# between NAME LOW HIGH
between()
{
	printf '%s: got %s, expected %s to %s\n' "$1" "$(value "$1")" "$2" "$3"
	awk -v v="$(value "$1")" -v low="$2" -v high="$3" \
		'BEGIN { exit !(v != "" && v >= low && v <= high) }'
}

# as_real NAME FIGURE: within a quarter.
as_real()
{
	between "$1" "$(awk -v v="$2" 'BEGIN { print v * 0.75 }')" \
		"$(awk -v v="$2" 'BEGIN { print v * 1.25 }')"
}

# ratio NAME NAME LOW HIGH
ratio()
{
	printf '%s %s, %s %s\n' "$1" "$(value "$1")" "$2" "$(value "$2")"
	awk -v a="$(value "$1")" -v b="$(value "$2")" -v low="$3" -v high="$4" \
		'BEGIN { exit !(b > 0 && a / b >= low && a / b <= high) }'
}

for depth in 1 8; do
	ok "depth $depth: the reference case runs" on_disk $depth reference
	ok "depth $depth: all reads are there" [ "$(value n)" = 200 ]
	ok "depth $depth: total" as_real total 7.7
	ok "depth $depth: median" as_real p50 2.02
	ok "depth $depth: 99th percentile, ms" as_real p99 552.5
	ok "depth $depth: maximum, ms" as_real max 552.5
done

ok "other loads run" on_disk 1 behaviour
ok "it idles for 8 ms on a rotating disk" [ "$(value slice_idle)" = 8 ]
ok "and not on flash" [ "$(value slice_idle_flash)" = 0 ]
ok "bad values of its attributes are refused" [ "$(grep -c '^accepted' "$tmp/console")" = 0 ]
ok "priority 0 gets 4.5 times the time of 7" ratio high low 3 6
ok "real time leaves next to nothing" ratio real usual 10 1e9
ok "readers come before buffered writers" ratio reading writing 2 1e9
ok "it is switched off and on under load, and unloaded" [ "$(value unloaded)" = yes ]
ok "the kernel complains of nothing" [ "$(value complaints)" = 0 ]

done_testing
