/* Writes hints right of the cursor. */
#include "hint.h"
#include "text_width.h"

#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

enum { LEAST = 4 }; /* columns that are worth a hint */

#define DIM  "\0337\033[2m" /* after saving where the cursor is */
#define BACK "\033[0m\0338"

static struct {
    const char *prompt;
    const char *(*find)(const char *line, size_t length);
    bool is_shown;
} hint;

void hint_begin(const char *prompt, const char *(*find)(const char *line, size_t length))
{
    hint.prompt = prompt;
    hint.find = find;
    hint.is_shown = false;
}

void hint_stop(void)
{
    hint.find = NULL;
}

/* The columns right of the line, but for the last one, after which a terminal may wrap; 0 when the line has
 * more rows than one. */
static int room_after(const LineInfo *line)
{
    struct winsize window;
    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &window) != 0)
        return 0;
    const int taken = text_width(hint.prompt, strlen(hint.prompt)) +
                      text_width(line->buffer, (size_t)(line->lastchar - line->buffer));
    const int room = window.ws_col - taken - 1;
    return room > 0 ? room : 0;
}

static bool is_key_waiting(void)
{
    struct pollfd input = {.fd = STDIN_FILENO, .events = POLLIN};
    return poll(&input, 1, 0) != 0;
}

void hint_show(EditLine *edit)
{
    const LineInfo *line = el_line(edit);
    const int room = room_after(line);
    if (hint.find == NULL || room < LEAST || line->cursor != line->lastchar || is_key_waiting())
        return;
    const char *text = hint.find(line->buffer, (size_t)(line->lastchar - line->buffer));
    if (text == NULL)
        return;
    const size_t length = text_fitting(text, room);
    printf("%s%.*s%s", DIM, (int)length, text, BACK);
    fflush(stdout);
    hint.is_shown = true;
}

void hint_erase(void)
{
    if (hint.is_shown)
        fputs("\033[K", stdout);
    hint.is_shown = false;
}
