#!/bin/bash
# The hypercalls keep their word: a bare-metal guest makes every call with every
# error, on our host, on a vanilla one, and with the options off.
. "$(dirname "$0")/tap.sh"

need_images host host-off vanilla-host

# cases MODE KERNEL: run the guest there and pass its TAP on as our own.
cases()
{
	local mode=$1 kernel=$2 line

	echo "/board/vmm --expect $mode /board/guest.bin" > "$tmp/job"
	ok "on $kernel: the guest runs to its end" scripts/board --host "$kernel" \
		--guest vanilla-guest --add "$build/abi/vmm" --add "$build/abi/guest.bin" \
		--job "$tmp/job" --log "$tmp/console" --timeout 600
	tr -d '\r' < "$tmp/console" > "$tmp/tap"
	while IFS= read -r line; do
		case $line in
		'ok '*) ok "on $kernel: ${line#ok * - }" true ;;
		'not ok '*) ok "on $kernel: ${line#not ok * - }" false ;;
		'# '*) echo "$line" ;;
		esac
	done < "$tmp/tap"
}

ok "the guest and its VMM build" make -s -C hvc-abi/test/abi O="$build/abi"
cases coordinated host
cases vanilla vanilla-host
cases off host-off

done_testing
