/* Certificates for tests, made by pki.sh into a temporary folder. */
#ifndef ALUNO_TESTS_PKI_H
#define ALUNO_TESTS_PKI_H

/* Makes the folder, once a process; it is removed at the process's end. Aborts when openssl can not make it.
 */
void pki_make(void);

/* The path of a file in the folder, in static text that the next few calls leave alone. */
const char *pki_file(const char *name, const char *suffix);

#endif
