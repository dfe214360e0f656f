# What the RTOS logs, for the boards of scenarios: lines of a word, then name=value,
# the last ones with bins value:count. See monitor-qos/README.md.

# value(NAME): of this line.
function value(name,    i)
{
	for (i = 1; i <= NF; i++)
		if (index($i, name "=") == 1)
			return substr($i, length(name) + 2)
}

# bins(METRIC): this line's, for the bench.
function bins(metric,    i, part)
{
	printf "@HISTOGRAM %s instructions\n", metric
	for (i = 1; $i != "bins"; i++)
		;
	while (++i <= NF) {
		split($i, part, ":")
		print part[1], part[2]
	}
}
