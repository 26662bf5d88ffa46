/* The check digits of CPFs, modulo 11, and how people see CPFs. Instrução Normativa RFB 1.548/2015. */
#include <aluno/values.h>

#include <stdio.h>
#include <string.h>

enum { CPF_DIGITS = 11 };

static bool is_eleven_digits(const char *text)
{
    size_t count = 0;
    while (count < CPF_DIGITS && text[count] >= '0' && text[count] <= '9')
        count++;
    return count == CPF_DIGITS && text[count] == '\0';
}

/* The check digit of the first `count` digits: weights count + 1 down to 2, modulo 11. */
static char cpf_check_digit(const char *digits, size_t count)
{
    unsigned sum = 0;
    for (size_t i = 0; i < count; i++)
        sum += (unsigned)(digits[i] - '0') * (unsigned)(count + 1 - i);
    const unsigned rest = sum * 10 % 11;
    return (char)('0' + (rest == 10 ? 0 : rest));
}

bool aluno_cpf_check(const char *digits, char expected[3])
{
    if (!is_eleven_digits(digits))
        return false;
    char right[CPF_DIGITS + 1];
    memcpy(right, digits, sizeof right);
    right[9] = cpf_check_digit(right, 9);
    right[10] = cpf_check_digit(right, 10);
    if (expected != NULL)
        memcpy(expected, right + 9, 3);
    return memcmp(right, digits, CPF_DIGITS) == 0;
}

void aluno_cpf_format(const char *digits, char out[15])
{
    if (strlen(digits) == CPF_DIGITS)
        snprintf(out, 15, "%.3s.%.3s.%.3s-%.2s", digits, digits + 3, digits + 6, digits + 9);
    else
        snprintf(out, 15, "%s", digits);
}

void aluno_cpf_mask(const char *digits, char out[15])
{
    if (!is_eleven_digits(digits)) {
        strcpy(out, "***");
        return;
    }
    memcpy(out, "***.___.___-**", 15);
    memcpy(out + 4, digits + 3, 3);
    memcpy(out + 8, digits + 6, 3);
}
