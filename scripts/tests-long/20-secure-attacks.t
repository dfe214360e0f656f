#!/bin/bash
# 60 s of virtual time of each attack (ATTACK_SECONDS), by a kernel and by a guest:
# the RTOS misses nothing. Takes about an hour and a half on 2 cores.
. "$(dirname "$0")/../tests/tap.sh"
. "$top/monitor-qos/test/tap-secure.sh"

need_images vanilla-host vanilla-guest
need_firmware monitor-qos
build_normal

seconds=${ATTACK_SECONDS:-60}
attacker_for "$tmp/normal.bin" $((1000 * seconds)) 0 0
guest_attack_job > "$tmp/job"
scripts/board --secure monitor-qos --host vanilla-host --add "$tmp/normal.bin" \
	--job "$tmp/job" --log "$tmp/guest" --secure-log "$tmp/guest.log" \
	--timeout $((300 + 240 * seconds)) > "$tmp/guest.out" 2>&1 &
guest=$!
ok "a kernel attacks" scripts/board --secure monitor-qos --normal "$tmp/normal.bin" \
	--log "$tmp/kernel" --secure-log "$tmp/kernel.log" --timeout $((300 + 240 * seconds))
ok "a guest attacks" wait "$guest"

best=$(best_latency "$tmp/kernel.log")
window=$(longest_window "$tmp/kernel")
for who in kernel guest; do
	from_console "$tmp/$who"
	attacks=$(grep -c '^ok' "$tmp/$who")
	ok "$who: it got to its end" grep -q '^1\.\.' "$tmp/$who"
	ok "$who: the RTOS missed nothing, each attack took its time" \
		no_misses "$tmp/$who.log" $((1000 * seconds * attacks))
	worst=$(figure "$tmp/$who.log" @FIQ max)
	echo "# $who: $attacks attacks, longest call $window, best latency $best, worst $worst"
	ok "$who: the worst latency is the best and the longest window at most" \
		[ "$worst" -le $((best + window)) ]
done

done_testing
