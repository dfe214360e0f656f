#!/bin/bash
# shellcheck disable=SC2016  # jq's variables
#
# What V-BFQ claims, over all cells of the reference plan. Takes an hour on 2 cores;
# what is finished is kept in results/claims. PHASES, LOOPS (seconds in which the
# loads' work counts, see the job) and SET, values of keys, make it shorter, and keep
# it in build/cells:
#
#	PHASES=1 SET="device=hdd app=terminal" scripts/tests-long/05-disk-claims.t
. "$(dirname "$0")/../tests/tap.sh"
. "$(dirname "$0")/bounds.sh"

need_images vanilla-guest guest vanilla-host-memcg host-memcg
[ -x "$build/tools/fio" ] || skip_all "no fio for the board (make build)"

disk=$build/disk.json
size=(--resume "$(kept_in "${PHASES:-}${LOOPS:-}${SET:-}")" --json "$disk")
[ -z "${PHASES:-}" ] || size+=(--phases "$PHASES")
[ -z "${LOOPS:-}" ] || size+=(--loops "$LOOPS")
for list in ${SET:-}; do
	size+=(--set "$list")
done
ok "scenario disk" run disk --plan reference "${size[@]}"
if [ "$tap_failed" -gt 0 ]; then
	done_testing
	exit 1
fi

# Figures by cell. A cell is loaded unless it is the idle system.
definitions='
def cell: {device, load, guest_load, pattern, vmm, layout, app};
def brief: to_entries | map("\(.key)=\(.value)") | join(" ");
def figure($policy; $at; $metric): [$rows[] |
	select(.policy == $policy and .metric == $metric and cell == $at)] |
	if length == 1 then .[0] else error("no \($metric) of \($policy) in \($at)") end;
# Of the application: relative to the idle system.
def startup($policy; $at): figure($policy; $at; "startup_of_idle").avg;
def loaded: [$rows[] | select(.policy == "vbfq") | cell] | unique;
def starts: loaded | map(select(.app != "reader"));
def devices: starts | map(.device) | unique;
def on($device): map(select(.device == $device));
def median: sort | (.[(length - 1) / 2 | floor] + .[length / 2 | floor]) / 2;
def against($policy; $factor; $above): starts[] |
	select(startup($policy; .) > $above) |
	most(brief; startup("vbfq"; .); $factor * startup($policy; .));
'

# The figures themselves: a line for each cell.
jq -r '[.[] | select(.phase == "all")] as $rows | '"$definitions"'
	def short: . * 1000 | round / 1000;
	"cell: start-up of idle under bfq, cfq, bfq-weight, vbfq; throughput of bfq'"'"'s",
	(starts[] as $at | "\($at | brief): \([("bfq", "cfq", "bfq-weight", "vbfq") as $p |
		startup($p; $at) | short] | join(" ")); \(
		figure("vbfq"; $at; "background_throughput").avg | short)")' "$disk" | sed 's/^/# /'

ok "start-up: at most 1.25 times idle in the median cell of each device" bounds "$disk" \
	'devices[] as $d | most($d; [starts | on($d)[] | startup("vbfq"; .)] | median; 1.25)'
ok "start-up: at most twice idle in every cell" bounds "$disk" \
	'starts[] | most(brief; startup("vbfq"; .); 2)'
ok "start-up: 28 % below bfq where that is above 1.5 times idle" bounds "$disk" \
	'against("bfq"; 0.72; 1.5)'
ok "start-up: 67 % below bfq in the median of the cells where that is above 3 times idle" \
	bounds "$disk" 'most("median"; [starts[] | select(startup("bfq"; .) > 3) |
		startup("vbfq"; .) / startup("bfq"; .)] | median; 0.33)'
ok "start-up: 58 % below cfq where that is above 2.5 times idle" bounds "$disk" \
	'against("cfq"; 0.42; 2.5)'
# At equal start-up time.
ok "a guest with loads leaves the host more than under bfq-weight" bounds "$disk" \
	'starts[] | select(.guest_load != "0r0w" and .load != "0r0w" and
		startup("vbfq"; .) <= 1.05 * startup("bfq-weight"; .)) |
	 least(brief; figure("vbfq"; .; "host_rate").avg; figure("bfq-weight"; .; "host_rate").avg)'
ok "loads of host and guest together keep 0.90 of their throughput under bfq" bounds "$disk" \
	'loaded[] | least(brief; figure("vbfq"; .; "background_throughput").avg; 0.90)'
ok "at most 20 hypercalls a second" bounds "$disk" \
	'loaded[] | most(brief; figure("vbfq"; .; "vm_exits_hvc").max; 20)'

done_testing
