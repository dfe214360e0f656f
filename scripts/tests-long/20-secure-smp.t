#!/bin/bash
# 1, 2 and 4 CPUs in real time. A kernel attacks on all of them, 50 s with each
# attack (ATTACK_SECONDS): ten minutes. Then Linux and a guest with as many CPUs
# run with load on all of them, and CPUs go off and on (LINUX_SECONDS). The RTOS
# ticks on its cores all the time. Takes an hour on 2 cores. Real time is the
# machine's: deadlines are not judged, only that the RTOS goes on.
. "$(dirname "$0")/../tests/tap.sh"
. "$top/monitor-qos/test/tap-secure.sh"

need_images vanilla-host vanilla-guest
need_firmware monitor-qos
build_normal

attack_seconds=${ATTACK_SECONDS:-50}
linux_seconds=${LINUX_SECONDS:-180}

# ran_on CORE SECONDS: its ticks were served; how many, depends on the machine.
ran_on()
{
	local jobs

	jobs=$(grep "^@TASK core=$1 control" "$tmp/log" | figure /dev/stdin @TASK jobs)
	echo "$jobs jobs, limit $(($2 * 20))"
	[ "$jobs" -ge $(($2 * 20)) ]
}

no_fault()
{
	! grep '^@FA' "$tmp/log"
}

# survived NAME SECONDS
survived()
{
	local core

	for core in $(seq 0 $((cpus - 1))); do
		ok "$1: the RTOS ran on core $core" ran_on "$core" "$2"
	done
	ok "$1: no fault" no_fault
}

attacked()
{
	local attacks name="$cpus CPUs under attack"

	attacker_for "$tmp/normal.bin" $((1000 * attack_seconds)) $((cpus - 1)) 1
	ok "$name" scripts/board --realtime --smp "$cpus" --secure monitor-qos \
		--normal "$tmp/normal.bin" --log "$tmp/console" --secure-log "$tmp/log" \
		--timeout $((300 + 20 * attack_seconds))
	from_console "$tmp/console"
	attacks=$(grep -c '^# ' "$tmp/console")
	ok "$name: there were some" [ "$attacks" -gt 10 ]
	survived "$name" $((attacks * attack_seconds))
}

linux()
{
	local name="$cpus CPUs with Linux"

	cat > "$tmp/job" <<-JOB
		. /board/host-lib
		guest_smp=$cpus
		guest_limit=600
		guest_start
		guest_begin "for i in \$(seq -s ' ' $cpus); do spin > /dev/null & done; sleep $linux_seconds; kill \\\$(pidof spin)"
		end=\$((\$(cut -d. -f1 /proc/uptime) + $linux_seconds))
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
	JOB
	ok "$name" scripts/board --realtime --smp "$cpus" --secure monitor-qos \
		--host vanilla-host --guest vanilla-guest --job "$tmp/job" \
		--log "$tmp/console" --secure-log "$tmp/log" --timeout $((linux_seconds * 3 + 600))
	ok "$name: all are there in the end" grep -qx "$cpus" <(tr -d '\r' < "$tmp/console")
	survived "$name" "$linux_seconds"
}

for cpus in 1 2 4; do
	attacked
	linux
done

done_testing
