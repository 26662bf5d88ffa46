/* CreateBackup and GetBackup. */
#include "handlers.h"

#include "backups.h"
#include "protocol/error.h"

aluno_code handle_create_backup(struct call *call, struct store_session *session,
                                const aluno_create_backup_request *request, aluno_backup *reply,
                                aluno_error *error)
{
    (void)session, (void)request;
    if (call->service->backups == NULL)
        return aluno__error_set(error, ALUNO_REASON_BACKUP_DIR_MISSING, NULL);
    backups_request(call->service->backups, reply);
    return ALUNO_OK;
}

aluno_code handle_get_backup(struct call *call, struct store_session *session,
                             const aluno_get_backup_request *request, aluno_backup *reply, aluno_error *error)
{
    (void)session, (void)request;
    if (call->service->backups == NULL)
        return aluno__error_set(error, ALUNO_REASON_BACKUP_DIR_MISSING, NULL);
    backups_read(call->service->backups, reply);
    return ALUNO_OK;
}
