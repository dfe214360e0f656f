#!/bin/bash
# shellcheck disable=SC2016  # jq's variables
#
# Scenario secure: the bounds on the world switch, counted in two ways, beside
# TF-A's own dispatcher in the same run.
. "$(dirname "$0")/tap.sh"
. "$top/monitor-qos/test/tap-secure.sh"

need_firmware monitor-qos tspd

rows=$tmp/rows.json
definitions='
def of($p; $o; $m): $rows[] | select(.policy == $p and .origin == $o and .metric == $m);
'
ok "scenario secure runs" bench/run secure \
	--set origin=ns-el0,ns-el1,ns-el2,ns-el2-fp,wfi,secure --json "$rows"
jq -r '.[] | select(.phase == "all") | "# \(.policy) \(.origin) \(.metric) \(.min) \(.max)"' "$rows"
for origin in ns-el0 ns-el1 ns-el2 wfi; do
	ok "$origin: at most 200 instructions to the RTOS" \
		holds "$rows" 'of("monitor-qos"; "'$origin'"; "fiq_path").max <= 200'
	ok "$origin: at most 200 back" \
		holds "$rows" 'of("monitor-qos"; "'$origin'"; "return_path").max <= 200'
	ok "$origin: fewer than TF-A's dispatcher" \
		holds "$rows" 'of("monitor-qos"; "'$origin'"; "fiq_path").max < of("tspd"; "'$origin'"; "fiq_path").min'
done
ok "at most 260 with live FP/SIMD registers" \
	holds "$rows" 'of("monitor-qos"; "ns-el2-fp"; "fiq_path").max <= 260'
ok "and 200 back" holds "$rows" 'of("monitor-qos"; "ns-el2-fp"; "return_path").max <= 200'
ok "and it is more than without" \
	holds "$rows" 'of("monitor-qos"; "ns-el2-fp"; "fiq_path").min > of("monitor-qos"; "ns-el2"; "fiq_path").max'
ok "at most 220 for a call in" holds "$rows" 'of("monitor-qos"; "ns-el2"; "smc_enter").max <= 220'
ok "and 220 out" holds "$rows" 'of("monitor-qos"; "ns-el2"; "smc_return").max <= 220'
ok "the RTOS counts as well" \
	holds "$rows" '["ns-el0", "ns-el1", "ns-el2", "ns-el2-fp"] | all(. as $o | [of("monitor-qos"; $o; "fiq_latency")] | length > 0)'
ok "the RTOS's own count is the log's, and the instruction that takes it" \
	holds "$rows" 'all("ns-el0", "ns-el1", "ns-el2", "ns-el2-fp"; of("monitor-qos"; .; "fiq_latency").max == of("monitor-qos"; .; "fiq_path").max + 1)'
ok "no deadline was missed" holds "$rows" 'all($rows[] | select(.metric == "deadline_misses"); .max == 0)'

done_testing
