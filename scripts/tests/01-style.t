#!/bin/bash
# Shell is shellcheck-clean, C is checkpatch-clean.
. "$(dirname "$0")/tap.sh"

# What checkpatch says of kernel code only: its types, macros, attributes.
user_space=ARRAY_SIZE,AVOID_EXTERNS,BIT_MACRO,CAMELCASE,COMPLEX_MACRO
user_space=$user_space,EMBEDDED_FUNCTION_NAME,MACRO_ARG_REUSE
user_space=$user_space,PREFER_DEFINED_ATTRIBUTE_MACRO,PREFER_KERNEL_TYPES
user_space=$user_space,REPEATED_WORD,USE_NEGATIVE_ERRNO,VOLATILE

git ls-files > "$tmp/files"
while read -r file; do
	[ -f "$file" ] || continue
	case $(head -n 1 "$file" | tr -d '\0') in
	'#!/bin/bash'* | '#!/bin/sh'*) ok "shellcheck $file" shellcheck "$file" ;;
	esac
done < "$tmp/files"
ok "shellcheck what the host's jobs are made of" \
	shellcheck bench/board/host-l* bench/scenarios/*/job scripts/tests-long/*.job

if [ -d build/linux/vanilla ]; then
	grep '\.[ch]$' "$tmp/files" > "$tmp/sources"
	while read -r file; do
		case $file in
		*/test/* | bench/tools/*) ignore=$user_space ;;
		*) ignore=NONE ;;
		esac
		ok "checkpatch $file" checkpatch --ignore "$ignore" -f "$file"
	done < "$tmp/sources"
else
	echo "# checkpatch needs the kernel source: make build"
fi

done_testing
