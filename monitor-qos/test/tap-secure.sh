# For tests of the board with a secure world: sourced after tap.sh.
# shellcheck shell=bash disable=SC2154  # tmp, build of tap.sh

# need_firmware NAME...
need_firmware()
{
	local name

	for name in "$@"; do
		[ -f "$build/images/firmware-$name" ] ||
			skip_all "firmware $name is not built (make build)"
	done
}

# figure LOG LINE KEY: the largest value of KEY=value in lines that begin so.
figure()
{
	awk -v line="$2" -v key="$3=" '
		$1 == line {
			for (i = 2; i <= NF; i++)
				if (index($i, key) == 1 && substr($i, length(key) + 1) + 0 >= max + 0)
					max = substr($i, length(key) + 1) + 0
			found = 1
		}
		END { if (found) printf "%.0f\n", max; else print "none" }' "$1"
}

# no_misses LOG MS: the RTOS ran that long, and every task met every deadline.
no_misses()
{
	local misses time

	misses=$(figure "$1" @TASK misses) time=$(figure "$1" @PHASE time)
	echo "misses $misses in $((time / 1000000)) ms"
	grep '^@F' "$1" | head -n 3 | cut -c 1-200
	[ "$misses" = 0 ] && [ "$time" -ge $(($2 * 1000000)) ] &&
		! grep -q '^@\(FAULT\|FATAL\)' "$1"
}

# from_console FILE: the TAP of a program on the board, as our own.
from_console()
{
	local line

	while IFS= read -r line; do
		case $line in
		'ok '*) ok "${line#ok * - }" true ;;
		'not ok '*) ok "${line#not ok * - }" false ;;
		'# '*) echo "$line" ;;
		esac
	done < <(tr -d '\r' < "$1")
}

# set_mode FILE MS CORES REALTIME: the attacker with that mode word, see normal.h.
set_mode()
{
	local mode=$(($2 | $3 << 32 | $4 << 40)) bytes=""

	for _ in 1 2 3 4 5 6 7 8; do
		bytes+=$(printf '\\%03o' $((mode & 255)))
		mode=$((mode >> 8))
	done
	cp "$build/firmware/normal/normal.bin" "$1"
	printf '%b' "$bytes" | dd of="$1" bs=1 seek=48 conv=notrunc status=none
}

# longest_window CONSOLE: of the calls that keep EL3, in instructions.
longest_window()
{
	tr -d '\r' < "$1" | awk '$1 == "@WINDOW" && $3 > max { max = $3 } END { print max + 0 }'
}

# best_latency LOG: of an interrupt out of EL2.
best_latency()
{
	awk '$1 == "@FIQ" && $3 == "el=2" { print substr($5, 5) }' "$1" | sort -n | head -n 1
}
