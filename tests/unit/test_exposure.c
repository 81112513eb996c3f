// Who can reach an address is told right at both ends of each range, and just outside.
#include "cmocka_all.h"

#include "net/exposure.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

// Of a place that is this address alone.
static enum exposure of(const char *address, char *text, size_t room) {
    struct place place;
    struct error error;
    assert_true(place_parse(address, &place, &error));
    return exposure_listening(&place, text, room);
}

static void each_address_has_its_range(void **state) {
    (void)state;
    static const struct {
        const char *address;
        enum exposure expected;
    } cases[] = {
        {"127.0.0.1", EXPOSURE_LOOPBACK},
        {"127.255.255.255", EXPOSURE_LOOPBACK},
        {"126.255.255.255", EXPOSURE_PUBLIC},
        {"128.0.0.0", EXPOSURE_PUBLIC},
        {"9.255.255.255", EXPOSURE_PUBLIC},
        {"10.0.0.0", EXPOSURE_PRIVATE},
        {"10.255.255.255", EXPOSURE_PRIVATE},
        {"11.0.0.0", EXPOSURE_PUBLIC},
        {"100.63.255.255", EXPOSURE_PUBLIC},
        {"100.64.0.0", EXPOSURE_PRIVATE},
        {"100.127.255.255", EXPOSURE_PRIVATE},
        {"100.128.0.0", EXPOSURE_PUBLIC},
        {"169.254.1.1", EXPOSURE_PRIVATE},
        {"172.15.255.255", EXPOSURE_PUBLIC},
        {"172.16.0.0", EXPOSURE_PRIVATE},
        {"172.25.125.2", EXPOSURE_PRIVATE}, // the containers' network
        {"172.31.255.255", EXPOSURE_PRIVATE},
        {"172.32.0.0", EXPOSURE_PUBLIC},
        {"192.0.2.1", EXPOSURE_PRIVATE},
        {"192.0.3.0", EXPOSURE_PUBLIC},
        {"192.168.1.1", EXPOSURE_PRIVATE},
        {"192.169.0.0", EXPOSURE_PUBLIC},
        {"198.19.255.255", EXPOSURE_PRIVATE},
        {"198.20.0.0", EXPOSURE_PUBLIC},
        {"198.51.100.7", EXPOSURE_PRIVATE},
        {"203.0.113.255", EXPOSURE_PRIVATE},
        {"203.0.114.0", EXPOSURE_PUBLIC},
        {"8.8.8.8", EXPOSURE_PUBLIC},
        {"::1", EXPOSURE_LOOPBACK},
        {"::2", EXPOSURE_PUBLIC},
        {"::ffff:127.0.0.1", EXPOSURE_LOOPBACK},
        {"::ffff:8.8.8.8", EXPOSURE_PUBLIC},
        {"fc00::1", EXPOSURE_PRIVATE},
        {"fdff::1", EXPOSURE_PRIVATE},
        {"fe00::1", EXPOSURE_PUBLIC},
        {"fe80::1%lo", EXPOSURE_PRIVATE},
        {"febf::1%lo", EXPOSURE_PRIVATE},
        {"fec0::1", EXPOSURE_PUBLIC},
        {"2001:db8::1", EXPOSURE_PRIVATE},
        {"2001:db9::1", EXPOSURE_PUBLIC},
        {"2600::1", EXPOSURE_PUBLIC},
    };
    char text[64];
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        enum exposure exposure = of(cases[i].address, text, sizeof text);
        if (exposure != cases[i].expected) {
            fail_msg("%s: %d, not %d", cases[i].address, exposure, cases[i].expected);
        }
        assert_string_equal(text, cases[i].address);
    }
}

static void every_address_is_at_least_as_wide_as_one(void **state) {
    (void)state;
    static const char *const all[] = {NULL, "", "server", "0.0.0.0", "::"};
    char text[64];
    enum exposure widest = of(NULL, text, sizeof text);
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
        assert_int_equal(of(all[i], text, sizeof text), widest);
        assert_true(text[0] != '\0');
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_address_has_its_range),
        cmocka_unit_test(every_address_is_at_least_as_wide_as_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
