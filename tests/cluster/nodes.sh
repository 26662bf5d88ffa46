# Three PostgreSQL under Patroni, with etcd: the machines n1, n2 and n3. After assert.sh and network.sh.
#
#   make_nodes                 the machines and their configuration; synchronous replication unless $async is set
#   start_node NAME            starts what does not run on a machine: etcd, and Patroni, which runs PostgreSQL
#   primary                    prints the machine that has the leader's key, and nothing when none has
#   standby_of ROLE            prints a machine of that role: sync_standby, replica
#   nodes_are_whole            whether one leads, two follow, and one of them is synchronous
#   node_logs FOLDER           copies their logs there
#
# $postgres is the URL of the database. Nothing is synced to a disk: no fault here loses what the kernel has.
# shellcheck shell=sh disable=SC2034 # postgres is of others

: "${work:?}" "${network:?source network.sh first}"
nodes='n1 n2 n3'
for postgres_bin in /usr/lib/postgresql/*/bin; do # the last is the newest version's
    :
done
postgres_user='setpriv --reuid postgres --regid postgres --clear-groups --reset-env'
postgres_hosts=$network.1,$network.2,$network.3/aluno
postgres=postgresql://aluno:aluno@$postgres_hosts

# By etcd's API of version 2: with version 3, Patroni before 3.0.3 writes the leader's key without looking whose it is
# (github.com/patroni/patroni/pull/2689). A primary that was cut off then takes the lead back, and what was acknowledged
# meanwhile is lost. Debian 12 has 3.0.2.

# After so many seconds without a sign of life a node leads no more. Patroni wants loop_wait + 2 * retry_timeout below.
ttl=10

etcd_members() {
    for node in $nodes; do
        printf '%s%s=http://%s:2380' "${comma:-}" "$node" "$(address_of "$node")"
        comma=,
    done
    comma=
}

patroni_settings() { # NODE
    cat <<YAML
scope: aluno
name: $1
restapi: {listen: "$(address_of "$1"):8008", connect_address: "$(address_of "$1"):8008"}
etcd: {hosts: "$network.1:2379,$network.2:2379,$network.3:2379"}
bootstrap:
  dcs:
    ttl: $ttl
    loop_wait: 1
    retry_timeout: 4
    maximum_lag_on_failover: 1048576
    master_start_timeout: 0
    synchronous_mode: $([ -n "${async:-}" ] && echo false || echo true)
    postgresql:
      use_pg_rewind: true
      parameters: {max_connections: 100, wal_keep_size: 128MB, min_wal_size: 8MB, fsync: "off",
        wal_log_hints: "on", wal_sender_timeout: 5s, wal_receiver_timeout: 5s, shared_buffers: 32MB}
  initdb: [{encoding: UTF8}, {locale: C.UTF-8}, {wal-segsize: "1"}] # small segments: pg_rewind copies them
  pg_hba: ["host all all $network.0/24 scram-sha-256", "host replication all $network.0/24 scram-sha-256",
    "local all all trust"]
postgresql:
  listen: "$(address_of "$1"):5432"
  connect_address: "$(address_of "$1"):5432"
  data_dir: $cluster/$1/data
  bin_dir: $postgres_bin
  pgpass: $cluster/$1/passfile
  authentication:
    superuser: {username: postgres, password: postgres}
    replication: {username: replicator, password: replicator}
    rewind: {username: rewinder, password: rewinder}
  parameters: {unix_socket_directories: $cluster/$1}
watchdog: {mode: "off"}
YAML
}

make_nodes() {
    cluster=$work/cluster
    mkdir "$cluster"
    chmod 711 "$work"
    mount -t tmpfs none "$cluster"
    for number in 1 2 3; do
        add_machine n$number "$network.$number"
        mkdir -m 700 "$cluster/n$number"
    done
    for node in $nodes; do
        patroni_settings "$node" >"$cluster/$node/patroni.yml"
        chown -R postgres:postgres "$cluster/$node"
        start_etcd "$node"
    done
    for node in $nodes; do
        start_node "$node"
        [ "$node" != n1 ] || await 'a first node leads' primary_is n1
    done
    await 'all nodes follow it' nodes_are_whole
    query "CREATE ROLE aluno LOGIN PASSWORD 'aluno'" && query 'CREATE DATABASE aluno OWNER aluno' &&
        query 'GRANT SET ON PARAMETER log_error_verbosity TO aluno'
}

# Words, and no function: a process is to be started with them in the background.
start_on() { # NODE PROGRAM ARGUMENT...
    node=$1 program=${2##*/}
    shift
    # shellcheck disable=SC2086 # words
    (cd "$cluster" && exec ip netns exec "$node" $postgres_user "$@") >>"$cluster/$node/$program.log" 2>&1 </dev/null &
}

runs_on() { # NODE COMM
    for pid in $(processes_of "$1"); do
        is_program "$pid" "$2" && return
    done
    return 1
}

start_etcd() {
    address=$(address_of "$1")
    start_on "$1" /usr/bin/etcd --name "$1" --data-dir "$cluster/$1/etcd" --initial-cluster "$(etcd_members)" \
        --initial-advertise-peer-urls "http://$address:2380" --listen-peer-urls "http://$address:2380" \
        --advertise-client-urls "http://$address:2379" --listen-client-urls "http://$address:2379" \
        --enable-v2 --heartbeat-interval 200 --election-timeout 2000 --log-level error
}

start_node() {
    runs_on "$1" etcd || start_etcd "$1"
    runs_on "$1" patroni || start_on "$1" /usr/bin/patroni "$cluster/$1/patroni.yml"
}

# The members of the cluster as Patroni of any node reports them, a line each: name, role, state.
members() {
    for node in $nodes; do
        curl -s -m 2 "http://$(address_of "$node"):8008/cluster" >"$work/members.json" &&
            jq -er '.members[] | "\(.name) \(.role) \(.state)"' "$work/members.json" && return
    done
}

primary() {
    members 2>/dev/null | awk '$2 == "leader" { print $1 }'
}

primary_is() {
    [ "$(primary)" = "$1" ]
}

standby_of() {
    members 2>/dev/null | awk -v role="$1" '$2 == role { print $1; exit }'
}

nodes_are_whole() {
    members 2>/dev/null >"$work/members"
    [ "$(grep -cE ' (running|streaming)$' "$work/members")" = 3 ] && grep -q ' leader ' "$work/members" &&
        { [ -n "${async:-}" ] || grep -q ' sync_standby ' "$work/members"; }
}

# A statement at the primary, as PostgreSQL's superuser.
query() {
    PGPASSWORD=postgres psql -X -q -A -t -v ON_ERROR_STOP=1 -c "$1" \
        "postgresql://postgres@$network.1,$network.2,$network.3/${2:-postgres}?target_session_attrs=read-write&connect_timeout=3"
}

node_logs() {
    for node in $nodes; do
        mkdir -p "$1/$node" && cp "$cluster/$node"/*.log "$1/$node"
    done
}
