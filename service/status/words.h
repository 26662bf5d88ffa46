/* Numbers in words for people, as HTML: Portuguese's marks, units by size. */
#ifndef ALUNOD_STATUS_WORDS_H
#define ALUNOD_STATUS_WORDS_H

#include "base/buffer.h"

#include <stdint.h>

typedef char words_text[48];

/* "12.345" */
const char *words_count(words_text out, int64_t count);

/* With one digit after the comma below 10: "0,4", "37". */
const char *words_number(words_text out, double number);

/* "1,2 MB" */
const char *words_bytes(words_text out, int64_t bytes);

/* "250 µs", "3,1 ms", "2 s" */
const char *words_span(words_text out, int64_t microseconds);

/* "29/11/2026 11:18" in local time; "–" for 0. */
const char *words_time(words_text out, int64_t unix_ms);

/* Appends text with HTML's characters escaped. */
void words_escape(aluno__buffer *out, const char *text);

#endif
