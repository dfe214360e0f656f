#!/bin/bash
# shellcheck disable=SC2016  # jq's variables
#
# Scenario full: RTOS, host, guest and loads on one board. The RTOS misses nothing,
# and costs the guest no more than it takes.
. "$(dirname "$0")/tap.sh"
. "$top/monitor-qos/test/tap-secure.sh"

need_images vanilla-host vanilla-guest host guest
need_firmware monitor-qos
[ -x "$build/tools/fio" ] || skip_all "no fio for the board (make build)"

rows=$tmp/rows.json
definitions='
def of($p; $r; $m): $rows[] | select(.policy == $p and .rtos == $r and .metric == $m);
'
ok "scenario full runs" bench/run full --loads 8 --quick --json "$rows"
jq -r '.[] | select(.phase == "all") |
	"# \(.policy) rtos=\(.rtos) \(.metric) \(.min) \(.avg) \(.max)"' "$rows"
for policy in stock coordinated; do
	ok "$policy: the RTOS worked" holds "$rows" 'of("'$policy'"; "monitor-qos"; "rtos_jobs").min > 1000'
	ok "$policy: and missed nothing" \
		holds "$rows" 'of("'$policy'"; "monitor-qos"; "deadline_misses").max == 0'
	ok "$policy: at most 260 instructions to it" \
		holds "$rows" 'of("'$policy'"; "monitor-qos"; "fiq_latency").max <= 260'
	ok "$policy: the guest reads" holds "$rows" 'of("'$policy'"; "monitor-qos"; "io_latency").n > 0'
done
ok "the guest's maximum is at most that without the RTOS and what it takes" holds "$rows" '
	of("coordinated"; "monitor-qos"; "guest_wakeup_latency").max <=
	of("coordinated"; "none"; "guest_wakeup_latency").max + of("coordinated"; "monitor-qos"; "rtos_busy").max'
ok "coordination helps the guest above it: its average wakeup" holds "$rows" '
	10 * of("coordinated"; "monitor-qos"; "guest_wakeup_latency").avg <=
	of("stock"; "monitor-qos"; "guest_wakeup_latency").avg'

done_testing
