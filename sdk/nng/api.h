/* The one door to nng: its headers, and what differs between 1.5.2 (Debian 12) and later ones, up to 1.12. */
#ifndef ALUNO_NNG_API_H
#define ALUNO_NNG_API_H

#include <nng/nng.h>
#include <nng/protocol/reqrep0/rep.h>
#include <nng/protocol/reqrep0/req.h>
#include <nng/supplemental/tls/engine.h>
#include <nng/supplemental/tls/tls.h>

/* What the interface of TLS engines asks for besides. */
#define NNG_ENGINE_TELLS_PEER (NNG_MAJOR_VERSION == 1 && NNG_MINOR_VERSION >= 6)
#define NNG_ENGINE_TAKES_PSK  (NNG_MAJOR_VERSION == 1 && NNG_MINOR_VERSION >= 9)

#endif
