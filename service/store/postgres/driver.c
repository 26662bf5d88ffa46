/* PostgreSQL's table. */
#include "driver.h"

const struct store_driver postgres_driver = {
    .open = postgres_open,
#define DATABASE(name, parameters, arguments)      .name = postgres_##name,
#define STORE(result, name, parameters, arguments) .name = postgres_##name,
#define STORE_DO(name, parameters, arguments)      .name = postgres_##name,
#define SESSION(name, parameters, arguments)       .name = postgres_##name,
#include "store/driver.def"
};
