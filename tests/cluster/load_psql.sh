# Load without aluno, by psql: see run.sh's --psql and schema.sql. After nodes.sh.
# shellcheck shell=sh

: "${here:?}" "${workers:?}" "${journal:?}" "${postgres:?source nodes.sh first}"

start_load() {
    query "$(cat "$here/schema.sql")" aluno
    query 'GRANT ALL ON ALL TABLES IN SCHEMA public TO aluno' aluno
    for worker in $(seq "$workers"); do
        spawn sh "$here/psql_worker.sh" "w$worker" "$journal" "$postgres"
    done
}

load_is_whole() {
    :
}

heal_load() {
    :
}

load_logs() {
    :
}

stop_load() {
    end_processes
}

state() {
    query "SELECT 'student ' || key FROM student UNION ALL SELECT 'etag ' || etag FROM shared" aluno
}
