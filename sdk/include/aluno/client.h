/* The client: calls to an aluno service over mutual TLS. Implemented by sdk/client: open.c; sync.c and
 * calls.c make the calls.
 *
 * One aluno_client holds one connection and serves any number of threads at once; a program needs one per
 * service. It connects by itself, and again when the connection is lost. Of several addresses it prefers the
 * first that accepts, and returns to an earlier one when that accepts again. It goes on to another one, too,
 * when the service refuses calls because of its own state (UNAVAILABLE, but for BUSY), or lets a deadline
 * pass and has served nobody for two seconds. The library never prints, exits or forks, and changes neither
 * signals nor the locale. A program need not ignore SIGPIPE.
 *
 * Each client has two threads. The first client of a process also starts a thread that watches connections,
 * and nng's threads (13 on two processors): these last as long as the process. All block all signals, have
 * stacks of the default size and stay loaded after dlclose. A function takes at most 32 kB of the stack of
 * the thread that calls it.
 *
 * A client belongs to the process that opened it. In a forked child its functions fail with
 * FAILED_PRECONDITION / CLIENT_FORKED; those that report no error do nothing (aluno_client_fd returns -1),
 * and aluno_client_close only forgets it. A child can open clients of its own if no client was opened before
 * the fork. */
#ifndef ALUNO_CLIENT_H
#define ALUNO_CLIENT_H

#include <aluno/contract.h>
#include <aluno/error.h>
#include <aluno/observe.h>

#ifdef __cplusplus
extern "C" {
#endif

/* A client, from aluno_client_open to aluno_client_close. Any thread may use it. */
typedef struct aluno_client aluno_client;

/* Which of several services a client prefers. */
typedef enum aluno_balance {
    ALUNO_IN_ORDER,  /* the first; the others are for when it does not serve */
    ALUNO_AT_RANDOM, /* another one for each client, at random: many clients share the services */
} aluno_balance;

/* Where and as whom to connect. Initialise with ALUNO_CLIENT_OPTIONS_INIT, which sets `size`, by which a
 * newer library knows an older program's struct, and `contract`. aluno_client_open copies the texts. */
typedef struct aluno_client_options {
    size_t size;                 /* sizeof (aluno_client_options) */
    const char *const *contract; /* aluno_contract: a program built with other headers is refused */
    const char *server;  /* "host:port", tls+tcp:// before it or not, or up to 8 of them separated by commas,
                            the preferred ones first; all serve one registry. NULL: 127.0.0.1:3000 */
    const char *ca_file; /* PEM: the CA that signed the service's certificate; required */
    const char *cert_file;   /* PEM: the client's certificate; required */
    const char *key_file;    /* PEM: its private key; required */
    const char *crl_file;    /* PEM: the CA's revocation list; may be NULL */
    const char *tls_name;    /* the name that the service's certificate must carry; NULL: the host */
    int64_t timeout_ms;      /* deadline of a call that sets none, 1 to 86400000; 0: 5000 */
    aluno_language language; /* of the errors' messages; ALUNO_EN */
    const char *user_agent;  /* the program, for the service's log; may be NULL; at most 64 bytes */
    size_t max_pending; /* started calls in progress at once, 1 to 65536; 0: 1024. Each takes a few kB, and
                           the size of its reply from arrival to dispatch */
    aluno_state_observer *on_state; /* called when the connection's state changes; may be NULL */
    void *on_state_user;
    aluno_interceptor interceptor; /* called around each attempt of each call; its hooks may be NULL */
    const char *purpose;   /* what the data are for, of a call that says none, for the service's audit; may be
                              NULL; at most 127 bytes, without a CPF or an e-mail address */
    aluno_balance balance; /* of the addresses in `server`; ALUNO_IN_ORDER */
} aluno_client_options;

#define ALUNO_CLIENT_OPTIONS_INIT                                                                            \
    {                                                                                                        \
        sizeof(aluno_client_options), aluno_contract, NULL, NULL, NULL, NULL, NULL, NULL, 0, ALUNO_EN, NULL, \
            0, NULL, NULL, {NULL, NULL, NULL}, NULL, ALUNO_IN_ORDER                                          \
    }

/* Options of one call. Initialise with ALUNO_CALL_OPTIONS_INIT. */
typedef struct aluno_call_options {
    size_t size;                    /* sizeof (aluno_call_options) */
    int64_t timeout_ms;             /* deadline, 1 to 86400000; 0: the client's */
    const char *request_id;         /* UUID of a change, to repeat an earlier one; NULL: a new one */
    const char *traceparent;        /* W3C trace context; may be NULL */
    aluno_reply_metadata *metadata; /* receives the reply's metadata (warnings …); may be NULL */
    const char *purpose;            /* what the data are for, for the audit; NULL: the client's */
} aluno_call_options;

#define ALUNO_CALL_OPTIONS_INIT                                                                              \
    {                                                                                                        \
        sizeof(aluno_call_options), 0, NULL, NULL, NULL, NULL                                                \
    }

/* Opens a client and stores it in *out; the caller closes it with aluno_client_close. Reads the certificate
 * files at once and connects in the background: the first call fails with UNAVAILABLE when the service is
 * down. Any thread.
 *
 * INVALID_ARGUMENT / OPTION_INVALID: the detail names the option by its field, and what is wrong with it (a
 * file that is missing or unreadable, a key that does not match, a struct without its size).
 * FAILED_PRECONDITION / CONTRACT_MISMATCH: the program was built with the headers of another contract than
 * the library's. FAILED_PRECONDITION / CLIENT_FORKED: in a forked child whose parent had opened a client. */
ALUNO_API aluno_code aluno_client_open(aluno_client **out, const aluno_client_options *options,
                                       aluno_error *error);

/* Makes nng run its callbacks on one thread, from the next aluno_client_open on and for as long as the
 * process lives. Otherwise it has two per processor, and a call passes from one to the other several times:
 * with one thread a call that is alone takes about half the time. Any thread, any number of times.
 *
 * The thread is that of all the process's nng sockets, also of those that are not the library's. While an
 * interceptor or a callback of the program's own blocks it, no call goes on: one that waits there for another
 * callback (by nng_aio_wait, nng_aio_stop, nng_aio_free or nng_close) waits forever. */
ALUNO_API void aluno_use_one_thread(void);

/* Closes and frees the client. Calls in progress fail with CANCELLED / CLIENT_CLOSED: waits for them, at most
 * some seconds, and calls the completions of the started ones (async.h). NULL is allowed. Do not begin a call
 * during or after it. Do not call it from a hook, an observer or a completion. */
ALUNO_API void aluno_client_close(aluno_client *client);

/* Waits until the service has accepted this client's connection and certificate, at most timeout_ms (0: the
 * client's). Optional: every call waits for the connection. Fails with the reason of the last dial. */
ALUNO_API aluno_code aluno_client_connect(aluno_client *client, int64_t timeout_ms, aluno_error *error);

/* Copies the client's statistics to *out, as much of it as out->size covers. Any thread. */
ALUNO_API void aluno_client_statistics(aluno_client *client, aluno_statistics *out);

/* Calls any method of the contract: `request` and `reply` are messages of method->request and method->reply.
 *
 * Validates a copy of the request before it is sent. Writes options->metadata only on success, *error only on
 * failure. *reply counts on success only: a reply that turns out to be malformed may have been written to it
 * in part. Blocks until the reply, the deadline, or a failure of the connection. `options` may be NULL. Any
 * thread, any number at once: 64 requests of a client are under way at most, the others wait in the client,
 * in their order.
 *
 * Repeats an attempt that the service refuses for now (BUSY, DRAINING, STORE_BUSY, STORE_UNSETTLED; with
 * several addresses whatever is UNAVAILABLE) or that loses its connection, within the deadline: after 20 ms
 * and then twice as long each time, up to 1 s, less a random part, and not before the service's
 * retry_after_ms. All attempts of a change carry one request id, so it is made once.
 *
 * Failures other than the service's: UNAVAILABLE with ADDRESS_UNKNOWN, CONNECTION_REFUSED, HOST_UNREACHABLE,
 * CONNECTION_TIMEOUT or CONNECTION_LOST, also when the deadline passes without a connection; UNAUTHENTICATED
 * with a TLS_* reason; DEADLINE_EXCEEDED; CANCELLED; RESOURCE_EXHAUSTED / OUT_OF_MEMORY. After any of them an
 * attempt whose reply was lost may have made the change: repeat the call with error->request_id as its
 * request_id, and the change is made exactly once. */
ALUNO_API aluno_code aluno_call(aluno_client *client, const aluno_method_desc *method, const void *request,
                                void *reply, const aluno_call_options *options, aluno_error *error);

/* ---- typed calls ----
 *
 * The request of a change has validate_only: the service validates it and replies as if it had made the
 * change, with metadata->validate_only, but stores nothing. */

/* Registers request->student. Replies with the student as stored; metadata->warnings has what the service
 * accepted with a warning (CPF_CHECK_DIGIT). ALREADY_EXISTS / CPF_TAKEN. */
ALUNO_API aluno_code aluno_create_student(aluno_client *client, const aluno_create_student_request *request,
                                          aluno_student *reply, const aluno_call_options *options,
                                          aluno_error *error);

/* Reads the student of that id or CPF. With show_deleted also a removed one (delete_time is set); of several
 * with one CPF, the one that is not removed, else the one removed last. A caller whose role only reads gets
 * personal values masked (masking.h), and ROLE_MISSING with show_deleted. NOT_FOUND / STUDENT_NOT_FOUND. */
ALUNO_API aluno_code aluno_get_student(aluno_client *client, const aluno_get_student_request *request,
                                       aluno_student *reply, const aluno_call_options *options,
                                       aluno_error *error);

/* Reads one page of at most page_size (default 100) students. For the next page pass next_page_token as
 * page_token, with the same query, order_by and show_deleted. A token is valid for at least 24 hours. No
 * student is skipped or repeated while others write, except one whose own position in the order changes. The
 * reply is large: see messages.h.
 *
 * query: terms separated by spaces, all of which must match: words (each is the beginning of a word of the
 * name, without regard to case and accents: joao finds João; *ilva, anywhere in the name, finds Silva), a CPF
 * or three to ten digits that it has side by side, an e-mail address, age>=18 (or <=, =, >, <). Those within
 * a name or a CPF read every student, 40 ms of the service's time for 100,000. order_by: "id" (the default:
 * the order of creation), "name" (Álvaro before Ana), "age" or "create_time"; " desc" reverses it.
 * INVALID_ARGUMENT with QUERY_SYNTAX, ORDER_UNKNOWN or PAGE_TOKEN_INVALID. The first page has a watch_token,
 * from which a watch (watch.h) misses nothing that this list does not show. */
ALUNO_API aluno_code aluno_list_students(aluno_client *client, const aluno_list_students_request *request,
                                         aluno_list_students_reply *reply, const aluno_call_options *options,
                                         aluno_error *error);

/* Reads the changes after a token, in their order, at most page_size (default 100): one call of a watch,
 * which watch.h makes of them. Without `after`, replies at once with the token of now. When there are no
 * changes, waits for the first, at most wait_ms (default 0), the service's bound, and a moment less than the
 * deadline; then replies with none. A reply has a token to go on from, in any case; that of the request is as
 * good as it if no change is between them. Of the calls with one watch_id (a UUID) only the last waits:
 * another one with it, or with stop, which returns nothing, ends it at once. A service that stops replies at
 * once.
 *
 * query, show_deleted: as of aluno_list_students, and of all calls with tokens of each other. The content of
 * a change: watch.h. The reply is large. INVALID_ARGUMENT with WATCH_TOKEN_INVALID, WATCH_QUERY_CHANGED or
 * QUERY_SYNTAX; OUT_OF_RANGE with WATCH_EXPIRED or WATCH_OTHER_DATABASE; UNAVAILABLE / BUSY when too many
 * wait. */
ALUNO_API aluno_code aluno_watch_students(aluno_client *client, const aluno_watch_students_request *request,
                                          aluno_watch_students_reply *reply,
                                          const aluno_call_options *options, aluno_error *error);

/* Changes the student of that id or CPF, and replies with the student as stored. Changes the fields set in
 * request->student; with update_mask ("name,age", or "*" for all) only the fields named, which must be set.
 * A student whose values are those already keeps its etag and update_time. With etag: ABORTED / ETAG_MISMATCH
 * when the student has changed since the reply with that etag. NOT_FOUND / STUDENT_NOT_FOUND, ALREADY_EXISTS
 * / CPF_TAKEN. */
ALUNO_API aluno_code aluno_update_student(aluno_client *client, const aluno_update_student_request *request,
                                          aluno_student *reply, const aluno_call_options *options,
                                          aluno_error *error);

/* Removes the student of that id or CPF and replies with the removed student, delete_time set. For 30 days
 * aluno_undelete_student can restore it. Its CPF is free at once. NOT_FOUND; ABORTED / ETAG_MISMATCH. */
ALUNO_API aluno_code aluno_delete_student(aluno_client *client, const aluno_delete_student_request *request,
                                          aluno_student *reply, const aluno_call_options *options,
                                          aluno_error *error);

/* Restores a removed student and replies with the student as stored. NOT_FOUND; ALREADY_EXISTS /
 * STUDENT_NOT_REMOVED, or CPF_TAKEN when another student has its CPF meanwhile; FAILED_PRECONDITION /
 * RESTORE_EXPIRED after 30 days; ABORTED / ETAG_MISMATCH. */
ALUNO_API aluno_code aluno_undelete_student(aluno_client *client,
                                            const aluno_undelete_student_request *request,
                                            aluno_student *reply, const aluno_call_options *options,
                                            aluno_error *error);

/* Registers 1 to 100 students, all or none, and replies with them in their order. The error has
 * each violation of each row by its path ("students[3].name"), the first row being 0, and at most 32. The
 * violations of CPF_TAKEN are the rows whose CPF another student has, or an earlier row.
 * Request and reply are large: see messages.h. */
ALUNO_API aluno_code aluno_batch_create_students(aluno_client *client,
                                                 const aluno_batch_create_students_request *request,
                                                 aluno_batch_create_students_reply *reply,
                                                 const aluno_call_options *options, aluno_error *error);

/* Reads the student of that id or CPF with the personal values that a caller whose role only reads sees
 * masked elsewhere. request->purpose says what they are needed for. PERMISSION_DENIED / ROLE_MISSING when the
 * service does not reveal them to this role; NOT_FOUND / STUDENT_NOT_FOUND. */
ALUNO_API aluno_code aluno_reveal_student(aluno_client *client, const aluno_reveal_student_request *request,
                                          aluno_student *reply, const aluno_call_options *options,
                                          aluno_error *error);

/* Returns the outcome of the change that this caller (its certificate's name) sent with request->request_id,
 * for at least 24 hours: "COMMITTED" with its method and its reply, which a certificate that is younger than
 * the change does not get; "IN_PROGRESS" while it waits;
 * "CANCELLED" after aluno_cancel_operation;
 * "NOT_SEEN" when it never arrived, was refused, or was only validated, so that nothing was changed. A lost
 * request may still arrive later: to be certain of a change, repeat it with its request id or cancel it.
 * FAILED_PRECONDITION / REQUEST_ID_EXPIRED: the service no longer knows. The reply is large: see messages.h.
 */
ALUNO_API aluno_code aluno_get_operation(aluno_client *client, const aluno_get_operation_request *request,
                                         aluno_operation *reply, const aluno_call_options *options,
                                         aluno_error *error);

/* Makes certain that the change which this caller sent with request->request_id, and which was not made,
 * never is: "CANCELLED". A request that still is on its way, or is repeated, fails with CANCELLED /
 * REQUEST_CANCELLED, for at least 24 hours. "COMMITTED" with its method when it was made before: then it
 * stays, and aluno_get_operation has its reply. FAILED_PRECONDITION / REQUEST_ID_EXPIRED: the service no
 * longer knows. The reply is large: see messages.h. */
ALUNO_API aluno_code aluno_cancel_operation(aluno_client *client,
                                            const aluno_cancel_operation_request *request,
                                            aluno_operation *reply, const aluno_call_options *options,
                                            aluno_error *error);

/* Returns the service's version and configuration, and the name and role of this client there. */
ALUNO_API aluno_code aluno_get_server_info(aluno_client *client, const aluno_get_server_info_request *request,
                                           aluno_server_info *reply, const aluno_call_options *options,
                                           aluno_error *error);

/* Returns the service's methods and the fields of their messages. The reply is large: see messages.h. */
ALUNO_API aluno_code aluno_describe(aluno_client *client, const aluno_describe_request *request,
                                    aluno_describe_reply *reply, const aluno_call_options *options,
                                    aluno_error *error);

/* Returns whether the service serves calls: status "SERVING", or "NOT_SERVING" with its reason. Without
 * request->service, and for "aluno.v1.StudentService", that includes whether changes can be made. Needs no
 * role.
 */
ALUNO_API aluno_code aluno_health_check(aluno_client *client, const aluno_health_check_request *request,
                                        aluno_health_check_reply *reply, const aluno_call_options *options,
                                        aluno_error *error);

/* Begins a backup of the service's database, in the service's folder of backups, or returns the one that
 * runs. Poll it with aluno_get_backup. Needs the role admin. BACKUP_DIR_MISSING when the service has no such
 * folder. */
ALUNO_API aluno_code aluno_create_backup(aluno_client *client, const aluno_create_backup_request *request,
                                         aluno_backup *reply, const aluno_call_options *options,
                                         aluno_error *error);

/* Returns the state of the backup that runs, else of the last one: "RUNNING", "DONE", "FAILED" with its
 * problem, or "NONE". A backup that is DONE was verified, and is on the disk. Needs the role admin. */
ALUNO_API aluno_code aluno_get_backup(aluno_client *client, const aluno_get_backup_request *request,
                                      aluno_backup *reply, const aluno_call_options *options,
                                      aluno_error *error);

/* Erases students for good: the one of that id, or all who have that CPF, removed ones too. In two steps,
 * each a call: with validate_only the reply has what would go, and a confirmation that is good for 10
 * minutes; with it and a reason, which is kept and holds no personal data, they are erased, and the reply has
 * their ids alone and the older copies of the database that may still have them. NOT_FOUND;
 * FAILED_PRECONDITION / CONFIRMATION_REQUIRED; ABORTED / CONFIRMATION_INVALID when the students have changed
 * since, too. Needs the role admin. The reply is large. */
ALUNO_API aluno_code aluno_erase_student(aluno_client *client, const aluno_erase_student_request *request,
                                         aluno_erasure *reply, const aluno_call_options *options,
                                         aluno_error *error);

/* Returns what the service counts and measures of itself since it started: the metrics that alunod --status
 * shows to Prometheus, as integers in the unit of each. Of a histogram it returns the count, and the labels
 * quantile=0.5 and quantile=0.99. Needs the role admin. */
ALUNO_API aluno_code aluno_get_statistics(aluno_client *client, const aluno_get_statistics_request *request,
                                          aluno_server_statistics *reply, const aluno_call_options *options,
                                          aluno_error *error);

/* Returns a page of the audit's events, those that all of the request's conditions fit, in the order of their
 * sequences. The list ends with the events that were recorded when its first page was asked for. A page that
 * is not full may have a next_page_token. Times are Unix milliseconds, inclusive; the method is a wire name
 * or what follows its slash; the caller is a certificate's name or its serial number in hexadecimal, with
 * colons or without. Reading the audit is recorded in it. Needs the role auditor, which no other role
 * includes. */
ALUNO_API aluno_code aluno_list_audit_events(aluno_client *client,
                                             const aluno_list_audit_events_request *request,
                                             aluno_list_audit_events_reply *reply,
                                             const aluno_call_options *options, aluno_error *error);

/* Returns everything that is held on a person: the student of that id, or all who have that CPF, removed ones
 * too; their former names and ages, their changes in the ledger, the older copies of the database that may
 * have them, and the audit's events about them, up to those recorded when the first page was asked for. A
 * page with a page_token has the students and further events alone. NOT_FOUND. Needs the role admin. The
 * reply is large. */
ALUNO_API aluno_code aluno_export_subject(aluno_client *client, const aluno_export_subject_request *request,
                                          aluno_subject *reply, const aluno_call_options *options,
                                          aluno_error *error);

#ifdef __cplusplus
}
#endif

#endif
