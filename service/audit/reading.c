/* Reads segment after segment. One whose successor began before the time that is asked for is skipped: a
 * record is written some seconds after its event at most. */
#include "reading.h"

#include "scan.h"

#include "base/clock.h"
#include "protocol/error.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { LATE_MS = 60 * 1000, CHECK_FRAMES = 256 };

struct audit_reader {
    char *folder;
    struct audit_list segments;
    size_t at;        /* of the list: the segment that is open, or is next */
    int64_t after;    /* the last sequence that was read */
    size_t read;      /* how many events were read */
    int64_t timed_ms; /* segments that end before it are left out already */
    struct scan scan;
};

/* The segment that has the record after `after`. */
static size_t find(const struct audit_list *list, int64_t after)
{
    size_t at = 0;
    while (at + 1 < list->count && list->first[at + 1] <= after + 1)
        at++;
    return at;
}

aluno_code audit_reader_open(struct audit_reader **out, const char *folder, int64_t after, aluno_error *error)
{
    struct audit_reader *reader = calloc(1, sizeof *reader);
    if (reader == NULL)
        return aluno__error_set(error, ALUNO_REASON_OUT_OF_MEMORY, NULL);
    reader->scan.fd = -1;
    reader->after = after;
    reader->timed_ms = INT64_MIN;
    reader->folder = strdup(folder);
    const aluno_code code = reader->folder != NULL
                                ? audit_list_read(&reader->segments, folder, error)
                                : aluno__error_set(error, ALUNO_REASON_OUT_OF_MEMORY, NULL);
    if (code != ALUNO_OK) {
        audit_reader_close(reader);
        return code;
    }
    reader->at = find(&reader->segments, after);
    *out = reader;
    return ALUNO_OK;
}

void audit_reader_close(struct audit_reader *reader)
{
    if (reader == NULL)
        return;
    scan_close(&reader->scan);
    audit_list_free(&reader->segments);
    free(reader->folder);
    free(reader);
}

int64_t audit_reader_position(const struct audit_reader *reader)
{
    return reader->after;
}

/* ---- the filter ---- */

/* Reads a number of a text of ids; false at its end. */
static bool take_number(const char **at, int64_t *number)
{
    if (**at < '0' || **at > '9')
        return false;
    for (*number = 0; **at >= '0' && **at <= '9'; (*at)++)
        *number = *number * 10 + (**at - '0');
    return true;
}

bool audit_ids_have(const char *ids, int64_t id)
{
    int64_t first, last;
    while (take_number(&ids, &first)) {
        last = first;
        if (*ids == '-' && (ids++, !take_number(&ids, &last)))
            return false;
        if (id >= first && id <= last)
            return true;
        if (*ids == ',')
            ids++;
    }
    return false;
}

/* "0A:1B" is the serial number 0a1b, and 000a1b, as DER has some. */
static bool is_serial(const char *serial, const char *asked)
{
    serial += strspn(serial, "0");
    asked += strspn(asked, "0:");
    for (; *asked != '\0'; asked++) {
        if (*asked == ':')
            continue;
        if (*serial == '\0' || tolower((unsigned char)*asked) != *serial)
            return false;
        serial++;
    }
    return *serial == '\0';
}

static bool is_of_caller(const aluno_audit_event *event, const char *caller)
{
    return (event->has.caller_name && strcmp(event->caller_name, caller) == 0) ||
           (event->has.caller_serial && is_serial(event->caller_serial, caller));
}

static bool is_text(bool has, const char *text, const char *asked)
{
    return asked == NULL || (has && strcmp(text, asked) == 0);
}

static bool is_about(const struct audit_filter *filter, const aluno_audit_event *event)
{
    bool found = filter->student_count == 0;
    for (size_t i = 0; !found && event->has.student_ids && i < filter->student_count; i++)
        found = audit_ids_have(event->student_ids, filter->student_ids[i]);
    return found;
}

static bool passes(const struct audit_filter *filter, const aluno_audit_event *event)
{
    return event->time >= filter->from_ms && event->time <= filter->to_ms &&
           is_text(event->has.method, event->method, filter->method) &&
           is_text(event->has.code, event->code, filter->code) &&
           (filter->caller == NULL || is_of_caller(event, filter->caller)) && is_about(filter, event);
}

static aluno_code check_wanted(const struct audit_filter *filter, aluno_error *error)
{
    if (filter->abandoned != NULL && atomic_load(filter->abandoned))
        return aluno__error_set(error, ALUNO_REASON_CALL_CANCELLED, NULL);
    if (aluno__clock_ms() >= filter->deadline_ms)
        return aluno__error_set(error, ALUNO_REASON_DEADLINE_PASSED, NULL);
    return ALUNO_OK;
}

/* ---- events ---- */

static aluno_code damaged(const struct audit_reader *reader, int64_t sequence, aluno_error *error)
{
    return aluno__error_set(error, ALUNO_REASON_AUDIT_DAMAGED, "%s: record %" PRId64, reader->scan.path,
                            sequence);
}

static aluno_code decode(struct audit_reader *reader, const struct frame *frame, aluno_audit_event *event,
                         aluno_error *error)
{
    if (!scan_event(&reader->scan, frame, event))
        return damaged(reader, frame->sequence, error);
    ALUNO_SET(*event, sequence, frame->sequence);
    if (!event->has.time)
        event->time = 0;
    return ALUNO_OK;
}

/* Leaves out segments whose successor began long before. */
static void skip_to(struct audit_reader *reader, int64_t from_ms)
{
    const struct audit_list *list = &reader->segments;
    if (from_ms <= reader->timed_ms || from_ms < LATE_MS || reader->scan.fd >= 0)
        return;
    reader->timed_ms = from_ms;
    while (reader->at + 1 < list->count &&
           scan_open(&reader->scan, reader->folder, list->first[reader->at + 1], NULL) == ALUNO_OK) {
        const bool is_over = reader->scan.header.time_ms < from_ms - LATE_MS;
        scan_close(&reader->scan);
        if (!is_over)
            break;
        reader->at++;
    }
}

/* Opens the segment that is next; one that retention has removed meanwhile is left out. */
static aluno_code open_segment(struct audit_reader *reader, aluno_error *error)
{
    aluno_code code = scan_open(&reader->scan, reader->folder, reader->segments.first[reader->at], error);
    while (code == ALUNO_UNAVAILABLE && reader->at + 1 < reader->segments.count &&
           access(reader->scan.path, F_OK) != 0)
        code = scan_open(&reader->scan, reader->folder, reader->segments.first[++reader->at], error);
    return code;
}

/* Reads the next frame; *found is false at the end of the last segment. */
static aluno_code next_frame(struct audit_reader *reader, struct frame *frame, bool *found,
                             aluno_error *error)
{
    *found = false;
    while (reader->at < reader->segments.count) {
        const aluno_code code = reader->scan.fd >= 0 ? ALUNO_OK : open_segment(reader, error);
        if (code != ALUNO_OK)
            return code;
        const enum frame_state state = scan_next(&reader->scan, frame);
        const bool is_last = reader->at + 1 == reader->segments.count;
        *found = state == FRAME_UNCHAINED || state == FRAME_CHAINED;
        if (*found || is_last) /* in the last one, what is not whole is being written */
            return ALUNO_OK;
        if (state == FRAME_DAMAGED)
            return damaged(reader, reader->after + 1, error);
        scan_close(&reader->scan);
        reader->at++;
    }
    return ALUNO_OK;
}

aluno_code audit_reader_next(struct audit_reader *reader, const struct audit_filter *filter,
                             aluno_audit_event *event, bool *found, aluno_error *error)
{
    struct frame frame;
    skip_to(reader, filter->from_ms);
    for (unsigned frames = 0;; frames++) {
        aluno_code code = frames % CHECK_FRAMES == 0 ? check_wanted(filter, error) : ALUNO_OK;
        *found = false;
        if (code == ALUNO_OK && reader->read < filter->most)
            code = next_frame(reader, &frame, found, error);
        if (code != ALUNO_OK || !*found)
            return code;
        if (frame.sequence <= reader->after)
            continue;
        reader->after = frame.sequence;
        reader->read++;
        code = decode(reader, &frame, event, error);
        if (code != ALUNO_OK || passes(filter, event))
            return code;
    }
}
