/* A sysconf that the dynamic linker prefers to libc's, for the sake of nng 1.5.2. Not in sanitized builds:
 * sanitizers ask it before they are ready for code that they watch. */
#include <aluno/version.h>

#include <dlfcn.h>
#include <string.h>
#include <unistd.h>

/* nng runs its callbacks on twice as many threads as it finds processors. They mostly wait for each other's
 * locks: with one thread a processor a call costs a fifth less, alone and among others. (nng 1.7 can be
 * told.) */
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
