#!/bin/bash
# Kernels that watch over locks, RCU and memory, on 2 and 4 CPUs in real time: rogue
# guests, and all that may happen to a VM, its cgroup, CPUs and disk while it is
# privileged. No report, no leak, no privilege left. STRESS_SECONDS of stress each
# (600), on STRESS_CPUS CPUs; boots and checks take some minutes more.
. "$(dirname "$0")/../tests/tap.sh"

need_images host-debug guest-debug guest
[ -x "$build/tools/fio" ] || skip_all "no fio for the board (make build)"

seconds=${STRESS_SECONDS:-600}

# stress CPUS
stress()
{
	{
		echo "seconds=$seconds cpus=$1"
		cat scripts/tests-long/04-debug.job
	} > "$tmp/job"
	: > "$tmp/console"
	scripts/board --realtime --smp "$1" --host host-debug --guest guest \
		--add "$build/images/guest-debug" --add "$build/rogue/rogue" \
		--add bench/board/in-cgroup --append "kmemleak=on kasan_multi_shot" \
		--job "$tmp/job" --log "$tmp/console.raw" \
		--timeout $((seconds * 3 + 3600)) || return 1
	tr -d '\r' < "$tmp/console.raw" | sed 's/^guest: //' > "$tmp/console"
	! grep '^@FAIL' "$tmp/console"
}

# none WORD: no line that begins with it.
none()
{
	[ -s "$tmp/console" ] && ! grep "^$1" "$tmp/console"
}

ok "rogue VMs build" make -s -C bench/tools/rogue O="$build/rogue"
for cpus in ${STRESS_CPUS:-2 4}; do
	ok "$cpus CPUs: $seconds s of stress" stress "$cpus"
	[ -z "${STRESS_KEEP:-}" ] || cp "$tmp/console.raw" "$STRESS_KEEP.$cpus"
	ok "$cpus CPUs: no report of the host, or of the guest that watches over itself" \
		none @SPLAT
	ok "$cpus CPUs: the host watched its locks to the end" is locks 1
	ok "$cpus CPUs: so did the guest" is debugged_locks 1
	ok "$cpus CPUs: nothing tainted the host" is tainted 0
	ok "$cpus CPUs: nothing leaked" none @LEAK
	for kind in burn toggle nap garbage storm remap hop disk; do
		ok "$cpus CPUs: a rogue VM ran: $kind" at_least "rogue_$kind" 1
	done
	ok "$cpus CPUs: none of them ended by itself" none @ROGUE
	for what in opt_ins kill_switches loans moves limits elevators hotplugs boots; do
		ok "$cpus CPUs: there were $what" at_least $what 1
	done
	for way in disk elevator vm cgroup owner; do
		ok "$cpus CPUs: privileged until the end of: $way" at_least disk_$way 1
	done
	ok "$cpus CPUs: honest guests got tickets" at_least plain_tickets 1
	ok "$cpus CPUs: the last VM takes its directory with it" is directories 0
	ok "$cpus CPUs: no task is privileged" is tasks 0
	ok "$cpus CPUs: nor is any queue" is queued 0
	ok "$cpus CPUs: no cgroup is held" is dying 0
	sed -n 's/^@TIME/#/p' "$tmp/console"
	awk -v idle="$(value idle_us)" -v on="$(value privileged_us)" \
		-v off="$(value unprivileged_us)" 'BEGIN {
			if (idle > 0) printf "# average wakeup latency to that on an idle host: privileged %.1f, unprivileged %.1f\n",
				on / idle, off / idle
		}'
done

done_testing
