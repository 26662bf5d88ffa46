/* The contract as data: its messages, fields, methods, codes, roles, rules and reasons. Implemented by
 * sdk/protocol/schema.c.
 *
 * The tables behind these functions are constant and may be read by any thread. Programs that handle messages
 * generically (an interpreter, a form, a printer) loop over them. */
#ifndef ALUNO_SCHEMA_H
#define ALUNO_SCHEMA_H

#include <aluno/messages.h>
#include <aluno/version.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The languages that the contract's texts come in; an index into every `const char *[2]` below. */
typedef enum aluno_language { ALUNO_EN, ALUNO_PT } aluno_language;

/* gRPC's status codes: ALUNO_OK, ALUNO_INVALID_ARGUMENT … */
typedef enum aluno_code {
#define ALUNO_CODE(name, number) ALUNO_##name = number,
#include <aluno/contract.def>
} aluno_code;

/* Roles, the OU of a certificate, from the least to the most: ALUNO_ROLE_none, ALUNO_ROLE_reader …
 * ALUNO_ROLE_auditor comes last and is not in that order. aluno_role_may returns what a role may call. */
typedef enum aluno_role {
#define ALUNO_ROLE(name, ...) ALUNO_ROLE_##name,
#include <aluno/contract.def>
    ALUNO_ROLE_COUNT
} aluno_role;

/* Rules of fields' values: ALUNO_RULE_any, ALUNO_RULE_cpf … */
typedef enum aluno_rule {
#define ALUNO_RULE(name, ...) ALUNO_RULE_##name,
#include <aluno/contract.def>
    ALUNO_RULE_COUNT
} aluno_rule;

/* How personal values are masked: ALUNO_MASK_cpf … ALUNO_MASK_none, 0, of what is not personal. */
typedef enum aluno_mask {
#define ALUNO_MASK(name, ...) ALUNO_MASK_##name,
#include <aluno/contract.def>
    ALUNO_MASK_COUNT
} aluno_mask;

/* Reasons of failures: ALUNO_REASON_CPF_TAKEN … */
typedef enum aluno_reason {
#define ALUNO_REASON(name, ...) ALUNO_REASON_##name,
#include <aluno/contract.def>
    ALUNO_REASON_COUNT
} aluno_reason;

/* The methods: ALUNO_METHOD_create_student … */
typedef enum aluno_method_id {
#define ALUNO_METHOD(id, ...) ALUNO_METHOD_##id,
#include <aluno/contract.def>
    ALUNO_METHOD_COUNT
} aluno_method_id;

/* The kinds of fields, and how a message keeps each. */
typedef enum aluno_kind {
    ALUNO_KIND_INT,  /* int64_t */
    ALUNO_KIND_BOOL, /* bool */
    ALUNO_KIND_TEXT, /* char[max + 1], NUL-terminated UTF-8 */
    ALUNO_KIND_ONE,  /* a nested message */
    ALUNO_KIND_LIST  /* {size_t count; T items[max];} */
} aluno_kind;

/* Whether a field must be set. */
typedef enum aluno_presence {
    ALUNO_OPTIONAL,
    ALUNO_REQUIRED,
    ALUNO_OUTPUT,  /* set by the service, ignored in a request */
    ALUNO_KEY,     /* exactly one of the message's KEY fields is set */
    ALUNO_PARTIAL, /* a nested message that is required, though nothing inside it is */
    ALUNO_EITHER,  /* at least one of the message's EITHER fields is set */
    ALUNO_EXPECTED /* required by the service's policy, ServerInfo.required; only the service checks it */
} aluno_presence;

/* The effect of a method on the data. */
typedef enum aluno_effect {
    ALUNO_READS,  /* reads, in microseconds */
    ALUNO_SCANS,  /* reads, and may take long */
    ALUNO_MUTATES /* changes data: carries a request id */
} aluno_effect;

/* One field of a message: its row of the contract, and its offsets. */
typedef struct aluno_field_desc {
    const char *name;    /* as on the wire and in the struct */
    const char *name_pt; /* the client's flag in Portuguese */
    aluno_kind kind;
    aluno_presence presence;
    int64_t min, max; /* INT: of the value; TEXT: bytes; LIST: elements */
    aluno_rule rule;
    const struct aluno_message_desc *type; /* of ONE and LIST; else NULL */
    size_t has;                            /* offset of the field's bool in `has` */
    size_t offset;                         /* of the value; of a LIST its count */
    size_t items;                          /* LIST: offset of items[0] */
    const char *label[2];                  /* by aluno_language */
    int64_t number;                        /* on the wire, in place of the name; 1 to 127 */
    aluno_mask mask;                       /* how the value is shown where it is not the answer itself */
    aluno_role role;                       /* the least that may set it; none: all that may call the method */
} aluno_field_desc;

/* The layout of a message: its size and its fields. */
typedef struct aluno_message_desc {
    const char *id;   /* "student" */
    const char *name; /* "Student" */
    size_t size;      /* of the struct */
    size_t has_size;  /* of its flags, which come first: zero these bytes to clear the message */
    const aluno_field_desc *fields;
    size_t field_count;
    const char *doc;
} aluno_message_desc;

/* A method of the contract. */
typedef struct aluno_method_desc {
    aluno_method_id id;
    const char *name; /* "aluno.v1.StudentService/CreateStudent" */
    const aluno_message_desc *request, *reply;
    aluno_effect effect;
    aluno_role role;     /* the least role that may call it; see aluno_role_may */
    const char *verb[2]; /* "create", "criar": by aluno_language */
    const char *doc[2];
    int64_t number; /* on the wire, in place of the name; 1 to 127 */
} aluno_method_desc;

/* A reason of the contract, in words. */
typedef struct aluno_reason_desc {
    const char *name; /* "CPF_TAKEN" */
    aluno_code code;
    const char *text[2];   /* one sentence, by aluno_language */
    const char *remedy[2]; /* what to do about it */
} aluno_reason_desc;

/* The size in bytes of the largest message: a buffer for any of them. */
typedef union aluno_any_message {
#define ALUNO_MESSAGE(id, ...) aluno_##id id;
#include <aluno/contract.def>
} aluno_any_message;

/* The descriptors of the messages: aluno_student_type, aluno_create_student_request_type … */
#define ALUNO_MESSAGE(id, ...) ALUNO_API extern const aluno_message_desc aluno_##id##_type;
#include <aluno/contract.def>

/* All messages of the contract, in its order; *count receives how many. */
ALUNO_API const aluno_message_desc *const *aluno_messages(size_t *count);

/* The method of an id below ALUNO_METHOD_COUNT. */
ALUNO_API const aluno_method_desc *aluno_method_of(aluno_method_id id);

/* The method whose wire name is the `length` bytes at `name`; NULL when there is none. */
ALUNO_API const aluno_method_desc *aluno_method_named(const char *name, size_t length);

/* The method of that number; NULL when there is none. */
ALUNO_API const aluno_method_desc *aluno_method_numbered(int64_t number);

/* The field whose wire name is the `length` bytes at `name`; NULL when there is none. */
ALUNO_API const aluno_field_desc *aluno_field_named(const aluno_message_desc *type, const char *name,
                                                    size_t length);

/* The field of that number; NULL when there is none. */
ALUNO_API const aluno_field_desc *aluno_field_numbered(const aluno_message_desc *type, int64_t number);

/* "INVALID_ARGUMENT" for 3; "UNKNOWN" for a number that is no code. */
ALUNO_API const char *aluno_code_name(int64_t code);

/* "registrar" for ALUNO_ROLE_registrar. */
ALUNO_API const char *aluno_role_name(aluno_role role);

/* The role of that name (a certificate's OU); ALUNO_ROLE_none for any other text. */
ALUNO_API aluno_role aluno_role_named(const char *name);

/* Whether a caller of that role may call the method. Each role may call what those before it may; the auditor
 * may call the methods that need its role or none, and those of its ALUNO_ALSO rows. */
ALUNO_API bool aluno_role_may(aluno_role role, const aluno_method_desc *method);

/* The text of a rule. */
ALUNO_API const char *aluno_rule_text(aluno_rule rule, aluno_language language);

/* "cpf" for ALUNO_MASK_cpf; "none" for a value that is not personal. */
ALUNO_API const char *aluno_mask_name(aluno_mask mask);

/* The form of the values that a mask makes: "***.982.247-**". */
ALUNO_API const char *aluno_mask_form(aluno_mask mask, aluno_language language);

/* "int", "bool", "text", "message", "list". */
ALUNO_API const char *aluno_kind_name(aluno_kind kind);

/* "optional", "required", "output", "key", "partial". */
ALUNO_API const char *aluno_presence_name(aluno_presence presence);

/* The row of a reason below ALUNO_REASON_COUNT. */
ALUNO_API const aluno_reason_desc *aluno_reason_of(aluno_reason reason);

/* The row of the reason with that name; NULL for one that this library does not know. */
ALUNO_API const aluno_reason_desc *aluno_reason_named(const char *name);

/* The flag and the value of a field. The message must be of the type that has the field. */
static inline bool *aluno_has(const aluno_field_desc *field, const void *message)
{
    return (bool *)((char *)(uintptr_t)message + field->has);
}
static inline void *aluno_value(const aluno_field_desc *field, const void *message)
{
    return (char *)(uintptr_t)message + field->offset;
}
/* The i-th element of a LIST field; i below the field's max. */
static inline void *aluno_item(const aluno_field_desc *field, const void *message, size_t i)
{
    return (char *)(uintptr_t)message + field->items + i * field->type->size;
}
/* The number of elements of a LIST field. */
static inline size_t *aluno_count(const aluno_field_desc *field, const void *message)
{
    return (size_t *)aluno_value(field, message);
}

/* Clears a message of any type: no field is set afterwards. */
static inline void aluno_clear(const aluno_message_desc *type, void *message)
{
    memset(message, 0, type->has_size);
}

/* Copies the fields that are set in *from, a message of that type, to *to; a list that is not set has no
 * items there. Cheap for large messages that hold little. */
ALUNO_API void aluno_copy(const aluno_message_desc *type, void *to, const void *from);

#ifdef __cplusplus
}
#endif

#endif
