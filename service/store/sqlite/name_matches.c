/* The SQL function name_matches(folded name, folded words). */
#include "name_matches.h"

#include "store/store.h"

#include <string.h>

bool name_is_word_byte(unsigned char c)
{
    return c >= 0x80 || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

static bool has_within(const char *name, const char *part, size_t length)
{
    return memmem(name, strlen(name), part, length) != NULL;
}

/* Whether some word of the name begins with those bytes; or the name has them, after the mark for that. */
static bool has_word(const char *name, const char *word, size_t length)
{
    if (*word == STORE_WITHIN)
        return has_within(name, word + 1, length - 1);
    bool at_start = true;
    for (; *name != '\0'; name++) {
        if (at_start && strncmp(name, word, length) == 0)
            return true;
        at_start = !name_is_word_byte((unsigned char)*name);
    }
    return false;
}

static bool has_words(const char *name, const char *words)
{
    for (;;) {
        words += strspn(words, " ");
        const size_t length = strcspn(words, " ");
        if (length == 0)
            return true;
        if (!has_word(name, words, length))
            return false;
        words += length;
    }
}

static void name_matches(sqlite3_context *context, int count, sqlite3_value **arguments)
{
    (void)count;
    const char *name = (const char *)sqlite3_value_text(arguments[0]);
    const char *words = (const char *)sqlite3_value_text(arguments[1]);
    sqlite3_result_int(context, name != NULL && words != NULL && has_words(name, words));
}

int name_matches_define(sqlite3 *db)
{
    return sqlite3_create_function_v2(db, "name_matches", 2, SQLITE_UTF8 | SQLITE_DETERMINISTIC, NULL,
                                      name_matches, NULL, NULL, NULL);
}
