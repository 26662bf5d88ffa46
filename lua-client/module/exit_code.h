/* The exit codes of the program, and of scripts that end with aluno.exit: by the class of what went wrong. */
#ifndef ALUNO_EXIT_CODE_H
#define ALUNO_EXIT_CODE_H

/* X(name in Lua, constant in C, code). 1 is anything else that fails. */
#define EXIT_CODES(X)                                                                                        \
    X(usage, EXIT_USAGE, 2)                                                                                  \
    X(invalid, EXIT_INVALID, 3)                                                                              \
    X(not_found, EXIT_NOT_FOUND, 4)                                                                          \
    X(conflict, EXIT_CONFLICT, 5)                                                                            \
    X(denied, EXIT_DENIED, 6)                                                                                \
    X(unavailable, EXIT_UNAVAILABLE, 7) /* also when the time is up */                                       \
    X(partial, EXIT_PARTIAL, 8)         /* an import that rejected rows */                                   \
    X(interrupted, EXIT_INTERRUPTED, 130)

enum {
#define DECLARE_EXIT_CODE(name, constant, code) constant = code,
    EXIT_CODES(DECLARE_EXIT_CODE)
#undef DECLARE_EXIT_CODE
};

#endif
