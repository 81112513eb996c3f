// A time zone that there is not is known for one, as it silently means UTC.
#include "cmocka_all.h"

#include "base/zone.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static void assert_known(bool expected, const char *tz) {
    if (zone_is_known(tz) != expected) {
        fail_msg("expected TZ=%s to be %s", tz == NULL ? "(none)" : tz, expected ? "a zone" : "none");
    }
}

static void rules_and_utc(void **state) {
    static const char *const known[] = {"",     "UTC",  "UTC0",   "GMT",
                                        ":UTC", "ART3", "<-03>3", "CET-1CEST,M3.5.0,M10.5.0/3"};
    static const char *const none[] = {"Europe/Madrld", "Madrid",        "-03:00", "+3",
                                       "AR3",           "ART",           "<-03>",  "<-03",
                                       ":Nowhere",      "/nowhere/zone", "21:00"};
    (void)state;
    assert_known(true, NULL);
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        assert_known(true, known[i]);
    }
    for (size_t i = 0; i < sizeof none / sizeof *none; i++) {
        assert_known(false, none[i]);
    }
}

static void a_file(void **state) {
    char folder[] = "/tmp/quiniela-zone-XXXXXX", path[64];
    (void)state;
    assert_non_null(mkdtemp(folder));
    setenv("TZDIR", folder, 1);
    snprintf(path, sizeof path, "%s/Here", folder);
    assert_known(false, "Here");
    assert_known(false, path);
    assert_int_equal(mkdir(path, 0700), 0);
    assert_known(false, "Here"); // a folder is none
    rmdir(path);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    (void)fclose(file);
    assert_known(true, "Here");
    assert_known(true, ":Here");
    assert_known(true, path);
    unlink(path);
    rmdir(folder);
    unsetenv("TZDIR");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rules_and_utc),
        cmocka_unit_test(a_file),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
