/* Two maps are decoded as one. */
#include "record.h"

struct audit_record audit_record_of(const uint8_t *bytes, size_t size)
{
    aluno__reader in = {bytes, size, 0};
    const bool has_two = aluno__reader_skip(&in) && in.at < size;
    return (struct audit_record){.bytes = bytes, .size = size, .shared = has_two ? in.at : 0};
}

enum { MAP_16 = 0xde, MAP_HEAD = 3 };

struct whole {
    uint8_t bytes[MAP_HEAD + RECORD_SHARED_MAX + RECORD_MAX];
    size_t size;
    uint32_t pairs;
};

/* Appends the pairs of all maps there. */
static bool add_maps(struct whole *whole, aluno__reader *in)
{
    while (in->at < in->size) {
        uint32_t pairs;
        const size_t head = in->at;
        if (!aluno__reader_map(in, &pairs) || pairs > ALUNO_FIELDS_MAX)
            return false;
        const size_t from = in->at;
        in->at = head;
        if (!aluno__reader_skip(in) || in->at - from > sizeof whole->bytes - whole->size)
            return false;
        memcpy(whole->bytes + whole->size, in->data + from, in->at - from);
        whole->size += in->at - from;
        whole->pairs += pairs;
    }
    return true;
}

bool audit_record_read(aluno__reader shared, aluno__reader rest, aluno_audit_event *event)
{
    struct whole whole;
    whole.size = MAP_HEAD;
    whole.pairs = 0;
    if (!add_maps(&whole, &shared) || !add_maps(&whole, &rest))
        return false;
    whole.bytes[0] = MAP_16;
    whole.bytes[1] = (uint8_t)(whole.pairs >> 8);
    whole.bytes[2] = (uint8_t)whole.pairs;
    aluno__reader in = {whole.bytes, whole.size, 0};
    return aluno__codec_decode(&aluno_audit_event_type, event, &in, ALUNO_UNKNOWN_IGNORED, NULL) == ALUNO_OK;
}
