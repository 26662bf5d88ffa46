#!/bin/sh
# status_page.sh [SECONDS]: the page of alunod --status in Chromium, after so much time (30 s) of calls. Renders it in light
# and dark, narrow and wide, and while the database is gone, and checks what is in it. The pictures stay in the folder
# status_page of the build. It needs the package chromium.
. "$(dirname "$0")/../lib/assert.sh"
. "$(dirname "$0")/../lib/service.sh"

seconds=${only:-30}
pictures=$ALUNO_BUILD/status_page
command -v chromium >/dev/null || { echo 'status_page.sh: chromium is missing: apt-get install chromium' >&2; exit 2; }
mkdir -p "$pictures"

choose_port() {
    port=$(shuf -i 20000-31998 -n 1)
    export ALUNO_SERVER="tls+tcp://127.0.0.1:$port" ALUNOD_STATUS="127.0.0.1:$((port + 1))"
}

# browse OPTION...: Chromium without a window, a profile or a sandbox, which root cannot have.
browse() {
    chromium --headless=new --no-sandbox --disable-gpu --hide-scrollbars --user-data-dir="$work/chromium" \
        --virtual-time-budget=1000 "$@" "http://$ALUNOD_STATUS/" 2>"$work/chromium.err"
}

# picture NAME WIDTH,HEIGHT [OPTION...]
picture() {
    name=$1
    size=$2
    shift 2
    browse --screenshot="$pictures/$name.png" --window-size="$size" "$@" || cat "$work/chromium.err" >&2
    [ -s "$pictures/$name.png" ] || not_ok "there is a picture $name"
}

# shows TEXT...: each is in the page as Chromium has it.
shows() {
    browse --dump-dom >"$work/page" || cat "$work/chromium.err" >&2
    for text; do
        grep -qF -e "$text" "$work/page" || not_ok "the page shows $text"
    done
}

make_certificates
start_service --backup-dir "$work/backups"
cat >"$work/calls.lua" <<'END'
local client, until_time = assert(aluno.connect {}), os.time() + tonumber(arg[1])
local i = 0
while os.time() < until_time do
    i = i + 1
    client:create {name = "Fulano Reservado", age = i % 100, br_document = ("3%010d"):format(i), email = "oculto@privado.br"}
    for _ = 1, 20 + 40 * (1 + math.sin(i / 200)) // 1 do client:get {id = math.random(i + 3)} end
    if i % 50 == 0 then client:list {query = "fulano"} end
end
END
works 'calls' "$ALUNO" "$work/calls.lua" "$seconds"
openssl s_client -connect "127.0.0.1:$port" </dev/null >/dev/null 2>&1

picture light 1180,1120
picture narrow 420,2100
picture dark 1180,1120 --blink-settings=preferredColorScheme=0
shows atendendo serving CreateStudent GetStudent '<polyline' TLS_NO_CERTIFICATE
! grep -qE '<script|https?://|Fulano|oculto|rita' "$work/page" || not_ok 'no script, nothing from elsewhere, nobody'

mv "$db" "$work/elsewhere"
await 'not serving' sh -c "printf 'GET /readyz HTTP/1.0\r\n\r\n' | socat - 'TCP:$ALUNOD_STATUS' | grep -q STORE_MOVED"
picture not_serving 1180,1120
shows 'não atende' STORE_MOVED
mv "$work/elsewhere" "$db"
stop_service
echo "pictures: $pictures"
finish
