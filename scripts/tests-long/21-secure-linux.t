#!/bin/bash
# Linux as KVM host above the secure world: it runs, panics, reboots and hangs with
# a guest running, a guest attacks; the RTOS misses nothing and Linux comes back.
. "$(dirname "$0")/../tests/tap.sh"
. "$top/monitor-qos/test/tap-secure.sh"

need_images host vanilla-guest
need_firmware monitor-qos
build_normal
build_tool started
build_tool mailbox

# linux NAME OPTION...: run the job in $tmp/job.
linux()
{
	scripts/board --secure monitor-qos --host host --guest vanilla-guest \
		--add "$tmp/started" --add "$tmp/mailbox" \
		--add "$build/firmware/normal/normal.bin" "${@:2}" \
		--job "$tmp/job" --log "$tmp/$1" --secure-log "$tmp/$1.log" --timeout 1200
}

# dies COMMAND: a job whose first Linux starts a guest and then does that.
dies()
{
	cat > "$tmp/job" <<-EOF
		. /board/host-lib
		guest_start
		guest_run true
		echo "started at \$(started) ms"
		if [ "\$(started)" -lt 200 ]; then
			$1
			sleep 100
		fi
		guest_stop
		echo "came back"
	EOF
}

# A panic without an end is a hang: the RTOS's watchdog (service 2) finds it.
for what in panic reboot hang; do
	options=()
	case $what in
	panic) dies 'echo c > /proc/sysrq-trigger' ;;
	reboot) dies 'reboot -f' ;;
	hang)
		dies '/board/mailbox 2 100; echo c > /proc/sysrq-trigger'
		options=(--append panic=0)
		;;
	esac
	ok "Linux and a guest run, then: $what" linux $what ${options[@]+"${options[@]}"}
	ok "Linux came back, and a guest again" grep -q 'came back' "$tmp/$what"
	ok "the RTOS restarted it once" [ "$(grep -c '^@RESTART' "$tmp/$what.log")" = 1 ]
	[ $what != hang ] || ok "because it hung" grep -q '^@RESTART.*hangs' "$tmp/$what.log"
	ok "and missed nothing" no_misses "$tmp/$what.log" 600
done

guest_attack_job > "$tmp/job"
ok "a guest attacks" linux guest
from_console "$tmp/guest"
ok "it got to its end" grep -q '^1\.\.' "$tmp/guest"
ok "and the RTOS missed nothing" no_misses "$tmp/guest.log" 200

done_testing
