/* The table of what is moved. */
#include "transfer.h"

const struct store_table_facts store_tables[STORE_TABLE_COUNT] = {
#define TABLE(name, columns) {#name, columns},
#include "transfer.def"
};
