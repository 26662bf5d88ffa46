/* The one door to nng: its headers, and the differences between 1.5.2 (Debian 12) and later versions, up to
 * 1.12. README.md lists nng's defects and where each is worked around. */
#ifndef ALUNO_NNG_API_H
#define ALUNO_NNG_API_H

#include <nng/nng.h>
#include <nng/protocol/reqrep0/rep.h>
#include <nng/protocol/reqrep0/req.h>
#include <nng/supplemental/tls/engine.h>
#include <nng/supplemental/tls/tls.h>

/* Later versions of nng's engine interface require more operations. nng calls them without checking for
 * NULL. */
#define NNG_ENGINE_HAS_PEER (NNG_MAJOR_VERSION == 1 && NNG_MINOR_VERSION >= 6) /* peer_cn, peer_alt_names */
#define NNG_ENGINE_HAS_PSK  (NNG_MAJOR_VERSION == 1 && NNG_MINOR_VERSION >= 9) /* psk */

#endif
