/* aluno.core.probe: the settings, the facts of certificate files, and what the resolver makes of a name. None
 * of it connects to the service. */
#include "probe.h"
#include "failure.h"
#include "settings.h"

#include <aluno/certificate.h>

#include <arpa/inet.h>
#include <netdb.h>

static void set_text(lua_State *L, const char *key, const char *value)
{
    lua_pushstring(L, value);
    lua_setfield(L, -2, key);
}

static void set_number(lua_State *L, const char *key, int64_t value)
{
    lua_pushinteger(L, value);
    lua_setfield(L, -2, key);
}

static void set_flag(lua_State *L, const char *key, bool value)
{
    lua_pushboolean(L, value);
    lua_setfield(L, -2, key);
}

/* ---- files ---- */

/* certificate(file) -> its facts, times in Unix milliseconds | nil, error */
static int read_certificate(lua_State *L)
{
    aluno_certificate facts;
    aluno_error error = {0};
    if (aluno_certificate_read(luaL_checkstring(L, 1), &facts, &error) != ALUNO_OK)
        return failure_push(L, &error, setting_default_language());
    lua_createtable(L, 0, 12);
    set_text(L, "name", facts.name);
    set_text(L, "unit", facts.unit);
    set_text(L, "role", aluno_role_name(aluno_role_named(facts.unit)));
    set_text(L, "issuer", facts.issuer);
    set_text(L, "serial", facts.serial);
    set_text(L, "hosts", facts.hosts);
    set_number(L, "not_before", facts.not_before_ms);
    set_number(L, "not_after", facts.not_after_ms);
    set_flag(L, "is_ca", facts.is_ca);
    set_flag(L, "self_signed", facts.self_signed);
    set_flag(L, "for_client", facts.for_client);
    set_flag(L, "for_service", facts.for_service);
    return 1;
}

/* revocations(file) -> its facts, times in Unix milliseconds | nil, error */
static int read_revocations(lua_State *L)
{
    aluno_revocations facts;
    aluno_error error = {0};
    if (aluno_revocations_read(luaL_checkstring(L, 1), &facts, &error) != ALUNO_OK)
        return failure_push(L, &error, setting_default_language());
    lua_createtable(L, 0, 4);
    set_text(L, "issuer", facts.issuer);
    set_number(L, "count", facts.count);
    set_number(L, "this_update", facts.this_update_ms);
    set_number(L, "next_update", facts.next_update_ms);
    return 1;
}

/* credentials(ca, cert, key[, crl]) -> true | nil, error: the files as aluno_credentials_check judges them */
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
        return failure_push(L, &error, options.language);
    }
    lua_pushboolean(L, true);
    return 1;
}

/* ---- names ---- */

static void push_address(lua_State *L, const struct addrinfo *address)
{
    char text[INET6_ADDRSTRLEN] = "";
    const void *const where = address->ai_addr;
    const void *const bytes = address->ai_family == AF_INET6
                                  ? (const void *)&((const struct sockaddr_in6 *)where)->sin6_addr
                                  : (const void *)&((const struct sockaddr_in *)where)->sin_addr;
    inet_ntop(address->ai_family, bytes, text, sizeof text);
    lua_pushstring(L, text);
}

/* resolve(host) -> its addresses, in the order in which they are tried | nil, error */
static int resolve(lua_State *L)
{
    const struct addrinfo hints = {.ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM};
    const char *const host = luaL_checkstring(L, 1);
    struct addrinfo *addresses = NULL;
    const int unknown = getaddrinfo(host, NULL, &hints, &addresses);
    if (unknown != 0) {
        aluno_error error = {0};
        failure_set(&error, ALUNO_REASON_ADDRESS_UNKNOWN,
                    lua_pushfstring(L, "%s: %s", host, gai_strerror(unknown)));
        return failure_push(L, &error, setting_default_language());
    }
    lua_newtable(L);
    for (const struct addrinfo *each = addresses; each != NULL; each = each->ai_next) {
        push_address(L, each);
        lua_rawseti(L, -2, luaL_len(L, -2) + 1);
    }
    freeaddrinfo(addresses);
    return 1;
}

/* ---- the module ---- */

/* Pushes {server = {flag = "--server", environment = "ALUNO_SERVER"}, …}. */
static void push_settings(lua_State *L)
{
    lua_createtable(L, 0, SETTING_COUNT);
    for (int i = 0; i < SETTING_COUNT; i++) {
        lua_createtable(L, 0, 2);
        lua_pushfstring(L, "--%s", settings[i].flag);
        lua_setfield(L, -2, "flag");
        set_text(L, "environment", settings[i].environment);
        lua_setfield(L, -2, settings[i].key);
    }
}

void probe_set_functions(lua_State *L)
{
    static const luaL_Reg functions[] = {{"certificate", read_certificate},
                                         {"revocations", read_revocations},
                                         {"credentials", check_credentials},
                                         {"resolve", resolve},
                                         {NULL, NULL}};
    luaL_newlib(L, functions);
    push_settings(L);
    lua_setfield(L, -2, "settings");
    lua_setfield(L, -2, "probe");
}
