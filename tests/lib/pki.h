/* Certificates for tests, made by certificates.sh into a temporary folder. */
#ifndef ALUNO_TESTS_PKI_H
#define ALUNO_TESTS_PKI_H

/* Makes the folder, once per process, and removes it when the process ends. Aborts when openssl fails. */
void pki_make(void);

/* The same, as the set-up of a group of tests. */
int pki_set_up(void **state);

/* Returns the path of a file in the folder. The text stays valid during the next 15 calls. */
const char *pki_file(const char *name, const char *suffix);

#endif
