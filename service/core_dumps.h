/* Core dumps of this process. They would hold students' data and the private key. */
#ifndef ALUNOD_CORE_DUMPS_H
#define ALUNOD_CORE_DUMPS_H

#include <stdbool.h>

/* Turns them on, as far as the hard limit (LimitCORE, ulimit -Hc) allows, or off. False when the system
 * refuses. */
bool core_dumps_allow(bool allowed);

#endif
