#!/bin/bash
# The disk model keeps to the published figures under fio on the host of the
# board, and repeats digit by digit; bad parameters are refused.
. "$(dirname "$0")/tap.sh"

need_images vanilla-host vanilla-guest
ok "the modules build" scripts/modules vanilla-host
modeldisk=$build/modules/vanilla-host/modeldisk.ko

# What each line of a profile's figures is, for fio.
cat > "$tmp/job" <<'EOF_JOB'
profile=$(cat /board/profile)
for word in floppy ''; do
	insmod /board/modeldisk.ko profile=$word 2> /dev/null && echo "accepted $word"
done
dmesg | grep -o "no profile.*"
insmod /board/modeldisk.ko profile=$profile || exit 1
echo none > /sys/block/modeldisk/queue/scheduler
# Ten requests as a sum of what is on the disk: zeros
dd if=/dev/modeldisk bs=4k count=10 2> /dev/null | tr -d '\000' | wc -c | sed 's/^/garbage = /'
figure() {
	local name=$1 field=$2
	shift 2
	fio --name=x --filename=/dev/modeldisk --direct=1 --time_based \
		--output-format=terse "$@" |
		awk -F ';' -v name="$name" -v field="$field" '{
			v = $field
			print name, "=", field % 41 == 7 ? v * 1.024 / 1000 : v }'
}
# The first request of a hard disk is a long way off.
seq="--bs=512k --ioengine=libaio --iodepth=4 --ramp_time=100ms --runtime=400ms"
rand="--bs=4k --ioengine=psync --runtime=400ms"
deep="--bs=4k --ioengine=libaio --iodepth=32 --runtime=200ms"
[ $profile != hdd ] || rand="--bs=4k --ioengine=psync --runtime=10"
[ $profile != hdd ] || deep="--bs=4k --ioengine=libaio --iodepth=32 --runtime=5"
figure read 7 --rw=read $seq
figure inner_read 7 --rw=read $seq --offset=98%
figure write 48 --rw=write $seq
figure random_read 8 --rw=randread $rand
figure deep_read 8 --rw=randread $deep
figure random_write 49 --rw=randwrite $rand
figure deep_write 49 --rw=randwrite $deep
rmmod modeldisk || exit 1
ls /sys/block | grep -c modeldisk | sed 's/^/left = /'
EOF_JOB

# measure PROFILE: its figures to $tmp/PROFILE.
measure()
{
	echo "$1" > "$tmp/profile"
	scripts/board --host vanilla-host --guest vanilla-guest \
		--add "$modeldisk" --add "$tmp/profile" --job "$tmp/job" \
		--log "$tmp/console" --timeout 600 || return 1
	tr -d '\r' < "$tmp/console" > "$tmp/$1"
	cat "$tmp/$1"
}

# near PROFILE NAME WANT PERCENT: as published.
near()
{
	awk -v name="$2" -v want="$3" -v percent="$4" '
		$1 == name && $2 == "=" { got = $3 }
		END {
			printf "%s: got %s, published %s\n", name, got, want
			exit !(got >= want * (1 - percent / 100) &&
			       got <= want * (1 + percent / 100))
		}' "$tmp/$1"
}

ok "emmc: fio runs" measure emmc
ok "emmc: 250 MB/s read" near emmc read 250 5
ok "emmc: 125 MB/s written" near emmc write 125 10
ok "emmc: 11,000 IOPS random read" near emmc random_read 11000 20
ok "emmc: 13,000 IOPS random write" near emmc deep_write 13000 20
ok "a bad profile is refused" [ "$(grep -c '^accepted' "$tmp/emmc")" = 0 ]
ok "with a word on what there is" grep -q "no profile 'floppy'; there are emmc" "$tmp/emmc"
ok "it reads as zeros" grep -qx 'garbage = 0' "$tmp/emmc"
ok "it leaves no disk behind" grep -qx 'left = 0' "$tmp/emmc"
mv "$tmp/emmc" "$tmp/first"
ok "emmc: fio runs again" measure emmc
ok "emmc: with the same figures" cmp "$tmp/first" "$tmp/emmc"

ok "ssd: fio runs" measure ssd
ok "ssd: 540 MB/s read" near ssd read 540 5
ok "ssd: 520 MB/s written" near ssd write 520 5
ok "ssd: 10,000 IOPS random read at depth 1" near ssd random_read 10000 20

ok "hdd: fio runs" measure hdd
ok "hdd: 175 MB/s read outside" near hdd read 175 5
ok "hdd: 83 MB/s read inside" near hdd inner_read 83 5
ok "hdd: 79 random reads a second at depth 1" near hdd random_read 79 10

done_testing
