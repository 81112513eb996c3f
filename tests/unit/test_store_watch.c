// A watch of a shared store ends when it is told to, and not before.
// Without a database: nobody listens at the address, and what fails is the memory and the thread.
#include "cmocka_all.h"

#include "store/address.h"
#include "store/watch.h"

#include <arpa/inet.h>
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static int until_failure; // the next allocation fails at 1; 0: none does
static bool no_thread, stopping;
static int freed_early, joined;

void *__real_malloc(size_t size);
void *__wrap_malloc(size_t size);
char *__real_strdup(const char *text);
char *__wrap_strdup(const char *text);
void __real_free(void *block);
void __wrap_free(void *block);
int __real_pthread_create(pthread_t *thread, const pthread_attr_t *attributes, void *(*run)(void *),
                          void *argument);
int __wrap_pthread_create(pthread_t *thread, const pthread_attr_t *attributes, void *(*run)(void *),
                          void *argument);
int __real_pthread_join(pthread_t thread, void **result);
int __wrap_pthread_join(pthread_t thread, void **result);

static bool fails_now(void) {
    return until_failure > 0 && --until_failure == 0;
}

void *__wrap_malloc(size_t size) {
    return fails_now() ? NULL : __real_malloc(size);
}

char *__wrap_strdup(const char *text) {
    return fails_now() ? NULL : __real_strdup(text);
}

// The program's: libpq, on the other thread, has its own.
void __wrap_free(void *block) {
    freed_early += stopping;
    __real_free(block);
}

int __wrap_pthread_create(pthread_t *thread, const pthread_attr_t *attributes, void *(*run)(void *),
                          void *argument) {
    return no_thread ? EAGAIN : __real_pthread_create(thread, attributes, run, argument);
}

int __wrap_pthread_join(pthread_t thread, void **result) {
    stopping = false;
    joined++;
    return __real_pthread_join(thread, result);
}

static void on_change(void *context) {
    (void)context;
    fail_msg("there is no database that could tell of a change");
}

// Of a port that nobody listens at, for as long as the socket is there.
static int closed_port(char address[64]) {
    struct sockaddr_in name = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t length = sizeof name;
    int held = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(bind(held, (struct sockaddr *)&name, sizeof name), 0);
    assert_int_equal(getsockname(held, (struct sockaddr *)&name, &length), 0);
    (void)snprintf(address, 64, "postgresql://127.0.0.1:%d/none", ntohs(name.sin_port));
    return held;
}

static void other_stores_are_not_watched(void **state) {
    (void)state;
    struct error error;
    struct store_watch *watch = (struct store_watch *)(uintptr_t)1;
    assert_true(store_watch_start("/var/lib/bets.db", on_change, NULL, &watch, &error));
    assert_null(watch);
    store_watch_stop(&watch); // takes it all the same
}

static void without_memory_or_a_thread_it_is_not_begun(void **state) {
    (void)state;
    char address[64];
    int held = closed_port(address);
    for (int i = 0; i < 3; i++) {
        struct error error;
        struct store_watch *watch;
        until_failure = i < 2 ? i + 1 : 0;
        no_thread = i == 2;
        assert_false(store_watch_start(address, on_change, NULL, &watch, &error));
        assert_null(watch);
        assert_int_equal(error.code == ERROR_NO_MEMORY, i < 2);
        assert_int_equal(until_failure, 0);
    }
    no_thread = false;
    close(held);
}

static void what_its_thread_uses_is_freed_after_its_end(void **state) {
    (void)state;
    char address[64];
    int held = closed_port(address), interrupt[2];
    struct error error;
    struct store_watch *watch;
    assert_int_equal(pipe(interrupt), 0);
    store_interrupt_on(interrupt[0]);
    assert_true(store_watch_start(address, on_change, NULL, &watch, &error));
    assert_non_null(watch);
    assert_int_equal(write(interrupt[1], "x", 1), 1);
    stopping = true;
    store_watch_stop(&watch);
    assert_null(watch);
    assert_int_equal(joined, 1);
    assert_int_equal(freed_early, 0);
    store_interrupt_on(-1);
    close(interrupt[0]);
    close(interrupt[1]);
    close(held);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(other_stores_are_not_watched),
        cmocka_unit_test(without_memory_or_a_thread_it_is_not_begun),
        cmocka_unit_test(what_its_thread_uses_is_freed_after_its_end),
    };
    return cmocka_run_group_tests_name("store_watch", tests, NULL, NULL);
}
