/* Structs that begin with their own size. */
#include "sized.h"

#include "error.h"

#include <aluno/version.h>

/* No struct grows by more: a larger size was never set. */
enum { GROWTH_MAX = 4096 };

static size_t size_of(const void *sized)
{
    size_t size;
    memcpy(&size, sized, sizeof size);
    return size;
}

static bool is_zero(const unsigned char *bytes, size_t size)
{
    for (size_t i = 0; i < size; i++)
        if (bytes[i] != 0)
            return false;
    return true;
}

aluno_code aluno__sized_read(void *own, size_t own_size, const void *given, const char *name,
                             aluno_error *error)
{
    const size_t size = size_of(given);
    if (size < sizeof size || size > own_size + GROWTH_MAX)
        return aluno__error_set(error, ALUNO_REASON_OPTION_INVALID,
                                "%s.size: %zu; initialise the struct with its _INIT macro", name, size);
    if (size > own_size && !is_zero((const unsigned char *)given + own_size, size - own_size))
        return aluno__error_set(error, ALUNO_REASON_OPTION_INVALID,
                                "%s: sets a member that libaluno " ALUNO_VERSION
                                " does not know; leave it zero, or install a newer libaluno",
                                name);
    /* Sizes of structs that begin with a size_t are multiples of its own: no member is copied in half. */
    memcpy(own, given, size < own_size ? size - size % sizeof size : own_size);
    return ALUNO_OK;
}

void aluno__sized_write(void *out, const void *own, size_t own_size)
{
    const size_t known = size_of(out), size = known < own_size ? known : own_size;
    if (size < sizeof size)
        return;
    memcpy(out, own, size);
    memcpy(out, &size, sizeof size);
}
