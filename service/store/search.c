/* Properties of a search that do not depend on the kind of database. */
#include "store.h"

bool store_search_is_of_all(const struct store_search *search)
{
    return *search->words == '\0' && *search->br_document == '\0' && *search->email == '\0' &&
           search->age_min <= 0 && search->age_max == INT64_MAX;
}
