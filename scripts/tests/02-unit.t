#!/bin/bash
# The kernel C files behave as they say: native builds with ASan and UBSan,
# against models and exhaustive tables.
. "$(dirname "$0")/tap.sh"

[ -d build/linux/vanilla ] || skip_all "no kernel source for its rbtree (make build)"
ok "unit tests build" make -s -C vcfs/test O="$build/unit" KSRC="$build/linux/vanilla"
ok "those of the disk model build" make -s -C bench/disk/test O="$build/unit" \
	KSRC="$build/linux/vanilla"
for program in decode_test io_test edge_test guest_test record_test mark_test softirq_test \
	host_test disk_test; do
	ok "$program" "build/unit/$program"
done
ok "those of V-BFQ build" make -s -C vbfq/test O="$build/unit/vbfq" KSRC="$build/linux/vanilla"
for program in host_test guest_test; do
	ok "V-BFQ: $program" "$build/unit/vbfq/$program"
done

done_testing
