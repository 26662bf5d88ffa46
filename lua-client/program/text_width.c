/* How wide a text is on the terminal. */
#include "text_width.h"

#include <string.h>
#include <wchar.h>

int text_width(const char *text, size_t length)
{
    mbstate_t state = {0};
    int columns = 0;
    wchar_t character;
    for (size_t taken; (taken = mbrtowc(&character, text, length, &state)) > 0 && taken <= length;
         text += taken) {
        const int one = wcwidth(character);
        columns += one > 0 ? one : 0;
        length -= taken;
    }
    return columns;
}

size_t text_fitting(const char *text, int columns)
{
    const size_t length = strlen(text);
    mbstate_t state = {0};
    wchar_t character;
    size_t end = 0;
    for (size_t taken; (taken = mbrtowc(&character, text + end, length - end, &state)) > 0 && taken <= length;
         end += taken) {
        const int one = wcwidth(character);
        columns -= one > 0 ? one : 0;
        if (columns < 0)
            break;
    }
    return end;
}
