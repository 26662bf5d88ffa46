/* Folding: the form of a name by which a search finds it, whatever its case and accents. */
#ifndef ALUNOD_STORE_FOLD_H
#define ALUNOD_STORE_FOLD_H

/* "João  Ávila" becomes "joao  avila": decomposed (NFKD), without marks and invisible characters, case
 * folded. The caller frees the result. NULL when memory ran out or the text is not UTF-8. */
char *fold_name(const char *name);

#endif
