/* The version of the library. */
#include <aluno/version.h>

const char *aluno_version(void)
{
    return ALUNO_VERSION;
}
