# A table of the rows of all phases: a line for each cell with its keys, the
# headline's statistics and the columns of the scenario that have figures.
# Input: the cells, then the rows. Lists are separated by semicolons; a column
# is heading|metric|min, avg, p50, p99, max or sum|format.

function value(cell, key) {
	cell = "," cell ","
	sub(".*," key "=", "", cell)
	sub(/,.*/, "", cell)
	return cell
}

# field CELL I: what column I shows for it.
function field(cell, i,    key) {
	key = cell SUBSEP metric[i] SUBSEP which[i]
	return key in figure ? sprintf(format[i], figure[key]) : "-"
}

# line CELL: or the headings, if there is none.
function line(cell,    i) {
	for (i = 1; i <= keys; i++)
		printf "%*s ", wide[i], cell ? value(cell, key[i]) : key[i]
	printf "%s", cell ? main[cell] : statistics("n", "min", "avg", "p50", "p99", "max")
	for (i = 1; i <= columns; i++)
		if (metric[i] in met)
			printf " %*s", length(heading[i]) + 3, cell ? field(cell, i) : heading[i]
	printf "\n"
}

function statistics(n, min, avg, p50, p99, max) {
	return sprintf("%7s %5s %10s %7s %7s %7s", n, min, avg, p50, p99, max)
}

BEGIN {
	FS = "\t"
	keys = split(key_list, key, ";")
	for (i = 1; i <= keys; i++)
		wide[i] = key[i] == "policy" ? -12 : key[i] == "load" ? 4 : length(key[i]) + 2
	columns = split(column_list, column, ";")
	for (i = 1; i <= columns; i++) {
		split(column[i], part, "|")
		heading[i] = part[1]
		metric[i] = part[2]
		which[i] = part[3]
		format[i] = part[4]
	}
}
FILENAME == ARGV[1] {
	cells[++count] = $1
	for (i = 1; i <= keys; i++)
		if (wide[i] > 0 && length(value($1, key[i])) > wide[i])
			wide[i] = length(value($1, key[i]))
	next
}
$2 == "all" {
	if ($3 == headline)
		main[$1] = statistics($5, $6, $7, $8, $9, $10)
	figure[$1, $3, "min"] = $6
	figure[$1, $3, "avg"] = $7
	figure[$1, $3, "p50"] = $8
	figure[$1, $3, "p99"] = $9
	figure[$1, $3, "max"] = $10
	figure[$1, $3, "sum"] = $5 * $7
	met[$3] = 1
}
END {
	line("")
	for (i = 1; i <= count; i++)
		line(cells[i])
}
