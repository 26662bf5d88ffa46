/* A table of the kinds of the present second. */
#include "repeats.h"

#include "base/clock.h"

#include <string.h>

static struct repeat *find(struct repeats *repeats, const uint8_t *alike, size_t size)
{
    for (size_t i = 0; i < repeats->used; i++) {
        struct repeat *one = &repeats->of[i];
        if (one->size == size && memcmp(one->alike, alike, size) == 0)
            return one;
    }
    return NULL;
}

bool repeats_count(struct repeats *repeats, const uint8_t *alike, size_t size)
{
    struct repeat *found = find(repeats, alike, size);
    if (found != NULL) {
        if (found->count++ == 0)
            found->first_ms = aluno__clock_unix_ms();
        return true;
    }
    if (repeats->used < REPEATS && size <= REPEAT_BYTES) {
        struct repeat *fresh = &repeats->of[repeats->used++];
        fresh->count = 0;
        fresh->size = size;
        memcpy(fresh->alike, alike, size);
    }
    return false;
}

/* A kind that repeated stays, so that the next second has one record of it, too. */
void repeats_tick(struct repeats *repeats, repeats_write *write, void *user)
{
    size_t kept = 0;
    for (size_t i = 0; i < repeats->used; i++) {
        struct repeat *one = &repeats->of[i];
        if (one->count == 0)
            continue;
        if (write(user, one))
            one->count = 0;
        if (kept != i)
            repeats->of[kept] = *one;
        kept++;
    }
    repeats->used = kept;
}
