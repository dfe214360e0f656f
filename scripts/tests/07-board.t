#!/bin/bash
# What goes wrong on the board ends in one clear line and a status.
. "$(dirname "$0")/tap.sh"

need_images vanilla-host vanilla-guest

# job: a job for the board, from standard input.
job()
{
	cat > "$tmp/job"
}

board=(scripts/board --host vanilla-host --guest vanilla-guest --job "$tmp/job" --timeout 60)

job <<'EOF'
. /board/host-lib
guest_start
guest_run "echo 1 > /proc/sys/kernel/sysrq; echo c > /proc/sysrq-trigger"
EOF
fails "a guest that panics" 'guest panicked' "${board[@]}"

job <<'EOF'
. /board/host-lib
guest_limit=2
# The kernel is one instruction: b .
printf '\000\000\000\024' > /board/guest.Image
guest_start
EOF
fails "a guest that never boots" 'did not say @READY within 2 s' "${board[@]}"

job <<'EOF'
echo c > /proc/sysrq-trigger
EOF
fails "a host that panics" 'a kernel panicked' "${board[@]}" --timeout 20

job <<'EOF'
sleep 1
while :; do :; done
EOF
fails "a board that never finishes" 'did not finish within 20 s' "${board[@]}" --timeout 20

# killed: the emulator of a running board dies.
killed()
{
	"${board[@]}" &
	sleep 8
	pkill -KILL -P "$(pgrep -P $! -x timeout)"
	wait $!
}
fails "an emulator that is killed" 'ended early' killed

job <<'EOF'
exit 3
EOF
fails "a job that fails" 'failed with status 3' "${board[@]}"
fails "an unknown kernel" 'nonesuch is missing' scripts/board --host nonesuch --job "$tmp/job"
fails "an unknown option" "unknown option '--fast'" scripts/board --fast
fails "a missing value" 'needs a value' scripts/board --seed
fails "a seed that is no number" "'x' is not a number" scripts/board --seed x
fails "several CPUs in virtual time" 'needs --realtime' scripts/board --smp 2
fails "a job that does not exist" 'no file' "${board[@]}" --job "$tmp/none"

done_testing
