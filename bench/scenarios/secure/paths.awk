# From an execution log (-d int,exec,nochain -singlestep, limited to EL3's code)
# to the instructions that each visit of EL3 took: "@SAMPLE metric unit value".
#
# QEMU logs an instruction when it is about to run it, and says so when it then
# stops before it.

function sample(metric) {
	printf "@SAMPLE %s instructions %d\n", metric, n
}

# Entries count when they come back: a power-off does not.
function enter(metric) {
	entered = metric
	entry = n
}

function leave(metric) {
	printf "@SAMPLE %s instructions %d\n", entered, entry
	sample(metric)
}

# A visit ends: from, why, to.
function visit(to_secure) {
	if (!from_secure && to_secure)
		enter(interrupt ? "fiq_path" : "smc_enter")
	else if (from_secure && !to_secure)
		leave(interrupted ? "return_path" : "smc_return")
	else if (!from_secure && !interrupt)
		sample("masked_window")
	if (to_secure && !from_secure)
		interrupted = interrupt
}

# A world of S-EL1 has its code in secure memory.
function is_secure(level, pc) {
	return level == "EL1" && pc ~ /^0x0*e[0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f]$/
}

/^Taking exception/ { why = $0 }
/^\.\.\.from / { from = $2 }
/^\.\.\.with ELR/ { elr = $3 }
/^\.\.\.to EL3/ {
	n = 0
	interrupt = why ~ /FIQ/
	from_secure = is_secure(from, elr)
	inside = from != "EL3"
}
/^Trace/ { n++ }
/^Stopped execution/ { n-- }
/^Exception return from AArch64 EL3 to AArch64 EL[012]/ {
	if (inside && started)
		visit(is_secure($8, $10))
	inside = 0
	# What the boot does is not measured.
	if ($8 == "EL2")
		started = 1
}
