/* aluno-reference: what follows from the contract and is read by people or tests, to stdout.
 *
 *     build/sdk/aluno-reference > sdk/REFERENCE.md
 *     build/sdk/aluno-reference --wire > sdk/contract.v1.txt
 *
 * The tests fail while a file in the tree differs from the contract. */
#include "reference.h"

#include <stdio.h>

static int write_help(void)
{
    puts("aluno-reference: what follows from the contract\n\n"
         "  aluno-reference                 the reference in Markdown: sdk/REFERENCE.md\n"
         "  aluno-reference --declarations  the contract's declarations in C, for the man pages\n"
         "  aluno-reference --wire          what a peer relies on, a line each: sdk/contract.v1.txt\n"
         "  aluno-reference --roles         the roles that a certificate may have\n"
         "  aluno-reference --help");
    return 0;
}

int main(int argc, char *argv[])
{
    const char *what = argc > 1 ? argv[1] : "";
    if (argc > 2) {
        fprintf(stderr, "aluno-reference: takes one option; see --help\n");
        return 2;
    }
    if (strcmp(what, "--help") == 0)
        return write_help();
    if (*what == '\0')
        write_markdown();
    else if (strcmp(what, "--declarations") == 0)
        write_declarations();
    else if (strcmp(what, "--wire") == 0)
        write_wire();
    else if (strcmp(what, "--roles") == 0)
        write_roles();
    else {
        fprintf(stderr, "aluno-reference: %s: there is no such option; see --help\n", what);
        return 2;
    }
    return 0;
}
