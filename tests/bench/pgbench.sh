#!/bin/sh
# Compares creates over PostgreSQL with what pgbench measures, and gets with those of SQLite: sh tests/bench/pgbench.sh
# [SECONDS [REPEATS]]
#
# A throw-away PostgreSQL of lib/postgres.sh, by its unix socket, with fsync. The service makes one create while PostgreSQL logs
# its statements; pgbench runs the same ones, prepared, each create in a transaction of its own, for 64 clients. alunod then
# has 64 creates in flight over the same server. Both take turns, for SECONDS each, 5 if not given, and REPEATS times, 3.
# Gets, 64 in flight, take turns between both kinds of database. Prints Markdown: the median of each, and their ratios.
# Databases are in TMPDIR or /var/tmp, which should be on a disk.
seconds=${1:-5}
repeats=${2:-3}
set --
export TMPDIR="${TMPDIR:-/var/tmp}"
. "$(dirname "$0")/../lib/assert.sh"
. "$(dirname "$0")/../lib/service.sh"
. "$(dirname "$0")/../lib/postgres.sh"
load=$ALUNO_BUILD/tests/bench/bench-aluno
students=10000 clients=64

# Writes a script of pgbench with the statements of the last create in PostgreSQL's log: those of its process from
# BEGIN to COMMIT. Parameters become what was logged of them, or, where two creates may not have the same, variables.
write_script() { # ID CPF
    awk -v id="$1" -v cpf="$2" -F '|' '
    function value(text) {
        if (text == "\047" id "\047") return ":id"
        if (text == "\047" cpf "\047") return ":cpf"
        return text ~ /^.[0-9a-f]+-[0-9a-f]+-7[0-9a-f]+-[0-9a-f]+-[0-9a-f]+.$/ ? "gen_random_uuid()" : text
    }
    function bind(sql, parameters,    bound, at, count, values) {
        count = split(parameters, values, /(, )?\$[0-9]+ = /) - 1
        for (bound = ""; (at = match(sql, /\$[0-9]+/)) > 0; sql = substr(sql, at + RLENGTH))
            bound = bound substr(sql, 1, at - 1) value(values[1 + substr(sql, at + 1, RLENGTH - 1)])
        return bound sql
    }
    function emit(process) {
        if (waits[process] != "")
            script[process] = script[process] waits[process] (waits[process] ~ /^INSERT INTO student / ? " \\gset\n" : ";\n")
        waits[process] = ""
    }
    $2 ~ /^LOG:  execute / {
        emit($1)
        sql = substr($0, index($0, "|") + 1)
        sub(/^LOG:  execute [^:]*: /, "", sql)
        if (sql == "BEGIN") script[$1] = ""
        waits[$1] = sql
        if (sql ~ /^INSERT INTO student /) creates = $1
        if (sql == "COMMIT") emit($1)
        if (sql == "COMMIT" && $1 == creates) { last = script[$1]; creates = "" }
    }
    $2 ~ /^DETAIL:  parameters: / { waits[$1] = bind(waits[$1], substr($0, index($0, "parameters: ") + 12)) }
    END { printf "\\set cpf random(20000000000, 99999999999)\n%s", last }' "$postgres_folder/postgres.log"
}

# The log has a student's values, which no log may keep: it is emptied.
log_create() {
    sql "ALTER SYSTEM SET log_statement = 'all'" "ALTER SYSTEM SET log_line_prefix = '%p|'" 'SELECT pg_reload_conf()' \
        "SELECT setval('student_id', 987654321, false)" >/dev/null
    "$ALUNO" criar --nome Bia --idade 20 --cpf 111.444.777-35 --email b@example.com >/dev/null || give_up 'a create failed'
    sql 'ALTER SYSTEM RESET ALL' "SELECT setval('student_id', $students + 1, false)" 'SELECT pg_reload_conf()' >/dev/null
    write_script 987654321 11144477735 >"$work/create.sql"
    : >"$postgres_folder/postgres.log"
    grep -q '^INSERT INTO student .*gset$' "$work/create.sql" || give_up 'the log has no create'
}

start_over() { # STORE
    case $1 in
    sqlite) start_service --db "$work/students.db" --audit-dir "$work/audit-$1" ;;
    postgres) start_service --db "${postgres%user=*}user=plain" --audit-dir "$work/audit-$1" ;;
    esac
}

fill() {
    "$load" "$port" "$ca" "$service" $students 0 fill:1:sync >"$work/fill" 2>&1 || give_up "filling: $(cat "$work/fill")"
}

measure() { # POINT
    "$load" "$port" "$ca" "$service" $students "$seconds" "$1" | cut -f 2
}

run_pgbench() {
    (cd / && "$postgres_bin/pgbench" -h "$postgres_folder" -p "$postgres_port" -U aluno -n -M prepared -f "$work/create.sql" \
        -c $clients -j 2 -T "$seconds" aluno) >"$work/pgbench" 2>&1 || give_up "pgbench: $(cat "$work/pgbench")"
    sed -n 's/^tps = \([0-9]*\).*/\1/p' "$work/pgbench"
}

median() { # FILE
    sort -n "$1" | awk '{ v[NR] = $1 } END { printf "%.0f", NR % 2 ? v[(NR + 1) / 2] : (v[NR / 2] + v[NR / 2 + 1]) / 2 }'
}

row() { # TITLE FILE-OF-ONE FILE-OF-OTHER
    one=$(median "$work/$2") other=$(median "$work/$3")
    echo "| $1 | $one | $other | $(awk "BEGIN { printf \"%.2f\", $one / $other }") |"
}

make_certificates
"$ALUNO_CERTS" client "$ca" bench --role registrar >"$work/bench.log" || give_up 'no certificate for the load'
start_postgres -c fsync=on
# A role that may not make the log terse: it is to have the parameters.
sql 'CREATE ROLE plain LOGIN' 'ALTER DATABASE aluno OWNER TO plain'
start_over sqlite
fill
stop_service
start_over postgres
fill
log_create
stop_service
for turn in $(seq "$repeats"); do
    start_over postgres
    measure get:1:$clients >>"$work/get.postgres"
    measure create:1:$clients >>"$work/create.alunod"
    stop_service
    run_pgbench >>"$work/create.pgbench"
    start_over sqlite
    measure get:1:$clients >>"$work/get.sqlite"
    stop_service
done
echo "| $clients in flight, $turn times $seconds s | alunod over PostgreSQL | beside | ratio |"
echo '|---|---:|---:|---:|'
row 'creates/s, beside pgbench' create.alunod create.pgbench
row 'gets/s, beside alunod over SQLite' get.postgres get.sqlite
finish
