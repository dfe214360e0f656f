# The board with a secure world: what scripts/firmware and scripts/board share.
# shellcheck shell=bash disable=SC2154,SC2034  # variables of the two
#
# Its normal world boots from memory that the device tree does not mention: the
# medium, with the loader first. So it can be started again and again, and each
# time finds the same images.
normal_entry=0xf0000000
# Memory that it shares with the secure world, behind the medium, and the interrupt
# by which that one rings: an SPI that no device has.
shared_base=0xffff0000
ring_intid=132
# Ticks of the system counter per second: one for an instruction in virtual time.
counter_frequency=1000000000

# Places on the medium, and where the loader copies to.
medium_table=0x80
medium_dtb=0x10000
medium_kernel=0x200000
medium_initrd=0x2000000
dtb_base=0x40000000
kernel_base=0x40200000
initrd_base=0x48000000

# at OFFSET: an address on the medium.
at()
{
	printf '0x%x' $((normal_entry + $1))
}

# put_mode IMAGE MODE: its mode word, bytes 48 to 55: see test/normal/.
put_mode()
{
	local mode=$2 bytes=''

	for _ in 1 2 3 4 5 6 7 8; do
		bytes+=$(printf '\\%03o' $((mode & 255)))
		mode=$((mode >> 8))
	done
	printf '%b' "$bytes" | dd of="$1" bs=1 seek=48 conv=notrunc status=none
}

# put_table SLOT VALUE: options that write a quadword of the loader's table.
put_table()
{
	emulator+=(-device "loader,addr=$(at $((medium_table + 8 * $1))),data=$2,data-len=8")
}

# put_image SLOT FILE OFFSET TO: a file on the medium, and its line in the table.
put_image()
{
	emulator+=(-device "loader,file=$2,addr=$(at "$3"),force-raw=on")
	put_table "$1" "$(at "$3")"
	put_table $(($1 + 1)) "$4"
	put_table $(($1 + 2)) "$(stat -c %s "$2")"
}

# device_tree FILE: the machine's own, with what a firmware tells Linux.
device_tree()
{
	local dtb=$1 cpu

	"${emulator[@]}" -M "dumpdtb=$dtb.raw" > /dev/null 2>&1 < /dev/null ||
		die "the emulator does not give its device tree" "try: ${emulator[*]}"
	fdtput -t x "$dtb.raw" /memory@40000000 reg 0 $dtb_base 0 \
		"$(printf '%x' $((normal_entry - dtb_base)))"
	fdtput -t s "$dtb.raw" /chosen bootargs "$bootargs"
	if [ -n "$initrd" ]; then
		fdtput -t x "$dtb.raw" /chosen linux,initrd-start ${initrd_base#0x}
		fdtput -t x "$dtb.raw" /chosen linux,initrd-end \
			"$(printf '%x' $((initrd_base + $(stat -c %s "$initrd"))))"
	fi
	fdtput -c "$dtb.raw" /psci
	fdtput -t s "$dtb.raw" /psci compatible arm,psci-1.0 arm,psci-0.2
	fdtput -t s "$dtb.raw" /psci method smc
	for cpu in $(seq 0 $((smp - 1))); do
		fdtput -t s "$dtb.raw" "/cpus/cpu@$cpu" enable-method psci
	done
	dtc -q -I dtb -O dtb -o "$dtb" "$dtb.raw"
}

# secure_board FIRMWARE KERNEL: set the array emulator; uses work, initrd,
# bootargs, smp, seed and secure_log.
secure_board()
{
	local firmware=$images/firmware-$1 end=6 file

	for file in "$firmware" "$images/loader"; do
		[ -f "$file" ] || die "${file#"$top"/} is missing" "run: make build"
	done
	[ "$smp" -le 8 ] || die "--smp $smp: the secure board has at most 8 CPUs"
	command -v fdtput > /dev/null || die "fdtput is missing" "run: make setup"
	emulator=(qemu-system-aarch64 -M "virt,secure=on,virtualization=on,gic-version=3"
		-cpu "max,pauth-impdef=on,lpa2=off,sve=off,sme=off,cntfrq=$counter_frequency"
		-smp "$smp" -m 3G -nographic -nodefaults -serial stdio
		-serial "file:$secure_log" -bios "$firmware" -seed "$seed")
	device_tree "$work/dtb"
	emulator+=(-device "loader,file=$images/loader,addr=$normal_entry,force-raw=on")
	put_image 0 "$work/dtb" $medium_dtb $dtb_base
	put_image 3 "$2" $medium_kernel $kernel_base
	if [ -n "$initrd" ]; then
		put_image 6 "$initrd" $medium_initrd $initrd_base
		end=9
	fi
	# The end of the table: where to jump, and with what in x0.
	put_table $end $kernel_base
	put_table $((end + 1)) 0
	put_table $((end + 2)) $dtb_base
	emulator+=(-rtc "base=2024-01-01T00:00:00,clock=vm" -no-reboot)
}

# trace_monitor FILE: log exceptions, and each instruction of BL31 that runs.
trace_monitor()
{
	emulator+=(-d int,exec,nochain -singlestep -dfilter 0x0e0a0000+0x60000 -D "$1")
}
