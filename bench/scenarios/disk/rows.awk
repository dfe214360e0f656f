# What scenario disk adds to the rows:
#
#   @MOVED host|guest bytes seconds    of one of the loads, in the phase
#
# background_throughput and background_rate are of all loads of a phase, host_rate
# of those on the host.
# app_startup_median has the median of the starts as avg and p50, and as min and
# max the interval that holds it with 95 %: percentile bootstrap, 2000 resamples.
# startup_of_idle is that median relative to the idle system's.

function median(list, n) {
	return n % 2 ? list[(n + 1) / 2] : (list[n / 2] + list[n / 2 + 1]) / 2
}

function random(below) {
	seed = seed * 16807 % 2147483647
	return seed % below
}

# The starts of a cell, sorted, into list.
function starts(cell, list,    p, n) {
	split("", list)
	for (p = 1; p <= phases[cell]; p++)
		if ((cell, p, "app_startup_time") in only)
			list[++n] = only[cell, p, "app_startup_time"]
	sort(list, n)
	return n + 0
}

function bootstrap(cell,    list, n, b, i, again, medians, m) {
	n = starts(cell, list)
	if (!n)
		return
	m = median(list, n)
	seed = 1
	for (b = 1; b <= 2000; b++) {
		for (i = 1; i <= n; i++)
			again[i] = list[1 + random(n)]
		sort(again, n)
		medians[b] = median(again, n)
	}
	sort(medians, 2000)
	row(cell, "all", "app_startup_median", "ms", n, f(medians[50]), f(m),
	    f(m), f(medians[1951]), f(medians[1951]))
}

function of_idle(cell,    idle, list, base, n, m) {
	idle = cell
	sub(/^policy=[^,]*/, "policy=bfq", idle)
	sub(/,load=[^,]*/, ",load=0r0w", idle)
	sub(/,guest_load=[^,]*/, ",guest_load=0r0w", idle)
	sub(/,pattern=[^,]*/, ",pattern=seq", idle)
	sub(/,layout=[^,]*/, ",layout=one", idle)
	if (!(idle in phases) || !(n = starts(cell, list)))
		return
	m = median(list, n)
	n = starts(idle, base)
	m /= median(base, n)
	row(cell, "all", "startup_of_idle", "of idle", n, f(m), f(m), f(m),
	    f(m), f(m))
}

$2 == "@MOVED" && $5 > 0 {
	meet("background_throughput", "of " baseline)
	meet("background_rate", "MB/s")
	meet("host_rate", "MB/s")
	work[$1, phases[$1], "background_throughput"] += $4 / $5
	only[$1, phases[$1], "background_rate"] += $4 / $5 / 1e6
	if ($3 == "host")
		only[$1, phases[$1], "host_rate"] += $4 / $5 / 1e6
}

END {
	for (i = 1; i <= cell_count; i++) {
		bootstrap(cells[i])
		of_idle(cells[i])
	}
}
