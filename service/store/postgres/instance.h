/* A service's row in the table of services, by the name that it connects under (application_name), and the
 * lock on that name. */
#ifndef ALUNOD_POSTGRES_INSTANCE_H
#define ALUNOD_POSTGRES_INSTANCE_H

#include "session.h"

/* Sets session->instance, by which the service's records are kept apart; 0 when there is no row. */
aluno_code instance_find(struct store_session *session, aluno_error *error);

/* The same; adds the row when there is none. */
aluno_code instance_enter(struct store_session *session, aluno_error *error);

/* Locks the name until the connection ends; *taken is false when another service has it. */
aluno_code instance_try_name(struct store_session *session, bool *taken, aluno_error *error);

/* The same; waits some seconds for another service to end. OPTION_INVALID when it does not. */
aluno_code instance_take_name(struct store_session *session, aluno_error *error);

#endif
