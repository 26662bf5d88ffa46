/* Reads the last segments. Hashes are not computed here, which would make a start slow; a frame's check sum
 * shows whether it is whole. */
#include "end.h"

#include "scan.h"

#include "protocol/error.h"

#include <stdlib.h>
#include <string.h>

/* Goes to the end of an open segment. */
static void walk(struct audit_end *end, struct scan *scan, const struct store_anchor *anchor)
{
    struct frame frame;
    enum frame_state state;
    bool is_chained = true;
    int64_t size = scan->at;
    memcpy(end->hash, scan->header.previous, FRAME_HASH);
    end->first = end->next = scan->header.first;
    end->chained = SEGMENT_HEADER;
    while ((state = scan_next(scan, &frame)) != FRAME_NONE && state != FRAME_DAMAGED &&
           frame.sequence == end->next) {
        size = scan->at;
        end->next++;
        if (frame.change > 0 && frame.sequence > anchor->sequence)
            end->change = frame.change;
        is_chained = is_chained && state == FRAME_CHAINED;
        if (!is_chained)
            continue;
        memcpy(end->hash, frame.hash, FRAME_HASH);
        end->chained = (size_t)size;
    }
    end->size = (size_t)size;
    scan->at = size;
    end->is_cut = !scan_ends_clean(scan);
}

/* The segment that the anchor's record is in, or the last one. */
static size_t find_anchor(const struct audit_list *list, const struct store_anchor *anchor)
{
    size_t at = list->count;
    while (at > 1 && list->first[at - 1] > anchor->sequence)
        at--;
    return at - 1;
}

static aluno_code walk_all(struct audit_end *end, struct scan *scan, const char *folder,
                           const struct audit_list *list, const struct store_anchor *anchor,
                           aluno_error *error)
{
    for (size_t at = list->count > 0 ? find_anchor(list, anchor) : 0; at < list->count; at++) {
        const aluno_code code = scan_open(scan, folder, list->first[at], error);
        if (code == ALUNO_DATA_LOSS) { /* its header is damaged: the records go on in another segment */
            end->first = 0;
            end->is_cut = true;
            continue;
        }
        if (code != ALUNO_OK)
            return code;
        walk(end, scan, anchor);
        scan_close(scan);
    }
    return ALUNO_OK;
}

aluno_code audit_end_find(struct audit_end *end, const char *folder, const struct store_anchor *anchor,
                          aluno_error *error)
{
    struct audit_list list = {0};
    struct scan *scan = malloc(sizeof *scan);
    *end = (struct audit_end){.next = 1};
    aluno_code code = scan != NULL ? audit_list_read(&list, folder, error)
                                   : aluno__error_set(error, ALUNO_REASON_OUT_OF_MEMORY, NULL);
    if (code == ALUNO_OK)
        code = walk_all(end, scan, folder, &list, anchor, error);
    if (code == ALUNO_OK && end->next <= anchor->sequence) {
        end->lost_from = end->next;
        end->next = anchor->sequence + 1;
        memcpy(end->hash, anchor->hash, FRAME_HASH);
        end->first = 0;
    }
    audit_list_free(&list);
    free(scan);
    return code;
}
