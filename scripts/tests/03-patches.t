#!/bin/bash
# The series are fresh, clean, and apply alone and together.
. "$(dirname "$0")/tap.sh"

tree=$build/linux/vanilla
[ -d "$tree" ] || skip_all "no kernel source (make build)"

# pristine DIR: the files of the tree that matter for applying patches.
pristine()
{
	mkdir -p "$1"
	(cd "$tree" && { echo Makefile; sed -n 's,^--- a/,,p' "$top"/patches/*/6.1/[0-9]*.patch; } |
		sort -u | cpio -pdm --quiet "$1")
}

# small_hooks PATCH: what it adds to any one file that exists, at most 60 lines.
small_hooks()
{
	awk '/^--- / { old = $2 } /^\+\+\+ / { file = $2; next }
		/^\+/ && old != "/dev/null" && ++added[file] == 61 {
			print file ": more than 60 lines"; bad = 1
		}
		END { exit bad }' "$1"
}

for side in host guest; do
	ok "$side series is what make patches gives" scripts/series fresh $side
	for patch in "patches/$side"/6.1/[0-9]*.patch; do
		# By standard input: given a file that git knows, it would check it as source.
		ok "checkpatch $patch" checkpatch - < "$patch"
		ok "it only hooks into existing files" small_hooks "$patch"
	done
	pristine "$tmp/$side"
	ok "make apply SIDE=$side" make -s apply KDIR="$tmp/$side" SIDE=$side
	fails "applying it again fails, and names file and hunk" \
		'does not apply: .*\(hunk at line\|already exists\)' \
		scripts/apply "$tmp/$side" $side
done
pristine "$tmp/both"
ok "make apply takes both series on one tree" make -s apply KDIR="$tmp/both"

# am DIR SERIES...: as users do it.
am()
{
	local dir=$1
	shift
	git -C "$dir" init -q && git -C "$dir" add -A && git -C "$dir" \
		-c user.name=t -c user.email=t@t.invalid commit -qm base &&
		git -C "$dir" -c user.name=t -c user.email=t@t.invalid am -3 -q "$@"
}
for side in host guest; do
	pristine "$tmp/am-$side"
	ok "git am of the $side series alone" am "$tmp/am-$side" "$top/patches/$side"/6.1/*.patch
done
pristine "$tmp/am"
ok "git am -3 of the host's and then the guest's" \
	am "$tmp/am" "$top"/patches/host/6.1/*.patch "$top"/patches/guest/6.1/*.patch
ok "both ways give the same tree" diff -r -x .git "$tmp/am" "$tmp/both"

pristine "$tmp/bad"
sed -i 's/update_curr/update_the_curr/' "$tmp/bad/kernel/sched/fair.c"
cp -r "$tmp/bad" "$tmp/bad.before"
fails "a hunk that does not fit is named" \
	'kernel/sched/fair.c, hunk at line' scripts/apply "$tmp/bad" host
ok "and nothing was changed" diff -r "$tmp/bad" "$tmp/bad.before"
mkdir "$tmp/old"
printf 'VERSION = 5\nPATCHLEVEL = 10\n' > "$tmp/old/Makefile"
fails "another kernel version is refused" 'is Linux 5.10' scripts/apply "$tmp/old"
fails "a directory that is no kernel is refused" 'not a kernel tree' scripts/apply "$tmp"
fails "a missing KDIR is refused" 'no kernel tree given' scripts/apply ''
fails "an unknown side is refused" "unknown side 'x'" scripts/apply "$tmp/both" x
fails "KSRC of another version is refused" 'is Linux 5.10' env KSRC="$tmp/old" scripts/kernel source
fails "KSRC that does not exist is refused" 'does not exist' env KSRC="$tmp/none" scripts/kernel source

done_testing
