// A chain has at most four intermediate authorities, and every one of them is checked, each time.
// Client and server talk in memory.
#include "tls_pipe.h"
#include "tls_story.h"

#include "base/memory.h"
#include "keys/pem_file.h"
#include "tls/session.h"

#include <openssl/x509v3.h>
#include <sys/stat.h>

enum { BETWEEN_MAX = 5 };

static char root[64], chain[128];

static const char *at(const char *where, const char *name) {
    static char paths[8][192];
    static int next;
    char *path = paths[next++ % 8];
    snprintf(path, sizeof paths[0], "%s/%s", where, name);
    return path;
}

static void add_extension(X509 *certificate, int kind, const char *value) {
    X509V3_CTX of;
    X509V3_set_ctx(&of, certificate, certificate, NULL, NULL, 0);
    X509_EXTENSION *extension = X509V3_EXT_conf_nid(NULL, &of, kind, value);
    assert_non_null(extension);
    assert_int_equal(X509_add_ext(certificate, extension, -1), 1);
    X509_EXTENSION_free(extension);
}

// An authority in the folder `to` that is signed by the one in the folder `by`, or by itself when that is the
// same. (Those of keys/ have none below them.)
static void sign_authority(const char *by, const char *to, int number) {
    struct error error;
    char name[32];
    bool is_root = strcmp(by, to) == 0;
    assert_true(is_root || mkdir(to, 0700) == 0);
    assert_int_equal(mkdir(at(to, "authority"), 0700), 0);
    snprintf(name, sizeof name, "between %d", number);
    X509 *own = X509_new(), *parent = is_root ? own : pem_read_certificate(at(by, "ca.crt"), &error);
    EVP_PKEY *key = EVP_EC_gen("P-256");
    EVP_PKEY *parents = is_root ? key : pem_read_key(at(by, "authority/ca.key"), &error);
    assert_true(parent != NULL && own != NULL && parents != NULL && key != NULL);
    X509_set_version(own, X509_VERSION_3);
    ASN1_INTEGER_set(X509_get_serialNumber(own), 100 + number);
    X509_time_adj_ex(X509_getm_notBefore(own), -20, 0, NULL);
    X509_time_adj_ex(X509_getm_notAfter(own), 10, 0, NULL);
    X509_NAME *subject = X509_get_subject_name(own);
    X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC, (const unsigned char *)name, -1, -1, 0);
    X509_set_issuer_name(own, X509_get_subject_name(parent));
    X509_set_pubkey(own, key);
    add_extension(own, NID_basic_constraints, "critical,CA:TRUE");
    add_extension(own, NID_key_usage, "critical,keyCertSign,cRLSign");
    add_extension(own, NID_subject_key_identifier, "hash");
    assert_true(X509_sign(own, parents, EVP_sha256()) > 0);
    assert_true(pem_write_certificate(at(to, "ca.crt"), own, &error));
    assert_true(pem_write_key(at(to, "authority/ca.key"), key, &error));
    if (!is_root) {
        X509_free(parent);
        EVP_PKEY_free(parents);
    }
    X509_free(own);
    EVP_PKEY_free(key);
}

static void append(const char *from) {
    char command[512];
    snprintf(command, sizeof command, "cat %s >> %s", from, chain);
    assert_int_equal(system(command), 0);
}

// The certificate of an agency or a server, signed by the last of so many authorities below ours, followed by
// all of them.
static struct tls_context *context_below(enum tls_role role, int between) {
    const char *name = role == TLS_SERVER ? "server" : "agency";
    char folders[BETWEEN_MAX + 1][96], own[32];
    snprintf(folders[0], sizeof folders[0], "%s", root);
    for (int i = 1; i <= between; i++) {
        snprintf(folders[i], sizeof folders[i], "%s/between-%d-%d", root, between, i);
        sign_authority(folders[i - 1], folders[i], i);
    }
    strcpy(folder, folders[between]);
    if (between > 0) { // else it is there already
        issue(name, role == TLS_SERVER ? "DNS:localhost" : "URI:urn:quiniela:agency:7", role == TLS_SERVER,
              DAY);
    }
    snprintf(chain, sizeof chain, "%s/chain-%d.pem", root, between);
    snprintf(own, sizeof own, "%s.crt", name);
    append(at(folder, own));
    for (int i = between; i > 0; i--) {
        append(at(folders[i], "ca.crt"));
    }
    snprintf(own, sizeof own, "%s.key", name);
    struct tls_options options = {
        .certificate = chain, .key = at(folder, own), .authority = at(root, "ca.crt")};
    struct tls_context *context;
    struct error error;
    if (!tls_context_new(role, &options, &context, &error)) {
        fail_msg("%s", error.text);
    }
    strcpy(folder, root);
    return context;
}

static struct tls_context *agency_below(int between) {
    return context_below(TLS_CLIENT, between);
}

static int set_up(void **state) {
    (void)state;
    make_certificates_folder();
    strcpy(root, folder);
    sign_authority(root, root, 0);
    make_contexts(DAY, DAY);
    return 0;
}

static int tear_down(void **state) {
    (void)state;
    return forget_certificates();
}

// The handshake, in memory --------------------------------------------------------------------------------

static struct pipe to_server, to_client;
static struct tls_session *client, *server;
static bool was_resumed;

// An agency comes with this context, and has said its first words.
static void begin(struct tls_context *context) {
    to_server.length = to_client.length = 0;
    client = tls_session_new(context, "localhost", put, &to_server);
    server = tls_session_new(server_context, NULL, put, &to_client);
    assert_true(client != NULL && server != NULL);
    tls_session_start(client);
}

static void end(void) {
    tls_session_free(&client);
    tls_session_free(&server);
}

// What the server finds wrong with an agency that comes with this context.
static const char *failure_with(struct tls_context *context) {
    begin(context);
    while (to_server.length + to_client.length > 0) {
        pass(&to_server, server);
        pass(&to_client, client);
    }
    const char *failure = tls_failure_name(tls_session_failure(server));
    assert_int_equal(tls_session_is_open(server), strcmp(failure, "none") == 0);
    was_resumed = tls_session_was_resumed(server);
    end();
    return failure;
}

static void chains_are_believed_up_to_four_in_between(void **state) {
    (void)state;
    static const char *const expected[] = {"none", "none", "none", "none", "none", "unknown_authority"};
    for (int between = 0; between <= BETWEEN_MAX; between++) {
        struct tls_context *context = agency_below(between);
        const char *failure = failure_with(context);
        tls_context_release(context);
        if (strcmp(failure, expected[between]) != 0) {
            fail_msg("with %d in between: %s, and not %s", between, failure, expected[between]);
        }
    }
}

// Memory that fails that many times, and is the heap's from then on.
static int failing;

static void *allocate(void *context, size_t bytes) {
    (void)context;
    return failing > 0 && failing-- > 0 ? NULL : malloc(bytes);
}

static void *resize(void *context, void *block, size_t bytes) {
    (void)context;
    return realloc(block, bytes);
}

static void release(void *context, void *block) {
    (void)context;
    free(block);
}

static void a_session_is_resumed_with_its_chain(void **state) {
    (void)state;
    struct tls_context *context = agency_below(2);
    for (int i = 0; i < 3; i++) {
        assert_string_equal(failure_with(context), "none");
        assert_int_equal(was_resumed, i > 0);
    }
    tls_context_release(context);
}

static void a_servers_session_is_resumed_with_its_chain(void **state) {
    (void)state;
    tls_context_release(server_context);
    server_context = context_below(TLS_SERVER, 2);
    for (int i = 0; i < 3; i++) {
        assert_string_equal(failure_with(client_context), "none");
        assert_int_equal(was_resumed, i > 0);
    }
}

// The first that a server takes memory for in a handshake is the chain in the ticket.
static void an_agency_whose_ticket_lacks_its_chain_shows_it_anew(void **state) {
    (void)state;
    static const struct memory scarce = {allocate, resize, release, NULL};
    struct tls_context *context = agency_below(2);
    begin(context);
    (void)pass(&to_server, server);
    (void)pass(&to_client, client);
    failing = 1;
    (void)memory_use(&scarce);
    (void)pass(&to_server, server);
    (void)memory_use(NULL);
    assert_int_equal(failing, 0);
    (void)pass(&to_client, client);
    assert_true(tls_session_is_open(server));
    end();
    for (int i = 0; i < 2; i++) {
        assert_string_equal(failure_with(context), "none");
        assert_int_equal(was_resumed, i > 0);
    }
    tls_context_release(context);
}

// Nobody whom it has signed would be let in.
static void an_authority_without_its_list_is_told(void **state) {
    (void)state;
    struct authority *authority;
    struct authority_opened opened;
    struct error error;
    struct tls_context *context;
    char between[96], list[128], name[80] = "";
    snprintf(between, sizeof between, "%s/between", root);
    snprintf(list, sizeof list, "%s/crl.pem", root);
    snprintf(chain, sizeof chain, "%s/authorities.pem", root);
    sign_authority(root, between, 7);
    append(at(between, "ca.crt"));
    assert_true(authority_open(root, &authority, &opened, &error) && authority_renew_list(authority, &error));
    authority_close(&authority);
    struct tls_options options = {.authority = at(root, "ca.crt"), .revocations = list};
    assert_true(tls_context_new(TLS_CLIENT, &options, &context, &error));
    assert_false(tls_context_lacks_list(context, name, sizeof name));
    tls_context_release(context);

    append(at(root, "ca.crt"));
    options.authority = chain;
    assert_true(tls_context_new(TLS_CLIENT, &options, &context, &error));
    assert_true(tls_context_lacks_list(context, name, sizeof name));
    assert_string_equal(name, "/CN=between 7");
    tls_context_release(context);

    options.revocations = NULL; // then none is asked for
    assert_true(tls_context_new(TLS_CLIENT, &options, &context, &error));
    assert_false(tls_context_lacks_list(context, name, sizeof name));
    tls_context_release(context);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(chains_are_believed_up_to_four_in_between, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_session_is_resumed_with_its_chain, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_servers_session_is_resumed_with_its_chain, set_up, tear_down),
        cmocka_unit_test_setup_teardown(an_agency_whose_ticket_lacks_its_chain_shows_it_anew, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(an_authority_without_its_list_is_told, set_up, tear_down),
    };
    return cmocka_run_group_tests_name("tls_chain", tests, NULL, NULL);
}
