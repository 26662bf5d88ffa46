/* One workspace a thread, made at its first call. */
#include "workspace.h"

#include <pthread.h>
#include <stdlib.h>

static pthread_key_t key;
static pthread_once_t once = PTHREAD_ONCE_INIT;
static bool has_key;

static void free_workspace(void *at)
{
    struct workspace *workspace = at;
    aluno__buffer_free(&workspace->items);
    free(workspace);
}

static void make_key(void)
{
    has_key = pthread_key_create(&key, free_workspace) == 0;
}

struct workspace *workspace_of_thread(void)
{
    pthread_once(&once, make_key);
    struct workspace *workspace = has_key ? pthread_getspecific(key) : NULL;
    if (workspace != NULL || !has_key)
        return workspace;
    workspace = malloc(sizeof *workspace); /* not calloc: most of it is never touched */
    if (workspace == NULL)
        return NULL;
    workspace->items = (aluno__buffer){0};
    audit_memos_clear(&workspace->memos);
    if (pthread_setspecific(key, workspace) == 0)
        return workspace;
    free(workspace);
    return NULL;
}
