# From the consoles of a run to rows, tab-separated:
# cell phase metric unit n min avg p50 p99 max
#
# Each line of input begins with its cell. Of what follows, these lines of host or
# guest count:
#
#   @PHASE n                    what comes next is of phase n
#   @HISTOGRAM metric unit      the lines after it are "value count"
#   @SAMPLE metric unit value   one of many in the phase
#   @VALUE metric unit value    the only one in the phase
#   @WORK metric value          what adds up in a phase; the row is relative to the
#                               policy named baseline in the same cell and phase
#
# Percentiles are nearest ranks. A scenario's own rows.awk adds to this one.

# row CELL PHASE METRIC UNIT N MIN AVG P50 P99 MAX
function row(cell, phase, metric, unit, n, min, avg, p50, p99, max) {
	printf "%s\t%s\t%s\t%s\t%d\t%s\t%s\t%s\t%s\t%s\n", cell, phase, metric,
		unit, n, min, avg, p50, p99, max
}

function g(x) { return sprintf("%.10g", x) }
function f(x) { return sprintf("%.4f", x) }

function rank(n, q,    r) {
	r = int(n * q)
	return r < n * q ? r + 1 : r
}

function sort(list, n,    gap, i, j, v) {
	for (gap = int(n / 2); gap > 0; gap = int(gap / 2))
		for (i = gap + 1; i <= n; i++) {
			v = list[i]
			for (j = i - gap; j > 0 && list[j] > v; j -= gap)
				list[j + gap] = list[j]
			list[j + gap] = v
		}
}

# meet METRIC UNIT: rows come in the order in which metrics are met.
function meet(metric, its_unit) {
	if (metric in unit)
		return
	metrics[++metric_count] = metric
	unit[metric] = its_unit
}

function record(cell, phase, metric, value, number,    key) {
	key = cell SUBSEP phase SUBSEP metric
	if (!((key, value) in count))
		distinct[key] = distinct[key] " " value
	count[key, value] += number
	total[key] += number
}

# Statistics of all samples of a phase.
function samples(cell, phase, metric,    key, i, m, n, c, sum, list, p50, p99) {
	key = cell SUBSEP phase SUBSEP metric
	if (!(key in total))
		return
	n = total[key]
	m = split(distinct[key], list, " ")
	for (i = 1; i <= m; i++)
		list[i] += 0
	sort(list, m)
	for (i = 1; i <= m; i++) {
		c += count[key, list[i]]
		sum += list[i] * count[key, list[i]]
		if (p50 == "" && c >= n * 0.50)
			p50 = g(list[i])
		if (p99 == "" && c >= n * 0.99)
			p99 = g(list[i])
	}
	row(cell, phase, metric, unit[metric], n, g(list[1]),
	    sprintf("%.3f", sum / n), p50, p99, g(list[m]))
}

# What this cell did in a phase, relative to the baseline there.
function relative(cell, phase, metric,    base) {
	base = cell
	sub(/^policy=[^,]*/, "policy=" baseline, base)
	if (!((cell, phase, metric) in work) || work[base, phase, metric] + 0 == 0)
		return ""
	return work[cell, phase, metric] / work[base, phase, metric]
}

# One value a phase, then all of them.
function series(cell, metric,    p, v, n, sum, list) {
	for (p = 1; p <= phases[cell]; p++) {
		v = relative(cell, p, metric)
		if ((cell, p, metric) in only)
			v = only[cell, p, metric]
		if (v == "")
			continue
		row(cell, p, metric, unit[metric], 1, f(v), f(v), f(v), f(v), f(v))
		list[++n] = v
		sum += v
	}
	if (!n)
		return
	sort(list, n)
	row(cell, "all", metric, unit[metric], n, f(list[1]), f(sum / n),
	    f(list[rank(n, 0.5)]), f(list[rank(n, 0.99)]), f(list[n]))
}

function both(metric, value, number) {
	record($1, phases[$1], metric, value, number)
	record($1, "all", metric, value, number)
}

!($1 in phases) {
	cells[++cell_count] = $1
	phases[$1] = 0
}
$2 ~ /^@/ { histogram = "" }
$2 == "@PHASE" { phases[$1] = $3 }
$2 == "@HISTOGRAM" { meet($3, $4); histogram = $3 }
$2 == "@SAMPLE" { meet($3, $4); both($3, $5 + 0, 1) }
$2 == "@VALUE" { meet($3, $4); only[$1, phases[$1], $3] = $5 + 0 }
$2 == "@WORK" { meet($3, "of " baseline); work[$1, phases[$1], $3] += $4 }
histogram && NF == 3 && ($2 $3) ~ /^[0-9.]+$/ { both(histogram, $2 + 0, $3 + 0) }

END {
	for (i = 1; i <= cell_count; i++) {
		cell = cells[i]
		if (!phases[cell])
			exit 1
		for (j = 1; j <= metric_count; j++) {
			for (p = 1; p <= phases[cell]; p++)
				samples(cell, p, metrics[j])
			samples(cell, "all", metrics[j])
			series(cell, metrics[j])
		}
	}
}
