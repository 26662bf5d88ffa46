/* A hash table of accounts, and the limits of one. */
#include "account.h"

#include "base/clock.h"
#include "hash.h"
#include "protocol/error.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    RETRY_MS = 100, /* when a caller that has too much in progress may try again */
    HOUR_MS = 60 * 60 * 1000,
};

static struct account **bucket_of(struct accounts *all, const char *certificate)
{
    const uint64_t hash = hash_bytes(HASH_START, certificate, strlen(certificate));
    return &all->buckets[hash % ACCOUNT_BUCKETS];
}

/* The link that points to the certificate's account, or to the NULL at the end of its bucket. */
static struct account **find(struct accounts *all, const char *certificate)
{
    struct account **link = bucket_of(all, certificate);
    while (*link != NULL && strcmp((*link)->certificate, certificate) != 0)
        link = &(*link)->next;
    return link;
}

static bool remembers(const struct account *account)
{
    return atomic_load(&account->missed_until_ms) > aluno__clock_ms();
}

/* Frees the accounts of a bucket that have no reference and, unless it is the last time, have forgotten. */
static void sweep(struct account **link, bool is_last)
{
    while (*link != NULL) {
        struct account *account = *link;
        if (account->references > 0 || (!is_last && remembers(account))) {
            link = &account->next;
            continue;
        }
        *link = account->next;
        free(account);
    }
}

struct account *accounts_join(struct accounts *all, const char *certificate, bool is_roleless)
{
    struct account **link = find(all, certificate);
    if (*link == NULL) {
        *link = calloc(1, sizeof **link);
        if (*link == NULL)
            return NULL;
        snprintf((*link)->certificate, sizeof(*link)->certificate, "%s", certificate);
        (*link)->is_roleless = is_roleless;
    }
    (*link)->references++;
    return *link;
}

void accounts_leave(struct accounts *all, struct account *account)
{
    account->references--;
    sweep(bucket_of(all, account->certificate), false);
}

void accounts_free(struct accounts *all)
{
    for (size_t i = 0; i < ACCOUNT_BUCKETS; i++)
        sweep(&all->buckets[i], true);
}

void account_begin_call(struct account *account, size_t bytes)
{
    atomic_fetch_add(&account->calls, 1);
    atomic_fetch_add(&account->bytes, bytes);
}

void account_end_call(struct account *account, size_t bytes, bool is_watch)
{
    atomic_fetch_sub(&account->bytes, bytes);
    atomic_fetch_sub(is_watch ? &account->watch_calls : &account->calls, 1);
}

void account_begin_watch(struct account *account)
{
    atomic_fetch_add(&account->watch_calls, 1);
    atomic_fetch_sub(&account->calls, 1);
}

void account_refuse_watch(struct account *account)
{
    atomic_fetch_add(&account->calls, 1);
    atomic_fetch_sub(&account->watch_calls, 1);
}

aluno_code account_refuse(struct limits *limits, enum limit which, aluno_error *error)
{
    limits_reach(limits, which);
    const aluno_code code =
        aluno__error_set(error, ALUNO_REASON_BUSY, "--%s %" PRId64, limit_option(which), limits->most[which]);
    ALUNO_SET(*error, retry_after_ms, RETRY_MS);
    return code;
}

/* ---- misses ---- */

static int64_t later(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

void account_miss(struct account *account, const struct limits *limits)
{
    const int64_t now_ms = aluno__clock_ms(), part_ms = HOUR_MS / limits->most[LIMIT_certificate_misses];
    int64_t until_ms = atomic_load(&account->missed_until_ms);
    while (!atomic_compare_exchange_weak(&account->missed_until_ms, &until_ms,
                                         later(until_ms, now_ms) + part_ms))
        ;
}

aluno_code account_check_misses(const struct account *account, struct limits *limits, aluno_error *error)
{
    const int64_t part_ms = HOUR_MS / limits->most[LIMIT_certificate_misses];
    const int64_t wait_ms = atomic_load(&account->missed_until_ms) - aluno__clock_ms() + part_ms - HOUR_MS;
    if (wait_ms <= 0)
        return ALUNO_OK;
    const aluno_code code = account_refuse(limits, LIMIT_certificate_misses, error);
    ALUNO_SET(*error, retry_after_ms, wait_ms);
    return code;
}

/* ---- calls ---- */

static enum limit calls_limit(const struct account *account)
{
    return account->is_roleless ? LIMIT_roleless_certificate_calls : LIMIT_certificate_calls;
}

aluno_code account_check_calls(const struct account *account, struct limits *limits, aluno_error *error)
{
    const enum limit calls = calls_limit(account);
    if (atomic_load(&account->calls) > (size_t)limits->most[calls])
        return account_refuse(limits, calls, error);
    if (atomic_load(&account->bytes) > (size_t)limits->most[LIMIT_certificate_bytes])
        return account_refuse(limits, LIMIT_certificate_bytes, error);
    return ALUNO_OK;
}

bool account_is_flooded(const struct account *account, const struct limits *limits, bool scarce)
{
    const size_t most = (size_t)limits->most[calls_limit(account)];
    return atomic_load(&account->calls) > (scarce ? most : 2 * most) ||
           atomic_load(&account->watch_calls) > 2 * (size_t)limits->most[LIMIT_certificate_watches];
}
