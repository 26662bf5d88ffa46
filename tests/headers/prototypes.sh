#!/bin/sh
# A method of the contract that client.h does not declare, or declares otherwise, does not compile.
. "$(dirname "$0")/../lib/assert.sh"

cp -R "$ALUNO_SOURCE/sdk/include" "$work/include"
compile() {
    cc -std=c11 -fsyntax-only -I "$work/include" "$ALUNO_SOURCE/sdk/client/calls.c"
}
works 'the typed calls compile' compile

cat >"$work/method" <<'END'
ALUNO_METHOD(count_students, 12, "aluno.v1.StudentService/CountStudents", get_student_request, student, READS, reader,
       "count", "contar", "counts", "conta")
END
sed "/---- methods ----/r $work/method" "$ALUNO_SOURCE/sdk/include/aluno/contract.def" >"$work/include/aluno/contract.def"
fails 1 'a method without a prototype' compile
says 'aluno_count_students'

echo 'int aluno_count_students(void);' >>"$work/include/aluno/client.h"
fails 1 'a method with another prototype' compile
says 'aluno_count_students'
finish
