# Coordinated scheduling for Linux/KVM on Arm. "make help" lists the targets.

IMAGES := vanilla-host vanilla-guest host guest
DISK_IMAGES := vanilla-host-memcg host-memcg

export KSRC

.PHONY: help setup build bench results claims check check-long apply patches clean

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' Makefile
	@echo
	@echo "  KSRC=DIR|TARBALL   build from your own Linux 6.1.y instead of Debian's"
	@echo "  KDIR=DIR           the tree that 'make apply' patches; SIDE=host|guest|both"

setup: ## install the Debian packages that the project uses
	@scripts/setup

build: setup ## kernels (vanilla and patched) and user space of the board
	@scripts/build $(IMAGES) $(DISK_IMAGES)

bench: DISK_IMAGES := # it has no disk
bench: build ## the main job: cyclictest in a guest, stock schedulers against ours
	@bench/run cpu --plan headline --svg build/cpu.svg --json build/cpu.json

results: build ## measure anew what results/ shows
	@results/measure

claims: build ## measure all that is claimed (some hours)
	@scripts/build host-off guest-off
	@results/measure claims

check: build ## all tests that fit an hour
	@scripts/build host-off guest-off
	@scripts/check tests

check-long: build ## the tests that take longer
	@scripts/build host-debug guest-debug
	@scripts/check tests-long

apply: ## apply the patches to KDIR
	@scripts/apply "$(KDIR)" "$(or $(SIDE),both)"

patches: ## make the patches anew from the C files they carry
	@bash -c '. scripts/lib.sh; step "Kernel source" build/logs/source scripts/kernel source'
	@scripts/series regenerate host
	@scripts/series regenerate guest

clean: ## remove everything that was built
	rm -rf build
