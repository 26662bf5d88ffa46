/* aluno/certificate.h: facts from files, and whether a service would accept them. */
#include "pki.h"
#include "unit.h"

#include <aluno/certificate.h>

#include <string.h>

static void test_a_certificate_is_read(void **state)
{
    (void)state;
    aluno_certificate facts = ALUNO_CERTIFICATE_INIT;
    assert_int_equal(aluno_certificate_read(pki_file("client", ".crt"), &facts, NULL), ALUNO_OK);
    assert_string_equal(facts.name, "ana");
    assert_string_equal(facts.unit, "registrar");
    assert_string_equal(facts.issuer, "Test CA");
    assert_in_range(strlen(facts.serial), 1, 64);
    assert_string_equal(facts.hosts, "");
    assert_true(facts.for_client && !facts.for_service && !facts.is_ca && !facts.self_signed);
    assert_int_equal(facts.not_after_ms - facts.not_before_ms, 30LL * 24 * 60 * 60 * 1000);
}

static void test_hosts_are_listed(void **state)
{
    (void)state;
    aluno_certificate facts = ALUNO_CERTIFICATE_INIT;
    assert_int_equal(aluno_certificate_read(pki_file("server", ".crt"), &facts, NULL), ALUNO_OK);
    assert_string_equal(facts.hosts, "localhost, 127.0.0.1, ::1");
    assert_true(facts.for_service && !facts.for_client);
}

static void test_names_are_not_guessed(void **state)
{
    (void)state;
    aluno_certificate facts = ALUNO_CERTIFICATE_INIT;
    assert_int_equal(aluno_certificate_read(pki_file("client-twins", ".crt"), &facts, NULL), ALUNO_OK);
    assert_string_equal(facts.name, "");
    assert_string_equal(facts.unit, "");
    assert_int_equal(aluno_certificate_read(pki_file("client-spoof", ".crt"), &facts, NULL), ALUNO_OK);
    assert_string_equal(facts.name, "spoof");
    assert_string_equal(facts.unit, "");
}

static void test_a_ca_is_known(void **state)
{
    (void)state;
    aluno_certificate facts = ALUNO_CERTIFICATE_INIT;
    assert_int_equal(aluno_certificate_read(pki_file("ca", ".crt"), &facts, NULL), ALUNO_OK);
    assert_true(facts.is_ca && facts.self_signed && !facts.for_client && !facts.for_service);
}

static void test_a_list_is_read(void **state)
{
    (void)state;
    aluno_revocations facts = ALUNO_REVOCATIONS_INIT;
    assert_int_equal(aluno_revocations_read(pki_file("good", ".crl"), &facts, NULL), ALUNO_OK);
    assert_string_equal(facts.issuer, "Test CA");
    assert_int_equal(facts.count, 2);
    assert_int_equal(facts.next_update_ms - facts.this_update_ms, 30LL * 24 * 60 * 60 * 1000);
    assert_int_equal(aluno_revocations_read(pki_file("other", ".crl"), &facts, NULL), ALUNO_OK);
    assert_int_equal(facts.count, 0);
}

static void assert_refused(aluno_code code, const aluno_error *error, const char *detail)
{
    assert_int_equal(code, ALUNO_INVALID_ARGUMENT);
    assert_true(aluno_error_is(error, ALUNO_REASON_OPTION_INVALID));
    assert_non_null(strstr(error->detail, detail));
}

static void test_other_files_are_refused(void **state)
{
    (void)state;
    aluno_certificate certificate = ALUNO_CERTIFICATE_INIT;
    aluno_revocations list = ALUNO_REVOCATIONS_INIT;
    aluno_error error;
    assert_refused(aluno_certificate_read("/nowhere/a.crt", &certificate, &error), &error,
                   "certificate /nowhere/a.crt: no such file");
    assert_refused(aluno_certificate_read(pki_file("broken", ".pem"), &certificate, &error), &error,
                   "broken.pem: not a PEM certificate (");
    assert_refused(aluno_certificate_read(NULL, &certificate, &error), &error, "a file is required");
    assert_refused(aluno_revocations_read(pki_file("text", ".pem"), &list, &error), &error,
                   "text.pem: not a PEM file");
    assert_refused(aluno_revocations_read(pki_file("ca", ".crt"), &list, &error), &error,
                   "ca.crt: not a PEM revocation list (");
}

static void test_structs_say_their_size(void **state)
{
    (void)state;
    aluno_error error;
    aluno_certificate certificate = {0};
    aluno_revocations list = {0};
    assert_refused(aluno_certificate_read(pki_file("ca", ".crt"), &certificate, &error), &error,
                   "aluno_certificate.size: 0");
    assert_refused(aluno_revocations_read(pki_file("good", ".crl"), &list, &error), &error,
                   "aluno_revocations.size: 0");
}

/* Of the struct of an older program only the members that it has are written. */
static void test_an_older_struct_is_written_as_far_as_it_goes(void **state)
{
    (void)state;
    aluno_certificate facts = ALUNO_CERTIFICATE_INIT;
    facts.size = offsetof(aluno_certificate, issuer);
    assert_int_equal(aluno_certificate_read(pki_file("client", ".crt"), &facts, NULL), ALUNO_OK);
    assert_int_equal(facts.size, offsetof(aluno_certificate, issuer));
    assert_string_equal(facts.name, "ana");
    assert_string_equal(facts.unit, "registrar");
    assert_string_equal(facts.issuer, "");
    assert_int_equal(facts.not_after_ms, 0);
}

static const struct {
    const char *name, *crl;
    aluno_reason reason;
} checks[] = {
    {"client-self", NULL, ALUNO_REASON_TLS_SELF_SIGNED},
    {"client-unknown", NULL, ALUNO_REASON_TLS_UNKNOWN_CA},
    {"client-expired", NULL, ALUNO_REASON_TLS_EXPIRED},
    {"client-future", NULL, ALUNO_REASON_TLS_NOT_YET_VALID},
    {"client-sha1", NULL, ALUNO_REASON_TLS_WEAK_KEY},
    {"client-revoked", "good", ALUNO_REASON_TLS_REVOKED},
    {"client", "expired", ALUNO_REASON_TLS_CRL_INVALID},
    {"server", NULL, ALUNO_REASON_OPTION_INVALID},
};

static aluno_code check(const char *name, const char *crl, aluno_error *error)
{
    aluno_client_options options = ALUNO_CLIENT_OPTIONS_INIT;
    options.ca_file = pki_file("ca", ".crt");
    options.cert_file = pki_file(name, ".crt");
    options.key_file = pki_file(name, ".key");
    options.crl_file = crl == NULL ? NULL : pki_file(crl, ".crl");
    return aluno_credentials_check(&options, error);
}

static void test_credentials_are_validated(void **state)
{
    (void)state;
    aluno_error error;
    assert_int_equal(check("client", NULL, NULL), ALUNO_OK);
    assert_int_equal(check("client-rsa", "good", NULL), ALUNO_OK);
    for (size_t i = 0; i < sizeof checks / sizeof *checks; i++) {
        const aluno_reason_desc *reason = aluno_reason_of(checks[i].reason);
        assert_int_equal(check(checks[i].name, checks[i].crl, &error), reason->code);
        assert_string_equal(error.reason, reason->name);
        assert_non_null(strstr(error.message, reason->text[ALUNO_EN]));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_certificate_is_read),
        cmocka_unit_test(test_hosts_are_listed),
        cmocka_unit_test(test_names_are_not_guessed),
        cmocka_unit_test(test_a_ca_is_known),
        cmocka_unit_test(test_a_list_is_read),
        cmocka_unit_test(test_other_files_are_refused),
        cmocka_unit_test(test_structs_say_their_size),
        cmocka_unit_test(test_an_older_struct_is_written_as_far_as_it_goes),
        cmocka_unit_test(test_credentials_are_validated),
    };
    return cmocka_run_group_tests_name("tls certificate info", tests, pki_set_up, NULL);
}
