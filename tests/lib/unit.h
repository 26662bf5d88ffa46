/* cmocka, with the headers that it needs included before it, and whether a sanitizer is built in. */
#ifndef ALUNO_TESTS_UNIT_H
#define ALUNO_TESTS_UNIT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

/* Whether a sanitizer slows this program down. */
#if defined __SANITIZE_ADDRESS__ || defined __SANITIZE_THREAD__
#    define IS_SANITIZED 1
#elif defined __has_feature
#    if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#        define IS_SANITIZED 1
#    endif
#endif
#ifndef IS_SANITIZED
#    define IS_SANITIZED 0
#endif

#endif
