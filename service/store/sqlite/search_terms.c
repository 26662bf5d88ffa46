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

/* ---- codes: five bits a character. Bytes that are neither a letter nor a space share a symbol; it ends the
 * code, since what follows such a byte says nothing of the order. ---- */

enum {
    CODE_SYMBOLS = 6,
    SYMBOL_BITS = 5,
    SYMBOL_BELOW_SPACE = 1,
    SYMBOL_SPACE,
    SYMBOL_BELOW_LETTERS,
    SYMBOL_A,
    SYMBOL_ABOVE_LETTERS = SYMBOL_A + 26
};

static unsigned symbol_of(unsigned char c)
{
    if (c >= 'a' && c <= 'z')
        return (unsigned)(SYMBOL_A + (c - 'a'));
    if (c > 'z')
        return SYMBOL_ABOVE_LETTERS;
    if (c == ' ')
        return SYMBOL_SPACE;
    return c < ' ' ? SYMBOL_BELOW_SPACE : SYMBOL_BELOW_LETTERS;
}

static bool is_shared(unsigned symbol)
{
    return symbol == SYMBOL_BELOW_SPACE || symbol == SYMBOL_BELOW_LETTERS || symbol == SYMBOL_ABOVE_LETTERS;
}

uint32_t name_code(const char *name)
{
    uint32_t code = 0;
    size_t i = 0;
    for (bool ended = false; i < CODE_SYMBOLS && !ended && name[i] != '\0'; i++) {
        const unsigned symbol = symbol_of((unsigned char)name[i]);
        code = code << SYMBOL_BITS | symbol;
        ended = is_shared(symbol);
    }
    return code << (SYMBOL_BITS * (CODE_SYMBOLS - i));
}

/* The first byte with that symbol. */
static char first_byte(unsigned symbol)
{
    switch (symbol) {
    case SYMBOL_BELOW_SPACE:
        return '\x01';
    case SYMBOL_SPACE:
        return ' ';
    case SYMBOL_BELOW_LETTERS:
        return '!';
    case SYMBOL_ABOVE_LETTERS:
        return '{';
    default:
        return symbol > SYMBOL_ABOVE_LETTERS ? '\xff' : (char)('a' + (int)(symbol - SYMBOL_A));
    }
}

static unsigned symbol_at(uint32_t code, size_t i)
{
    return code >> (SYMBOL_BITS * (CODE_SYMBOLS - 1 - i)) & 31;
}

void name_code_floor(uint32_t code, char text[NAME_CODE_TEXT])
{
    size_t length = 0;
    for (unsigned symbol; length < CODE_SYMBOLS && (symbol = symbol_at(code, length)) != 0; length++)
        text[length] = first_byte(symbol);
    text[length] = '\0';
}

/* A text with a shared symbol ends there, so the next text has the next symbol; another text goes on. */
void name_code_ceiling(uint32_t code, char text[NAME_CODE_TEXT])
{
    size_t i = 0;
    while (i < CODE_SYMBOLS - 1 && symbol_at(code, i) != 0 && !is_shared(symbol_at(code, i)))
        i++;
    name_code_floor(code, text);
    text[i] = first_byte(symbol_at(code, i) + 1);
    text[i + 1] = '\0';
}
