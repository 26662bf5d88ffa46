/* Reads a file whole, parses it, and wipes it: it may be a private key. mbedtls_pk_load_file does not
 * distinguish a missing file from an unreadable one or a folder, and has no bound. */
#include "pem.h"

#include "base/memory.h"
#include "protocol/error.h"

#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>

enum { FILE_MAX = 16 * 1024 * 1024 }; /* fits a long revocation list */

typedef struct file {
    unsigned char *text; /* NUL-terminated */
    size_t size;         /* counts the NUL, as mbed TLS requires */
} file;

aluno_code aluno__tls_pem_fail(aluno_error *error, const char *option, const char *path, const char *problem)
{
    return aluno__error_set(error, ALUNO_REASON_OPTION_INVALID, "%s %s: %s", option, path, problem);
}

/* ---- files ---- */

static const char *problem_of(int number)
{
    switch (number) {
    case ENOENT:
        return "no such file";
    case EACCES:
        return "permission denied";
    default:
        return "can not be read";
    }
}

static aluno_code read_stream(file *out, FILE *stream, const char *option, const char *path,
                              aluno_error *error)
{
    struct stat facts;
    if (fstat(fileno(stream), &facts) != 0 || !S_ISREG(facts.st_mode))
        return aluno__tls_pem_fail(error, option, path, "not a regular file");
    if (facts.st_size > FILE_MAX)
        return aluno__tls_pem_fail(error, option, path, "larger than 16 MiB");
    const size_t size = (size_t)facts.st_size;
    out->text = aluno__malloc(size + 1);
    if (out->text == NULL)
        return aluno__error_set(error, ALUNO_REASON_OUT_OF_MEMORY, NULL);
    out->size = size + 1;
    memset(out->text, 0, out->size);
    if (fread(out->text, 1, size, stream) != size)
        return aluno__tls_pem_fail(error, option, path, "can not be read");
    if (strstr((const char *)out->text, "-----BEGIN ") == NULL)
        return aluno__tls_pem_fail(error, option, path, "not a PEM file");
    return ALUNO_OK;
}

static void wipe(file *content)
{
    if (content->text != NULL)
        explicit_bzero(content->text, content->size);
    aluno__free(content->text);
}

/* On success the caller ends *out with wipe. */
static aluno_code read_file(file *out, const char *option, const char *path, aluno_error *error)
{
    *out = (file){0};
    if (path == NULL || *path == '\0')
        return aluno__error_set(error, ALUNO_REASON_OPTION_INVALID, "%s: a file is required", option);
    FILE *stream = fopen(path, "rbe");
    if (stream == NULL)
        return aluno__tls_pem_fail(error, option, path, problem_of(errno));
    setvbuf(stream, NULL, _IONBF, 0); /* no copy of a key stays in a buffer */
    const aluno_code code = read_stream(out, stream, option, path, error);
    fclose(stream);
    if (code != ALUNO_OK)
        wipe(out);
    return code;
}

/* ---- contents ---- */

static aluno_code fail_content(aluno_error *error, const char *option, const char *path, const char *kind,
                               int result)
{
    char problem[128];
    mbedtls_strerror(result, problem, sizeof problem);
    return aluno__error_set(error, ALUNO_REASON_OPTION_INVALID, "%s %s: not a PEM %s (%s)", option, path,
                            kind, problem);
}

aluno_code aluno__tls_pem_certificates(mbedtls_x509_crt *out, const char *option, const char *path,
                                       aluno_error *error)
{
    file content;
    const aluno_code code = read_file(&content, option, path, error);
    if (code != ALUNO_OK)
        return code;
    const int result = mbedtls_x509_crt_parse(out, content.text, content.size);
    wipe(&content);
    if (result < 0)
        return fail_content(error, option, path, "certificate", result);
    if (result > 0)
        return aluno__tls_pem_fail(error, option, path, "holds certificates that can not be read");
    return ALUNO_OK;
}

aluno_code aluno__tls_pem_crls(mbedtls_x509_crl *out, const char *option, const char *path,
                               aluno_error *error)
{
    file content;
    const aluno_code code = read_file(&content, option, path, error);
    if (code != ALUNO_OK)
        return code;
    const int result = mbedtls_x509_crl_parse(out, content.text, content.size);
    wipe(&content);
    return result == 0 ? ALUNO_OK : fail_content(error, option, path, "revocation list", result);
}

aluno_code aluno__tls_pem_key(mbedtls_pk_context *out, const char *option, const char *path,
                              aluno_error *error)
{
    file content;
    const aluno_code code = read_file(&content, option, path, error);
    if (code != ALUNO_OK)
        return code;
    const int result = mbed_parse_key(out, content.text, content.size);
    wipe(&content);
    if (result == MBEDTLS_ERR_PK_PASSWORD_REQUIRED)
        return aluno__tls_pem_fail(error, option, path,
                                   "protected by a passphrase; store it without one, mode 0600");
    return result == 0 ? ALUNO_OK : fail_content(error, option, path, "private key", result);
}

aluno_code aluno__tls_pem_check_private(const char *option, const char *path, aluno_error *error)
{
    struct stat facts;
    if (stat(path, &facts) != 0)
        return aluno__tls_pem_fail(error, option, path, problem_of(errno));
    if ((facts.st_mode & S_IRWXO) == 0)
        return ALUNO_OK;
    return aluno__error_set(error, ALUNO_REASON_OPTION_INVALID,
                            "%s %s: all users of this machine may use it (mode %03o): chmod o= %s", option,
                            path, (unsigned)(facts.st_mode & 0777), path);
}
