/* Text that is pasted at the terminal (bracketed paste) is text: none of its characters is a key. Its first
 * line goes to where the cursor is; what follows is handed over with the line. */
#ifndef ALUNO_PASTE_H
#define ALUNO_PASTE_H

#include <histedit.h>
#include <stdbool.h>

/* Once, after el_init. */
void paste_bind(EditLine *edit);

/* Before el_gets and after it: the terminal marks what is pasted. `tabs_divide`: a tab ends a line, too, as
 * in a row of a spreadsheet; else it is a space. */
void paste_begin(bool tabs_divide);
void paste_end(void);

/* The pasted lines after the one that el_gets has returned, divided by \n; NULL for none. Valid until the
 * next paste_begin. */
const char *paste_rest(void);

#endif
