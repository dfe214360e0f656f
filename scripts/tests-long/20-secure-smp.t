#!/bin/bash
# 1, 2 and 4 CPUs in real time: Linux and a guest with as many CPUs, load on all
# of them, CPUs off and on, a panic; the RTOS ticks on its cores all the time.
# Takes about half an hour on 2 cores. Real time is the machine's: deadlines are
# not judged, only that the RTOS goes on.
. "$(dirname "$0")/../tests/tap.sh"
. "$top/monitor-qos/test/tap-secure.sh"

need_images vanilla-host vanilla-guest
need_firmware monitor-qos

seconds=${SECURE_SECONDS:-600}

# ran_on CORE: its ticks were served; how many, depends on the machine.
ran_on()
{
	local jobs

	jobs=$(grep "^@TASK core=$1 control" "$tmp/log" | figure /dev/stdin @TASK jobs)
	echo "$jobs jobs"
	[ "$jobs" -ge $((seconds * 20)) ]
}

no_fault()
{
	! grep '^@FA' "$tmp/log"
}

for cpus in 1 2 4; do
	cat > "$tmp/job" <<-EOF
		. /board/host-lib
		guest_smp=$cpus
		guest_limit=600
		guest_start
		guest_begin "for i in \$(seq -s ' ' $cpus); do spin > /dev/null & done; sleep $seconds; kill \\\$(pidof spin)"
		end=\$((\$(cut -d. -f1 /proc/uptime) + $seconds))
		while [ \$(cut -d. -f1 /proc/uptime) -lt \$end ]; do
			for cpu in /sys/devices/system/cpu/cpu[1-9]/online; do
				[ -f \$cpu ] || continue
				echo 0 > \$cpu
				sleep 1
				echo 1 > \$cpu
			done
			sleep 1
		done
		guest_end
		guest_stop
		grep -c ^processor /proc/cpuinfo
	EOF
	ok "$cpus CPUs: host and guest run for $seconds s, CPUs go off and on" \
		scripts/board --realtime --smp "$cpus" --secure monitor-qos \
		--host vanilla-host --guest vanilla-guest --job "$tmp/job" \
		--log "$tmp/console" --secure-log "$tmp/log" --timeout $((seconds * 3 + 600))
	ok "$cpus CPUs: all are there in the end" grep -qx "$cpus" <(tr -d '\r' < "$tmp/console")
	for core in $(seq 0 $((cpus - 1))); do
		ok "$cpus CPUs: the RTOS ran on core $core" ran_on "$core"
	done
	ok "$cpus CPUs: no fault" no_fault
done

done_testing
