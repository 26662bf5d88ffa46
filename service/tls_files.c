/* From options to files. */
#include "tls_files.h"

aluno__tls_files tls_files_of(const struct options *given)
{
    static const aluno__tls_files flags = {"--ca", "--cert", "--key", "--crl", NULL};
    return (aluno__tls_files){
        .ca = given->ca, .cert = given->cert, .key = given->key, .crl = given->crl, .names = &flags};
}
