/* The life of one change under its request id: a client with retries and failover, connections that lose, delay
 * and double, services that end at every step, over one store. README.md maps the model to the code.
 *
 * SERVICES 1: over SQLite. 2: over PostgreSQL. MUTANT_x puts a fault in, which makes an assertion fail. */

#ifndef SERVICES
#define SERVICES 1
#endif
#ifndef ATTEMPTS
#define ATTEMPTS 3 /* requests for the change */
#endif
#ifndef QUESTIONS
#define QUESTIONS 2 /* requests for GetOperation or CancelOperation */
#endif
#ifndef FAULTS
#define FAULTS 2 /* ends of a service, losses of power, commits in doubt */
#endif

mtype = { CHANGE, GET_OPERATION, CANCEL_OPERATION };
mtype = { ABSENT, MADE, CANCELLED }; /* the ledger's row of the request id */

/* Requests on their way to each service, for as long as they like. Replies are not modelled: the client does all
 * that a client may do, whether a reply is lost, late or doubled. */
chan requests[SERVICES] = [2] of { mtype };

/* ---- the store ---- */

byte applied = 0; /* how often the change was made, as readers see it */
mtype row = ABSENT;
byte applied_on_disk = 0; /* what a loss of power leaves */
mtype row_on_disk = ABSENT;
bool is_locked = false;    /* a transaction runs */
bool is_syncing = false;   /* what the last commit wrote is not durable yet */
bool is_in_doubt = false;  /* a COMMIT failed that may complete nevertheless */
bool is_forgotten = false; /* the row was purged; the ledger knows up to which time it purged request ids */

/* ---- replies to clients ---- */

bool said_ok = false, said_cancelled = false;

byte faults = FAULTS;

#define PROMISES                                                                                             \
    assert(applied <= 1 && (!said_ok || applied_on_disk == 1) && (!said_cancelled || applied == 0))

inline reach_disk()
{
    applied_on_disk = applied;
    row_on_disk = row;
    is_syncing = false
}

inline make_change()
{
    applied++;
    row = MADE;
    PROMISES
}

inline complete_doubtful()
{
    make_change();
    reach_disk();
    is_in_doubt = false
}

/* The next transaction settles a commit in doubt: SQLite overwrites what the commit left in the log, or found it
 * complete when it opened the database; PostgreSQL's unique key waits for the other transaction. */
inline begin()
{
    atomic {
        !is_locked;
        is_locked = true;
        holds_lock = true;
#ifndef MUTANT_DOUBT_UNSETTLED
        if
        :: is_in_doubt -> complete_doubtful()
        :: is_in_doubt = false
        fi
#endif
    }
}

inline finish()
{
    is_locked = false;
    holds_lock = false
}

/* SQLite's commit is visible before it is durable, and the next transaction may run meanwhile. PostgreSQL's is
 * visible when it is durable. */
inline commit()
{
#if SERVICES == 1
    is_syncing = true;
#else
    reach_disk();
#endif
    finish()
}

/* Nothing that a transaction wrote or read is answered before it is durable. */
inline await_disk()
{
    if
    :: is_syncing -> reach_disk()
    :: else
    fi
}

/* Answers that nothing was made: CPF_TAKEN, ETAG_MISMATCH, STORE_FULL. */
inline refuse()
{
    assert(applied == 0)
}

/* The process may end here. */
#define MAY_END                                                                                              \
    if                                                                                                       \
    :: atomic { faults > 0 -> faults-- }; goto ended                                                         \
    :: skip                                                                                                  \
    fi

proctype Service(byte self)
{
    mtype what;
    bool holds_lock = false;

end_idle:
    if
    :: atomic {
        requests[self] ? what;
        if
        :: what == GET_OPERATION -> goto get_operation
        :: what == CANCEL_OPERATION -> goto cancel_operation
        :: else
        fi
    }
    :: atomic { faults > 0 -> faults-- }; goto ended
    fi;

    /* ---- a change, unless its deadline passes or its connection closes ---- */
    if
    :: goto end_idle
    :: skip
    fi;
    begin();
    MAY_END;
#ifdef MUTANT_REFUSED_BY_ITSELF
    atomic {
        if
        :: applied == 1 -> finish(); refuse(); goto end_idle /* its own student has the CPF */
        :: else
        fi
    };
#endif
#ifndef MUTANT_LEDGER_UNREAD
    atomic {
        if
        :: row == MADE -> finish(); goto answer_ok   /* a replay */
        :: row == MADE && faults > 0 -> faults--; finish(); /* the disk is full, for others of its transaction */
#ifdef MUTANT_REPLAY_REFUSED
           refuse();
#endif
           goto end_idle /* STORE_UNSETTLED */
        :: row == CANCELLED -> finish(); goto end_idle /* REQUEST_CANCELLED */
#ifndef MUTANT_FORGOTTEN_MADE
        :: row == ABSENT && is_forgotten -> finish(); goto end_idle /* REQUEST_ID_EXPIRED */
#endif
        :: else
        fi
    };
#endif
    if
    :: atomic { make_change(); commit() }
#ifdef MUTANT_LEDGER_APART
    :: atomic { applied++; PROMISES; commit() }; MAY_END; row = MADE
#endif
    :: atomic { finish(); refuse(); goto end_idle }
    :: atomic { faults > 0 -> faults--; is_in_doubt = true; finish() };
#ifndef MUTANT_DOUBT_ANSWERED
       goto end_idle /* UNAVAILABLE: the outcome is open */
#endif
    fi;
    MAY_END;
answer_ok:
#ifndef MUTANT_ANSWER_BEFORE_SYNC
    await_disk();
#endif
    atomic { said_ok = true; PROMISES; goto end_idle };

    /* ---- GetOperation: NOT_SEEN says that nothing was made, and nothing comes of attempts that have ended.
     * Over SQLite no answer is given while a commit is in doubt, and a row that is not durable yet is
     * IN_PROGRESS. Over PostgreSQL a transaction settles what is in doubt. ---- */
get_operation:
    MAY_END;
#if SERVICES == 1
    atomic {
        if
#ifndef MUTANT_DOUBT_UNSEEN
        :: is_in_doubt -> goto end_idle /* STORE_UNSETTLED */
#endif
        :: else
        fi;
        if
#ifndef MUTANT_ANSWER_BEFORE_SYNC
        :: row == MADE && is_syncing -> goto end_idle /* IN_PROGRESS */
#endif
        :: row == MADE -> goto answer_ok /* COMMITTED */
#else
#ifndef MUTANT_DOUBT_UNSEEN
    begin();
#else
    atomic { !is_locked; is_locked = true; holds_lock = true };
#endif
    MAY_END;
    atomic {
        finish();
        if
        :: row == MADE -> goto answer_ok /* COMMITTED */
#endif
        :: row == CANCELLED -> goto end_idle
#ifndef MUTANT_FORGOTTEN_NOT_SEEN
        :: row == ABSENT && is_forgotten -> goto end_idle /* REQUEST_ID_EXPIRED */
#endif
        :: else -> assert(applied == 0 && !is_in_doubt); goto end_idle /* NOT_SEEN */
        fi
    };

    /* ---- CancelOperation: nothing was made, and nothing will be ---- */
cancel_operation:
    MAY_END;
    begin();
    MAY_END;
    atomic {
        if
        :: row == MADE -> finish(); goto answer_ok /* COMMITTED */
        :: row == CANCELLED -> finish(); goto answer_cancelled
#ifndef MUTANT_FORGOTTEN_NOT_SEEN
        :: row == ABSENT && is_forgotten -> finish(); goto end_idle /* REQUEST_ID_EXPIRED */
#endif
        :: else
        fi
    };
#ifdef MUTANT_NOT_CANCELLED
    atomic { finish() };
#else
    atomic { row = CANCELLED; commit() };
#endif
    MAY_END;
answer_cancelled:
    await_disk();
    atomic { said_cancelled = true; PROMISES; goto end_idle };

    /* ---- the process ended, and its connections with it; another one starts ---- */
ended:
    atomic {
        do
        :: len(requests[self]) > 0 -> requests[self] ? what
        :: len(requests[self]) == 0 -> break
        od;
        if
        :: holds_lock -> finish()
        :: else
        fi;
#if SERVICES == 1
        if
        :: applied = applied_on_disk; row = row_on_disk /* power was lost */
        :: skip
        fi;
#ifdef MUTANT_START_WITHOUT_SYNC
        is_syncing = false;
#else
        reach_disk();
#endif
#endif
        PROMISES;
        goto end_idle
    }
}

/* Sends attempts and questions to any service in any order: retries, failover, what is doubled, what is lost. */
proctype Client()
{
    byte attempts = ATTEMPTS, questions = QUESTIONS, service;

    do
    :: break
    :: attempts > 0 || questions > 0 ->
        if
        :: service = 0
        :: service = SERVICES - 1
        fi;
        if
        :: attempts > 0 && len(requests[service]) < 2 -> requests[service] ! CHANGE; attempts--
        :: questions > 0 && len(requests[service]) < 2 -> requests[service] ! GET_OPERATION; questions--
        :: questions > 0 && len(requests[service]) < 2 -> requests[service] ! CANCEL_OPERATION; questions--
        :: len(requests[service]) == 2
        fi
    od
}

/* Purges the row, at any time; a purge is a transaction, too. */
proctype Purge()
{
    bool holds_lock;

    begin();
    atomic {
        is_forgotten = (row != ABSENT);
        row = ABSENT;
        reach_disk();
        finish()
    }
}

#ifdef MUTANT_DOUBT_UNSETTLED
proctype Doubt()
{
end_waiting:
    atomic { is_in_doubt -> complete_doubtful() }
}
#endif

init {
    byte i;
    atomic {
        for (i : 0 .. SERVICES - 1) {
            run Service(i)
        }
        run Client();
        run Purge();
#ifdef MUTANT_DOUBT_UNSETTLED
        run Doubt()
#endif
    }
}
