#!/bin/bash
# Linux above the RTOS: what the RTOS takes is stolen time and nobody is charged
# for it, privilege goes when it asks to shed load, messages come and go, garbage
# does not count. Without the monitor the driver is not there.
. "$(dirname "$0")/tap.sh"
. "$top/monitor-qos/test/tap-secure.sh"

need_images host guest
need_firmware monitor-qos tspd
build_tool mailbox

# on FIRMWARE OPTION...: the job on standard input; console to $tmp/console.
on()
{
	cat > "$tmp/job"
	: > "$tmp/console"
	scripts/board ${1:+--secure "$1"} --secure-log "$tmp/log" --add "$tmp/mailbox" \
		--job "$tmp/job" --log "$tmp/console.raw" --timeout 600 "${@:2}" || return 1
	tr -d '\r' < "$tmp/console.raw" > "$tmp/console"
}

# near NAME EXPECTED BOUND
near()
{
	local off=$(($(value "$1") - $2))

	echo "$1 is $(value "$1"), expected $2 +- $3"
	[ "${off#-}" -le "$3" ]
}

# below NAME NUMBER: it is less.
below()
{
	echo "got $(value "$1"), expected less than $2"
	[ "$(value "$1")" -lt "$2" ]
}

# The services are numbers of monitor-qos/rtos/services.h. Stolen time and CPU
# time of a busy loop, while the RTOS works for 4 of 10 ms; all in us.
ok "Linux and a guest run above the RTOS" on monitor-qos <<'EOF_JOB'
. /board/host-lib
say() { echo "$1 = $2"; }
mailbox() { /board/mailbox "$@"; }
steal() { awk '$1 == "cpu" { print $9 * 10000 }' /proc/stat; }
away() { mailbox 7 | awk '{ print int($2 / 1000) }'; }
charged() { awk '{ print int($1 / 1000) }' "/proc/$1/schedstat"; }
uptime_us() { awk '{ print $1 * 1000000 }' /proc/uptime; }
# window NAME: what each of them has grown by after 5 s.
window()
{
	local steal away charged now

	steal=$(steal) away=$(away) charged=$(charged $pid) now=$(uptime_us)
	sleep 5
	say "$1_time" $(($(uptime_us) - now))
	say "$1_charged" $(($(charged $pid) - charged))
	say "$1_away" $(($(away) - away))
	say "$1_steal" $(($(steal) - steal))
}

dmesg | grep monitor-qos:
say echo "$(mailbox 0 41 5)"
say bad_load "$(mailbox 6 9000)"
say unknown "$(mailbox 99)"
spin > /dev/null & pid=$!
window calm
mailbox 6 4000
window busy
kill $pid
mailbox 6 0
say flood "$(mailbox flood 1000)"
say second "$(exec 3<> /dev/monitor-qos; mailbox 0 1)"

root=/sys/kernel/intent
trace=/sys/kernel/tracing
classes() { sed -n 's/.*kvm_intent_grant: .*class //p' $trace/trace; }
# granted NAME COMMAND...: the highest one that it had from the command on, for a while.
granted()
{
	local name=$1 n

	n=$(classes | wc -l)
	shift
	"$@"
	sleep 0.05
	say "$name" "$(classes | tail -n +$n | sort -n | tail -n 1)"
}
guest_start
echo 1 > $trace/events/kvm/kvm_intent_grant/enable
vm_allow critical
guest_run "(cyclictest -q -m -p 80 -t 1 -i 2000 -l 1000000 > /dev/null 2>&1 &)"
sleep 1
granted before true
say bad_shed "$(mailbox 8 2)"
mailbox 8 1
say shed "$(cat $root/revoked $root/enabled $vm_intent/cpu | xargs)"
say told "$(classes | tail -n 1)"
granted while true
granted after mailbox 8 0
say restored "$(cat $root/revoked $root/enabled | xargs)"
mailbox 8 1
echo 0 > $root/enabled
mailbox 8 0
say kept "$(cat $root/revoked $root/enabled | xargs)"
granted still true
granted again eval "echo 1 > $root/enabled"

say garbage "$(mailbox 10 100)"
say ignored "$(cat $root/revoked)"
sleep 0.5
say valid "$(mailbox 0 1)"
say short "$({ echo x > /dev/monitor-qos; } 2>&1 | grep -o 'Invalid argument')"
dmesg | grep monitor-qos:
guest_stop
EOF_JOB
ok "it says so" grep -q 'a secure RTOS shares the CPUs' "$tmp/console"
ok "a message is answered" is echo '0 42 7'
ok "a wrong argument gets an error" is bad_load '-2 9000 0'
ok "and so does an unknown service" is unknown '-1 0 0'
# /proc/stat counts in steps of 10 ms, and a window has two ends.
ok "stolen time is what the RTOS counts" near calm_steal "$(value calm_away)" 20000
ok "the RTOS works more" at_least busy_away 1900000
ok "stolen time is what it counts then" near busy_steal "$(value busy_away)" 20000
ok "nobody is charged for it" \
	near busy_charged $(($(value busy_time) - $(value busy_away))) 50000
ok "a flood of messages is answered, all of it" is flood 1000
ok "one program has the mailbox" is second '/dev/monitor-qos: Device or resource busy'
ok "a VM is privileged" is before 2
ok "a request that is neither changes nothing" is bad_shed '-2 2 0'
ok "shedding load is shown, and leaves the owner's settings" is shed '1 1 critical'
ok "it takes the privilege away" is told 0
ok "and no more is granted" is while 0
ok "until the RTOS asks no longer" is restored '0 1'
ok "then the VM is privileged again" is after 2
ok "who switches privilege off meanwhile" is kept '0 0'
ok "finds it off afterwards" is still 0
ok "and can switch it on" is again 2
ok "garbage in the RTOS's header is refused" is garbage 'read: Protocol error'
ok "and changes nothing" is ignored 0
ok "the kernel says so" grep -q 'mailbox is not valid' "$tmp/console"
ok "with the right header messages are answered again" is valid '0 2 2'
ok "half a message is refused" is short 'Invalid argument'
ok "and the RTOS missed nothing" no_misses "$tmp/log" 10000

# The RTOS goes on: what it asked for holds, and so does the mailbox. The second
# Linux finds that messages were taken before it.
ok "Linux is restarted while load is shed" on monitor-qos <<'EOF_JOB'
if [ "$(/board/mailbox 9 | cut -d ' ' -f 2)" = 1 ]; then
	/board/mailbox 8 1
	reboot -f
	sleep 100
fi
echo "shed = $(cat /sys/kernel/intent/revoked)"
echo "echo = $(/board/mailbox 0 41 5)"
echo "steal = $(awk '$1 == "cpu" { print $9 }' /proc/stat)"
EOF_JOB
ok "it was once" [ "$(grep -c '^@RESTART' "$tmp/log")" = 1 ]
ok "the next one finds that load is shed" is shed 1
ok "and its messages are answered" is echo '0 42 7'
ok "what was stolen from the first one is not its loss" below steal 3

# Another secure world, and none at all.
for firmware in tspd ''; do
	ok "Linux boots above ${firmware:-no secure world}" on "$firmware" <<-'EOF_JOB'
		echo "said = $(dmesg | grep -c -i 'monitor.qos')"
		echo "device = $(ls /dev | grep -c monitor-qos)"
		echo "steal = $(awk '$1 == "cpu" { print $9 }' /proc/stat)"
		echo "shed = $(cat /sys/kernel/intent/revoked)"
	EOF_JOB
	ok "the driver says nothing" is said 0
	ok "there is no device" is device 0
	ok "no time is stolen" is steal 0
	ok "and no load is shed" is shed 0
done

done_testing
