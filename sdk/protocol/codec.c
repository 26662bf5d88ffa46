/* Messages to msgpack, by msgpack-c's packer. decode.c reads. */
#include "codec.h"

#include <endian.h>

#include <msgpack/pack.h>

__attribute__((always_inline)) static inline int append(void *buffer, const char *bytes, size_t size)
{
    return aluno__buffer_append(buffer, bytes, size) ? 0 : -1;
}

/* Made where it is used, so that the compiler sees `append` behind msgpack-c's pointer and inlines it. */
static msgpack_packer packer(aluno__buffer *out)
{
    msgpack_packer pk;
    msgpack_packer_init(&pk, out, append);
    return pk;
}

static void pack_map(aluno__buffer *out, size_t pairs)
{
    msgpack_packer pk = packer(out);
    msgpack_pack_map(&pk, pairs);
}

/* Room for so many bytes, and where it is; NULL when memory ran out. */
static inline uint8_t *room(aluno__buffer *out, size_t size)
{
    if (size > out->capacity - out->size && !aluno__buffer_reserve(out, size))
        return NULL;
    return out->data + out->size;
}

/* Numbers up to 127, which all keys are, take one byte, and times take nine. */
static inline void pack_int(aluno__buffer *out, int64_t value)
{
    uint8_t *at = room(out, 9);
    if (at != NULL && value >= 0 && value <= 0x7F) {
        *at = (uint8_t)value;
        out->size++;
    } else if (at != NULL && value > UINT32_MAX) {
        const uint64_t number = htobe64((uint64_t)value);
        *at = 0xCF;
        memcpy(at + 1, &number, sizeof number);
        out->size += 9;
    } else {
        msgpack_packer pk = packer(out);
        msgpack_pack_int64(&pk, value);
    }
}

static void pack_bool(aluno__buffer *out, bool value)
{
    msgpack_packer pk = packer(out);
    value ? msgpack_pack_true(&pk) : msgpack_pack_false(&pk);
}

void aluno__codec_pack_array(aluno__buffer *out, uint32_t count)
{
    msgpack_packer pk = packer(out);
    msgpack_pack_array(&pk, count);
}

void aluno__codec_pack_uint(aluno__buffer *out, uint64_t value)
{
    msgpack_packer pk = packer(out);
    msgpack_pack_uint64(&pk, value);
}

void aluno__codec_pack_nil(aluno__buffer *out)
{
    msgpack_packer pk = packer(out);
    msgpack_pack_nil(&pk);
}

void aluno__codec_pack_text(aluno__buffer *out, const char *text, size_t length)
{
    uint8_t *at = length <= 0x1F ? room(out, 1 + length) : NULL;
    if (at != NULL) { /* most texts: their length is in the first byte */
        *at = (uint8_t)(0xA0 | length);
        memcpy(at + 1, text, length);
        out->size += 1 + length;
        return;
    }
    msgpack_packer pk = packer(out);
    msgpack_pack_str(&pk, length);
    msgpack_pack_str_body(&pk, text, length);
}

static void pack_key(const aluno_field_desc *field, aluno__codec_keys keys, aluno__buffer *out)
{
    if (keys == ALUNO_KEYS_NUMBERED)
        pack_int(out, field->number);
    else
        aluno__codec_pack_text(out, field->name, strlen(field->name));
}

/* `items`: the encoded elements of the message's list; NULL or empty: they are in the message. */
static void pack_message(const aluno_message_desc *type, const void *message, aluno__codec_keys keys,
                         const aluno__buffer *items, aluno__buffer *out);

static void pack_list(const aluno_field_desc *field, const void *message, aluno__codec_keys keys,
                      const aluno__buffer *items, aluno__buffer *out)
{
    const size_t count = *aluno_count(field, message);
    aluno__codec_pack_array(out, (uint32_t)count);
    if (items != NULL && (items->size > 0 || items->failed)) {
        aluno__buffer_append(out, items->data, items->size);
        return;
    }
    for (size_t i = 0; i < count; i++)
        pack_message(field->type, aluno_item(field, message, i), keys, NULL, out);
}

static void pack_value(const aluno_field_desc *field, const void *message, aluno__codec_keys keys,
                       const aluno__buffer *items, aluno__buffer *out)
{
    const void *value = aluno_value(field, message);
    switch (field->kind) {
    case ALUNO_KIND_INT:
        pack_int(out, *(const int64_t *)value);
        break;
    case ALUNO_KIND_BOOL:
        pack_bool(out, *(const bool *)value);
        break;
    case ALUNO_KIND_TEXT:
        aluno__codec_pack_text(out, value, strlen(value));
        break;
    case ALUNO_KIND_ONE:
        pack_message(field->type, value, keys, NULL, out);
        break;
    case ALUNO_KIND_LIST:
        pack_list(field, message, keys, items, out);
        break;
    }
}

static void pack_message(const aluno_message_desc *type, const void *message, aluno__codec_keys keys,
                         const aluno__buffer *items, aluno__buffer *out)
{
    size_t set = 0;
    for (const aluno_field_desc *field = type->fields; field->name != NULL; field++)
        set += *aluno_has(field, message);
    pack_map(out, set);
    for (const aluno_field_desc *field = type->fields; field->name != NULL; field++) {
        if (!*aluno_has(field, message))
            continue;
        pack_key(field, keys, out);
        pack_value(field, message, keys, items, out);
    }
}

void aluno__codec_encode(const aluno_message_desc *type, const void *message, aluno__codec_keys keys,
                         aluno__buffer *out)
{
    pack_message(type, message, keys, NULL, out);
}

void aluno__codec_encode_list(const aluno_message_desc *type, const void *message, aluno__codec_keys keys,
                              const aluno__buffer *items, aluno__buffer *out)
{
    pack_message(type, message, keys, items, out);
    out->failed = out->failed || items->failed;
}
