#!/bin/bash
# A user's way: make apply puts both series on one pristine tree, which then
# builds with all options on and off, and serves as host and as guest.
. "$(dirname "$0")/../tests/tap.sh"

need_images vanilla-host

tree=$build/linux/both
rm -rf "$tree"
cp -a "$build/linux/vanilla" "$tree"
rm -rf "$tree"/obj*
ok "make apply KDIR=" make -s apply KDIR="$tree"

fragments=(board.config host.config)
for options in off on; do
	[ $options = off ] || fragments+=(host-coordinated.config guest-coordinated.config)
	ok "it builds, options $options" scripts/kernel image "both-$options" \
		"$tree/obj-$options" "${fragments[@]}"
	ok "and boots, options $options" boots "both-$options" "both-$options"
done

done_testing
