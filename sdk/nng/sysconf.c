/* Interposes sysconf: the dynamic linker prefers this one to libc's, in the whole process. Not in sanitized
 * builds: sanitizers call sysconf before instrumented code may run. */
#include <aluno/version.h>

#include <dlfcn.h>
#include <string.h>
#include <unistd.h>

/* nng runs its callbacks on two threads per processor. They mostly wait for each other's locks: with one
 * thread per processor a call costs a fifth less, with one call in progress or with many. nng has an option
 * for it from 1.7 on. */
ALUNO_API long sysconf(int name)
{
    static long (*original)(int);
    if (original == NULL) {
        void *const symbol = dlsym(RTLD_NEXT, "sysconf");
        memcpy(&original, &symbol, sizeof original);
    }
    const long value = original(name);
    return name == _SC_NPROCESSORS_ONLN && value > 1 ? (value + 1) / 2 : value;
}
