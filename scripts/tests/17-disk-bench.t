#!/bin/bash
# shellcheck disable=SC2016  # variables of awk and jq
#
# Scenario disk: its traces and its plan are what they claim to be, bad input is
# refused, a cell runs, repeats digit by digit and resumes.
. "$(dirname "$0")/tap.sh"

scenario=bench/scenarios/disk

# trace APP START: its processes' traces as $tmp/trace.1 ...
trace()
{
	rm -f "$tmp"/trace.*
	awk -f bench/disk/startup.awk -v app="$1" -v start="$2" \
		-v device=/dev/vda -v out="$tmp/trace"
}

# shape APP PROCESSES REQUESTS MIB
shape()
{
	trace "$1" 5 || return 1
	printf '%s\n' "$tmp"/trace.*
	[ "$(printf '%s\n' "$tmp"/trace.* | wc -l)" = "$2" ] || return 1
	awk -v requests="$3" -v mib="$4" '
		$3 == "read" {
			n++
			bytes += $5
			bad += $4 % 4096 || $5 % 4096 || $5 < 4096 || $5 > 131072
		}
		END {
			print n, bytes / 1048576, bad
			exit n != requests || bytes != mib * 1048576 || bad
		}' "$tmp"/trace.*
}
ok "terminal: 2 processes, 700 requests, 6 MiB" shape terminal 2 700 6
ok "desktop: 7 processes, 2,800 requests, 20 MiB" shape desktop 7 2800 20
ok "office: 4 processes, 1,300 requests, 46 MiB" shape office 4 1300 46
trace office 5 && cat "$tmp"/trace.* > "$tmp/one"
trace office 5 && cat "$tmp"/trace.* > "$tmp/same"
trace office 6 && cat "$tmp"/trace.* > "$tmp/other"
ok "a start's traces repeat" cmp "$tmp/one" "$tmp/same"
ok "another start reads elsewhere" [ "$(cat "$tmp/one" "$tmp/other" | grep -c read)" = 2600 -a \
	"$(cat "$tmp/one" "$tmp/other" | grep read | cut -d " " -f 4 | sort -u | wc -l)" -gt 2500 ]
fails "an unknown application" 'needs app' trace editor 1

awk -f $scenario/pairwise.awk > "$tmp/plan"
ok "plans/reference is what pairwise.awk gives" cmp "$tmp/plan" $scenario/plans/reference
# Any two values of two keys, but for both loads none: that is the idle system.
ok "any two values of any two keys are in some cell" awk '
	/^#/ || /^policy=bfq / { next }
	{ sub(/^policy=[^ ]* /, "") }
	{
		for (i = 1; i <= NF; i++) {
			split($i, kv, "=")
			seen[$i] = kv[1]
			for (j = 1; j <= NF; j++)
				together[$i, $j] = 1
		}
	}
	END {
		for (a in seen)
			for (b in seen)
				if (seen[a] != seen[b] && !((a, b) in together) &&
				    !(a ~ /load=0r0w/ && b ~ /load=0r0w/)) {
					print a, b
					missing++
				}
		exit missing > 0
	}' $scenario/plans/reference
ok "under any policy any value of any key" awk '
	/^#/ || /^policy=bfq / { next }
	{
		for (i = 1; i <= NF; i++) {
			seen[$i]
			if ($1 !~ /^policy=/)
				all[$i]
		}
	}
	END {
		for (a in seen)
			if (a !~ /^policy=/ && !(a in all)) {
				print a
				missing++
			}
		exit missing > 0
	}' $scenario/plans/reference

need_images vanilla-host vanilla-guest guest vanilla-host-memcg host-memcg
fails "an unknown load" "unknown load '3r'" bench/run disk --loads 3r
fails "an unknown device" "unknown device 'nvme'" bench/run disk --set device=nvme
fails "an unknown plan" "unknown plan 'all'" bench/run disk --plan all
fails "a host image that does not exist" 'no such file' bench/run disk --host-image "$tmp/none"
fails "a host image that is no kernel" 'is no kernel' bench/run disk --host-image Makefile
fails "a host image without our disk" 'needs --set device=null' \
	bench/run disk --host-image build/images/vanilla-host
fails "a host image for another scenario" 'takes no --host-image' \
	bench/run cpu --host-image build/images/vanilla-host

cell=(bench/run disk --policies bfq --loads "0r0w,5r5w" --set guest_load=0r0w
	--phases 2)
ok "bfq, idle and with 5r5w" "${cell[@]}" --json "$tmp/1.json" --resume "$tmp/kept"
ok "the same again" "${cell[@]}" --json "$tmp/2.json"
ok "gives the same bytes" cmp "$tmp/1.json" "$tmp/2.json"
ok "and a third time without the board" "${cell[@]}" --json "$tmp/3.json" --resume "$tmp/kept"
ok "too" cmp "$tmp/1.json" "$tmp/3.json"
bench/run disk --policies bfq,vbfq --loads 0r0w --set guest_load=0r0w --phases 2 \
	--json "$tmp/4.json" --resume "$tmp/kept" > "$tmp/output" 2>&1
ok "beside another policy, too" grep -q 'policy=bfq .*kept' "$tmp/output"

definitions='def of($l; $m): $rows[] | select(.load == $l and .metric == $m);'
ok "each start has its time" holds "$tmp/1.json" 'of("0r0w"; "app_startup_time").n == 2 and of("5r5w"; "app_startup_time").n == 2'
ok "a terminal starts on the idle eMMC in 30 to 500 ms" holds "$tmp/1.json" \
	'of("0r0w"; "app_startup_time") | .min > 30 and .max < 500'
ok "the loads slow it down" holds "$tmp/1.json" 'of("5r5w"; "startup_of_idle").avg > 1.02'
ok "they move what an eMMC can" holds "$tmp/1.json" 'of("5r5w"; "background_rate").avg | . > 30 and . < 260'
ok "bfq is its own baseline" holds "$tmp/1.json" 'of("5r5w"; "background_throughput").avg == 1'
ok "the interval holds the median" holds "$tmp/1.json" \
	'of("5r5w"; "app_startup_median") | .min <= .p50 and .p50 <= .max'

ok "a reader, and a user's kernel as host" bench/run disk --policies bfq --loads 0r0w \
	--set guest_load=0r0w --set device=null --set app=reader --phases 1 \
	--host-image build/images/vanilla-host --json "$tmp/1.json"
ok "1 ms a read, and what the path takes" holds "$tmp/1.json" \
	'of("0r0w"; "io_latency") | .n > 500 and .p50 > 1000 and .p50 < 1400'
ok "rows say whose kernel it was" holds "$tmp/1.json" 'all($rows[]; .kernel | endswith("of the user"))'

done_testing
