/* The entry that every fuzzing engine and driver.c call. */
#ifndef ALUNO_TESTS_FUZZ_H
#define ALUNO_TESTS_FUZZ_H

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

/* Feeds the bytes to the code under test; returns 0. Crashes and aborts are findings. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Aborts unless the condition holds. It must hold for any bytes. */
static inline void fuzz_check(int holds)
{
    if (!holds)
        abort();
}

/* The bytes as a NUL-terminated text, cut where it does not fit. */
static inline void fuzz_text(const uint8_t *data, size_t size, char *out, size_t capacity)
{
    const size_t length = size < capacity ? size : capacity - 1;
    for (size_t i = 0; i < length; i++)
        out[i] = (char)data[i];
    out[length] = '\0';
}

#endif
