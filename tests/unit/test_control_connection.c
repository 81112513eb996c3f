// What asks a server waits no longer than it means to, however slowly the answer drips.
#include "cmocka_all.h"

#include "cli/control_connection.h"

#include "wire/limits.h"

#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

enum { DRIPS = 200, DRIP_MS = 20 }; // then the line ends

struct listener {
    int socket;
    const char *answer; // NULL: it drips
};

static void *answer_slowly(void *context) {
    const struct listener *listener = context;
    char line[64];
    (void)!read(listener->socket, line, sizeof line);
    for (int i = 0; listener->answer == NULL && i < DRIPS; i++) {
        if (send(listener->socket, " ", 1, MSG_NOSIGNAL) != 1) {
            return NULL;
        }
        (void)poll(NULL, 0, DRIP_MS);
    }
    const char *rest = listener->answer == NULL ? "{}\n" : listener->answer;
    (void)!send(listener->socket, rest, strlen(rest), MSG_NOSIGNAL);
    return NULL;
}

static bool ask(const char *answer, unsigned wait_ms, char **text, struct error *error) {
    int ends[2];
    pthread_t thread;
    size_t length;
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
    struct listener listener = {ends[1], answer};
    assert_int_equal(pthread_create(&thread, NULL, answer_slowly, &listener), 0);
    bool asked = control_ask(ends[0], "hello\n", 6, wait_ms, text, &length, error);
    close(ends[0]);
    pthread_join(thread, NULL);
    close(ends[1]);
    return asked;
}

static void an_answer_that_drips(void **state) {
    (void)state;
    struct error error;
    char *text;
    if (ask(NULL, 10 * DRIP_MS, &text, &error)) {
        fail_msg("expected that it is not waited for %d drips, when the time is up after 10; it is", DRIPS);
    }
    assert_ptr_equal(error.code, ERROR_NO_ANSWER);
    assert_non_null(strstr(error.text, "the server does not answer: it hangs"));
    assert_null(text);
}

static void an_answer_in_time(void **state) {
    (void)state;
    struct error error;
    char *text;
    for (unsigned wait_ms = 0; wait_ms <= 60000; wait_ms += 60000) {
        assert_true(ask("{\"ok\":true}\n", wait_ms, &text, &error));
        assert_string_equal(text, "{\"ok\":true}");
        free(text);
    }
}

// A server in a process of its own: bytes that say nothing, and signals for whoever waits; then, perhaps, the
// end: first of the connection, and a while later of the process.
struct other_process {
    int connection; // to it
    pid_t id;
};

static void ignore(int number) {
    (void)number;
}

static void disturb(int connection, bool ends) {
    for (int i = 0; i < 10; i++) {
        (void)!send(connection, " ", 1, MSG_NOSIGNAL);
        (void)kill(getppid(), SIGUSR1);
        (void)poll(NULL, 0, DRIP_MS);
    }
    if (ends) {
        close(connection);
        (void)poll(NULL, 0, 5 * DRIP_MS);
        _exit(0);
    }
    (void)pause();
}

// As a server does it: who accepts is who has called listen().
static void serve(const char *path, int told, bool ends) {
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int listener = socket(AF_UNIX, SOCK_STREAM, 0);
    (void)snprintf(address.sun_path, sizeof address.sun_path, "%s", path);
    if (bind(listener, (const struct sockaddr *)&address, sizeof address) != 0 || listen(listener, 1) != 0) {
        _exit(1);
    }
    (void)!write(told, "!", 1);
    disturb(accept(listener, NULL, NULL), ends);
    _exit(1);
}

static struct other_process start(bool ends) {
    struct other_process other;
    struct error error;
    char path[64], byte;
    int told[2];
    (void)snprintf(path, sizeof path, "/tmp/quiniela-connection-%d", (int)getpid());
    assert_int_equal(pipe(told), 0);
    other.id = fork();
    if (other.id == 0) {
        serve(path, told[1], ends);
    }
    assert_int_equal(read(told[0], &byte, 1), 1);
    other.connection = control_connect(path, 60000, &error);
    assert_true(other.connection >= 0);
    unlink(path);
    close(told[0]);
    close(told[1]);
    return other;
}

static bool wait_for_end(bool ends, unsigned wait_ms, bool *has_ended) {
    const struct sigaction action = {.sa_handler = ignore};
    assert_int_equal(sigaction(SIGUSR1, &action, NULL), 0);
    struct other_process other = start(ends);
    bool waited = control_wait_for_end(other.connection, wait_ms);
    *has_ended = waitpid(other.id, NULL, WNOHANG) == other.id;
    if (!*has_ended) {
        kill(other.id, SIGKILL);
        while (waitpid(other.id, NULL, 0) < 0) {
        }
    }
    close(other.connection);
    return waited;
}

static void the_end_of_a_server_and_nothing_else(void **state) {
    (void)state;
    bool has_ended;
    for (unsigned wait_ms = 0; wait_ms <= 60000; wait_ms += 60000) {
        assert_true(wait_for_end(true, wait_ms, &has_ended));
        if (!has_ended) {
            fail_msg("expected that with %u ms neither a signal nor the end of the connection is taken for "
                     "the end of the server's process; one is",
                     wait_ms);
        }
    }
}

// Neither a byte nor a signal begins it anew.
static void an_end_that_does_not_come(void **state) {
    (void)state;
    bool has_ended;
    if (wait_for_end(false, 5 * DRIP_MS, &has_ended)) {
        fail_msg("expected that a server which has not ended is not said to have; it is");
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_answer_that_drips),
        cmocka_unit_test(an_answer_in_time),
        cmocka_unit_test(the_end_of_a_server_and_nothing_else),
        cmocka_unit_test(an_end_that_does_not_come),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
