/* Escapes that should have been undone before a text came here. */
#ifndef ALUNO_PROTOCOL_ESCAPES_H
#define ALUNO_PROTOCOL_ESCAPES_H

#include <stdbool.h>
#include <stddef.h>

/* As aluno_mojibake: whether the text has escapes, as "Jo%C3%A3o", "Jo=C3=A3o" and "Jo&atilde;o" do. */
bool aluno__escapes_undo(const char *text, char *likely, size_t size);

#endif
