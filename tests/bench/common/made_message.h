/* A made-up student as the contract's message. */
#ifndef BENCH_MADE_MESSAGE_H
#define BENCH_MADE_MESSAGE_H

#include "made.h"

#include <aluno/schema.h>

/* Sets the fields that a registrar enters, to those of made_student. */
static inline void made_message(uint64_t number, aluno_student *out)
{
    made student;
    made_student(number, &student);
    ALUNO_SET_TEXT(*out, name, student.name);
    ALUNO_SET(*out, age, student.age);
    ALUNO_SET_TEXT(*out, br_document, student.br_document);
    ALUNO_SET_TEXT(*out, email, student.email);
}

#endif
