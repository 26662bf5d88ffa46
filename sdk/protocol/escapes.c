/* Undoes the escapes of web addresses ("%C3%A3"), of e-mail (quoted-printable, "=C3=A3") and of web pages
 * ("&atilde;", "&#227;"), with the letters and signs that names have. */
#include "escapes.h"

#include "characters.h"

#include <stdlib.h>
#include <utf8proc.h>

/* ---- bytes ---- */

/* The byte that is escaped there; 0: none. */
static uint8_t byte_at(const char *text)
{
    if ((*text != '%' && *text != '=') || strspn(text + 1, "0123456789ABCDEFabcdef") < 2)
        return 0;
    return (uint8_t)strtoul((char[]){text[1], text[2], '\0'}, NULL, 16);
}

/* The character of the bytes there, in UTF-8 or else in Latin-1, and their length in the text. A point that
 * is not valid, or 0: no escape. */
static size_t read_bytes(const char *text, utf8proc_int32_t *point)
{
    utf8proc_uint8_t bytes[4];
    size_t count = 0;
    while (count < sizeof bytes && (bytes[count] = byte_at(text + 3 * count)) != 0)
        count++;
    const utf8proc_ssize_t taken = utf8proc_iterate(bytes, (utf8proc_ssize_t)count, point);
    if (taken > 0)
        return 3 * (size_t)taken;
    *point = bytes[0];
    return 3;
}

/* ---- entities ---- */

/* "atilde": a letter and its accent; 0: none. */
static utf8proc_int32_t accented_letter(const char *name)
{
    static const struct {
        const char *name;
        utf8proc_int32_t mark;
    } accents[] = {{"grave", 0x300}, {"acute", 0x301}, {"circ", 0x302},
                   {"tilde", 0x303}, {"uml", 0x308},   {"cedil", 0x327}};
    for (size_t i = 0; i < sizeof accents / sizeof *accents; i++) {
        utf8proc_int32_t points[] = {(unsigned char)*name, accents[i].mark};
        if (strcmp(name + 1, accents[i].name) == 0 &&
            utf8proc_normalize_utf32(points, 2, (utf8proc_option_t)(UTF8PROC_STABLE | UTF8PROC_COMPOSE)) == 1)
            return points[0];
    }
    return 0;
}

static utf8proc_int32_t sign(const char *name)
{
    static const struct {
        const char *name;
        utf8proc_int32_t point;
    } signs[] = {{"amp", '&'},     {"apos", '\''},   {"quot", '"'},    {"nbsp", ' '},
                 {"ordf", 0x00AA}, {"ordm", 0x00BA}, {"rsquo", 0x2019}};
    for (size_t i = 0; i < sizeof signs / sizeof *signs; i++)
        if (strcmp(name, signs[i].name) == 0)
            return signs[i].point;
    return 0;
}

/* "#227", "#xE3". */
static utf8proc_int32_t number(const char *name)
{
    char *end;
    const bool is_hexadecimal = name[1] == 'x' || name[1] == 'X';
    const unsigned long point = strtoul(name + 1 + is_hexadecimal, &end, is_hexadecimal ? 16 : 10);
    return *end == '\0' && point <= 0x10FFFF ? (utf8proc_int32_t)point : 0;
}

/* As read_bytes. */
static size_t read_entity(const char *text, utf8proc_int32_t *point)
{
    char name[10] = "";
    const size_t length = strcspn(text, ";");
    if (length > sizeof name || text[length] == '\0')
        return 0;
    memcpy(name, text + 1, length - 1);
    *point = *name == '#' ? number(name) : accented_letter(name);
    if (*point == 0)
        *point = sign(name);
    return length + 1;
}

/* ---- a text ---- */

/* Writes the character of the escape at `text`. Returns the escape's length; 0: there is none. */
static size_t undo_one(const char *text, aluno__text *out)
{
    utf8proc_int32_t point = 0;
    utf8proc_uint8_t bytes[4];
    const size_t length = *text == '&' ? read_entity(text, &point) : read_bytes(text, &point);
    const bool is_escape = utf8proc_codepoint_valid(point) && !aluno__character_is_control(point);
    if (is_escape)
        aluno__text_append(out, (const char *)bytes, (size_t)utf8proc_encode_char(point, bytes));
    return is_escape ? length : 0;
}

bool aluno__escapes_undo(const char *text, char *likely, size_t size)
{
    aluno__text out = {likely, size, 0};
    bool found = false;
    if (strpbrk(text, "%=&") == NULL)
        return false;
    while (*text != '\0') {
        const size_t length = undo_one(text, &out);
        found = found || length > 0;
        if (length == 0)
            aluno__text_append(&out, text, 1);
        text += length > 0 ? length : 1;
    }
    aluno__text_end(&out);
    return found;
}
