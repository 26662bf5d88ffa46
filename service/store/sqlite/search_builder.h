/* Indexes segments while the service runs, in small changes between those of callers. */
#ifndef ALUNOD_SQLITE_SEARCH_BUILDER_H
#define ALUNOD_SQLITE_SEARCH_BUILDER_H

#include "writer.h"

struct search_builder;

/* NULL when memory ran out. */
struct search_builder *search_builder_new(void);

/* Gives it the writer, before the first change is submitted. */
void search_builder_set_writer(struct search_builder *builder, struct store_writer *writer);

/* Starts indexing what is missing. In a change. */
void search_builder_start(struct search_builder *builder);

/* Makes it read the segment that it indexes anew: a student of it was erased. In a change. NULL is allowed.
 */
void search_builder_restart(struct search_builder *builder);

/* Submits no further change. Any thread. The next store_open indexes the segments that are missing. */
void search_builder_stop(struct search_builder *builder);

/* No change of it may be queued. NULL is allowed. */
void search_builder_free(struct search_builder *builder);

#endif
