/* SQLite's table. */
#include "driver.h"

const struct store_driver sqlite_driver = {
    .open = sqlite_open,
#define DATABASE(name, parameters, arguments)      .name = sqlite_##name,
#define STORE(result, name, parameters, arguments) .name = sqlite_##name,
#define STORE_DO(name, parameters, arguments)      .name = sqlite_##name,
#define SESSION(name, parameters, arguments)       .name = sqlite_##name,
#include "store/driver.def"
};
