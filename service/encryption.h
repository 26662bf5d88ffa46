/* Files encrypted to public keys, by the program age (age-encryption.org; Debian's package age). */
#ifndef ALUNOD_ENCRYPTION_H
#define ALUNOD_ENCRYPTION_H

#include <aluno/error.h>

#include <stdatomic.h>
#include <stdbool.h>

/* Whom files are encrypted to. Both NULL: nobody, so files are not encrypted. */
struct encryption_recipients {
    char *list; /* "age1…", several with commas between them */
    char *file; /* one a line, as `age --recipients-file` reads them */
};

static inline bool encryption_is_wanted(const struct encryption_recipients *to)
{
    return to->list != NULL || to->file != NULL;
}

/* Whether the text is such a list, by its form. */
bool encryption_is_list(const char *text);

/* Whether age is there and takes the recipients. OPTION_INVALID, with the problem. */
aluno_code encryption_check(const struct encryption_recipients *to, aluno_error *error);

/* Encrypts from one open file to another. `name` is that of the result in errors. *stop ends it early; `stop`
 * may be NULL. BACKUP_FAILED. */
aluno_code encryption_write(const struct encryption_recipients *to, int from, int out, const char *name,
                            const atomic_bool *stop, aluno_error *error);

/* Whether the file is an encrypted one, by its first bytes. */
bool encryption_is_of(const char *file);

/* Decrypts the file to an open one, with the identities (private keys) of another file, which must be its
 * owner's alone. BACKUP_FAILED or OPTION_INVALID. On failure the output so far must not be used. */
aluno_code encryption_read(const char *identity, const char *file, int out, aluno_error *error);

#endif
