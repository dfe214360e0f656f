# SPDX-License-Identifier: GPL-2.0-only
# How programs without an operating system are built: for Makefiles that set
# objects' directory O, includes, and pic (code for one address or for any).

CROSS_COMPILE ?= aarch64-linux-gnu-
CC := $(CROSS_COMPILE)gcc

flags := $(includes) -MMD -MP -Wall -Wextra -Werror
cflags := -O2 -std=gnu11 -ffreestanding $(pic) -mgeneral-regs-only
cflags += -mstrict-align -mno-outline-atomics -mbranch-protection=none -fno-stack-protector
cflags += -fno-tree-loop-distribute-patterns
link := $(CC) -nostdlib -static -Wl,--build-id=none -Wl,--no-warn-rwx-segments -no-pie

$(O)/%.bin: $(O)/%.elf
	$(CROSS_COMPILE)objcopy -O binary $< $@

$(O)/%.o: %.c | $(O)
	$(CC) $(flags) $(cflags) -c -o $@ $<

$(O)/%.o: %.S | $(O)
	$(CC) $(flags) -c -o $@ $<

$(O):
	mkdir -p $@
