# The cells of plans/reference: awk -f pairwise.awk > plans/reference
#
# First the base cell (the first value of each key), then that cell with one key
# changed, for each other value of each key: under all policies. Then, until any
# two values of any two keys meet in some cell, the cell that makes most new pairs
# meet, built key by key from the first pair that is still missing: under those
# policies that the claims compare. Then the idle system for each of their devices,
# VMMs and applications. Same input, same plan: no randomness.

function dimension(name, values) {
	key[++keys] = name
	many[keys] = split(values, part, " ")
	for (v = 1; v <= many[keys]; v++)
		value[keys, v] = part[v]
}

# Both idle: measured apart.
function excluded(i, a, j, b) {
	return key[i] ~ /load$/ && key[j] ~ /load$/ &&
		value[i, a] == "0r0w" && value[j, b] == "0r0w"
}

# How many missing pairs value a of key i makes with what cell[] has by now;
# -1 if it cannot be.
function gain(i, a,    j, n) {
	for (j = 1; j <= keys; j++) {
		if (j == i || !cell[j])
			continue
		if (excluded(i, a, j, cell[j]))
			return -1
		n += !((i, a, j, cell[j]) in met)
	}
	return n + 0
}

function fill(    i, a, best, most) {
	for (i = 1; i <= keys; i++) {
		if (cell[i])
			continue
		most = -1
		for (a = 1; a <= many[i]; a++)
			if (gain(i, a) > most) {
				most = gain(i, a)
				best = a
			}
		cell[i] = best
	}
}

function emit(policies,    i, j, line, idle) {
	for (i = 1; i <= keys; i++) {
		line = line key[i] "=" value[i, cell[i]] (i < keys ? " " : "")
		if (key[i] ~ /^(device|vmm|app)$/)
			idle = idle " " key[i] "=" value[i, cell[i]]
		for (j = 1; j <= keys; j++)
			met[i, cell[i], j, cell[j]] = 1
	}
	print policies line
	if (!(idle in seen)) {
		seen[idle] = 1
		idles[++idle_count] = idle
	}
}

function clear(    i) {
	for (i = 1; i <= keys; i++)
		cell[i] = 0
}

BEGIN {
	dimension("load", "10r0w 5r5w 0r0w")
	dimension("guest_load", "10r0w 5r5w 0r0w")
	dimension("pattern", "seq rand")
	dimension("device", "emmc ssd hdd")
	dimension("vmm", "native threads io_uring writeback")
	dimension("layout", "one each")
	dimension("app", "terminal reader desktop office")

	print "# Made by pairwise.awk: do not edit."
	for (i = 1; i <= keys; i++)
		cell[i] = 1
	emit("")
	for (k = 1; k <= keys; k++)
		for (a = 2; a <= many[k]; a++) {
			for (i = 1; i <= keys; i++)
				cell[i] = 1
			cell[k] = a
			emit("")
		}
	for (i = 1; i <= keys; i++)
		for (j = i + 1; j <= keys; j++)
			for (a = 1; a <= many[i]; a++)
				for (b = 1; b <= many[j]; b++) {
					if ((i, a, j, b) in met || excluded(i, a, j, b))
						continue
					clear()
					cell[i] = a
					cell[j] = b
					fill()
					emit("policy=cfq,bfq,bfq-weight,vbfq ")
				}
	for (i = 1; i <= idle_count; i++)
		print "policy=bfq load=0r0w guest_load=0r0w pattern=seq layout=one" idles[i]
}
