// Before it is confined, a server loads what its resolver would load later, and nothing else.
#include "cmocka_all.h"

#include "confine/modules.h"

#include <dlfcn.h>
#include <stdio.h>
#include <string.h>

static const char *configured; // NULL: no such file
static char loaded[512];       // names, each followed by a space
static int closed;

// In place of the C library's, for modules.c --------------------------------------------------------------

FILE *__wrap_fopen(const char *path, const char *mode);
FILE *__wrap_fopen(const char *path, const char *mode) {
    (void)mode;
    assert_string_equal(path, "/etc/nsswitch.conf");
    return configured == NULL ? NULL : fmemopen((void *)(uintptr_t)configured, strlen(configured), "r");
}

int __real_fclose(FILE *file);
int __wrap_fclose(FILE *file);
int __wrap_fclose(FILE *file) {
    closed++;
    return __real_fclose(file);
}

void *__wrap_dlopen(const char *name, int flags);
void *__wrap_dlopen(const char *name, int flags) {
    assert_int_equal(flags, RTLD_NOW); // all of it, as nothing can be looked for later
    strcat(strcat(loaded, name), " ");
    return NULL; // built in, or missing
}

// -----------------------------------------------------------------------------------------------------------

static void expect(const char *text, const char *names) {
    configured = text;
    loaded[0] = '\0';
    closed = 0;
    modules_load();
    assert_string_equal(loaded, names);
    assert_int_equal(closed, text != NULL);
}

static void modules_of_what_is_looked_up_are_loaded(void **state) {
    (void)state;
    expect("hosts: dns\n", "libnss_dns.so.2 ");
    expect("passwd:\tcompat systemd\n", "libnss_compat.so.2 libnss_systemd.so.2 ");
    expect("services:db files", "libnss_db.so.2 libnss_files.so.2 "); // the last line has no end
    expect("passwd: a\nhosts: b\nservices: c\nhosts: d\n",
           "libnss_a.so.2 libnss_b.so.2 libnss_c.so.2 libnss_d.so.2 ");
}

static void others_are_not(void **state) {
    (void)state;
    expect("# hosts: no\ngroup: no\nshadow: no\nnetgroup: nis\n hosts: no\nhost: no\n", "");
    expect("", "");
    expect(NULL, "");
}

static void actions_and_comments_are_no_modules(void **state) {
    (void)state;
    expect("hosts: mdns4_minimal [NOTFOUND=return] dns # files\n",
           "libnss_mdns4_minimal.so.2 libnss_dns.so.2 ");
    expect("hosts: a #b c\nhosts: d\n", "libnss_a.so.2 libnss_d.so.2 ");
}

// A name that is a path would load from anywhere, and one that is cut short something else.
static void what_is_no_name_is_not_loaded(void **state) {
    (void)state;
    char text[200];
    expect("hosts: ../x a/b ./c 9 -d\n", "");
    const char *fits = "a234567890123456789012345678901234567890123456789012";
    snprintf(text, sizeof text, "hosts: %s\n", fits);
    assert_int_equal(strlen("libnss_.so.2") + strlen(fits), 64);
    expect(text, "");
    snprintf(text, sizeof text, "hosts: %s\n", fits + 1);
    expect(text, ""); // it begins with a digit
    snprintf(text, sizeof text, "hosts: a%s\n", fits + 2);
    char names[80];
    snprintf(names, sizeof names, "libnss_a%s.so.2 ", fits + 2);
    expect(text, names);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(modules_of_what_is_looked_up_are_loaded),
        cmocka_unit_test(others_are_not),
        cmocka_unit_test(actions_and_comments_are_no_modules),
        cmocka_unit_test(what_is_no_name_is_not_loaded),
    };
    return cmocka_run_group_tests_name("confine_modules", tests, NULL, NULL);
}
