/* core.probe, for the diagnosis of a connection: settings, the contents of certificate files, name
 * resolution. None of it connects to the service. */
#include "error.h"
#include "functions.h"
#include "settings.h"
#include "table.h"

#include <aluno/certificate.h>

#include <netdb.h>

/* certificate(file) -> its facts, times in Unix milliseconds | nil, error */
static int read_certificate(lua_State *L)
{
    aluno_certificate facts = ALUNO_CERTIFICATE_INIT;
    aluno_error error = {0};
    if (aluno_certificate_read(luaL_checkstring(L, 1), &facts, &error) != ALUNO_OK)
        return error_push(L, &error, setting_default_language());
    lua_createtable(L, 0, 10);
    table_set_text(L, "name", facts.name);
    table_set_text(L, "unit", facts.unit);
    table_set_text(L, "role", aluno_role_name(aluno_role_named(facts.unit)));
    table_set_text(L, "issuer", facts.issuer);
    table_set_text(L, "serial", facts.serial);
    table_set_text(L, "hosts", facts.hosts);
    table_set_integer(L, "not_before", facts.not_before_ms);
    table_set_integer(L, "not_after", facts.not_after_ms);
    table_set_bool(L, "for_client", facts.for_client);
    table_set_bool(L, "for_service", facts.for_service);
    return 1;
}

/* revocations(file) -> its facts, times in Unix milliseconds | nil, error */
static int read_revocations(lua_State *L)
{
    aluno_revocations facts = ALUNO_REVOCATIONS_INIT;
    aluno_error error = {0};
    if (aluno_revocations_read(luaL_checkstring(L, 1), &facts, &error) != ALUNO_OK)
        return error_push(L, &error, setting_default_language());
    lua_createtable(L, 0, 3);
    table_set_integer(L, "count", facts.count);
    table_set_integer(L, "this_update", facts.this_update_ms);
    table_set_integer(L, "next_update", facts.next_update_ms);
    return 1;
}

/* credentials(ca, cert, key[, crl]) -> true | nil, error: the files as aluno_credentials_check checks them */
static int check_credentials(lua_State *L)
{
    aluno_client_options options = ALUNO_CLIENT_OPTIONS_INIT;
    aluno_error error = {0};
    options.ca_file = luaL_checkstring(L, 1);
    options.cert_file = luaL_checkstring(L, 2);
    options.key_file = luaL_checkstring(L, 3);
    options.crl_file = luaL_optstring(L, 4, NULL);
    options.language = setting_default_language();
    if (aluno_credentials_check(&options, &error) != ALUNO_OK) {
        setting_name_flags(&error);
        return error_push(L, &error, options.language);
    }
    lua_pushboolean(L, true);
    return 1;
}

/* resolve(host) -> its addresses, in the order in which they are tried | nil, error */
static int resolve(lua_State *L)
{
    const struct addrinfo hints = {.ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM};
    const char *const host = luaL_checkstring(L, 1);
    struct addrinfo *addresses = NULL;
    const int unknown = getaddrinfo(host, NULL, &hints, &addresses);
    if (unknown != 0) {
        const char *const detail = lua_pushfstring(L, "%s: %s", host, gai_strerror(unknown));
        return error_push_reason(L, ALUNO_REASON_ADDRESS_UNKNOWN, detail);
    }
    lua_newtable(L);
    for (const struct addrinfo *each = addresses; each != NULL; each = each->ai_next) {
        char text[NI_MAXHOST] = "";
        getnameinfo(each->ai_addr, each->ai_addrlen, text, sizeof text, NULL, 0, NI_NUMERICHOST);
        lua_pushstring(L, text);
        lua_rawseti(L, -2, luaL_len(L, -2) + 1);
    }
    freeaddrinfo(addresses);
    return 1;
}

/* settings() -> {server = {flag = "--server", environment = "ALUNO_SERVER"}, …} */
static int list_settings(lua_State *L)
{
    lua_createtable(L, 0, SETTING_COUNT);
    for (int i = 0; i < SETTING_COUNT; i++) {
        lua_createtable(L, 0, 2);
        lua_pushfstring(L, "--%s", settings[i].flag);
        lua_setfield(L, -2, "flag");
        table_set_text(L, "environment", settings[i].environment);
        lua_setfield(L, -2, settings[i].key);
    }
    return 1;
}

/* timeout(text) -> the seconds as a number; nil when they are no deadline that may be asked for */
static int parse_timeout(lua_State *L)
{
    int64_t milliseconds;
    if (!setting_timeout(luaL_checkstring(L, 1), &milliseconds))
        return 0;
    lua_pushnumber(L, (lua_Number)milliseconds / 1000);
    return 1;
}

const luaL_Reg probe_functions[] = {{"certificate", read_certificate},
                                    {"revocations", read_revocations},
                                    {"credentials", check_credentials},
                                    {"resolve", resolve},
                                    {"settings", list_settings},
                                    {"timeout", parse_timeout},
                                    {NULL, NULL}};
