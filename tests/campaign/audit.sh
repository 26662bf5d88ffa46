#!/bin/sh
# Replays the audit against what clients saw: sh tests/campaign/audit.sh [OPERATIONS [CERTIFICATES]]
#
# Clients with that many certificates, 8 by default, make that many random operations in all, 2,000 by default: they create,
# change, remove, restore, read and list students. The service is killed by SIGKILL again and again meanwhile, and started
# again. Each client writes down each operation that was answered: what it did and which students it saw or changed. At the end:
#
#   each answered operation has exactly one record, of that certificate, method, outcome and students;
#   each change in the audit that was made was made in the database, and the other way round, also of those operations
#   whose answer was lost;
#   the chain is whole.
operations=${1:-2000}
certificates=${2:-8}
set --
. "$(dirname "$0")/../lib/assert.sh"
. "$(dirname "$0")/../lib/service.sh"
case $operations$certificates in *[!0-9]*) echo "usage: sh tests/campaign/audit.sh [OPERATIONS [CERTIFICATES]]" >&2; exit 2 ;; esac
each=$((operations / certificates))

# Prints a line of each operation that was answered, as the audit should have it: "METHOD CODE CERTIFICATE IDS", and the
# request id of a change that was made.
cat >"$work/client.lua" <<'END'
io.stdout:setvbuf "line"
local me, count, number = arg[1], tonumber(arg[2]), tonumber(arg[3])
math.randomseed(number)
local client = assert(aluno.connect {timeout = 20})
local mine, lost = {}, {UNAVAILABLE = true, DEADLINE_EXCEEDED = true, CANCELLED = true}

local function ids_of(method, message, reply)
    if not reply then return message.id or "-" end
    if method ~= "ListStudents" then return reply.id end
    local ids = {}
    for _, student in ipairs(reply.students) do ids[#ids + 1] = student.id end
    table.sort(ids)
    return #ids > 0 and table.concat(ids, ",") or "-"
end

--- Where nobody listens, because the service starts, a call fails at once: it is begun again.
local function call(method, message)
    while true do
        local reply, err, metadata = client:call("aluno.v1.StudentService/" .. method, message)
        if not err or err.reason ~= "CONNECTION_REFUSED" then return reply, err, metadata end
        repeat os.execute "sleep 0.1" until client:ready(1)
    end
end

local function ask(method, message)
    local reply, err, metadata = call(method, message)
    if err and lost[err.code] then return end
    local request = reply and metadata.request_id or ""
    print(method, reply and "OK" or err.code, me, ids_of(method, message, reply), request)
    return reply
end

for i = 1, count do
    local choice, id = math.random(10), mine[math.random(math.max(#mine, 1))]
    if choice <= 3 or not id then
        local made = ask("CreateStudent", {name = "Campanha", age = 30, br_document = ("%d%08d"):format(100 + number, i),
            email = "c@exemplo.com"})
        if made then mine[#mine + 1] = made.id end
    elseif choice == 4 then
        ask("UpdateStudent", {id = id, student = {age = math.random(10, 90)}})
    elseif choice == 5 then
        ask(math.random(2) == 1 and "DeleteStudent" or "UndeleteStudent", {id = id})
    elseif choice <= 8 then
        ask("GetStudent", {id = math.random(3) == 1 and math.random(2 * count) or id})
    else
        ask("ListStudents", {page_size = math.random(20), show_deleted = math.random(2) == 1})
    end
end
END

# Compares the clients' lines, SEEN, and the request ids of the database's ledger with the audit. An unanswered call may
# have a record: at most one for each client and kill.
cat >"$work/replay.lua" <<'END'
local seen_file, ledger_file, unanswered = arg[1], arg[2], tonumber(arg[3])
local records, made, repeated, broken = {}, {}, 0, 0

local function complain(...)
    broken = broken + 1
    if broken <= 20 then print(...) end
end

local function each_id(ids)
    return (ids:gsub("(%d+)%-(%d+)", function(from, to)
        local all = {}
        for id = from, to do all[#all + 1] = math.tointeger(id) end
        return table.concat(all, ",")
    end))
end

local client = assert(aluno.connect {timeout = 60})
local message, total = {page_size = 64}, 0
repeat
    local page = assert(client:audit(message))
    for _, event in ipairs(page.events) do
        local method = event.method:match "StudentService/(.*)"
        if method and event.replayed then
            repeated = repeated + 1
        elseif method then
            local key = table.concat({method, event.code, event.caller_name, each_id(event.student_ids or "-")}, "\t")
            records[key] = (records[key] or 0) + (event.count or 1)
            total = total + (event.count or 1)
            if event.code == "OK" and event.request_id then
                if made[event.request_id] then complain("two records of a change", key, event.request_id) end
                made[event.request_id] = key
            end
        end
    end
    message.page_token = page.next_page_token
until not message.page_token

local answered, changes = 0, 0
for line in io.lines(seen_file) do
    local key, request = line:match "^(.*)\t(%S*)$"
    answered = answered + 1
    if not records[key] then complain("no record", key) end
    records[key] = (records[key] or 0) - 1
    if records[key] == 0 then records[key] = nil end
    if request ~= "" then
        changes = changes + 1
        if made[request] ~= key then complain("a change without its record", key, request, made[request]) end
    end
end
local left = 0
for key, count in pairs(records) do
    left = left + count
    if count < 0 then complain("no record", key) end
end
if left > unanswered then
    complain(("%d records of nothing that was seen, at most %d"):format(left, unanswered))
    for key, count in pairs(records) do complain(count, key) end
end

local in_ledger, recorded = 0, 0
for request in io.lines(ledger_file) do
    in_ledger = in_ledger + 1
    if not made[request] then complain("in the database, not in the audit", request) end
end
for _ in pairs(made) do recorded = recorded + 1 end
if recorded ~= in_ledger then complain(("%d changes in the audit, %d in the database"):format(recorded, in_ledger)) end
print(("%d operations answered, %d of them changes; %d records, %d of what was not answered, %d repeats; %d changes made")
    :format(answered, changes, total, left, repeated, in_ledger))
os.exit(broken == 0 and 0 or 1)
END

make_certificates
number=0
while [ "$number" -lt "$certificates" ]; do
    number=$((number + 1))
    works "certificate c$number" "$ALUNO_CERTS" client "$ca" "c$number" --role registrar
done
start_service
clients=
for number in $(seq "$certificates"); do
    use_certificate "$ca/clients/c$number"
    spawn "$ALUNO" "$work/client.lua" "c$number" "$each" "$number" >"$work/seen.$number" 2>"$work/problems.$number"
    clients="$clients $spawned"
done
use_certificate "$ca/clients/rita"

kills=0
is_running() {
    for client in $clients; do
        ! kill -0 "$client" 2>/dev/null || return 0
    done
    return 1
}
while is_running; do
    sleep "0.$(shuf -i 0-9 -n 1)" # the kill comes at random: this is no wait
    kill_service 2>/dev/null
    kills=$((kills + 1))
    start_service
done
for client in $clients; do
    reap "$client"
    same 'a client ends' $? 0
done
cat "$work"/problems.* >&2
cat "$work"/seen.* >"$work/seen"
"$ALUNO" saude >/dev/null
stop_service
works 'the chain' "$ALUNOD" audit verify --db "$db"
sqlite3 "$db" 'SELECT lower(hex(request_id)) FROM operation' |
    sed -E 's/^(.{8})(.{4})(.{4})(.{4})(.{12})$/\1-\2-\3-\4-\5/' >"$work/ledger"
start_service
use_certificate "$ca/clients/vera"
works 'the replay' "$ALUNO" "$work/replay.lua" "$work/seen" "$work/ledger" "$((kills * certificates))"
cat "$output"
echo "$kills kills, $certificates certificates"
use_certificate "$ca/clients/rita"
stop_service
finish
