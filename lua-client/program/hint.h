/* Hints: a text that may be typed next, dimmed, right of the cursor.
 *
 * libedit calls EL_GETCFN when the line is on the screen and before the next key changes it. A hint lives
 * between the two: it is written when no key waits, and erased before libedit gets the next one. So libedit,
 * which takes the columns right of the line for blank, is right whenever it draws. */
#ifndef ALUNO_HINT_H
#define ALUNO_HINT_H

#include <histedit.h>

/* Before el_gets, with the prompt that it shows. `find` returns the hint for a line, valid until the next
 * call, or NULL; NULL: no hints in this line. */
void hint_begin(const char *prompt, const char *(*find)(const char *line, size_t length));

/* No hints for the rest of this line. */
void hint_stop(void);

/* Writes the hint for the line, if one row of the terminal has room for the prompt, the line and the hint's
 * beginning, and the cursor is at the end. */
void hint_show(EditLine *edit);

/* Erases what hint_show wrote. */
void hint_erase(void);

#endif
