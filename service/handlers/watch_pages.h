/* Pages of changes that watches share. Many watches of the same students go on from the same place at the
 * same time: one reads the page, the others copy it. A page is good for a moment, and until a student is
 * erased: who goes on from its end gets what has changed since. */
#ifndef ALUNOD_HANDLERS_WATCH_PAGES_H
#define ALUNOD_HANDLERS_WATCH_PAGES_H

#include "audit/students.h"
#include "store/store.h"

#include <aluno/messages.h>

struct watch_pages;

/* The key of a page: all that its content depends on. */
struct watch_page_key {
    char query[sizeof(((aluno_watch_students_request *)NULL)->query)];
    int64_t after, feed, erased, day;
    size_t limit;
    int keys; /* aluno__codec_keys */
    bool show_deleted, is_masked;
};

struct watch_page {
    struct feed_entry at; /* where it ends */
    size_t count, shown;  /* changes; those that show a student */
    struct audit_students students;
};

/* NULL without memory. */
struct watch_pages *watch_pages_new(void);
void watch_pages_free(struct watch_pages *all);

/* Copies a page, and appends its encoded changes to *items. False: it must be read. */
bool watch_pages_find(struct watch_pages *all, const struct watch_page_key *key, struct watch_page *page,
                      aluno__buffer *items);

/* Keeps a page that was read when watch_pages_age returned `age`; not one that memory ran out for. */
unsigned watch_pages_age(struct watch_pages *all);
void watch_pages_keep(struct watch_pages *all, const struct watch_page_key *key,
                      const struct watch_page *page, const aluno__buffer *items, unsigned age);

/* Forgets all pages: a student has been erased. */
void watch_pages_forget(struct watch_pages *all);

#endif
