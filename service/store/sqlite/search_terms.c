/* Terms of names and e-mail addresses, and names as numbers. */
#include "search_terms.h"

#include "name_matches.h"

#include <string.h>

void term_set(struct term *term, enum term_kind kind, const char *text, size_t length)
{
    term->bytes[0] = (uint8_t)kind;
    term->size = 1 + (length < TERM_MAX - 1 ? length : TERM_MAX - 1);
    memcpy(term->bytes + 1, text, term->size - 1);
}

void term_set_email(struct term *term, const char *email)
{
    term_set(term, TERM_EMAIL, email, strlen(email));
    for (size_t i = 1; i < term->size; i++)
        if (term->bytes[i] >= 'A' && term->bytes[i] <= 'Z')
            term->bytes[i] = (uint8_t)(term->bytes[i] + ('a' - 'A'));
}

bool name_next_word(const char *name, size_t *at, const char **word, size_t *length)
{
    for (size_t i = *at; name[i] != '\0'; i++) {
        const bool begins = i == 0 || !name_is_word_byte((unsigned char)name[i - 1]);
        if (!begins || name[i] == ' ')
            continue;
        *word = name + i;
        *length = strcspn(*word, " ");
        *at = i + 1;
        return true;
    }
    return false;
}

/* ---- codes: arithmetic coding, which keeps the order of names, with the frequencies of characters in
 * Portuguese names. Thirty-two bits are some nine characters. Bytes that are neither a letter nor a space
 * share a symbol; it ends the code, since what follows such a byte says nothing of the order. ---- */

enum symbol {
    SYMBOL_END,
    SYMBOL_BELOW_SPACE,
    SYMBOL_SPACE,
    SYMBOL_BELOW_LETTERS,
    SYMBOL_A,
    SYMBOL_ABOVE_LETTERS = SYMBOL_A + 26,
    SYMBOLS
};

/* Of 1024 characters, how many have a smaller symbol. */
static const uint16_t smaller[SYMBOLS + 1] = {0,   40,  41,  140, 143,  282,  300,  336,  381,  449, 465,
                                              481, 493, 566, 584, 587,  636,  681,  732,  795,  811, 815,
                                              874, 923, 953, 983, 1005, 1008, 1012, 1016, 1022, 1024};

static unsigned symbol_of(unsigned char c)
{
    if (c >= 'a' && c <= 'z')
        return (unsigned)(SYMBOL_A + (c - 'a'));
    if (c > 'z')
        return SYMBOL_ABOVE_LETTERS;
    if (c == ' ')
        return SYMBOL_SPACE;
    if (c > ' ')
        return SYMBOL_BELOW_LETTERS;
    return c == 0 ? SYMBOL_END : SYMBOL_BELOW_SPACE;
}

static bool is_last(unsigned symbol)
{
    return symbol == SYMBOL_END || symbol == SYMBOL_BELOW_SPACE || symbol == SYMBOL_BELOW_LETTERS ||
           symbol == SYMBOL_ABOVE_LETTERS;
}

/* The names that begin with the same symbols: `size` numbers from `first` on. */
struct interval {
    uint64_t first, size;
};

static const struct interval all_names = {0, UINT64_C(1) << 63};
#define CODE_UNIT (UINT64_C(1) << 31) /* a code stands for so many numbers */

/* The part of an interval that belongs to a symbol. */
static struct interval part_of(const struct interval *interval, unsigned symbol)
{
    const uint64_t unit = interval->size / smaller[SYMBOLS];
    return (struct interval){interval->first + unit * smaller[symbol],
                             unit * (uint64_t)(smaller[symbol + 1] - smaller[symbol])};
}

uint32_t name_code(const char *name)
{
    struct interval interval = all_names;
    for (bool ended = false; !ended && interval.size >= CODE_UNIT; name++) {
        const unsigned symbol = symbol_of((unsigned char)*name);
        interval = part_of(&interval, symbol);
        ended = is_last(symbol);
    }
    return (uint32_t)(interval.first / CODE_UNIT);
}

/* The first byte with that symbol. */
static char first_byte(unsigned symbol)
{
    switch (symbol) {
    case SYMBOL_END:
        return '\0';
    case SYMBOL_BELOW_SPACE:
        return '\x01';
    case SYMBOL_SPACE:
        return ' ';
    case SYMBOL_BELOW_LETTERS:
        return '!';
    case SYMBOL_ABOVE_LETTERS:
        return '{';
    case SYMBOLS:
        return '\xff';
    default:
        return (char)('a' + (int)(symbol - SYMBOL_A));
    }
}

/* Finds the symbols of the smallest interval that includes the number; returns how many there are. */
static size_t find_symbols(uint64_t number, unsigned symbols[NAME_CODE_TEXT - 1])
{
    struct interval interval = all_names;
    size_t count = 0;
    for (bool ended = false; !ended && interval.size >= CODE_UNIT && count < NAME_CODE_TEXT - 1; count++) {
        unsigned symbol = 0;
        struct interval part = part_of(&interval, symbol);
        while (symbol + 1 < SYMBOLS && number >= part.first + part.size)
            part = part_of(&interval, ++symbol);
        symbols[count] = symbol;
        interval = part;
        ended = is_last(symbol);
    }
    return count;
}

static void write_symbols(const unsigned *symbols, size_t count, char text[NAME_CODE_TEXT])
{
    for (size_t i = 0; i < count; i++)
        text[i] = first_byte(symbols[i]);
    text[count] = '\0';
}

void name_code_floor(uint32_t code, char text[NAME_CODE_TEXT])
{
    unsigned symbols[NAME_CODE_TEXT - 1];
    write_symbols(symbols, find_symbols(code * CODE_UNIT, symbols), text);
}

/* Above the interval that includes the next code's first number. */
void name_code_ceiling(uint32_t code, char text[NAME_CODE_TEXT])
{
    unsigned symbols[NAME_CODE_TEXT - 1];
    const size_t count = find_symbols((code + UINT64_C(1)) * CODE_UNIT, symbols);
    symbols[count - 1]++;
    write_symbols(symbols, count, text);
}
