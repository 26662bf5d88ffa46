/* A thread that stores students, one after the other. */
#ifndef ALUNO_TESTS_STORE_LOAD_H
#define ALUNO_TESTS_STORE_LOAD_H

#include "store_bed.h"

#include <stdatomic.h>

struct load {
    store_bed *bed;
    atomic_bool stopping;
    atomic_int stored;
};

static inline void *insert_students(void *argument)
{
    struct load *load = argument;
    for (int i = 1; !atomic_load(&load->stopping); i++) {
        bed_insert(load->bed, "Ana", i);
        atomic_store(&load->stored, i);
    }
    return NULL;
}

#endif
