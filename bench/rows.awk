# From the consoles of a run to rows, tab-separated:
# policy load phase metric unit n min avg p50 p99 max
#
# Each line of input begins with policy and load. A phase's histogram follows
# its @PHASE line. Percentiles are nearest ranks.

function cell_key() { return $1 "\t" $2 }

# row KEY PHASE METRIC UNIT N MIN AVG P50 P99 MAX
function row(key, phase, metric, unit, n, min, avg, p50, p99, max) {
	printf "%s\t%s\t%s\t%s\t%d\t%s\t%s\t%s\t%s\t%s\n", key, phase, metric,
		unit, n, min, avg, p50, p99, max
}

# Statistics of the histogram count[key, phase, value].
function histogram(key, phase,    v, c, n, sum, min, p50, p99) {
	n = total[key, phase]
	min = p50 = p99 = -1
	for (v = 0; v <= top[key, phase]; v++) {
		if (!((key, phase, v) in count))
			continue
		c += count[key, phase, v]
		sum += v * count[key, phase, v]
		if (min < 0)
			min = v
		if (p50 < 0 && c >= n * 0.50)
			p50 = v
		if (p99 < 0 && c >= n * 0.99)
			p99 = v
	}
	row(key, phase, "guest_wakeup_latency", "us", n, min,
	    sprintf("%.3f", sum / n), p50, p99, top[key, phase])
}

function record(key, phase, value, number) {
	count[key, phase, value] += number
	total[key, phase] += number
	if (value > top[key, phase] + 0)
		top[key, phase] = value
}

# Statistics of list[1..n], which gets sorted.
function values(key, metric, unit, list, n,    i, j, v, sum) {
	for (i = 2; i <= n; i++) {
		v = list[i]
		for (j = i - 1; j > 0 && list[j] > v; j--)
			list[j + 1] = list[j]
		list[j + 1] = v
	}
	for (i = 1; i <= n; i++)
		sum += list[i]
	row(key, "all", metric, unit, n, f(list[1]), f(sum / n),
	    f(list[rank(n, 0.5)]), f(list[rank(n, 0.99)]), f(list[n]))
}

function rank(n, q,    r) {
	r = int(n * q)
	return r < n * q ? r + 1 : r
}

function f(x) { return sprintf("%.4f", x) }

# One value a phase, then all of them: of[key, phase] / base[load, phase].
function series(key, metric, unit, of,    p, v, n, list) {
	for (p = 1; p <= phases[key]; p++) {
		if (!((key, p) in of))
			continue
		v = of[key, p]
		row(key, p, metric, unit, 1, f(v), f(v), f(v), f(v), f(v))
		list[++n] = v
	}
	if (n)
		values(key, metric, unit, list, n)
}

{
	key = cell_key()
	if (!(key in phases)) {
		keys[++cells] = key
		phases[key] = 0
	}
}
$3 == "@PHASE" { phase = phases[key] = $4 }
$3 == "guest:" && $4 ~ /^[0-9]+$/ && $5 ~ /^[0-9]+$/ && NF == 5 {
	record(key, phase, $4 + 0, $5 + 0)
	record(key, "all", $4 + 0, $5 + 0)
}
$3 == "@WORK" {
	work[key, $4] = $5
	if ($1 == "cfs")
		cfs_work[$2, $4] = $5
}
$3 == "@HVC" { hvc[key, $4] = $5 / ($6 / 1e6) }

END {
	for (i = 1; i <= cells; i++) {
		key = keys[i]
		if (!phases[key])
			exit 1
		split(key, part, "\t")
		for (p = 1; p <= phases[key]; p++) {
			histogram(key, p)
			if ((key, p) in work && (part[2], p) in cfs_work)
				relative[key, p] = work[key, p] / cfs_work[part[2], p]
		}
		histogram(key, "all")
		series(key, "host_throughput", "of cfs", relative)
		series(key, "vm_exits_hvc", "1/s", hvc)
	}
}
