/* cmocka, with what it wants included before it. */
#ifndef ALUNO_TESTS_UNIT_H
#define ALUNO_TESTS_UNIT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#endif
