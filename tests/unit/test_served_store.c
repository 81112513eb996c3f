// An order reaches its store's server, whoever the database knows the operator as.
#include "cli/served_store.h"

#include "cmocka_all.h"

#include <string.h>

static struct json_value text(const char *value) {
    return (struct json_value){.kind = JSON_STRING, .text = value, .text_length = strlen(value)};
}

// The database has not said which store it is.
static struct wanted_store wanted(const char *address) {
    return (struct wanted_store){.address = address, .has_asked = true};
}

static bool is_it(struct wanted_store *wanted, const char *of_server, const char *id) {
    char plain[STORE_PLAIN_BYTES];
    store_plain_address(of_server, plain);
    const struct json_value values[] = {text(plain), text(id)};
    return wanted_store_is(wanted, &values[0], &values[1]);
}

static void assert_is(bool expected, const char *address, const char *of_server) {
    struct wanted_store store = wanted(address);
    if (is_it(&store, of_server, "1") != expected) {
        fail_msg("expected that %s and %s are %s; they are %s", address, of_server,
                 expected ? "one store" : "two", expected ? "two" : "one");
    }
}

static void who_connects(void **state) {
    (void)state;
    assert_is(true, "postgresql://a@h:1/d", "postgresql://b@h:1/d");
    assert_is(true, "postgresql://a%20%27x@h:1/d", "postgresql://b%20user=c@h:1/d");
    assert_is(true, "postgresql://a@h:1/d%20e", "postgresql://b@h:1/d%20e");
}

static void where_to(void **state) {
    (void)state;
    assert_is(false, "postgresql://a@h:1/d", "postgresql://b@h:1/e");
    assert_is(false, "postgresql://a@h:1/d", "postgresql://b@h:2/d");
    assert_is(false, "postgresql://a@g:1/d", "postgresql://b@h:1/d");
    assert_is(false, "postgresql://a@h:1/d", "postgresql://b@h:1/dd");
    assert_is(false, "postgresql://a@h:1/d", "postgresql://b@h:1/d?options=-csearch_path%3Dx");
    assert_is(false, "postgresql://a@h:1/d?options=-csearch_path%3Dx", "postgresql://b@h:1/d");
}

// What has no room is no address, and not the beginning of one.
static void however_long_it_is(void **state) {
    (void)state;
    char one[1200] = "postgresql://a@h:1/", other[1200] = "postgresql://a@h:1/";
    for (size_t length = strlen(one); length < sizeof one - 2; length++) {
        memcpy(one + length, "dx", sizeof "dx");
        memcpy(other + length, "dy", sizeof "dy");
        assert_is(false, one, other);
        if (length < 900) {
            assert_is(true, one, one);
        }
    }
}

// A user may have tables of its own.
static void of_several_stores_none(void **state) {
    (void)state;
    struct wanted_store store = wanted("postgresql://a@h:1/d");
    assert_true(is_it(&store, "postgresql://b@h:1/d", "1"));
    assert_true(is_it(&store, "postgresql://c@h:1/d", "1"));
    assert_false(store.is_doubtful);
    assert_true(is_it(&store, "postgresql://c@h:1/d", "2"));
    assert_true(store.is_doubtful);
    store = wanted("postgresql://a@h:1/d");
    assert_true(is_it(&store, "postgresql://b@h:1/d", "1"));
    assert_true(is_it(&store, "postgresql://a@h:1/d", "2"));
    assert_true(store.is_doubtful);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(who_connects),
        cmocka_unit_test(where_to),
        cmocka_unit_test(however_long_it_is),
        cmocka_unit_test(of_several_stores_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
