#include "made.h"

#include "meter.h"

#include <stdio.h>

/* Modulo 11, as the Receita Federal defines it. */
static char check_digit(const char *digits, int count)
{
    int sum = 0;
    for (int i = 0; i < count; i++)
        sum += (digits[i] - '0') * (count + 1 - i);
    return (char)('0' + sum * 10 % 11 % 10);
}

void made_student(uint64_t number, made *out)
{
    const unsigned n = (unsigned)(number % 1000000000);
    snprintf(out->name, sizeof out->name, "Maria da Silva %08u", n);
    snprintf(out->br_document, sizeof out->br_document, "%09u00", n);
    snprintf(out->email, sizeof out->email, "aluno%09u@escola.example", n);
    out->br_document[9] = check_digit(out->br_document, 9);
    out->br_document[10] = check_digit(out->br_document, 10);
    out->age = 6 + (int)(n % 60);
}

/* Loads create fewer than one student in 10 microseconds, one load after another. No number of this range
 * makes a CPF of equal digits, which is refused. */
uint64_t made_first_new(void)
{
    return 123000000 + meter_ns() / 10000 % 99000000;
}

/* Marsaglia's xorshift. */
int64_t made_random(int64_t bound)
{
    static uint64_t state = 88172645463325252;
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return (int64_t)(state % (uint64_t)bound);
}
