#!/bin/bash
# shellcheck disable=SC2016  # jq's variables
#
# What vCFS claims, over all cells of the reference plans. Takes some hours on 2
# cores; what is finished is kept in results/claims. PHASES and LOOPS make it
# shorter, and keep it in build/cells.
. "$(dirname "$0")/../tests/tap.sh"
. "$(dirname "$0")/bounds.sh"

need_images vanilla-host vanilla-guest host guest

kept=$(kept_in "${PHASES:-}${LOOPS:-}")
size=(--phases "${PHASES:-20}" --loops "${LOOPS:-2000}" --resume "$kept")
ok "scenario cpu" run cpu --plan reference "${size[@]}" --json "$build/reference.json"
ok "scenario rogue" run rogue --plan reference "${size[@]}" --json "$build/rogue.json"
ok "scenario cost" run cost --phases "${PHASES:-20}" --resume "$kept" \
	--json "$build/cost.json"

# What the statements below are made of: figures by cell, where keys that are not
# named have the base cell's value.
definitions='
def base: {load: 0, kind: "spin", guest_load: 0, guest_kind: "spin", vcpus: 1, layout: "root",
	app: "cyclictest", host_app: "none"};
def cell: with_entries(select(.key | IN("load", "kind", "guest_load", "guest_kind", "vcpus",
	"layout", "app", "host_app")));
def figure($policy; $at; $metric): [$rows[] |
	select(.policy == $policy and .metric == $metric and cell == $at)] |
	if length == 1 then .[0] else error("no \($metric) of \($policy) in \($at)") end;
def latency($policy; $at): figure($policy; $at; "guest_wakeup_latency");
def idle: latency("cfs"; base);
# The cells of a policy that are wanted.
def of($policy; wanted): [$rows[] | select(.policy == $policy) | cell] | unique | map(select(wanted));
def plain: .guest_load == 0 and .vcpus == 1 and .layout == "root" and .app == "cyclictest" and
	.host_app == "none";
def brief: to_entries - (base | to_entries) | map("\(.key)=\(.value)") | join(" ");
'

cpu=$build/reference.json
# The figures themselves: a line for each cell.
jq -r '[.[] | select(.phase == "all")] as $rows | '"$definitions"'
	def short: . * 100 | round / 100;
	def pair($policy; $at; $metric):
		try (figure($policy; $at; $metric) | "\(.avg | short)/\(.max)") catch "-";
	"cell: latency under cfs, fifo, vcfs, average/maximum; of the host; work of its loads",
	(of("vcfs"; true)[] as $at | "\($at | brief): \([("cfs", "fifo", "vcfs") as $p |
		pair($p; $at; "guest_wakeup_latency")] | join(" ")); \([("cfs", "fifo", "vcfs") as $p |
		pair($p; $at; "host_wakeup_latency")] | join(" ")); \(
		pair("vcfs"; $at; "host_throughput"))")' "$cpu" | sed 's/^/# /'

ok "loads of every kind: maximum at most 1.15 times the unloaded vanilla one" bounds "$cpu" \
	'of("vcfs"; plain)[] | most(brief; latency("vcfs"; .).max; 1.15 * idle.max)'
ok "loads of every kind: average at most 1.05 times" bounds "$cpu" \
	'of("vcfs"; plain)[] | most(brief; latency("vcfs"; .).avg; 1.05 * idle.avg)'
ok "a busy guest: maximum at most 1.25 times that on an idle host" bounds "$cpu" \
	'of("vcfs"; .guest_load == 1 and .app == "cyclictest" and .host_app == "none")[] |
	 most(brief; latency("vcfs"; .).max; 1.25 * latency("cfs"; .load = 0).max)'
ok "a busy guest: average at most 1.1 times that on an idle host" bounds "$cpu" \
	'of("vcfs"; .guest_load == 1 and .app == "cyclictest" and .host_app == "none")[] |
	 most(brief; latency("vcfs"; .).avg; 1.1 * latency("cfs"; .load = 0).avg)'
ok "maximum at most 1.1 times static SCHED_FIFO's" bounds "$cpu" \
	'(of("vcfs"; .app == "cyclictest") - (of("vcfs"; true) - of("fifo"; true)))[] |
	 most(brief; latency("vcfs"; .).max; 1.1 * latency("fifo"; .).max)'
ok "the loads keep 0.98 of their throughput" bounds "$cpu" \
	'of("vcfs"; .load > 0)[] |
	 least(brief; figure("vcfs"; .; "host_throughput").avg; 0.98)'
ok "maximum on the host at most 1.1 times that under cfs" bounds "$cpu" \
	'of("vcfs"; .host_app != "none")[] |
	 most(brief; figure("vcfs"; .; "host_wakeup_latency").max;
		 1.1 * figure("cfs"; .; "host_wakeup_latency").max)'
ok "no period is missed" bounds "$cpu" \
	'of("vcfs"; .app == "beat" and .guest_load == 0)[] |
	 most(brief; figure("vcfs"; .; "deadline_misses").max; 0)'
ok "uncontended: no hypercall for a wakeup" bounds "$cpu" \
	'of("vcfs"; .load == 0 and .host_app == "none")[] |
	 most(brief; figure("vcfs"; .; "hypercalls_per_wakeup").avg; 0.01)'
ok "uncontended: no exit for a wakeup that cfs does not have" bounds "$cpu" \
	'of("vcfs"; .load == 0 and .host_app == "none")[] |
	 most(brief; figure("vcfs"; .; "exits_per_wakeup").avg;
		 figure("cfs"; .; "exits_per_wakeup").avg + 0.01)'
ok "contended: at most one hypercall for a wakeup" bounds "$cpu" \
	'of("vcfs"; .load > 0)[] |
	 most(brief; figure("vcfs"; .; "hypercalls_per_wakeup").avg; 1)'
ok "contended: at most one exit for a wakeup that cfs does not have" bounds "$cpu" \
	'of("vcfs"; .load > 0 and .host_app == "none")[] |
	 most(brief; figure("vcfs"; .; "exits_per_wakeup").avg;
		figure("cfs"; .; "exits_per_wakeup").avg + 1)'

# In scenario rogue cells have their own keys.
ok "rogue VMs leave the loads 0.95 of their fair share in each second" bounds "$build/rogue.json" \
	'$rows[] | select(.policy == "vcfs" and .metric == "load_share") |
	 least("\(.rogue) vcpus \(.vcpus) honest \(.honest) layout \(.layout)"; .min; 0.95)'
ok "honest VMs keep their latency within 1.25 times" bounds "$build/rogue.json" \
	'$rows[] | select(.policy == "vcfs" and .metric == "guest_wakeup_latency") |
	 most("\(.rogue)"; .max; 1.25 * first($rows[] | select(.policy == "vcfs" and .rogue == "none" and
		.metric == "guest_wakeup_latency")).max)'

ok "who does not use it executes at most 0.5 % more instructions" bounds "$build/cost.json" \
	'$rows[] | select(.metric == "relative_instructions") |
	 most("\(.policy) \(.program) in \(.where)"; .avg; 1.005)'

done_testing
