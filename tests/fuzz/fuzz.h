/* The entry that every fuzzing engine and driver.c call. */
#ifndef ALUNO_TESTS_FUZZ_H
#define ALUNO_TESTS_FUZZ_H

#include <stddef.h>
#include <stdint.h>

/* Feeds the bytes to the code under test; returns 0. Crashes and aborts are findings. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#endif
