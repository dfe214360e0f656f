# What an application reads when it starts, as traces for fio's read_iolog:
#
#	awk -f startup.awk -v app=terminal|desktop|office -v start=N
#	    -v device=/dev/vda -v out=PREFIX
#
# writes PREFIX.1, PREFIX.2 ..., one for each of its processes. start numbers
# the start: each finds its files elsewhere, so it is cold.
#
# After the shape of real start-ups: programs and libraries are files of some
# hundred KiB to some MiB that lie apart from each other; a process reads a
# part of one, mostly forward, by read-ahead of up to 128 KiB or by faults of
# one page, then goes to another one. Every few requests it computes: times of the
# trace say for how long, not when a request was sent. Processes
# start one another: the next begins when the one before has read its libraries.
#
# Numbers come from a generator of its own (Park and Miller's), so all awks
# write the same traces. requests and bytes come out as asked for, exactly.

function random(below) {
	state = state * 16807 % 2147483647
	return state % below
}

# Of two; not every awk has an operator for that.
function power(n) {
	return n ? 2 * power(n - 1) : 1
}

# Sizes in pages: as many as there are requests, their sum as given.
function sizes(n, pages,    i, sum, most, mean) {
	mean = pages / n
	for (i = 1; i <= n; i++) {
		# Faults of a page, the more the smaller the mean is; else
		# read-ahead.
		if (random(1000) < (mean < 3 ? 700 : 350))
			size[i] = 1
		else
			size[i] = power(1 + random(5))
		sum += size[i]
	}
	for (i = 1; sum != pages; i = i % n + 1) {
		if (sum < pages && size[i] > 1 && size[i] < 32) {
			size[i]++
			sum++
		} else if (sum > pages && size[i] > 1) {
			size[i]--
			sum--
		}
	}
}

# Another file: 64 KiB to 4 MiB, anywhere in the part with the file system.
function next_file() {
	place = base + random(int(span / 64)) * 64
	file_end = place + 16 * power(random(7))
}

function request(file, i) {
	if (place + size[i] > file_end || random(100) < 15)
		next_file()
	printf "%d %s read %.0f %d\n", clock, device, place * 4096, size[i] * 4096 > file
	place += size[i]
	# Mostly the next, sometimes a little further on
	if (random(100) < 30)
		place += 1 + random(16)
	if (random(100) < 20)
		clock += 100 + random(400)
}

function process(p, first, last,    file, i) {
	file = out "." p
	# Microseconds; fio takes 0 for no time at all.
	clock = 1
	printf "fio version 3 iolog\n%d %s add\n%d %s open\n", clock, device,
		clock, device > file
	next_file()
	request(file, first)
	# fio measures a pause from the request before it: so there must be one.
	clock += (p - 1) * delay
	for (i = first + 1; i <= last; i++)
		request(file, i)
	printf "%d %s close\n", clock, device > file
	close(file)
}

BEGIN {
	if (app == "terminal") {
		requests = 700; mib = 6; processes = 2
	} else if (app == "desktop") {
		requests = 2800; mib = 20; processes = 7
	} else if (app == "office") {
		requests = 1300; mib = 46; processes = 4
	}
	if (!requests || !device || !out || start !~ /^[0-9]+$/) {
		print "startup.awk: needs app, start, device and out" > "/dev/stderr"
		exit 1
	}
	# Microseconds until a process starts the next one
	delay = 20000
	state = 1 + start * 7919
	random(2)
	# In pages: 4 GiB at 8 GiB
	base = 2097152
	span = 1048576
	sizes(requests, mib * 256)
	for (p = 1; p <= processes; p++)
		process(p, int((p - 1) * requests / processes) + 1,
			int(p * requests / processes))
}
