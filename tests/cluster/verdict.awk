# Compares the replies that clients got with the stored rows: awk -v from=MS -v to=MS -f verdict.awk JOURNAL STATE
#
# The journal has a line for each change that was acknowledged, of clients that go on until they know the outcome:
#
#     1732900000123 w1 create w1.17       a student, by a name that no other one has
#     1732900000123 w1 update 41 42       the shared student, from one etag to the next
#
# The state was read after the journal's last line was written: `student NAME` for each that is stored, and `etag N`.
#
# Prints: outage, the longest time in ms between FROM and TO without an acknowledgement, of the client that had to wait
# longest; lost, acknowledged changes that are not stored; doubled, students stored more than once; stale, changes made on
# an etag on which another one was made before.

function wait_until(name, time) {
    if (time > from && time - last[name] > outage)
        outage = time - (last[name] > from ? last[name] : from)
}

FNR == 1 { file++ }

file == 1 && $1 <= to {
    if ($2 in last)
        wait_until($2, $1)
    last[$2] = $1
}

file == 1 && $3 == "create" { created[$4]++ }

file == 1 && $3 == "update" {
    stale += (used[$4]++ > 0)
    if ($5 > newest)
        newest = $5
}

file == 2 && $1 == "student" { stored[$2]++ }
file == 2 && $1 == "etag" { etag = $2 }

END {
    for (name in last)
        wait_until(name, to)
    for (key in created)
        lost += !(key in stored)
    for (key in stored)
        doubled += stored[key] - 1
    lost += (newest > etag ? newest - etag : 0)
    printf "%d %d %d %d\n", outage, lost, doubled, stale
}
