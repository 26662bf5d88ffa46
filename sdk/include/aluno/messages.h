/* The messages of the contract as plain C values.
 *
 * Each MESSAGE row of contract.def becomes a struct `aluno_<id>`: numbers, bounded NUL-terminated UTF-8 text,
 * nested messages and bounded lists. A message owns no memory: copy it with `=`, clear it with `= {0}`. Any
 * thread may use a message that no other thread writes.
 *
 * Its first member `has` says which fields are set. A field whose flag is false is absent, whatever its bytes
 * are: set the flag with the value (ALUNO_SET, ALUNO_SET_TEXT), test it before you read.
 *
 *     aluno_student student = {0};
 *     ALUNO_SET_TEXT(student, name, "Ana");
 *     ALUNO_SET(student, age, 20);
 *
 * A list is {size_t count; T items[capacity];}. Messages that hold lists are large (a page of students is about
 * 85 kB): on small stacks, make them static or allocate them.
 */
#ifndef ALUNO_MESSAGES_H
#define ALUNO_MESSAGES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The flags of every message come first, then the messages: a struct is declared in one place.
 * `none` keeps a message without fields legal C. */
#define ALUNO_MESSAGE(id, ...) typedef struct aluno_##id##_has { bool none;
#define ALUNO_INT(id, name, ...)  bool name;
#define ALUNO_BOOL(id, name, ...) bool name;
#define ALUNO_TEXT(id, name, ...) bool name;
#define ALUNO_ONE(id, name, ...)  bool name;
#define ALUNO_LIST(id, name, ...) bool name;
#define ALUNO_END(id) } aluno_##id##_has;
#include <aluno/contract.def>

#define ALUNO_MESSAGE(id, ...) typedef struct aluno_##id { aluno_##id##_has has;
#define ALUNO_INT(id, name, ...)  int64_t name;
#define ALUNO_BOOL(id, name, ...) bool name;
#define ALUNO_TEXT(id, name, number, pt, presence, max, ...) char name[(max) + 1];
#define ALUNO_ONE(id, name, number, pt, presence, type, ...) aluno_##type name;
#define ALUNO_LIST(id, name, number, pt, presence, type, max, ...) struct { size_t count; aluno_##type items[max]; } name;
#define ALUNO_END(id) } aluno_##id;
#include <aluno/contract.def>

/* Sets the value of a number, a flag or a whole nested message, and its flag. `message` is an lvalue, not a
 * pointer. */
#define ALUNO_SET(message, field, value) ((message).has.field = true, (void)((message).field = (value)))

/* Copies NUL-terminated text into a field and sets its flag. Returns false, and sets nothing, when the text is
 * longer than the field. */
#define ALUNO_SET_TEXT(message, field, text)                                                                   \
    aluno_set_text((message).field, sizeof (message).field, &(message).has.field, (text))

/* Copies `text` into the `size` bytes at `at` and sets *has. Returns false, and writes nothing, when it does
 * not fit. ALUNO_SET_TEXT fills in the first three arguments. */
static inline bool aluno_set_text(char *at, size_t size, bool *has, const char *text)
{
    const size_t length = strlen(text);
    if (length >= size)
        return false;
    memcpy(at, text, length + 1);
    *has = true;
    return true;
}

#ifdef __cplusplus
}
#endif

#endif
