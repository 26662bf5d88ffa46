/* The keys of the terminal, and the signals that come while a line is edited.
 *
 * Signals are blocked then, except during the wait for a key. Their handlers only set a flag; a resize, a
 * stop or an end is carried out between two keys, where libedit's memory is at rest. */
#ifndef ALUNO_KEYS_H
#define ALUNO_KEYS_H

#include <histedit.h>

/* Before el_gets, with the prompt that it shows; and after it. */
void keys_begin(const char *prompt);
void keys_end(void);

/* libedit's EL_GETCFN: waits for a key -> 1 | 0 at the end of the input | -1 after Ctrl-C */
int keys_read(EditLine *edit, wchar_t *key);

/* Waits for a byte of the terminal -> the byte | -1 at the end of the input and after Ctrl-C */
int keys_read_byte(EditLine *edit);

#endif
