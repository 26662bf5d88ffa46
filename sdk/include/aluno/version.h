/* The version of these headers and of the library that is linked. Implemented by sdk/protocol/version.c. */
#ifndef ALUNO_VERSION_H
#define ALUNO_VERSION_H

#ifdef __cplusplus
extern "C" {
#endif

/* Marks what libaluno exports; everything else in it is hidden. */
#if defined(__GNUC__)
#    define ALUNO_API __attribute__((visibility("default")))
#else
#    define ALUNO_API
#endif

/* Semantic version of these headers; CMakeLists.txt reads it from here. */
#define ALUNO_VERSION "0.1.0"

/* The version of the library that is linked, as "major.minor.patch". Static text; any thread. */
ALUNO_API const char *aluno_version(void);

#ifdef __cplusplus
}
#endif

#endif
