#!/bin/sh
# The SDK's examples under valgrind's memcheck, against a real service: sh tests/campaign/valgrind.sh
#
# An error is a read or write of memory that is not the program's, a decision by a value that was never set, and memory that
# is lost. tests/lib/valgrind.supp has what libraries keep.
. "$(dirname "$0")/../lib/assert.sh"
. "$(dirname "$0")/../lib/service.sh"

patience=300 # valgrind is slow

# While a dialer has pipes, nng's reaper polls for their end without a pause; with valgrind's own scheduler the threads that end
# them may wait for seconds, and the client is left as it is.
memcheck() { # EXAMPLE ARGUMENT...
    program=$ALUNO_BUILD/examples/example-$1
    shift
    valgrind --quiet --fair-sched=yes --error-exitcode=99 --leak-check=full --show-leak-kinds=definite,indirect,possible \
        --errors-for-leak-kinds=definite,indirect,possible --suppressions="$ALUNO_SOURCE/tests/lib/valgrind.supp" \
        "$program" "$@"
}

look_up() { # CPF...
    printf '%s\n' "$@" | memcheck async_poll
}

the_examples() {
    works 'register' memcheck register 'Ana Souza' 20 529.982.247-25 ana@example.com
    fails 1 'register: refused' memcheck register '' 200 1 x
    works 'hello' memcheck hello 529.982.247-25
    fails 1 'hello: nobody' memcheck hello 111.444.777-35
    works 'list' memcheck list
    works 'async_poll' look_up 529.982.247-25 529.982.247-25
    fails 1 'async_poll: nobody' look_up 529.982.247-25 111.444.777-35
    [ ! -x "$ALUNO_BUILD/examples/example-async_uv" ] || works 'async_uv' memcheck async_uv 3
    stop_service
    fails 1 'hello: no service' memcheck hello 529.982.247-25
}

make_certificates
start_service
run the_examples
finish
