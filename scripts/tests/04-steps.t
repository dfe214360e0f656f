#!/bin/bash
# Every step of each series builds and boots, with its options on and off. The
# last step is what the other tests run on; the earlier ones are made here.
. "$(dirname "$0")/tap.sh"

need_images vanilla-host vanilla-guest host guest host-off guest-off

for side in host guest; do
	steps=$(find "patches/$side/6.1" -name '[0-9]*.patch' | wc -l)
	for step in $(seq $((steps - 1))); do
		for options in off on; do
			image=$side-$step-$options
			ok "$side series: step $step builds, options $options" \
				scripts/kernel step "$side" "$step" "$options"
			case $side in
			host) kernels=("$image" vanilla-guest) ;;
			guest) kernels=(vanilla-host "$image") ;;
			esac
			ok "$side series: step $step boots, options $options" \
				boots "${kernels[@]}"
		done
	done
done
ok "last step boots, options off" boots host-off guest-off

done_testing
