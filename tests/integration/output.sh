#!/bin/sh
# Output for people and for programs: formats and columns, pages as one list, pipes that close, the pager; exit codes
# by class; and undoing a session's changes.
. "$(dirname "$0")/../lib/assert.sh"
. "$(dirname "$0")/../lib/service.sh"

# Prints a command's stdout, and stores its stderr in $output.
stdout_of() {
    "$@" 2>"$output"
}

# The program with commands on its stdin, as printf's format: COMMANDS [OPTION...]. Prints
# the output without prompts and without the two lines of each call.
session() {
    input=$1
    shift
    # shellcheck disable=SC2059
    printf "$input" | "$ALUNO" "$@" 2>&1 | sed '/^> $/d; /^mensagem enviada: /d; /^server_response: /d'
}

# Runs the program with the commands of a file on its stdin: [OPTION...].
from_file() {
    "$ALUNO" "$@" <"$work/commands"
}

# 250 students, on several pages.
make_students() {
    works 'students' run_lua 'local c <close> = assert(aluno.connect {}) for i = 1, 249 do assert(c:create {age = i % 100,
        name = ("João \"%d\"; D\u{27}Ávila, 日本"):format(i), email = "joao@example.com",
        br_document = ("%011d"):format(20000000000 + i)}) end'
    works 'the last' "$ALUNO" criar --nome 'Ana' --idade 20 --cpf 01234567890 --email ana@example.com
}

a_list_is_one_value() {
    "$ALUNO" listar --formato json >"$work/list"
    same 'json: all of them' "$(jq length "$work/list")" 250
    same 'json: each once' "$(jq 'map(.id) | unique | length' "$work/list")" 250
    same 'json: text as it is' "$(jq -r '.[248].name' "$work/list")" 'João "249"; D'\''Ávila, 日本'
    same 'json: one, too' "$("$ALUNO" obter --cpf 012.345.678-90 --formato json | jq -r .br_document)" 01234567890
    same 'ndjson: one a line' "$("$ALUNO" --formato ndjson listar | jq -c .id | wc -l)" 250
    same 'ndjson is the format of pipes' "$("$ALUNO" listar)" "$("$ALUNO" list --format ndjson)"
    same 'lua' "$("$ALUNO" listar --formato lua | run_lua 'local list = load(io.read "a")() print(#list, list[250].name)')" \
        '250	Ana'
    same 'csv: a heading and 250 lines, each with its end' \
        "$("$ALUNO" listar --formato csv | grep -c '^[^,]*,.*,\(nascimento\)*$')" 251
    same 'csv: quoted' "$("$ALUNO" listar --formato csv --campos nome,cpf --quantidade 1)" \
        "$(printf 'nome,cpf\n"João ""1""; D'\''Ávila, 日本",20000000001')"
    "$ALUNO" exportar "$work/exported" 2>"$output"
    works 'chosen columns, which are named' "$ALUNO" --campos nome exportar --busca ana "$work/names"
    says 'O arquivo tem só as colunas nome, as da sessão; --campos escolhe outras'
    says '1 aluno exportado para '
    # shellcheck disable=SC2016 # the inner shell expands it
    works 'csv: as it is exported' sh -c '"$ALUNO" listar --formato csv | cmp - "$1"' - "$work/exported"
    same 'tabela: with its total' "$("$ALUNO" listar --formato tabela | tail -n 2)" \
        "$(printf '250  Ana                           20  012.345.678-90  ana@example.com\nTotal de alunos: 250')"
    same 'English' "$("$ALUNO" --lang en --format table --fields age,name list --page-size 1)" \
        "$(printf 'age  name\n  1  João "1"; D'\''Ávila, 日本\nStudents in all: 250')"
    same 'nobody' "$("$ALUNO" listar --busca 'ninguém' --formato json | jq -c .)" '[]'
}

stdout_is_for_data() {
    for words in 'listar --formato xml' '--formato xml listar' 'listar --campos altura' '--campos altura listar' \
        'historico --campos altura' 'explicar CPF_TAKEM' 'descrever voar' 'ajuda voar' 'ultima_copia agora'; do
        # shellcheck disable=SC2086 # words of a command
        same "nothing of: $words" "$(stdout_of "$ALUNO" $words)" ''
        # shellcheck disable=SC2086
        fails 2 "$words" "$ALUNO" $words
        [ "$(grep -cE 'não há o formato xml; há: |não há a coluna .altura.; há: |Não há a razão CPF_TAKEM|Não há o (método|comando) voar|.agora. está sobrando' "$output")" = 1 ] ||
            not_ok "$words: gets no reason: $(cat "$output")"
    done
    fails 2 'the formats are listed' "$ALUNO" listar --formato xml
    says 'não há o formato xml; há: tabela, json, ndjson, csv, lua'
    fails 2 'at the prompt before it begins' "$ALUNO" --campos altura
    says "não há a coluna 'altura'; há: id, nome, idade, cpf, email, etag, criado_em, atualizado_em, removido_em, nascimento, ano_da_idade"
    same 'a failure begins no list' "$(as nobody "$ALUNO" listar --formato json 2>/dev/null)" ''
    same 'warnings are not in the data' "$(stdout_of "$ALUNO" atualizar --id 1 --idade 2 --formato json --fields age)" '{"age": 2}'
}

readers_go_away() {
    same 'the first line' "$(stdout_of "$ALUNO" listar --campos id | head -n 1)" '{"id": 1}'
    same 'and no word' "$(cat "$output")" ''
    (
        trap '' PIPE
        "$ALUNO" listar --formato csv 2>"$output"
        echo $? >"$work/code"
    ) | head -n 1 >"$work/first"
    same 'where signals are ignored' "$(cat "$work/code")" 0
    same 'no word either' "$(cat "$output")" ''
    (
        trap '' PIPE
        while echo 2>/dev/null; do :; done # until the reader is gone
        "$ALUNO" saude 2>"$output"
        echo $? >"$work/code"
    ) | true
    same 'a reader that has gone before' "$(cat "$work/code")" 0
    same 'and no word of that' "$(cat "$output")" ''
    (
        trap '' PIPE
        while echo 2>/dev/null; do :; done
        run_lua 'io.write(("x"):rep(65536))' 2>"$output"
        echo $? >"$work/code"
    ) | true
    same 'nor of a script' "$(cat "$work/code")$(cat "$output")" 0
    "$ALUNO" listar >/dev/full 2>"$output"
    same 'a full disk is a failure' $? 1
    says 'aluno: stdout: No space left on device'
    "$ALUNO" saude >/dev/full 2>"$output"
    same 'of a short reply, too' $? 1
    says 'aluno: stdout: No space left on device'
    run_lua 'io.write(("x"):rep(65536))' >/dev/full 2>"$output"
    same 'a write of a script that nobody looked at, with nothing left to write' $? 1
    says 'aluno: stdout: a write failed'
}

exit_codes_are_by_class() {
    fails 3 'raised by assert' run_lua 'assert(aluno.connect {}:create {name = "", age = 1, br_document = "1", email = "x"})'
    says 'name: o nome está vazio; br_document: o CPF deve ter 11 dígitos (1)'
    fails 4 'not found' run_lua 'assert(aluno.connect {}:get {id = 99999})'
    says 'Não há um aluno assim'
    fails 5 'conflict' "$ALUNO" criar --nome Bia --idade 2 --cpf 01234567890 --email b@example.com
    says 'Outro aluno já tem este CPF'
    fails 6 'no such role' as nobody "$ALUNO" -e 'for s in aluno.connect {}:each {} do print(s.id) end'
    says 'stack traceback'
    fails 7 'nobody listens' run_lua 'for s in aluno.connect {server = "tls+tcp://127.0.0.1:1"}:each {} do end'
    says 'Nenhum serviço atende nesse endereço (127.0.0.1:1)'
    fails 1 'anything else' run_lua 'error {code = 5}'
    says 'aluno: table: 0x'
    fails 1 'a word' run_lua 'error "NOT_FOUND"'
    says 'aluno: (-e):1: NOT_FOUND'
    fails 42 'its own' run_lua 'os.exit(42)'
    same 'without a word' "$(cat "$output")" ''
    printf 'error(select(2, aluno.connect {}:get {id = 99999}))\nprint "on"\n' >"$work/commands"
    fails 4 'the prompt, from a pipe' from_file
    same 'stops there' "$(grep -c '^on$' "$output")" 0
    fails 4 'unless told otherwise' from_file --continuar
    same 'goes on' "$(grep -cx on "$output")" 1
}

a_session_chooses_its_format() {
    works 'an age' "$ALUNO" atualizar --id 1 --idade 2
    same 'format and columns' "$(session '\\formato csv\n\\campos id,idade\nlistar --quantidade 1\n')" \
        "$(printf 'O formato é csv\nAs colunas são id,idade\nid,idade\n1,2')"
    same 'back to the usual' "$(session '\\formato\nlistar --campos cpf --quantidade 1\n' --formato csv)" \
        "$(printf '%s\n' 'O formato é o de costume: tabela no terminal, ndjson fora dele' '{"br_document": "20000000001"}')"
    same 'what there is not' "$(session '\\formato xml\nsaude\n' | head -n 1)" \
        'não há o formato xml; há: tabela, json, ndjson, csv, lua'
    same 'columns that there are not' "$(session '\\campos nome,altura\nsaude\n' | head -n 1)" \
        "não há a coluna 'altura'; há: id, nome, idade, cpf, email, etag, criado_em, atualizado_em, removido_em, nascimento, ano_da_idade"
    printf '\\formatar\n' >"$work/commands"
    fails 2 'nor such a setting' from_file
    says '\formatar não é um comando'
}

a_session_is_undone() {
    same 'all of it' "$(session 'criar --nome Caio --idade 8 --cpf 11144477735 --email c@example.com
atualizar --cpf 11144477735 --idade 9\ndeletar --cpf 11144477735\ndesfazer\ndesfazer
historico --formato csv --campos verbo,id,nome,desfeita\ndesfazer\nundo\n')" \
        "$(printf 'Desfeito: o aluno 251 (Caio), que foi removido, está de volta
Desfeito: o aluno 251 (Caio) tem de novo os valores anteriores: idade
verbo,id,nome,desfeita
criar,251,Caio,\natualizar,251,Caio,true\ndeletar,251,Caio,true\nrestaurar,251,Caio,\natualizar,251,Caio,
Desfeito: o aluno 251 (Caio), que foi criado, está removido
Nada a desfazer nesta sessão')"
    fails 4 'the student is gone' "$ALUNO" obter --cpf 11144477735
    says 'Não há um aluno assim'
    same "somebody else's change stays" "$(session 'criar --nome Caio --idade 8 --cpf 11144477735 --email c@example.com
x = aluno.connect {}:update {br_document = "11144477735", student = {age = 10}}\ndesfazer\n')" \
        'O aluno mudou desde então. Consulte o aluno de novo e decida outra vez'
    same 'the student is there' "$("$ALUNO" obter --cpf 11144477735 | value age)" 10
    same 'in Lua' "$(run_lua 'local student = assert(aluno.commands.atualizar {cpf = "11144477735", idade = 11})
        local undone = assert(aluno.commands.desfazer()) print(undone.method, undone.fields.age)
        print(aluno.commands.obter {id = student.id}.age, #aluno.commands.historico())')" 'UpdateStudent	10
10	2'
    fails 5 'nothing to undo' "$ALUNO" desfazer
    says 'Nada a desfazer nesta sessão'
    works 'nothing in the history' "$ALUNO" historico
    says 'Nada foi alterado nesta sessão'
}

# The terminal has 10 lines; see output.exp.
at_the_terminal() {
    works "$1" timeout -k 5 300 expect -f "$ALUNO_SOURCE/tests/integration/output.exp" "$1"
}

long_lists_are_paged() {
    # shellcheck disable=SC2016 # for the pagers' own shell
    printf '#!/bin/sh\ncat >"$0.read"\necho paged\n' >"$work/pager"
    # shellcheck disable=SC2016
    printf '#!/bin/sh\nread -r line\necho "left after: $line"\n' >"$work/leaver"
    chmod +x "$work/pager" "$work/leaver"
    export WORK="$work" TERM=xterm
    unset NO_COLOR
    for scenario in paged short_lists missing_pager pager_left colours prompt; do
        at_the_terminal "$scenario"
    done
    same 'the pager got all' "$(wc -l <"$work/pager.read")" 250
}

# Without a browser; tests/campaign/report_page.sh runs one.
reports_are_for_paper() {
    works 'a report' "$ALUNO" --escola 'Escola "A" & B' relatorio joao --saida "$work/class.html" --titulo '7º C'
    says 'Relação de 249 alunos gravada em '
    same 'for its owner alone' "$(stat -c %a "$work/class.html")" 600
    same 'all of the search' "$(grep -c '^<tr><td class="number row">' "$work/class.html")" 249
    works 'its heading' grep -q '<p class="school">Escola &quot;A&quot; &amp; B</p>' "$work/class.html"
    works 'alphabetical, quotes escaped' grep -q '>1</td><td dir="auto">João &quot;1&quot;; D&#39;Ávila, 日本</td>' "$work/class.html"
    fails 1 'no CPF in full' grep -qE '[0-9]{3}\.[0-9]{3}\.[0-9]{3}-' "$work/class.html"
    fails 2 'no file is replaced' "$ALUNO" imprimir --saida "$work/class.html"
    says 'já existe. Escolha outro nome, ou substitua-o com --sobrescrever'
    works 'the last word may be the file' "$ALUNO" imprimir ana --sobrescrever --cpf-completo "$work/class.html"
    works 'CPFs in full' grep -q '>012.345.678-90</td>' "$work/class.html"
    fails 2 'another end' "$ALUNO" relatorio --saida "$work/class.doc"
    says 'Relatorio grava .html e .pdf, não .doc'
    fails 2 'as the last word, too' "$ALUNO" relatorio joao turma.doc
    says 'não .doc'
    fails 2 'a column that is none' "$ALUNO" relatorio --campos altura
    fails 6 'no right to read' as nobody "$ALUNO" relatorio --saida "$work/none.html"
    fails 1 'and no file' test -e "$work/none.html" -o -e "$work/none.html.part"
    same 'to a pipe' "$("$ALUNO" relatorio ninguem --lang en 2>/dev/null | grep -c 'No students.')" 1
    same 'for scripts' "$(run_lua 'local text = ""
        print(aluno.commands.report(function(chunk) text = text .. chunk return true end, {query = "ana"}).students, #text > 1000)')" \
        '1	true'
    works 'the school of the settings' sh -c "mkdir -p '$XDG_CONFIG_HOME/aluno' && echo 'escola = Escola C' >'$XDG_CONFIG_HOME/aluno/config'"
    same 'is the heading' "$("$ALUNO" relatorio ana 2>/dev/null | grep -c '<p class="school">Escola C</p>')" 1
    rm "$XDG_CONFIG_HOME/aluno/config"
}

# Chromium is played.
reports_are_printed() {
    mkdir -p "$work/bin" "$work/scratch"
    export TMPDIR="$work/scratch"
    for tool in id mktemp rm timeout; do ln -sf "$(command -v "$tool")" "$work/bin/$tool"; done
    # shellcheck disable=SC2016 # the played browser expands it
    printf_pdf='#!/bin/sh\nIFS= read -r line <page.html\nprintf "%%%%PDF-1.7 %%s\\n" "$line" >page.pdf\n'
    printed() {
        PATH="$work/bin" "$ALUNO" relatorio ana --saida "$work/class.pdf"
    }
    fails 2 'without Chromium' printed
    says 'Para gravar PDF falta o Chromium. Instale-o (apt-get install chromium); ou grave turma.html'
    printf '#!/bin/sh\nexit 1\n' >"$work/bin/chromium"
    chmod +x "$work/bin/chromium"
    fails 2 'one that fails' printed
    says 'O Chromium não gravou o PDF'
    fails 1 'no file is left' test -e "$work/class.pdf" -o -e "$work/class.pdf.part"
    same 'nor in the scratch folder' "$(ls "$work/scratch")" ''
    # shellcheck disable=SC2059
    printf "$printf_pdf" >"$work/bin/chromium"
    works 'printed' printed
    same 'what it printed' "$(cat "$work/class.pdf")" '%PDF-1.7 <!DOCTYPE html>'
    same 'for its owner alone' "$(stat -c %a "$work/class.pdf")" 600
    same 'nothing else is left' "$(ls "$work/scratch")" ''
    unset TMPDIR
}

charts_are_drawn() {
    same 'ages' "$("$ALUNO" grafico 'idade>=30 idade<=31' 2>/dev/null | sed 's/█[^ ]*/█/')" "$(printf 'Idades de 6 alunos\n30 █ 3\n31 █ 3')"
    works 'as wide as a pipe may be' [ "$("$ALUNO" grafico | wc -L)" -le 80 ]
    same 'in ASCII' "$(LC_ALL=C "$ALUNO" grafico 'idade=20' | LC_ALL=C grep -c '^20 ################ 4$')" 1
    same 'csv' "$("$ALUNO" grafico --formato csv 'idade>=18 idade<=19' | paste -sd ' ')" 'idade,alunos 18,3 19,3'
    same 'json' "$("$ALUNO" grafico --cadastros --formato json | jq 'map(.count) | add')" 250
    same 'nobody' "$("$ALUNO" grafico ninguem)" 'Nenhum aluno'
    same 'for scripts' "$(run_lua 'print(aluno.commands.chart({query = "age=20"})[1].count)')" 4
}

command -v jq >/dev/null || give_up 'jq is not installed: apt-get install jq'
export ALUNO_TIMEOUT=60 # what the prompt asks in passing has time on a busy machine, too
make_certificates
start_service
make_students
run a_list_is_one_value stdout_is_for_data readers_go_away exit_codes_are_by_class \
    reports_are_for_paper reports_are_printed charts_are_drawn a_session_chooses_its_format long_lists_are_paged a_session_is_undone
stop_service
finish
