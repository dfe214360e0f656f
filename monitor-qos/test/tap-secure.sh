# For tests of the board with a secure world: sourced after tap.sh.
# shellcheck shell=bash disable=SC2154  # top, tmp, build of tap.sh
. "$top/monitor-qos/board.sh"

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

# build_normal: the normal worlds of test/normal.
build_normal()
{
	ok "the attacking normal world builds" \
		make -s -C monitor-qos/test/normal O="$build/firmware/normal"
}

# build_tool NAME: a program for Linux, $tmp/NAME.
build_tool()
{
	ok "tool $1 builds" aarch64-linux-gnu-gcc -O2 -Wall -Wextra -Werror -static \
		-Imonitor-qos/include -Imonitor-qos/rtos -o "$tmp/$1" "monitor-qos/test/$1.c"
}

# attacker_for FILE MS CORES REALTIME: it with that mode, see normal.h.
attacker_for()
{
	cp "$build/firmware/normal/normal.bin" "$1"
	put_mode "$1" $(($2 | $3 << 32 | $4 << 40))
}

# guest_attack_job: for a host that has the attacker as /board/normal.bin.
guest_attack_job()
{
	cat <<-'JOB'
		qemu-system-aarch64 -M virt,gic-version=3 -accel kvm -cpu host -m 256 \
			-nographic -nodefaults -serial stdio -kernel /board/normal.bin < /dev/null
	JOB
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
