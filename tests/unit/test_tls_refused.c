// Certificates, keys and lists that cannot be used are refused by name, and nothing leaks.
// Memory is looked for by LeakSanitizer at the end of the program.
#include "cmocka_all.h"
#include "descriptors.h"
#include "temporary.h"
#include "time_of_day.h" // so one authority can be older than the other

#include "freed.h"
#include "keys/authority.h"
#include "tls/context.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { EARLIER_DAYS = 10, AUTHORITY_DAYS = 3650, LIST_DAYS = 30 };

static char folder[TEMPORARY_BYTES];

static const char *in_folder(const char *name) {
    static char paths[8][128];
    static int next;
    char *path = paths[next++ % 8];
    snprintf(path, sizeof paths[0], "%s/%s", folder, name);
    return path;
}

static void write_file(const char *name, const char *first, const char *second) {
    FILE *out = fopen(in_folder(name), "w");
    assert_non_null(out);
    const char *const parts[] = {first, second};
    for (int i = 0; i < 2 && parts[i] != NULL; i++) {
        char line[512];
        FILE *in = fopen(in_folder(parts[i]), "r");
        assert_non_null(in);
        while (fgets(line, sizeof line, in) != NULL) {
            fputs(line, out);
        }
        fclose(in);
    }
    assert_int_equal(fclose(out), 0);
}

static void make_authority(bool is_other) {
    struct authority *authority;
    struct authority_opened opened;
    struct error error;
    struct certificate_request server = {"server", "DNS:localhost", true, 10},
                               other = {"other", "DNS:localhost", true, 5};
    bool made;
    char path[96];
    snprintf(path, sizeof path, "%s%s", folder, is_other ? "/second" : "");
    if (!authority_open(path, &authority, &opened, &error) ||
        !authority_issue(authority, &server, &made, &error) ||
        !authority_issue(authority, &other, &made, &error) || !authority_renew_list(authority, &error)) {
        fail_msg("%s", error.text);
    }
    authority_close(&authority);
}

static int set_up(void **state) {
    (void)state;
    temporary_make(folder, "test_tls_refused");
    make_authority(false);
    ahead = -EARLIER_DAYS * DAY;
    make_authority(true);
    ahead = 0;
    write_file("empty", NULL, NULL);
    write_file("both.crt", "ca.crt", "second/ca.crt");
    write_file("turned.crt", "second/ca.crt", "ca.crt");
    write_file("both.pem", "crl.pem", "second/crl.pem");
    write_file("turned.pem", "second/crl.pem", "crl.pem");
    write_file("list-and-key.pem", "crl.pem", "server.key");
    return 0;
}

static int tear_down(void **state) {
    (void)state;
    return temporary_remove(folder);
}

// Reads the files; `wrong` is the one that the error has to name, NULL when they are all good.
static void read_files(const char *certificate, const char *key, const char *authority, const char *list,
                       const char *wrong) {
    struct tls_context *context;
    struct error error;
    struct tls_options options = {.certificate = in_folder(certificate),
                                  .key = in_folder(key),
                                  .authority = in_folder(authority),
                                  .revocations = list == NULL ? NULL : in_folder(list)};
    int before = descriptors();
    bool made = tls_context_new(TLS_SERVER, &options, &context, &error);
    if (made != (wrong == NULL)) {
        fail_msg("%s, %s, %s, %s were %s", certificate, key, authority, list, made ? "taken" : error.text);
    }
    if (made) {
        struct tls_expiry expiries[TLS_EXPIRIES_MAX];
        assert_null(tls_context_fault(context));
        assert_in_range(tls_context_expiries(context, expiries), 1, TLS_EXPIRIES_MAX);
        tls_context_release(context);
    } else {
        assert_null(context);
        assert_error(&error, ERROR_BAD_SETTING);
        assert_non_null(strstr(error.text, wrong));
    }
    assert_freed_is_as_it_was();
    assert_int_equal(descriptors(), before);
}

static void good_ones_are_taken(void **state) {
    (void)state;
    read_files("server.crt", "server.key", "ca.crt", NULL, NULL);
    read_files("server.crt", "server.key", "ca.crt", "crl.pem", NULL);
    read_files("server.crt", "server.key", "both.crt", "both.pem", NULL);
    read_files("server.crt", "server.key", "turned.crt", "turned.pem", NULL);
}

static void a_wrong_one_is_named(void **state) {
    (void)state;
    read_files("none", "server.key", "ca.crt", NULL, "/none");
    read_files("empty", "server.key", "ca.crt", NULL, "/empty");
    read_files("second", "server.key", "ca.crt", NULL, "/second");
    read_files("server.key", "server.key", "ca.crt", NULL, "/server.key");
    read_files("server.crt", "none", "ca.crt", NULL, "/none");
    read_files("server.crt", "server.crt", "ca.crt", NULL, "/server.crt");
    read_files("server.crt", "other.key", "ca.crt", NULL, "/other.key");
    read_files("server.crt", "server.key", "none", NULL, "/none");
    read_files("server.crt", "server.key", "empty", NULL, "/empty");
    read_files("server.crt", "server.key", "crl.pem", NULL, "/crl.pem");
    read_files("server.crt", "server.key", "ca.crt", "none", "/none");
    read_files("server.crt", "server.key", "ca.crt", "empty", "/empty");
    read_files("server.crt", "server.key", "ca.crt", "second", "/second");
    read_files("server.crt", "server.key", "ca.crt", "ca.crt", "/ca.crt");
}

static void assert_first_end(const char *authority, const char *list) {
    struct tls_context *context;
    struct tls_expiry expiries[TLS_EXPIRIES_MAX];
    struct error error;
    struct tls_options options = {.certificate = in_folder("server.crt"),
                                  .key = in_folder("server.key"),
                                  .authority = in_folder(authority),
                                  .revocations = in_folder(list)};
    assert_true(tls_context_new(TLS_SERVER, &options, &context, &error));
    assert_int_equal(tls_context_expiries(context, expiries), TLS_EXPIRIES_MAX);
    for (int i = 0; i < TLS_EXPIRIES_MAX; i++) {
        int days = strcmp(expiries[i].what, "authority") == 0     ? AUTHORITY_DAYS - EARLIER_DAYS
                   : strcmp(expiries[i].what, "revocations") == 0 ? LIST_DAYS - EARLIER_DAYS
                                                                  : 10;
        if (expiries[i].seconds_left > (int64_t)days * DAY ||
            expiries[i].seconds_left < (int64_t)(days - 1) * DAY) {
            fail_msg("%s of %s and %s: %d days are left, and not %d", expiries[i].what, authority, list,
                     (int)(expiries[i].seconds_left / DAY), days);
        }
    }
    tls_context_release(context);
    assert_freed_is_as_it_was();
}

static void of_two_in_a_file_the_one_that_ends_first_is_told(void **state) {
    (void)state;
    assert_first_end("both.crt", "both.pem");
    assert_first_end("turned.crt", "turned.pem");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(good_ones_are_taken),
        cmocka_unit_test(a_wrong_one_is_named),
        cmocka_unit_test(of_two_in_a_file_the_one_that_ends_first_is_told),
    };
    watch_freed();
    return cmocka_run_group_tests_name("tls_refused", tests, set_up, tear_down);
}
