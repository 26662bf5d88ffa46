#!/bin/sh
# Each package has one door: only the files behind it include the package's headers. doors.sh SOURCE
cd -- "$1" || exit 2
find sdk service lua-client -name '*.[ch]' -exec grep -H '^ *# *include *<' {} + | awk '
    BEGIN {
        door["nng/"] = "^sdk/nng/[^/]*[.]h$"
        door["mbedtls/"] = door["psa/"] = "^sdk/tls/mbed[.]h$"
        door["sqlite3"] = "^service/store/sqlite/"
        door["libpq"] = "^service/store/postgres/"
        door["msgpack"] = "^sdk/protocol/codec[.]c$"
        door["lua.h"] = door["lauxlib"] = door["lualib"] = "^lua-client/"
    }
    {
        file = include = $0
        sub(/:.*/, "", file)
        sub(/.*</, "", include)
        sub(/>.*/, "", include)
        for (package in door)
            if (index(include, package) == 1 && file !~ door[package]) {
                print file ": includes <" include ">"
                strays++
            }
    }
    END { exit strays > 0 }'
