#!/bin/sh
# Compares an import with one call per student: import.sh [ROWS], by default 20,000. It prints rows per second of both
# and their ratio, and fails only when not all students were registered.
rows=${1:-20000}
set --
. "$(dirname "$0")/../lib/assert.sh"
. "$(dirname "$0")/../lib/service.sh"

make_certificates
start_service
"$ALUNO" "$ALUNO_SOURCE/tests/lib/made_students.lua" "$rows" "$work/many.csv" "$work/faults" "$work/students"
works 'both' run_lua '
    local clock = debug.getregistry()["aluno.require"]("core").host.clock
    local c <close> = assert(aluno.connect {})
    assert(c:ready())

    local sample = tonumber(arg[2]) // 10
    local begun = clock()
    for i = 1, sample do
        local cpf = aluno.cpf.generate(500000000 + i)
        assert(c:create {name = "João de Sá " .. i, age = 20, br_document = cpf, email = "joao@example.com"})
    end
    local one_by_one = sample / (clock() - begun)

    begun = clock()
    local summary = assert(aluno.commands.importar(arg[1]))
    local imported = summary.rows / (clock() - begun)
    assert(summary.rejected == summary.rows // 100 and summary.registered == summary.rows - summary.rejected)
    print(("one by one %.0f rows/s, imported %.0f rows/s: %.1f times"):format(one_by_one, imported, imported / one_by_one))
    ' "$work/many.csv" "$rows"
cat "$output"
stop_service
finish
