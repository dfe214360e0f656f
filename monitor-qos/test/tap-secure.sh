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
