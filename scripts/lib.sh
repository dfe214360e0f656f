# Shell functions shared by the project's scripts: messages, steps, paths.
# shellcheck shell=bash

top=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
# shellcheck disable=SC2034  # used by the scripts that source this file
build=$top/build
me=${0##*/}

# die MESSAGE [HINT]: one line that says what is wrong and what to do.
die()
{
	printf '%s: %s\n' "$me" "$1${2:+ ($2)}" >&2
	exit 1
}

# step NAME LOG COMMAND...: run COMMAND with its output in LOG, show that it
# runs and for how long; on failure show the last lines of LOG.
step()
{
	local name=$1 log=$2 start=$SECONDS pid rc=0 beat=${STEP_SECONDS:-30}
	shift 2

	mkdir -p "$(dirname "$log")"
	printf '%-44s' "$name ..." >&2
	"$@" > "$log" 2>&1 &
	pid=$!
	while kill -0 "$pid" 2>/dev/null; do
		sleep 0.2
		if [ $((SECONDS - start)) -ge "$beat" ]; then
			printf ' %ds' $((SECONDS - start)) >&2
			beat=$((beat + ${STEP_SECONDS:-30}))
		fi
	done
	wait "$pid" || rc=$?
	if [ $rc -eq 0 ]; then
		printf ' done, %d s\n' $((SECONDS - start)) >&2
		return 0
	fi
	printf ' FAILED, %d s; end of %s:\n' $((SECONDS - start)) "$log" >&2
	tail -n 20 "$log" | sed 's/^/    /' >&2
	return $rc
}

# need_space DIR GIB: fail early rather than in the middle of a build.
need_space()
{
	local free

	mkdir -p "$1" || die "cannot create $1" "check its permissions"
	free=$(df -Pk "$1" | awk 'NR == 2 { print int($4 / 1048576) }')
	[ "$free" -ge "$2" ] ||
		die "$1 has $free GiB free and needs $2" "make room, or clone to a larger disk"
}

# hash FILE...: one digest of the contents, in the order given.
hash()
{
	cat -- "$@" | sha256sum | cut -c 1-16
}

# kernel_version TREE: such as 6.1; nothing if that is no kernel tree.
kernel_version()
{
	awk '$1 == "VERSION" { v = $3 }
	     $1 == "PATCHLEVEL" { print v "." $3; exit }' "$1/Makefile" 2>/dev/null || true
}

# mirrors: those of Debian 12 that apt uses here, as lines for sources.list.
mirrors()
{
	# shellcheck disable=SC2016  # apt-get's own variables
	apt-get indextargets \
		--format 'deb $(REPO_URI) $(RELEASE) $(COMPONENT)' \
		'Created-By: Packages' 'Origin: Debian' | grep ' bookworm' | sort -u
}
