# TAP for tests in bash: sourced by scripts/tests/*.t.
# shellcheck shell=bash

. "$(dirname "${BASH_SOURCE[0]}")/../lib.sh"
cd "$top" || exit 1

tap_count=0 tap_failed=0
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT

# ok DESCRIPTION COMMAND...: the command succeeds.
ok()
{
	local what=$1
	shift

	tap_count=$((tap_count + 1))
	if "$@" > "$tmp/out" 2>&1; then
		echo "ok $tap_count - $what"
	else
		tap_failed=$((tap_failed + 1))
		echo "not ok $tap_count - $what"
		tail -n 25 "$tmp/out" | sed 's/^/# /'
	fi
}

# fails DESCRIPTION PATTERN COMMAND...: it fails with one line that matches.
fails()
{
	local what=$1 pattern=$2
	shift 2

	ok "$what" refuses "$pattern" "$@"
}

refuses()
{
	local pattern=$1 rc=0
	shift

	"$@" > "$tmp/stdout" 2> "$tmp/stderr" < /dev/null || rc=$?
	cat "$tmp/stderr"
	[ $rc -ne 0 ] && tail -n 1 "$tmp/stderr" | grep -q -- "$pattern"
}

# What tests say about rows of bench/run, in jq; for holds, and bounds of tests-long.
definitions=''

# holds FILE JQ: a statement about the rows of all phases. If it is not true, they
# are shown, each up to its maximum.
holds()
{
	jq -e '[.[] | select(.phase == "all")] as $rows |
		'"$definitions $2" "$1" > "$tmp/verdict" || {
		cat "$tmp/verdict"
		jq -c '.[] | select(.phase == "all") | to_entries |
			.[:(map(.key) | index("max")) + 1] | map(.value)' "$1"
		return 1
	}
}

# skip_all REASON: the whole test has nothing to run on.
skip_all()
{
	echo "1..0 # SKIP $1"
	exit 0
}

# need_images NAME...: kernels of the board.
need_images()
{
	local name

	for name in "$@"; do
		[ -f "$build/images/$name" ] || skip_all "kernel $name is not built (make build)"
	done
}

# done_testing: the plan comes last; fail if a test did.
done_testing()
{
	echo "1..$tap_count"
	[ "$tap_failed" -eq 0 ]
}

# checkpatch ARGUMENT...: the kernel's, strict; but for the layout that every
# TRACE_EVENT() has, and for MAINTAINERS, which is not ours.
checkpatch()
{
	perl "$build/linux/vanilla/scripts/checkpatch.pl" --no-tree --strict \
		--terse -q --showfile --ignore FILE_PATH_CHANGES "$@" |
		grep -v 'trace_[a-z]*\.h:.*\(Alignment should match\|should not end with a\)' \
			> "$tmp/complaints" || true
	cat "$tmp/complaints"
	! grep -q ': \(ERROR\|WARNING\|CHECK\)' "$tmp/complaints"
}

# boots HOST GUEST: both kernels, a command in the guest.
boots()
{
	printf '. /board/host-lib\nguest_start\nguest_run "uname -r"\nguest_stop\n' > "$tmp/job"
	scripts/board --host "$1" --guest "$2" --job "$tmp/job" --timeout 300
}

# on_board HOST GUEST: the job on standard input; console to $tmp/console.
on_board()
{
	cat > "$tmp/job"
	: > "$tmp/console"
	scripts/board --host "$1" --guest "$2" --job "$tmp/job" \
		--log "$tmp/console.raw" --timeout 1500 || return 1
	tr -d '\r' < "$tmp/console.raw" > "$tmp/console"
}

# value NAME: what follows "NAME = " on the console.
value()
{
	sed -n "s/^$1 = //p" "$tmp/console" | head -n 1
}

# is NAME VALUE
is()
{
	printf 'got "%s", expected "%s"\n' "$(value "$1")" "$2"
	[ "$(value "$1")" = "$2" ]
}

# at_least NAME NUMBER
at_least()
{
	printf 'got "%s", expected %s or more\n' "$(value "$1")" "$2"
	[ "$(value "$1")" -ge "$2" ]
}
