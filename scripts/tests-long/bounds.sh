# shellcheck shell=bash disable=SC2016,SC2154
#
# Bounds that rows of bench/run keep. Sourced by tests, after tap.sh.

# kept_in SMALLER: where finished cells are kept: with the results, unless
# something makes the run smaller than what they are for.
kept_in()
{
	if [ -z "$1" ]; then
		echo results/claims
	else
		echo "$build/cells"
	fi
}

# run SCENARIO ARG...: bench/run, which takes long: what is done is seen meanwhile.
exec 3>&2
run()
{
	bench/run "$@" 2>&3
}

# bounds FILE JQ: a stream of statements about the rows of all phases, made with most
# and least; all hold. Those that do not are shown.
bounds()
{
	jq -e '[.[] | select(.phase == "all")] as $rows |
		def most($what; $got; $limit):
			{ok: ($got <= $limit), text: "\($what): \($got), at most \($limit)"};
		def least($what; $got; $limit):
			{ok: ($got >= $limit), text: "\($what): \($got), at least \($limit)"};
		'"$definitions"'['"$2"'] |
		if length == 0 then error("no such cells") else . end | map(select(.ok | not)) |
		if length == 0 then true else (.[] | .text) end' \
		"$1" > "$tmp/verdict"
	cat "$tmp/verdict"
	grep -qx true "$tmp/verdict"
}
