#!/bin/sh
# The library refuses a program built with the headers of another contract, and accepts one built with its own.
. "$(dirname "$0")/../lib/assert.sh"

flags=$(sed -n 's/^ALUNO_SANITIZE:STRING=\(..*\)/-fsanitize=\1/p' "$ALUNO_BUILD/CMakeCache.txt")

# Opens a client and prints the result.
cat >"$work/opens.c" <<'END'
#include <aluno/aluno.h>

#include <stdio.h>

int main(void)
{
    static aluno_client_options options = ALUNO_CLIENT_OPTIONS_INIT;
    static aluno_error error;
    aluno_client *client = NULL;
    const aluno_code code = aluno_client_open(&client, &options, &error);
    printf("%s %s: %s\n", aluno_code_name(code), error.reason, error.message);
    return code == ALUNO_FAILED_PRECONDITION ? 9 : 0;
}
END

# build NAME INCLUDES
build() {
    # shellcheck disable=SC2086 # several words
    cc -std=c11 -Wall -Wextra -Wpedantic -Werror $flags -I "$2" -o "$work/$1" "$work/opens.c" \
        -L "$ALUNO_BUILD/sdk" -laluno -Wl,-rpath,"$ALUNO_BUILD/sdk"
}

# altered NAME SED-SCRIPT: makes headers with an altered contract, and a program built with them.
altered() {
    mkdir "$work/$1.include"
    cp -R "$ALUNO_SOURCE/sdk/include/aluno" "$work/$1.include/aluno"
    sed "$2" "$ALUNO_SOURCE/sdk/include/aluno/contract.def" >"$work/$1.include/aluno/contract.def"
    ! cmp -s "$ALUNO_SOURCE/sdk/include/aluno/contract.def" "$work/$1.include/aluno/contract.def" ||
        not_ok "$1: the contract is unaltered"
    works "builds with other headers: $1" build "$1" "$work/$1.include"
}

its_own_headers_are_let_in() {
    works 'builds with the headers of the library' build same "$ALUNO_SOURCE/sdk/include"
    works 'and is let in: what it lacks is certificates' "$work/same"
    says 'OPTION_INVALID'
}

a_field_less_is_refused() {
    altered a_field_less '/ALUNO_TEXT(student, email,/d'
    fails 9 'a field less' "$work/a_field_less"
    says 'CONTRACT_MISMATCH: the program was built with the headers of another libaluno'
    says 'message student: headers '
}

a_field_more_is_refused() {
    altered a_field_more '/ALUNO_TEXT(student, etag,/i\
    ALUNO_TEXT(student, nickname, 99, "apelido", OPTIONAL, 10, any, "Nickname", "Apelido")'
    fails 9 'a field more' "$work/a_field_more"
    says 'message student: headers '
}

a_reason_more_is_refused() {
    altered a_reason_more '/^ALUNO_REASON(FIELD_UNKNOWN,/i\
ALUNO_REASON(FIELD_STRANGE, INVALID_ARGUMENT, "strange", "estranho", "look", "veja")'
    fails 9 'a reason more' "$work/a_reason_more"
    says 'reason FIELD_UNKNOWN: headers '
}

# The SONAME: another minor version is another library.
another_minor_version_is_another_library() {
    version=$(sed -n 's/^#define ALUNO_VERSION "\([0-9]*[.][0-9]*\)[.].*/\1/p' "$ALUNO_SOURCE/sdk/include/aluno/version.h")
    same 'the SONAME carries the minor version' \
        "$(objdump -p "$ALUNO_BUILD/sdk/libaluno.so" | sed -n 's/^ *SONAME *//p')" "libaluno.so.$version"
}

run its_own_headers_are_let_in a_field_less_is_refused a_field_more_is_refused a_reason_more_is_refused \
    another_minor_version_is_another_library
finish
