// The ports that a connection to a PostgreSQL may need are known before it is made.
#include "cmocka_all.h"

#include "store/postgres_reach.h"

#include <stdlib.h>

enum { ROOM = 4 };

// Checks which ports an address has; `wanted` ends with a 0, and has none where they cannot be known.
static void check(const char *address, const uint16_t *wanted) {
    uint16_t ports[ROOM];
    size_t count, expected = 0;
    bool known = postgres_ports(address, ports, ROOM, &count);
    while (wanted[expected] != 0) {
        expected++;
    }
    assert_int_equal(known, expected > 0);
    assert_int_equal(count, expected);
    for (size_t i = 0; i < count; i++) {
        assert_int_equal(ports[i], wanted[i]);
    }
}

static int clear(void **state) {
    (void)state;
    return unsetenv("PGPORT") | unsetenv("PGSERVICE");
}

static void the_address_names_them(void **state) {
    (void)state;
    check("postgresql://db:6432/lottery", (const uint16_t[]){6432, 0});
    check("postgresql://a:5433,b:5434/lottery", (const uint16_t[]){5433, 5434, 0});
    check("host=a,b port=5440 dbname=lottery", (const uint16_t[]){5440, 0});
}

static void the_usual_one(void **state) {
    (void)state;
    check("postgresql://db/lottery", (const uint16_t[]){5432, 0});
    setenv("PGPORT", "6000", 1);
    check("postgresql://db/lottery", (const uint16_t[]){6000, 0});
}

static void what_cannot_be_known(void **state) {
    (void)state;
    check("service=lottery", (const uint16_t[]){0});
    check("host=a,b,c,d,e port=1,2,3,4,5 dbname=lottery", (const uint16_t[]){0});
    setenv("PGSERVICE", "lottery", 1);
    check("postgresql://db:6432/lottery", (const uint16_t[]){0});
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(the_address_names_them, clear),
        cmocka_unit_test_setup(the_usual_one, clear),
        cmocka_unit_test_setup(what_cannot_be_known, clear),
    };
    return cmocka_run_group_tests(tests, NULL, clear);
}
