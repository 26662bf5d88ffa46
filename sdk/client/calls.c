/* The typed calls, expanded from the contract. client.h declares and documents each: a method that it lacks,
 * or declares otherwise, does not compile. */
#include <aluno/async.h>

#define ALUNO_METHOD(id, ...) _Static_assert(sizeof(&aluno_##id) > 0, "client.h declares it");
#include <aluno/contract.def>

#define ALUNO_METHOD(id, number, wire, in, out, ...)                                                         \
    aluno_code aluno_##id(aluno_client *client, const aluno_##in *request, aluno_##out *reply,               \
                          const aluno_call_options *options, aluno_error *error)                             \
    {                                                                                                        \
        return aluno_call(client, aluno_method_of(ALUNO_METHOD_##id), request, reply, options, error);       \
    }                                                                                                        \
    aluno_code aluno_start_##id(aluno_client *client, const aluno_##in *request,                             \
                                const aluno_call_options *options, aluno_completion *done, void *user,       \
                                aluno_pending **call, aluno_error *error)                                    \
    {                                                                                                        \
        return aluno_start(client, aluno_method_of(ALUNO_METHOD_##id), request, options, done, user, call,   \
                           error);                                                                           \
    }
#include <aluno/contract.def>
