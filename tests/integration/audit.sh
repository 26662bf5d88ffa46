#!/bin/sh
# The audit of a real service: what is recorded of each call, over kills and restores, and what alunod audit says of it.
. "$(dirname "$0")/../lib/assert.sh"
. "$(dirname "$0")/../lib/service.sh"

audit=$db-audit

create() {
    works "create $1" "$ALUNO" criar --nome "$1" --idade 16 --cpf "$2" --email a@exemplo.com
}

# The records that have the text, of all files. A record's texts are readable in its bytes.
records() {
    cat "$audit"/*.audit | grep -aoF "$1" | wc -l
}

recorded() { # TEXT COUNT
    [ "$(records "$1")" -eq "$2" ]
}

calls_are_recorded() {
    empty_service
    create Ana 52998224725
    works 'a read' "$ALUNO" obter 1
    works 'a search' "$ALUNO" listar --busca ana
    fails 4 'a read of nobody' "$ALUNO" obter 77
    fails 6 'a change by a reader' as leo "$ALUNO" deletar 1 --sim
    await 'the creation' recorded StudentService/CreateStudent 1
    same 'both reads' "$(records StudentService/GetStudent)" 2
    same 'the search' "$(records StudentService/ListStudents)" 1
    same 'what was refused' "$(records STUDENT_NOT_FOUND)" 1
    same 'and to whom' "$(records ROLE_MISSING)" 1
    same 'no value' "$(records Ana)" 0
    works 'verified while the service runs' "$ALUNOD" audit verify --db "$db"
    says 'whole, records 1 to'
    stop_service
    works 'and when it has stopped' "$ALUNOD" audit verify --db "$db"
}

a_killed_service_loses_no_record() {
    empty_service
    for cpf in 52998224725 11144477735 93541134780; do
        create "Ana $cpf" "$cpf"
        works 'a read' "$ALUNO" obter 1
    done
    kill_service
    same 'the reads are in the segment at once' "$(records StudentService/GetStudent)" 3
    start_service
    same 'the changes follow' "$(records StudentService/CreateStudent)" 3
    stop_service
    works 'and the chain is whole' "$ALUNOD" audit verify --db "$db"
}

what_is_altered_is_found() {
    empty_service
    create Ana 52998224725
    stop_service
    works 'a head' "$ALUNOD" audit head --db "$db"
    cp "$output" "$work/head"
    works 'which is kept' "$ALUNOD" audit verify --db "$db" --head "$work/head"
    file=$(find "$audit" -name '*.audit')
    cp "$file" "$work/kept"
    byte=x # or another, where there is one already: it may be of a hash
    [ "$(dd if="$file" bs=1 skip=200 count=1 2>"$work/dd.err" | tr -d '\0')" != x ] || byte=y
    printf %s "$byte" | dd of="$file" bs=1 seek=200 conv=notrunc 2>"$work/dd.err"
    fails 1 'an altered byte' "$ALUNOD" audit verify --db "$db"
    says 'record 1 is altered'
    rm "$file"
    fails 1 'a file that is gone' "$ALUNOD" audit verify --db "$db"
    says 'are missing'
    mv "$work/kept" "$file"
    works 'as it was' "$ALUNOD" audit verify --db "$db" --head "$work/head"
}

# Runs the commands of the section Audit that use openssl, or make what it signs, as they stand in the guide.
guide() { # BLOCK: 1 makes a signed head, 2 verifies it
    sed -n '/^## Audit$/,/^## /p' "$ALUNO_SOURCE/service/README.md" |
        awk -v block="$1" '/^```/ {at += /^```text/; inside = !inside; next} inside && at == block' >"$work/guide"
    [ "$(grep -c openssl "$work/guide")" -eq "$1" ] || not_ok "block $1 of the guide's section Audit has other commands"
    (cd "$work" && PATH=${ALUNOD%/*}:$PATH sh -eu "$work/guide")
}

a_signed_head_is_verified_as_the_guide_says() {
    empty_service
    create Ana 52998224725
    cp "$ca/server.key" "$ca/server.crt" "$work"
    works 'a signed head' guide 1
    create Bia 11144477735
    stop_service
    works 'which the chain passes through' guide 2
    says 'Verified OK'
    says 'whole, records 1 to'
    cp "$work/head-2026-11" "$work/head"
    sed -i 's/^hash ......../hash 00000000/' "$work/head-2026-11"
    fails 1 'an altered head' guide 2
    says 'Verification failure'
    cp "$work/head" "$work/head-2026-11"
    rm -r "$audit" "$db"
    start_service
    create Ana 52998224725
    stop_service
    works 'a new chain is whole by itself' "$ALUNOD" audit verify --db "$db"
    fails 1 'and not the one that was signed' guide 2
    says 'Verified OK'
    says 'record'
}

a_restore_is_an_event() {
    empty_service
    create Ana 52998224725
    works 'a copy' "$ALUNOD" backup --db "$db" --to "$work/copy"
    create Bia 11144477735
    stop_service
    works 'restored' "$ALUNOD" restore "$work/copy" --db "$db"
    same 'is recorded' "$(records alunod/restore)" 1
    works 'and breaks nothing' "$ALUNOD" audit verify --db "$db"
    start_service
    create Bia 11144477735
    stop_service
    works 'nor later' "$ALUNOD" audit verify --db "$db"
    same 'all three creations' "$(records StudentService/CreateStudent)" 3
}

a_purpose_is_asked_for() {
    empty_service --require-purpose reads
    create Ana 52998224725
    fails 5 'a read without one' "$ALUNO" obter 1
    says '--finalidade TEXTO'
    works 'a read with one' "$ALUNO" --finalidade 'conferir a matrícula' obter 1
    same 'which is recorded' "$(records 'conferir a matrícula')" 1
    works 'from the environment' env ALUNO_PURPOSE='emitir o boletim' "$ALUNO" obter 1
    works 'of a script' "$ALUNO" -e 'local c <close> = assert(aluno.connect {purpose = "ler o censo"})
        assert(c:get {id = 1})
        assert(c:get({id = 1}, {purpose = "atender a mãe"}))'
    same 'its default' "$(records 'ler o censo')" 1
    same "and its call's own" "$(records 'atender a mãe')" 1
    mkdir -p "$work/config/aluno"
    echo 'finalidade = conferir as notas' >"$work/config/aluno/config"
    works 'from the file' env XDG_CONFIG_HOME="$work/config" "$ALUNO" obter 1
    same 'as well' "$(records 'conferir as notas')" 1
    printf '\\finalidade ligar para a família\nobter 1\n' >"$work/typed"
    # shellcheck disable=SC2016 # for sh -c
    works 'from the prompt' sh -c '"$ALUNO" <"$0"' "$work/typed"
    same 'too' "$(records 'ligar para a família')" 1
    fails 2 'what may be a CPF is refused' "$ALUNO" --finalidade 'CPF 529.982.247-25' obter 1
    says '--purpose'
    same 'and is not shown' "$(grep -c 529 "$output")" 0
}

make_certificates
run calls_are_recorded a_killed_service_loses_no_record what_is_altered_is_found \
    a_signed_head_is_verified_as_the_guide_says a_restore_is_an_event a_purpose_is_asked_for
finish
