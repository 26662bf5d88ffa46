#!/bin/sh
# The wire stays as sdk/contract.v1.txt has it: programs built before this version must understand this one. Each line of
# the file is a row of the contract; a row may be added, and none may change or vanish.
. "$(dirname "$0")/lib/assert.sh"

baseline=$ALUNO_SOURCE/sdk/contract.v1.txt
"$ALUNO_BUILD/sdk/aluno-reference" --wire >"$work/now" || not_ok 'aluno-reference --wire'

# compare BASELINE NOW: says which rows of the baseline have changed or vanished, and what to do. Exits 1 if any has.
compare() {
    awk '
    function refuse(what) {
        print "sdk/contract.v1.txt: " what
        refused = 1
    }
    { key = $1 " " $2; message = $2; sub(/[.].*/, "", message) }
    NR == FNR {
        before[key] = $0
        order[++count] = key
        known[message] = 1
        next
    }
    { now[key] = $0 }
    !(key in before) && $1 == "field" && $4 ~ /^(required|partial)$/ && message in known {
        refuse("added: " $0)
        print "    A program of before does not send it, and its call would be refused: make the field OPTIONAL."
    }
    !(key in before) { added = added "    " $0 "\n" }
    END {
        for (i = 1; i <= count; i++) {
            key = order[i]
            if (!(key in now))
                refuse("vanished: " before[key])
            else if (now[key] != before[key])
                refuse("changed: " before[key] "\n                     now: " now[key])
            else
                continue
            print "    A program of before relies on it: put the row back in contract.def, and add another with a new name."
            print "    If no program has it yet: aluno-reference --wire >sdk/contract.v1.txt"
        }
        if (added != "")
            print "Added to the contract; record it: aluno-reference --wire >sdk/contract.v1.txt\n" added
        exit refused
    }' "$1" "$2"
}

works 'the contract keeps to its baseline' compare "$baseline" "$work/now"
cat "$output"

# ---- the comparison itself, on altered copies ----

# alter SED-EXPRESSION: a contract that differs from the baseline by that.
alter() {
    sed "$1" "$baseline" >"$work/altered"
    ! cmp -s "$baseline" "$work/altered" || not_ok "alters nothing: $1"
}

alter 's/^field Student.age 3 either int/field Student.age 3 either text/'
fails 1 'a field of another kind' compare "$baseline" "$work/altered"
says 'changed: field Student.age 3 either int'
says 'now: field Student.age 3 either text'
says 'put the row back in contract.def'

alter 's/^field Student.name 2 required/field Student.name 2 optional/'
fails 1 'a field of another presence' compare "$baseline" "$work/altered"
says 'changed: field Student.name 2 required text'

alter 's/^field Student.br_document /field Student.document /'
fails 1 'a field with another name' compare "$baseline" "$work/altered"
says 'vanished: field Student.br_document 4 expected text'

alter 's/^field Student.age 3 /field Student.age 4 /'
fails 1 'a field with another number' compare "$baseline" "$work/altered"
says 'changed: field Student.age 3 either int'

alter '/^method .*GetOperation/d'
fails 1 'a method less' compare "$baseline" "$work/altered"
says 'vanished: method aluno.v1.StudentService/GetOperation'

alter '/^method .*GetStudent /s/reader$/admin/'
fails 1 'a method for another role' compare "$baseline" "$work/altered"
says 'now: method aluno.v1.StudentService/GetStudent 2 GetStudentRequest Student reads admin'

alter 's/^reason CPF_TAKEN ALREADY_EXISTS/reason CPF_TAKEN ABORTED/'
fails 1 'a reason with another code' compare "$baseline" "$work/altered"
says 'changed: reason CPF_TAKEN ALREADY_EXISTS'

alter '/^role registrar/d'
fails 1 'a role less' compare "$baseline" "$work/altered"
says 'vanished: role registrar'

alter 's/^\(field Student\)[.]email .*/&\n\1.phone 99 optional text/'
works 'a field more' compare "$baseline" "$work/altered"
says 'Added to the contract; record it: aluno-reference --wire >sdk/contract.v1.txt'
says 'field Student.phone 99 optional text'

alter 's/^\(field Student\)[.]email .*/&\n\1.phone 99 required text/'
fails 1 'a required field more, in a message that programs of before send' compare "$baseline" "$work/altered"
says 'added: field Student.phone 99 required text'
says 'make the field OPTIONAL'

alter 's/^method .*Check .*/&\nfield NewRequest.name 1 required text\nmethod aluno.v1.NewService\/New 12 NewRequest Student reads reader/'
works 'a method more, with a request of its own' compare "$baseline" "$work/altered"
says 'method aluno.v1.NewService/New'
finish
