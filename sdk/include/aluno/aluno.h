/* aluno's C SDK: everything in one include. README.md has a first program; examples/c has more. */
#ifndef ALUNO_H
#define ALUNO_H

#include <aluno/version.h>
#include <aluno/messages.h>
#include <aluno/schema.h>
#include <aluno/error.h>
#include <aluno/contract.h>
#include <aluno/masking.h>
#include <aluno/validate.h>
#include <aluno/json.h>
#include <aluno/values.h>
#include <aluno/memory.h>
#include <aluno/observe.h>
#include <aluno/client.h>
#include <aluno/async.h>
#include <aluno/watch.h>
#include <aluno/certificate.h>

#endif
