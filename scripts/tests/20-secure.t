#!/bin/bash
# The secure world alone, against a normal world that does all it can: the RTOS
# misses nothing, no register crosses, and two runs are the same.
. "$(dirname "$0")/tap.sh"
. "$top/monitor-qos/test/tap-secure.sh"

need_firmware monitor-qos tspd
build_normal
attacker=$build/firmware/normal/normal.bin

# attacks N: run them, with log and console of that number.
attacks()
{
	scripts/board --secure monitor-qos --normal "$attacker" --timeout 300 \
		--secure-log "$tmp/log$1" --log "$tmp/console$1"
}

ok "the attacks run to their end" attacks 1
from_console "$tmp/console1"
ok "no deadline was missed by then" no_misses "$tmp/log1" 400
ok "a reset and a hang each led to a restart" \
	[ "$(grep -c '^@RESTART' "$tmp/log1")" = 2 ]

# at_most LINE KEY LIMIT
at_most()
{
	local value

	value=$(figure "$tmp/log1" "$1" "$2")
	echo "$value, limit $3"
	[ "$value" -gt 0 ] && [ "$value" -le "$3" ]
}
window=$(longest_window "$tmp/console1")
best=$(best_latency "$tmp/log1")
echo "# longest call $window instructions, best interrupt latency $best"
ok "no call keeps EL3 for more than 1000 instructions" [ "$window" -le 1000 ]
ok "the worst latency is the best and the longest call at most" \
	at_most @FIQ max $((best + window))
ok "the first task ran within 5 ms of the reset" at_most @BOOT first 5000000
ok "the same again" attacks 2
# What the firmware still prints after it has switched the board off depends on
# when the emulator gets round to it.
for i in 1 2; do
	sed '/^@OFF/q' "$tmp/log$i" > "$tmp/until-off$i"
done
ok "gives the same log" cmp "$tmp/until-off1" "$tmp/until-off2"
ok "and the same console" cmp "$tmp/console1" "$tmp/console2"

ok "the world switch has at most 800 lines" \
	[ "$(cat monitor-qos/spd/{switch.S,switch.h,world.h,undef.c} | wc -l)" -le 800 ]

fails "an unknown firmware" "unknown firmware 'optee'" scripts/board --secure optee
fails "a normal world without a secure one" 'needs --secure' \
	scripts/board --normal "$attacker"
fails "a normal world that does not exist" 'no file' \
	scripts/board --secure monitor-qos --normal "$tmp/none"
fails "too many CPUs" 'at most 8 CPUs' \
	scripts/board --secure monitor-qos --normal "$attacker" --realtime --smp 9

done_testing
