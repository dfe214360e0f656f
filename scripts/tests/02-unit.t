#!/bin/bash
# The kernel C files behave as they say: native builds with ASan and UBSan,
# against models and exhaustive tables.
. "$(dirname "$0")/tap.sh"

[ -d build/linux/vanilla ] || skip_all "no kernel source for its rbtree (make build)"
ok "unit tests build" make -s -C vcfs/test O="$build/unit" KSRC="$build/linux/vanilla"
for program in decode_test edge_test guest_test record_test host_test; do
	ok "$program" "build/unit/$program"
done

done_testing
