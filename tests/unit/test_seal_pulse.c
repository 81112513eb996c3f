// Only the pulse that the rules name is taken, as NIST signed it.
#include "seal_flips.h"
#include "seal_story.h"

#include "seal/pulse_json.h"

#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <stdio.h>

// NIST's own pulse of 2018-08-30, and its certificate.
struct real {
    char json[8 * 1024], pem[8 * 1024];
    size_t json_length;
    struct pulse_certificate certificate;
    struct pulse pulse;
    struct rules_pulse rules; // that name it
};

static size_t read_file(const char *name, char *text, size_t max) {
    char path[1024];
    (void)snprintf(path, sizeof path, "%s/../seal/%s", GOLDEN_DIR, name);
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    size_t length = fread(text, 1, max, file);
    (void)fclose(file);
    assert_true(length > 0 && length < max);
    return length;
}

static int begin(void **state) {
    static struct real real;
    struct error error;
    real.json_length = read_file("pulse.json", real.json, sizeof real.json);
    struct slice pem = {real.pem, read_file("certificate.pem", real.pem, sizeof real.pem)};
    assert_true(pulse_certificate_read(pem, &real.certificate, &error));
    if (!pulse_json_read((struct slice){real.json, real.json_length}, &real.pulse, &error)) {
        fail_msg("%s", error.text);
    }
    real.rules = (struct rules_pulse){.chain = 1, .public_key = real.certificate.public_key};
    assert_true(instant_parse(slice_of("2018-08-30T17:44:00Z"), &real.rules.time));
    memcpy(real.rules.certificate_id, real.certificate.id, CERTIFICATE_ID_BYTES);
    *state = &real;
    return 0;
}

static int end(void **state) {
    struct real *real = *state;
    pulse_certificate_free(&real->certificate);
    return 0;
}

static void the_real_pulse(void **state) {
    struct real *real = *state;
    struct error error;
    uint8_t message[PULSE_MESSAGE_BYTES_MAX], hash[LONG_HASH_BYTES];
    char hex[HEX_TEXT_BYTES(LONG_HASH_BYTES)];
    size_t length = pulse_message(&real->pulse, message);
    assert_int_equal(length, 813);
    long_hash_of(message, length, hash);
    hex_encode(hash, sizeof hash, hex);
    assert_memory_equal(hex, "cf3df5c0", 8);
    assert_string_equal(hex + 124, "7c17");
    hex_encode(real->certificate.id, sizeof real->certificate.id, hex);
    assert_memory_equal(hex, "5501e3d72bc42f3b", 16);
    if (!pulse_check(&real->pulse, &real->certificate, &error)) {
        fail_msg("%s", error.text);
    }
    assert_true(pulse_is_named(&real->pulse, &real->certificate, &real->rules, &error));
}

static bool check(const struct real *real, const struct pulse *pulse, struct error *error) {
    return pulse_check(pulse, &real->certificate, error) &&
           pulse_is_named(pulse, &real->certificate, &real->rules, error);
}

// Whether they say the same: what is signed, the signature, and the output.
static bool same(const struct pulse *one, const struct pulse *other) {
    uint8_t a[PULSE_MESSAGE_BYTES_MAX], b[PULSE_MESSAGE_BYTES_MAX];
    size_t length = pulse_message(one, a);
    return pulse_message(other, b) == length && memcmp(a, b, length) == 0 &&
           one->signature_length == other->signature_length &&
           memcmp(one->signature, other->signature, one->signature_length) == 0 &&
           one->output.length == other->output.length &&
           memcmp(one->output.bytes, other->output.bytes, one->output.length) == 0;
}

// A change that changes nothing is one of white space, of a letter's case in hex, of what is not signed.
static void every_bit_counts(void **state) {
    struct real *real = *state;
    struct error error;
    static struct pulse pulse;
    size_t refused = 0, without_effect = 0;
    for (size_t bit = 0; bit < 8 * real->json_length; bit += flips_step()) {
        real->json[bit / 8] = (char)(real->json[bit / 8] ^ 1 << bit % 8);
        bool is_read = pulse_json_read((struct slice){real->json, real->json_length}, &pulse, &error);
        if (is_read && same(&pulse, &real->pulse)) {
            without_effect++;
        } else {
            if (is_read && check(real, &pulse, &error)) {
                fail_msg("bit %zu of byte %zu was changed, and it holds", bit % 8, bit / 8);
            }
            assert_refused(&error);
            refused++;
        }
        real->json[bit / 8] = (char)(real->json[bit / 8] ^ 1 << bit % 8);
    }
    size_t tried = refused + without_effect;
    print_message("%zu of %zu changes were refused\n", refused, tried);
    assert_true(tried > 2000 && without_effect < tried / 10);
}

static void other_pulses_than_named(void **state) {
    struct real *real = *state;
    struct error error;
    struct rules_pulse rules = real->rules;
#define EXPECT_OTHER(change, why)                                                                            \
    rules = real->rules;                                                                                     \
    (change);                                                                                                \
    assert_false(pulse_is_named(&real->pulse, &real->certificate, &rules, &error));                          \
    assert_error(&error, ERROR_FALSE_CLAIM);                                                                 \
    assert_string_equal(error.text, why)
    EXPECT_OTHER(rules.chain = 2, "the pulse is of chain 1, and the rules name chain 2");
    EXPECT_OTHER(rules.time += 60,
                 "the pulse is of another time than 2018-08-30T17:45:00.000Z, which the rules name");
    EXPECT_OTHER(rules.certificate_id[63] ^= 1, "the pulse is of another certificate than the rules name");
    EXPECT_OTHER(rules.public_key.bytes[31] ^= 1,
                 "the pulse has a certificate with another key than the rules name");
}

static void expect_bad(struct real *real, const char *from, const char *to, const char *why) {
    char text[8 * 1024];
    struct draft draft;
    struct error error;
    struct pulse pulse;
    const char *at = memmem(real->json, real->json_length, from, strlen(from));
    assert_non_null(at);
    size_t before = (size_t)(at - real->json), after = before + strlen(from);
    draft_begin(&draft, text, sizeof text);
    draft_add(&draft, (struct slice){real->json, before});
    draft_add(&draft, slice_of(to));
    draft_add(&draft, (struct slice){real->json + after, real->json_length - after});
    if (pulse_json_read(draft_text(&draft), &pulse, &error)) {
        fail_msg("taken: %s instead of %s", to, from);
    }
    assert_error(&error, ERROR_BAD_FORM);
    if (strncmp(error.text, why, strlen(why)) != 0) {
        fail_msg("expected \"%s\", it is \"%s\"", why, error.text);
    }
}

static void what_is_wrong_is_said(void **state) {
    struct real *real = *state;
    expect_bad(real, "{", "", "the pulse: the message does not parse as JSON");
    expect_bad(real, "\"pulse\"", "\"pulse2\"", "the pulse: there is no \"pulse\" in it");
    expect_bad(real, "\"uri\"", "\"URI\"", "the pulse's uri: is no text, or too long");
    expect_bad(real, "\"version\"", "\"uri\": \"again\", \"version\"", "the pulse: uri: is given twice");
    expect_bad(real, "\"cipherSuite\": 0", "\"cipherSuite\": \"0\"",
               "the pulse's cipherSuite: is no whole number of 32 bits");
    expect_bad(real, "\"period\": 60000", "\"period\": 4294967296",
               "the pulse's period: is no whole number of 32 bits");
    expect_bad(real, "\"period\": 60000", "\"period\": -1",
               "the pulse's period: is no whole number of 32 bits");
    expect_bad(real, "\"chainIndex\": 1", "\"chainIndex\": -1", "the pulse's chainIndex: is no whole number");
    expect_bad(real, "\"certificateId\": \"55", "\"certificateId\": \"5",
               "the pulse's certificateId: is no text of hex, or too long");
    expect_bad(real, "\"certificateId\": \"55", "\"certificateId\": \"5555",
               "the pulse's certificateId: is no text of hex, or too long");
    expect_bad(real, "\"external\": {", "\"external\": {\"value\": 1,", "the pulse: value: is given twice");
    expect_bad(real, "\"external\"", "\"External\"", "the pulse's external: is no object");
    expect_bad(real, "\"listValues\"", "\"ListValues\"", "the pulse's listValues: is no list of five");
    expect_bad(real, "\"listValues\": [", "\"listValues\": [7,",
               "the pulse's listValues: is no list of five");
    expect_bad(real, "\"hour\"", "\"day\"", "the pulse's day: is given twice");
    expect_bad(real, "\"hour\"", "\"hours\"",
               "the pulse's listValues: has one of another type than previous, hour, day, month, year");
    expect_bad(real, "\"type\": \"hour\"", "\"type\": 7", "the pulse's listValues: has one without a type");
    expect_bad(real, "\"type\": \"hour\"", "\"type\": \"hour\", \"type\": \"hour\"",
               "the pulse's listValues: has one that is no object, or has a field twice");
}

static void bounds(void **state) {
    (void)state;
    static char text[PULSE_BYTES_MAX + 1];
    struct pulse pulse;
    struct error error;
    struct pulse_certificate certificate;
    memset(text, ' ', sizeof text);
    assert_false(pulse_json_read((struct slice){text, sizeof text}, &pulse, &error));
    assert_string_equal(error.text, "the pulse: has more than 65536 bytes");
    assert_false(pulse_json_read((struct slice){text, 0}, &pulse, &error));
    memset(text, '[', PULSE_DEPTH_MAX);
    assert_false(pulse_json_read((struct slice){text, PULSE_DEPTH_MAX}, &pulse, &error));
    assert_non_null(strstr(error.text, "does not parse as JSON"));
    text[PULSE_DEPTH_MAX] = '[';
    assert_false(pulse_json_read((struct slice){text, PULSE_DEPTH_MAX + 1}, &pulse, &error));
    assert_string_equal(error.text, "the pulse: is deeper than 64 objects and lists, one in another");
    assert_false(pulse_certificate_read(slice_of("nothing"), &certificate, &error));
    assert_string_equal(error.text, "the beacon's certificate: is no certificate of an RSA key, in PEM");
    assert_null(certificate.key);
}

// A beacon of the test's own -------------------------------------------------------------------------------

static EVP_PKEY *make_certificate(struct pulse_certificate *certificate, bool is_rsa) {
    EVP_PKEY *key = is_rsa ? EVP_RSA_gen(2048) : EVP_EC_gen("P-256");
    X509 *x509 = X509_new();
    BIO *bio = BIO_new(BIO_s_mem());
    struct error error;
    char *pem;
    X509_set_version(x509, X509_VERSION_3);
    ASN1_INTEGER_set(X509_get_serialNumber(x509), 1);
    X509_gmtime_adj(X509_getm_notBefore(x509), -20);
    X509_gmtime_adj(X509_getm_notAfter(x509), -10); // over: its dates do not matter
    X509_set_pubkey(x509, key);
    assert_true(X509_sign(x509, key, EVP_sha256()) > 0);
    assert_int_equal(PEM_write_bio_X509(bio, x509), 1);
    long length = BIO_get_mem_data(bio, &pem);
    assert_int_equal(pulse_certificate_read((struct slice){pem, (size_t)length}, certificate, &error),
                     is_rsa);
    BIO_free(bio);
    X509_free(x509);
    return key;
}

static void sign(struct pulse *pulse, EVP_PKEY *key, const EVP_MD *digest) {
    uint8_t message[PULSE_MESSAGE_BYTES_MAX];
    size_t length = pulse_message(pulse, message);
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    pulse->signature_length = sizeof pulse->signature;
    assert_int_equal(EVP_DigestSignInit(context, NULL, digest, NULL, key), 1);
    assert_int_equal(EVP_DigestSign(context, pulse->signature, &pulse->signature_length, message, length), 1);
    EVP_MD_CTX_free(context);
    pulse->output.length = BEACON_OUTPUT_BYTES;
    long_hash_of_two(message, length, pulse->signature, pulse->signature_length, pulse->output.bytes);
}

static void a_pulse_of_another_beacon(void **state) {
    struct real *real = *state;
    struct real own = *real;
    struct error error;
    EVP_PKEY *key = make_certificate(&own.certificate, true);
    own.rules.public_key = own.certificate.public_key;
    memcpy(own.rules.certificate_id, own.certificate.id, CERTIFICATE_ID_BYTES);
    assert_false(check(&own, &own.pulse, &error));
    assert_string_equal(error.text, "the pulse is of another certificate");
    memcpy(own.pulse.certificate_id.bytes, own.certificate.id, CERTIFICATE_ID_BYTES);
    assert_false(check(&own, &own.pulse, &error));
    assert_string_equal(error.text, "the pulse's signature is wrong");
    sign(&own.pulse, key, EVP_sha256());
    assert_false(check(&own, &own.pulse, &error));
    sign(&own.pulse, key, EVP_sha512());
    assert_true(check(&own, &own.pulse, &error));
    own.pulse.output.bytes[0] ^= 1;
    assert_false(check(&own, &own.pulse, &error));
    assert_string_equal(error.text, "the pulse has an output that is not its own");
    own.pulse.period = 30000;
    sign(&own.pulse, key, EVP_sha512());
    assert_false(check(&own, &own.pulse, &error));
    assert_string_equal(error.text,
                        "the pulse is of another cipher suite than 0, or another period than 60000 ms");
    pulse_certificate_free(&own.certificate);
    EVP_PKEY_free(key);
    EVP_PKEY_free(make_certificate(&own.certificate, false));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_real_pulse),
        cmocka_unit_test(every_bit_counts),
        cmocka_unit_test(other_pulses_than_named),
        cmocka_unit_test(what_is_wrong_is_said),
        cmocka_unit_test(bounds),
        cmocka_unit_test(a_pulse_of_another_beacon),
    };
    return cmocka_run_group_tests(tests, begin, end);
}
