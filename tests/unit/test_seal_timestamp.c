// A time stamp holds for one seal, at its time, from the authority that the rules name.
#include "seal_flips.h"
#include "seal_story.h"

#include "seal/timestamp.h"

#include <openssl/pem.h>
#include <openssl/ts.h>
#include <openssl/x509v3.h>

enum { STAMPED = SMALL_CLOSE + 30 };

// A CA, and a certificate for time stamps that it issued.
struct authority {
    EVP_PKEY *ca_key, *key;
    X509 *ca, *certificate;
    struct timestamp_authority pinned;
};

static void extend(X509 *x509, int nid, const char *value) {
    X509_EXTENSION *extension = X509V3_EXT_conf_nid(NULL, NULL, nid, value);
    assert_non_null(extension);
    assert_int_equal(X509_add_ext(x509, extension, -1), 1);
    X509_EXTENSION_free(extension);
}

// Makes a certificate of `key`, signed by `issuer_key`, valid for an hour around the stamp.
static X509 *issue(const char *name, EVP_PKEY *key, X509 *issuer, EVP_PKEY *issuer_key, const char *usage) {
    static long serial = 1;
    X509 *x509 = X509_new();
    X509_NAME *subject = X509_NAME_new();
    X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC, (const unsigned char *)name, -1, -1, 0);
    X509_set_version(x509, X509_VERSION_3);
    ASN1_INTEGER_set(X509_get_serialNumber(x509), serial++);
    X509_set_subject_name(x509, subject);
    X509_set_issuer_name(x509, issuer == NULL ? subject : X509_get_subject_name(issuer));
    ASN1_TIME_set(X509_getm_notBefore(x509), STAMPED - 1800);
    ASN1_TIME_set(X509_getm_notAfter(x509), STAMPED + 1800);
    X509_set_pubkey(x509, key);
    extend(x509, NID_basic_constraints, issuer == NULL ? "critical,CA:TRUE" : "critical,CA:FALSE");
    if (usage != NULL) {
        extend(x509, NID_ext_key_usage, usage);
    }
    assert_true(X509_sign(x509, issuer_key, EVP_sha256()) > 0);
    X509_NAME_free(subject);
    return x509;
}

static void make_authority(struct authority *authority, const char *usage) {
    struct error error;
    char *pem;
    BIO *bio = BIO_new(BIO_s_mem());
    authority->ca_key = EVP_EC_gen("P-256");
    authority->key = EVP_EC_gen("P-256");
    authority->ca = issue("test CA", authority->ca_key, NULL, authority->ca_key, NULL);
    authority->certificate = issue("stamps", authority->key, authority->ca, authority->ca_key, usage);
    assert_int_equal(PEM_write_bio_X509(bio, authority->ca), 1);
    long length = BIO_get_mem_data(bio, &pem);
    assert_true(timestamp_authority_read((struct slice){pem, (size_t)length}, &authority->pinned, &error));
    BIO_free(bio);
}

static void end_authority(struct authority *authority) {
    timestamp_authority_free(&authority->pinned);
    X509_free(authority->ca);
    X509_free(authority->certificate);
    EVP_PKEY_free(authority->ca_key);
    EVP_PKEY_free(authority->key);
}

static int stamped_time(TS_RESP_CTX *context, void *data, long *seconds, long *microseconds) {
    (void)context, (void)data;
    *seconds = STAMPED;
    *microseconds = 0;
    return 1;
}

static ASN1_INTEGER *stamp_serial(TS_RESP_CTX *context, void *data) {
    (void)context, (void)data;
    ASN1_INTEGER *serial = ASN1_INTEGER_new();
    ASN1_INTEGER_set(serial, 7);
    return serial;
}

// The authority's answer to a request. Freed by the caller.
static TS_RESP *answer(const struct authority *authority, const struct hash *hash) {
    uint8_t request[TIMESTAMP_REQUEST_BYTES_MAX];
    size_t length;
    struct error error;
    assert_true(timestamp_request(hash, request, &length, &error));
    BIO *bio = BIO_new_mem_buf(request, (int)length);
    TS_RESP_CTX *context = TS_RESP_CTX_new();
    ASN1_OBJECT *policy = OBJ_txt2obj("1.2.3.4.1", 1);
    assert_int_equal(TS_RESP_CTX_set_signer_cert(context, authority->certificate), 1);
    assert_int_equal(TS_RESP_CTX_set_signer_key(context, authority->key), 1);
    assert_int_equal(TS_RESP_CTX_set_signer_digest(context, EVP_sha256()), 1);
    assert_int_equal(TS_RESP_CTX_set_def_policy(context, policy), 1);
    assert_int_equal(TS_RESP_CTX_add_md(context, EVP_sha256()), 1);
    TS_RESP_CTX_set_time_cb(context, stamped_time, NULL);
    TS_RESP_CTX_set_serial_cb(context, stamp_serial, NULL);
    TS_RESP *answered = TS_RESP_create_response(context, bio);
    assert_non_null(answered);
    ASN1_OBJECT_free(policy);
    TS_RESP_CTX_free(context);
    BIO_free(bio);
    return answered;
}

struct stamp {
    struct authority authority;
    struct hash hash;
    uint8_t *answer, *token;
    int answer_length, token_length;
    uint64_t time;
};

static int begin(void **state) {
    static struct stamp stamp;
    stamp = (struct stamp){0};
    make_authority(&stamp.authority, "critical,timeStamping");
    hash_of("the seal", 8, &stamp.hash);
    TS_RESP *answered = answer(&stamp.authority, &stamp.hash);
    stamp.answer_length = i2d_TS_RESP(answered, &stamp.answer);
    assert_true(stamp.answer_length > 0);
    stamp.token_length = i2d_PKCS7(TS_RESP_get_token(answered), &stamp.token);
    assert_true(stamp.token_length > 0);
    TS_RESP_free(answered);
    *state = &stamp;
    return 0;
}

static int end(void **state) {
    struct stamp *stamp = *state;
    OPENSSL_free(stamp->answer);
    OPENSSL_free(stamp->token);
    end_authority(&stamp->authority);
    return 0;
}

static bool check(void *context, struct slice der, struct error *error) {
    struct stamp *stamp = context;
    return timestamp_check(der, &stamp->hash, &stamp->authority.pinned, &stamp->time, error);
}

static struct slice token_of(const struct stamp *stamp) {
    return (struct slice){(const char *)stamp->token, (size_t)stamp->token_length};
}

static void answers_and_tokens(void **state) {
    struct stamp *stamp = *state;
    struct error error;
    struct slice answered = {(const char *)stamp->answer, (size_t)stamp->answer_length};
    if (!check(stamp, answered, &error)) {
        fail_msg("%s", error.text);
    }
    assert_int_equal(stamp->time, STAMPED);
    stamp->time = 0;
    assert_true(check(stamp, token_of(stamp), &error));
    assert_int_equal(stamp->time, STAMPED);
    assert_lengths_refused(answered, check, stamp);
    assert_lengths_refused(token_of(stamp), check, stamp);
}

static void another_seal(void **state) {
    struct stamp *stamp = *state;
    struct error error;
    stamp->hash.bytes[31] ^= 1;
    assert_false(check(stamp, token_of(stamp), &error));
    assert_error(&error, ERROR_FALSE_CLAIM);
    assert_string_equal(error.text, "the time stamp is of something else");
    stamp->hash.bytes[31] ^= 1;
}

// What is known without a certificate: form, hash and time; of any seal, where there is none.
static void read_by_anybody(void **state) {
    struct stamp *stamp = *state;
    struct hash strange = stamp->hash;
    struct error error;
    uint64_t time = 0;
    strange.bytes[0] ^= 1;
    assert_true(timestamp_read(token_of(stamp), &stamp->hash, &time, &error));
    assert_int_equal(time, STAMPED);
    assert_false(timestamp_read(token_of(stamp), &strange, &time, &error));
    assert_string_equal(error.text, "the time stamp is of something else");
    assert_true(timestamp_read(token_of(stamp), NULL, &time, &error));
    assert_false(timestamp_read(slice_of(""), NULL, &time, &error));
    assert_error(&error, ERROR_BAD_FORM);
    stamp->token[stamp->token_length - 1] ^= 1; // of the signature
    assert_true(timestamp_read(token_of(stamp), &stamp->hash, &time, &error));
    assert_false(check(stamp, token_of(stamp), &error));
    stamp->token[stamp->token_length - 1] ^= 1;
}

static void another_authority(void **state) {
    struct stamp *stamp = *state;
    struct error error;
    struct authority other, held = stamp->authority;
    make_authority(&other, "critical,timeStamping");
    stamp->authority.pinned = other.pinned;
    assert_false(check(stamp, token_of(stamp), &error));
    assert_error(&error, ERROR_FALSE_CLAIM);
    stamp->authority = held;
    assert_false(hash_equal(&other.pinned.hash, &held.pinned.hash));
    end_authority(&other);
}

// Where bits of what is signed lie, no change holds; nothing of the token gives another time.
static void changed_bits(void **state) {
    struct stamp *stamp = *state;
    struct error error;
    size_t held = 0;
    for (int bit = 0; bit < 8 * stamp->token_length; bit += (int)flips_step()) {
        stamp->token[bit / 8] ^= (uint8_t)(1 << bit % 8);
        if (check(stamp, token_of(stamp), &error)) {
            assert_int_equal(stamp->time, STAMPED);
            held++;
        } else {
            assert_refused(&error);
        }
        stamp->token[bit / 8] ^= (uint8_t)(1 << bit % 8);
    }
    print_message("%zu of %d changes have no effect\n", held, 8 * stamp->token_length);
    assert_true(held < 200); // those of what is not signed: parameters without meaning
}

static void nothing_at_all(void **state) {
    struct error error;
    static char large[TIMESTAMP_BYTES_MAX + 1];
    struct timestamp_authority authority;
    assert_false(check(*state, slice_of("nothing"), &error));
    assert_error(&error, ERROR_BAD_FORM);
    assert_false(check(*state, (struct slice){large, sizeof large}, &error));
    assert_string_equal(error.text, "the time stamp has more than 65536 bytes");
    assert_false(timestamp_authority_read(slice_of("nothing"), &authority, &error));
    assert_error(&error, ERROR_BAD_FORM);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(answers_and_tokens), cmocka_unit_test(another_seal),
        cmocka_unit_test(another_authority),  cmocka_unit_test(changed_bits),
        cmocka_unit_test(nothing_at_all),     cmocka_unit_test(read_by_anybody),
    };
    return cmocka_run_group_tests(tests, begin, end);
}
