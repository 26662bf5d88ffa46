/* Text that is pasted at the terminal (bracketed paste) is text. */
#include "paste.h"
#include "hint.h"
#include "keys.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BEGINS "\033[200~"
#define ENDS   "\033[201~"

enum { PASTE_MAX = 1 << 20 };

static struct {
    bool tabs_divide;
    char *text; /* of PASTE_MAX + 1 bytes while a paste is kept, else NULL */
    const char *rest;
} paste;

/* Reads up to the end of the paste, of which at most PASTE_MAX bytes are kept -> their number */
static size_t collect(EditLine *edit)
{
    size_t length = 0, matched = 0;
    for (int byte; matched < strlen(ENDS) && (byte = keys_read_byte(edit)) >= 0;) {
        matched = byte == ENDS[matched] ? matched + 1 : byte == ENDS[0];
        if (length < PASTE_MAX)
            paste.text[length++] = (char)byte;
    }
    return matched == strlen(ENDS) && length >= matched ? length - matched : length;
}

/* Line ends become \n, tabs \n or a space; other control characters are left out; so are empty lines at the
 * end. */
static void clean(char *text, size_t length)
{
    char *to = text;
    for (size_t i = 0; i < length; i++) {
        const char c = text[i];
        const bool is_line_end = c == '\n' || (c == '\r' && (i + 1 == length || text[i + 1] != '\n'));
        if (is_line_end || c == '\t')
            *to++ = is_line_end || paste.tabs_divide ? '\n' : ' ';
        else if ((unsigned char)c >= ' ' && c != '\177')
            *to++ = c;
    }
    while (to > text && to[-1] == '\n')
        to--;
    *to = '\0';
}

static unsigned char insert(EditLine *edit, int key)
{
    (void)key;
    if (paste.text == NULL && (paste.text = malloc(PASTE_MAX + 1)) == NULL)
        return CC_ERROR;
    clean(paste.text, collect(edit));
    hint_stop();
    char *const line_end = strchr(paste.text, '\n');
    if (line_end != NULL) {
        *line_end = '\0';
        paste.rest = line_end + 1;
        el_push(edit, "\n");
    }
    return *paste.text == '\0' || el_insertstr(edit, paste.text) == 0 ? CC_REFRESH : CC_ERROR;
}

void paste_bind(EditLine *edit)
{
    el_set(edit, EL_ADDFN, "aluno-paste", "Inserts what is pasted", insert);
    el_set(edit, EL_BIND, BEGINS, "aluno-paste", NULL);
}

static void mark(char on_or_off)
{
    const char *kind = getenv("TERM");
    if (kind != NULL && strcmp(kind, "dumb") != 0)
        printf("\033[?2004%c", on_or_off);
    fflush(stdout);
}

void paste_begin(bool tabs_divide)
{
    free(paste.text);
    paste.text = NULL;
    paste.rest = NULL;
    paste.tabs_divide = tabs_divide;
    mark('h');
}

void paste_end(void)
{
    mark('l');
}

const char *paste_rest(void)
{
    return paste.rest;
}
