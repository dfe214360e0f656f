#!/bin/bash
# A Debian 12 with nothing of ours: git clone, then the README's two commands.
# Also the rows of two clones: byte-identical. Takes two hours on 2 cores.
. "$(dirname "$0")/../tests/tap.sh"

[ "$(id -u)" = 0 ] || skip_all "needs root for debootstrap and chroot"
command -v debootstrap > /dev/null || skip_all "needs debootstrap"

root=$build/fresh
mirror=$(mirrors | awk '$3 == "bookworm" { print $2; exit }')
[ -n "$mirror" ] || skip_all "apt knows no mirror of Debian 12"

fresh_machine()
{
	rm -rf "$root"
	debootstrap --variant=minbase --include=ca-certificates bookworm "$root" "$mirror" || return 1
	mirrors > "$root/etc/apt/sources.list"
	cp /etc/resolv.conf "$root/etc/resolv.conf"
	for file in /etc/apt/apt.conf.d/*proxy*; do
		[ ! -f "$file" ] || cp "$file" "$root/etc/apt/apt.conf.d/"
	done
	git clone -q --bare "$top" "$root/project.git"
}

# on_fresh SCRIPT: there, with the file systems that a machine has.
on_fresh()
{
	# shellcheck disable=SC2016  # for the inner shell
	unshare --mount --pid --fork sh -c '
		mount --bind /dev "$1/dev"
		mount -t proc proc "$1/proc"
		mount -t sysfs sys "$1/sys"
		exec chroot "$1" /usr/bin/env -i HOME=/root TERM=dumb \
			PATH=/usr/sbin:/usr/bin:/sbin:/bin sh -exc "$2"' \
		sh "$root" "$1"
}

# timed FILE COMMAND...: and how long it took.
timed()
{
	local start=$SECONDS file=$1 rc=0
	shift
	"$@" > "$build/logs/$file" 2>&1 || rc=$?
	echo "# $file: $((SECONDS - start)) s" >&3
	tail -n 40 "$build/logs/$file"
	return $rc
}
exec 3>&1

ok "a fresh Debian 12" fresh_machine
ok "git and make are there" on_fresh 'apt-get update && apt-get install -y --no-install-recommends git make'
ok "git clone, make bench" timed fresh-bench on_fresh \
	'git clone /project.git /root/a && cd /root/a && make bench'
ok "the table is its last word" grep -q '^vcfs ' "$build/logs/fresh-bench"
ok "make check" timed fresh-check on_fresh 'cd /root/a && make check'
ok "another clone, make bench" timed fresh-bench-2 on_fresh \
	'git clone /project.git /root/b && cd /root/b && make bench'
ok "gives the same rows, byte by byte" cmp "$root/root/a/build/cpu.json" "$root/root/b/build/cpu.json"
ok "which this machine gives too" cmp "$root/root/a/build/cpu.json" "$build/cpu.json"

done_testing
