/* The disk that a loss of power leaves, from the record of disk_log.h. Synced operations are there. Of the
 * others any part may be, in any order: each sector of a write, each truncation and each removal is or is
 * not.
 */
#ifndef ALUNO_TESTS_DISK_IMAGE_H
#define ALUNO_TESTS_DISK_IMAGE_H

#include "disk_log.h"

#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

enum { SECTOR = 512 };

struct disk_content {
    uint8_t *bytes; /* beyond the size all are zero */
    int64_t size, room;
    bool exists;
};

/* The record played up to an event. */
struct disk_play {
    size_t next; /* event */
    struct disk_content durable[DISK_FILES];
    size_t *pending; /* events that are not durable, in their order */
    size_t pending_count;
};

static void content_reserve(struct disk_content *content, int64_t size)
{
    if (size <= content->room)
        return;
    const int64_t room = 2 * size;
    content->bytes = realloc(content->bytes, (size_t)room);
    assert_non_null(content->bytes);
    memset(content->bytes + content->room, 0, (size_t)(room - content->room));
    content->room = room;
}

static void content_write(struct disk_content *content, const uint8_t *bytes, int64_t at, int64_t size)
{
    content_reserve(content, at + size);
    memcpy(content->bytes + at, bytes, (size_t)size);
    content->size = content->size > at + size ? content->size : at + size;
    content->exists = true;
}

static void content_truncate(struct disk_content *content, int64_t size)
{
    content_reserve(content, size);
    if (size < content->size)
        memset(content->bytes + size, 0, (size_t)(content->size - size));
    content->size = size;
    content->exists = true;
}

static void content_apply(struct disk_content *content, const struct disk_event *event)
{
    if (event->kind == DISK_WRITE)
        content_write(content, event->bytes, event->at, event->size);
    else if (event->kind == DISK_TRUNCATE)
        content_truncate(content, event->size);
    else if (event->kind == DISK_REMOVE)
        content_truncate(content, 0), content->exists = false;
}

/* Makes durable what happened before the event `sync->at`: to that file; or to the folder, the removals. */
static void play_sync(struct disk_play *play, const struct disk_event *sync)
{
    size_t kept = 0;
    for (size_t i = 0; i < play->pending_count; i++) {
        const size_t number = play->pending[i];
        const struct disk_event *event = &disk_log.events[number];
        const bool is_synced =
            sync->kind == DISK_SYNC ? event->file == sync->file : event->kind == DISK_REMOVE;
        if (is_synced && number < (size_t)sync->at)
            content_apply(&play->durable[event->file], event);
        else
            play->pending[kept++] = number;
    }
    play->pending_count = kept;
}

/* Goes on to the event `until`. */
static void disk_play_to(struct disk_play *play, size_t until)
{
    if (play->pending == NULL)
        play->pending = calloc(disk_log.count, sizeof *play->pending);
    for (; play->next < until; play->next++) {
        const struct disk_event *event = &disk_log.events[play->next];
        if (event->kind == DISK_SYNC || event->kind == DISK_SYNC_FOLDER)
            play_sync(play, event);
        else
            play->pending[play->pending_count++] = play->next;
    }
}

/* ---- an image ---- */

static void apply_some_sectors(struct disk_content *content, const struct disk_event *event,
                               bool (*chance)(void))
{
    for (int64_t done = 0; done < event->size;) {
        const int64_t at = event->at + done, left = event->size - done;
        const int64_t size = SECTOR - at % SECTOR < left ? SECTOR - at % SECTOR : left;
        if (chance())
            content_write(content, event->bytes + done, at, size);
        done += size;
    }
}

static void apply_some(const struct disk_play *play, size_t file, struct disk_content *content,
                       bool (*chance)(void))
{
    for (size_t i = 0; i < play->pending_count; i++) {
        const struct disk_event *event = &disk_log.events[play->pending[i]];
        if (event->file != file)
            continue;
        if (event->kind == DISK_WRITE)
            apply_some_sectors(content, event, chance);
        else if (chance())
            content_apply(content, event);
    }
}

static void write_content(const struct disk_content *content, const char *path)
{
    unlink(path);
    if (!content->exists)
        return;
    const int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, content->bytes, (size_t)content->size), content->size);
    close(fd);
}

/* Writes the files that a loss of power now leaves, under `path` in place of the database's own. */
static void disk_image_write(const struct disk_play *play, const char *path, bool (*chance)(void))
{
    const size_t stem = strlen(disk_log.names[0]);
    for (size_t file = 0; file < DISK_FILES && disk_log.names[file] != NULL; file++) {
        const struct disk_content *durable = &play->durable[file];
        struct disk_content content = {.exists = durable->exists};
        char name[256];
        if (durable->exists)
            content_write(&content, durable->bytes, 0, durable->size);
        apply_some(play, file, &content, chance);
        snprintf(name, sizeof name, "%s%s", path, disk_log.names[file] + stem);
        write_content(&content, name);
        free(content.bytes);
    }
}

#endif
