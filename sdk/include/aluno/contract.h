/* The contract that a program is built with, as text.
 *
 * Messages are structs of the program's own: a row added to contract.def moves their members. A program that
 * was built with other headers than the library would read and write the wrong ones. aluno_client_open
 * refuses it with CONTRACT_MISMATCH. Implemented by sdk/protocol/contract.c. */
#ifndef ALUNO_CONTRACT_H
#define ALUNO_CONTRACT_H

#include <aluno/version.h>

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/* All that the layout of messages and the numbers of enums follow from, in these headers: one text a row, or
 * a whole message. ALUNO_CLIENT_OPTIONS_INIT passes it on. Ends with NULL. */
static const char *const aluno_contract[] = {
    "version " ALUNO_VERSION,
#define ALUNO_CODE(name, number)                                 "code " #name " " #number,
#define ALUNO_ROLE(name, ...)                                    "role " #name,
#define ALUNO_RULE(name, ...)                                    "rule " #name,
#define ALUNO_REASON(name, ...)                                  "reason " #name,
#define ALUNO_MESSAGE(id, ...)                                   "message " #id
#define ALUNO_INT(id, name, ...)                                 "; int " #name
#define ALUNO_BOOL(id, name, ...)                                "; bool " #name
#define ALUNO_TEXT(id, name, number, pt, presence, max, ...)     "; text " #name " " #max
#define ALUNO_ONE(id, name, number, pt, presence, of, ...)       "; one " #name " " #of
#define ALUNO_LIST(id, name, number, pt, presence, of, max, ...) "; list " #name " " #of " " #max
#define ALUNO_END(id)                                            ,
#define ALUNO_METHOD(id, number, wire, in, out, ...)             "method " #id " " #in " " #out,
#include <aluno/contract.def>
    NULL,
};

/* The same of the library that is linked. Bindings that take offsets and sizes from its descriptors, and so
 * have no headers, pass this one. Static; any thread. */
ALUNO_API const char *const *aluno_library_contract(void);

#ifdef __cplusplus
}
#endif

#endif
