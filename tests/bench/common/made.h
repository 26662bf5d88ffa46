/* Made-up students, the same for every server. */
#ifndef BENCH_MADE_H
#define BENCH_MADE_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct made {
    char name[48], br_document[12], email[48];
    int age;
} made;

/* Makes the student of that number, below 1,000,000,000. Each has its own CPF, with its check digits. */
void made_student(uint64_t number, made *out);

/* Returns the first number of a range that no other load of this database creates. */
uint64_t made_first_new(void);

/* Returns the next of a sequence of random numbers below `bound`. */
int64_t made_random(int64_t bound);

#ifdef __cplusplus
}
#endif

#endif
