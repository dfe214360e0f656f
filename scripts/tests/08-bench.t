#!/bin/bash
# shellcheck disable=SC2016  # jq's variables
#
# The main job: same digits twice, and coordinated scheduling does what it is
# for. Bad input to bench/run is refused.
. "$(dirname "$0")/tap.sh"

need_images vanilla-host vanilla-guest host guest host-off guest-off

fails "no scenario" 'no scenario given' bench/run
fails "an unknown scenario" "unknown scenario 'gpu'" bench/run gpu
fails "an unknown policy" "unknown policy 'eevdf'" bench/run cpu --policies cfs,eevdf
fails "an empty list" 'is not a list' bench/run cpu --policies ''
fails "a malformed list" 'is not a list' bench/run cpu --loads 0,,8
fails "a repeated element" 'names something twice' bench/run cpu --loads 8,8
fails "a load that is no number" "'many' is not a number" bench/run cpu --loads many
fails "a load out of range" "'65' is not a number from 0 to 64" bench/run cpu --loads 65
fails "no phases" "'0' is not a number from 1" bench/run cpu --phases 0
fails "no loops" "'0' is not a number from 1" bench/run cpu --loops 0
fails "a missing value" 'needs a value' bench/run cpu --json
fails "an unknown key" "unknown key 'gpus' (cpu has: policy load" bench/run cpu --set gpus=1
fails "an unknown value" "unknown kind 'games' (cpu knows: spin" bench/run cpu --set kind=spin,games
fails "a key without values" 'is not like key=a,b,c' bench/run cpu --set load
fails "an unknown plan" "unknown plan 'nonesuch'" bench/run cpu --plan nonesuch
fails "a plan that has none of these cells" 'no cell is left' \
	bench/run cpu --plan smoke --set layout=root-1
fails "an unknown option" "unknown option '--fast'" bench/run cpu --fast
fails "a plot of a scenario that has none" "scenario rogue has no plot" \
	bench/run rogue --svg "$tmp/svg"
fails "an output directory that does not exist" 'cannot write there' \
	bench/run cpu --json "$tmp/none/file"

claim=(bench/run cpu --policies "cfs,fifo,vcfs" --loads "0,8" --phases 5)
ok "cfs, fifo and vcfs at 0 and 8 loads" "${claim[@]}" --json "$tmp/1.json" --svg "$tmp/1.svg"
ok "the same again" "${claim[@]}" --json "$tmp/2.json"
ok "gives the same bytes" cmp "$tmp/1.json" "$tmp/2.json"

definitions='
def of($p; $l; $m): $rows[] | select(.policy == $p and .load == $l and .metric == $m);
def latency($p; $l): of($p; $l; "guest_wakeup_latency");
'
ok "every cell has all its samples" holds "$tmp/1.json" \
	'[$rows[] | select(.metric == "guest_wakeup_latency") | .n] == [5000, 5000, 5000, 5000, 5000, 5000]'
ok "cfs lets the guest wait 5 ms and more at 8 loads" holds "$tmp/1.json" \
	'latency("cfs"; 8).max >= 5000'
ok "vcfs's worst maximum is at least 20 times lower" holds "$tmp/1.json" \
	'latency("vcfs"; 8).max * 20 <= latency("cfs"; 8).max'
ok "vcfs leaves the loads 0.98 of the work they do under cfs" holds "$tmp/1.json" \
	'of("vcfs"; 8; "host_throughput").avg >= 0.98'
ok "vcfs's worst maximum is not above that of cfs without loads" holds "$tmp/1.json" \
	'latency("vcfs"; 8).max <= latency("cfs"; 0).max'
ok "without loads vcfs makes no hypercalls" holds "$tmp/1.json" \
	'of("vcfs"; 0; "hypercalls_per_wakeup").avg <= 0.01'
ok "and at most one for a wakeup with them" holds "$tmp/1.json" \
	'of("vcfs"; 8; "hypercalls_per_wakeup").avg <= 1'
ok "every row tells where it comes from" holds "$tmp/1.json" \
	'all($rows[]; .kernel and .compiler and .emulator and .command and .host_config and .host_patches)'
ok "the histogram is an SVG" grep -q '<svg' "$tmp/1.svg"

ok "the same in a guest with a busy loop" bench/run cpu --plan headline \
	--policies "cfs,vcfs" --set guest_load=1 --phases 5 --json "$tmp/busy.json"
ok "cfs lets it wait 5 ms on average at 8 loads" holds "$tmp/busy.json" \
	'latency("cfs"; 8).avg >= 5000'
ok "vcfs's average is at most 1.1 times that of cfs without loads" holds "$tmp/busy.json" \
	'latency("vcfs"; 8).avg <= 1.1 * latency("cfs"; 0).avg'
ok "vcfs's maximum is at most twice that" holds "$tmp/busy.json" \
	'latency("vcfs"; 8).max <= 2 * latency("cfs"; 0).max'

# Whoever was preempted in its kernel may hold what the urgent one waits for.
ok "in a guest of 2 vCPUs that is in its kernel most of the time" bench/run cpu \
	--policies vcfs --loads 8 --set guest_load=1 --set guest_kind=hackbench --set vcpus=2 \
	--phases 1 --loops 250 --json "$tmp/locks.json"
ok "its siblings cost it less than 0.5 ms" holds "$tmp/locks.json" \
	'latency("vcfs"; 8) | .n == 250 and .avg <= 15 and .max <= 500'

ok "options off: the host's kernel is vanilla's, byte by byte" \
	cmp build/images/host-off build/images/vanilla-host
ok "options off: the guest's kernel is vanilla's, byte by byte" \
	cmp build/images/guest-off build/images/vanilla-guest
ok "cfs, and patched kernels with options off" bench/run cpu \
	--policies cfs,vcfs-off --loads 0,8 --phases 1 --json "$tmp/3.json"
# The kernels are the same, but the job has the policy's name in it, which shifts
# phases by some instructions. Then the least latency is chance: that of a wakeup
# which found the vCPU awake, or of none such; and with loads so is how many wakeups
# of a thousand are late, by milliseconds, and with them the average. A single latency
# is known to 1 us, which is more than 1 % of a short one.
near='def near($a; $b): ($a - $b | fabs) <= ([1, 0.01 * $a] | max);'
ok "the same figures within 1 % at 0 loads" holds "$tmp/3.json" "$near"'
	latency("cfs"; 0) as $a | latency("vcfs-off"; 0) as $b |
	($a.avg - $b.avg | fabs) <= 0.01 * $a.avg and
	all("p50", "p99", "max"; near($a[.]; $b[.]))'
ok "the same figures within 1 % at 8 loads" holds "$tmp/3.json" "$near"'
	latency("cfs"; 8) as $a | latency("vcfs-off"; 8) as $b |
	all("p50", "p99"; near($a[.]; $b[.])) and
	(of("vcfs-off"; 8; "host_throughput").avg - 1 | fabs) <= 0.01'

ok "who does not use it: a fixed amount of work" bench/run cost --quick \
	--set program=switch --policies vanilla,both --json "$tmp/cost.json"
ok "takes at most 0.5 % more instructions, on the host and in a guest" holds "$tmp/cost.json" \
	'[$rows[] | select(.policy == "both" and .metric == "relative_instructions")] |
	 length == 2 and all(.[]; .n == 2 and .max <= 1.005)'

# Everything that a cell can have, small.
smoke=(bench/run cpu --plan smoke --phases 1 --loops 200)
ok "every kind of load, busy guest, cgroups, deadlines, a task on the host" \
	"${smoke[@]}" --json "$tmp/4.json" --resume "$tmp/cells"
# Who sleeps through a period of beat has no wakeup in it.
ok "all applications have all their samples" holds "$tmp/4.json" \
	'all($rows[] | select(.metric == "guest_wakeup_latency");
	     if .app == "beat" then .n > 0 and .n <= 600 else .n == 200 end)'
ok "every kind of load is one" holds "$tmp/4.json" \
	'[$rows[] | select(.metric == "host_throughput" and .app != "beat") | .kind] | sort
	 == (["cpu", "vm", "io", "fork", "switch", "hackbench", "guest"] | sort)'
ok "each metric is there for both policies" holds "$tmp/4.json" \
	'[$rows[] | select(.app == "beat")] | group_by(.metric) | map({(.[0].metric): [.[].policy]}) | add ==
	 (["guest_wakeup_latency", "host_wakeup_latency", "deadline_misses", "host_throughput",
	   "guest_throughput", "vm_exits_hvc", "hypercalls_per_wakeup", "exits_per_wakeup"] |
	  map({(.): ["cfs", "vcfs"]}) | add)'
ok "busy guests and loads use up the CPU: vcfs gives to each what cfs does" holds "$tmp/4.json" \
	'all($rows[] | select(.app == "beat" and (.metric | endswith("throughput"))); .avg > 0.8 and .avg < 1.2)'

# again ARGUMENT...: one of these cells, and what is said of it.
again()
{
	"${smoke[@]}" --set kind=cpu --resume "$tmp/cells" "$@" 2>&1 > /dev/null | grep 'policy=cfs'
}
ok "a finished cell is kept" eval 'again | grep kept'
ok "but not for another seed" eval '! again --seed 43 | grep kept'

ok "rogue VMs against loads" bench/run rogue --policies vcfs --loads 4 \
	--set rogue=burn,toggle --phases 1 --loops 1000 --json "$tmp/5.json"
ok "leave them 0.95 of their fair share in each second" holds "$tmp/5.json" \
	'[$rows[] | select(.metric == "load_share")] | length == 2 and all(.[]; .n >= 8 and .min >= 0.95)'

done_testing
