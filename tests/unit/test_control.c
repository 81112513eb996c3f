// An order is recorded and answered once, whatever becomes of its connection, its ledger or the server.
#include "ledger_story.h"

#include "audit/audit.h"
#include "control/control.h"
#include "control/order.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <uv.h>

enum { IDLE_MS = 500 }; // more than a busy machine keeps this process from going on

static uv_loop_t loop;
static struct control *control;
static struct worker *worker;
static struct audit *audit;
static struct control_options options;
static char path[100], audit_path[100];
static int reloads, drains;
static bool reload_fails;
static sem_t happened, may_go_on;

// Memory --------------------------------------------------------------------------------------------------

static _Thread_local bool is_out_of_memory;

void *__real_calloc(size_t count, size_t size);
void *__wrap_calloc(size_t count, size_t size);

void *__wrap_calloc(size_t count, size_t size) {
    return is_out_of_memory ? NULL : __real_calloc(count, size);
}

// The server's part -----------------------------------------------------------------------------------------

static uint64_t on_drain(void *context) {
    assert_ptr_equal(context, &options);
    drains++;
    return 17;
}

static uint64_t on_connections(void *context) {
    assert_ptr_equal(context, &options);
    return 23;
}

static bool on_reload(void *context, struct error *error) {
    assert_ptr_equal(context, &options);
    reloads++;
    return !reload_fails || error_set(error, ERROR_BAD_SETTING, "the certificate has expired");
}

static void open_control(uint64_t idle_ms) {
    struct error error;
    snprintf(path, sizeof path, "%s/control", story.folder);
    snprintf(audit_path, sizeof audit_path, "%s/audit", story.folder);
    open_ledger(2);
    assert_int_equal(uv_loop_init(&loop), 0);
    options = (struct control_options){
        .loop = &loop,
        .facts = {.version = "1", .draw = "1", .store = "store"},
        .drain = on_drain,
        .connections = on_connections,
        .reload = on_reload,
        .context = &options,
        .idle_ms = idle_ms,
    };
    reloads = drains = 0;
    control_users_find(geteuid(), &options.users);
    must(control_socket_make(path, geteuid(), getegid(), &options.socket, &error), &error);
    must(audit_open(audit_path, NULL, NULL, &audit, &error), &error);
    must(control_open(&options, &control, &error), &error);
    must(worker_start(story.ledger, &worker, &error), &error);
    must(control_start(control, worker, audit, &error), &error);
}

// As the server ends.
static void close_control(void) {
    control_quiet(control);
    if (worker != NULL) {
        worker_stop(worker);
        worker_free(&worker);
    }
    control_settle(control);
    audit_close(&audit);
    control_close(&control);
    assert_null(control);
    uv_run(&loop, UV_RUN_DEFAULT);
    assert_int_equal(uv_loop_close(&loop), 0); // nothing is left open
    unlink(audit_path);
}

static int records(const char *part) {
    char line[4096];
    int count = 0;
    FILE *file = fopen(audit_path, "r");
    while (file != NULL && fgets(line, sizeof line, file) != NULL) {
        count += strstr(line, part) != NULL;
    }
    if (file != NULL) {
        (void)fclose(file);
    }
    return count;
}

// A client --------------------------------------------------------------------------------------------------

static int client(void) {
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    snprintf(address.sun_path, sizeof address.sun_path, "%s", path);
    int connection = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0);
    assert_int_equal(connect(connection, (struct sockaddr *)&address, sizeof address), 0);
    return connection;
}

static void say(int connection, const char *text) {
    assert_int_equal(send(connection, text, strlen(text), MSG_NOSIGNAL), strlen(text));
}

// Runs the loop until the client has an answer, or the end ("").
static const char *hear(int connection) {
    static char heard[4096];
    ssize_t count;
    while ((count = recv(connection, heard, sizeof heard - 1, 0)) < 0 && errno == EAGAIN) {
        uv_run(&loop, UV_RUN_ONCE);
    }
    heard[count > 0 ? count : 0] = '\0';
    return heard;
}

static void assert_hears(int connection, const char *part) {
    const char *heard = hear(connection);
    if (strstr(heard, part) == NULL) {
        fail_msg("expected an answer with %s, came \"%s\"", part, heard);
    }
}

// Stories
// -----------------------------------------------------------------------------------------------------

// Nor is anybody kept out who comes later.
static void who_comes_without_memory_waits_for_it(void **state) {
    (void)state;
    open_control(UINT64_MAX);
    int first = client(), second = client();
    say(first, "hello\n");
    is_out_of_memory = true;
    uv_run(&loop, UV_RUN_NOWAIT);
    char nothing;
    assert_int_equal(recv(first, &nothing, sizeof nothing, 0), -1);
    is_out_of_memory = false;
    assert_hears(first, "\"ok\":true");
    say(second, "hello\n");
    assert_hears(second, "\"ok\":true");
    close(first);
    close(second);
    close_control();
}

// Its bytes are not: their hash is, whatever they are.
static void a_paper_is_recorded_as_its_hash(void **state) {
    (void)state;
    static char line[CONTROL_PAPER_BYTES_MAX], bytes[60001];
    open_control(UINT64_MAX);
    int connection = client();
    say(connection, "paper kind=will bytes=AAAA\n");
    assert_hears(connection, "kind: it is approval, cosignature, timestamp or pulse");
    say(connection, "paper kind=approval\n");
    assert_hears(connection, "bytes: it is missing");
    say(connection, "paper kind=approval bytes=AAA\n");
    assert_hears(connection, "bytes: it is no base64");
    say(connection, "paper kind=approval bytes=AAAA number=42\n");
    assert_hears(connection, "number: it has four digits");
    say(connection, "paper kind=approval bytes=AAAA dry-run=2\n");
    assert_hears(connection, "dry-run: it can only be 1");
    say(connection, "draw number=7574 unproved=1 yes=1\n");
    assert_hears(connection, "unproved: it needs a number, and goes with no yes or dry-run");
    say(connection, "draw unproved=1\n");
    assert_hears(connection, "unproved: it needs a number");
    memset(bytes, 'A', sizeof bytes - 1);
    snprintf(line, sizeof line, "paper kind=pulse bytes=%s\n", bytes);
    int before = records("kind=pulse");
    say(connection, line);
    assert_hears(connection, "\"code\":\"unsigned\"");
    assert_int_equal(records("kind=pulse bytes=sha256:"), before + 1);
    assert_int_equal(records("AAAAAAAA"), 0);
    say(connection, "seal\n");
    assert_hears(connection, "\"code\":\"unsigned\"");
    say(connection, "seal kind=pulse\n");
    assert_hears(connection, "seal: it has no key");
    close(connection);
    close_control();
}

static void an_order_is_recorded_before_its_answer(void **state) {
    (void)state;
    open_control(UINT64_MAX);
    int connection = client();
    say(connection, "status\n");
    assert_hears(connection, "\"missing\":[[1,2]]");
    assert_int_equal(records("\"event\":\"order\""), 0); // it changes nothing
    say(connection, "reload\n");
    assert_hears(connection, "{\"ok\":true}\n");
    assert_int_equal(records("\"order\":\"reload\""), 1);
    reload_fails = true;
    say(connection, "reload\n");
    assert_hears(connection, "\"code\":\"bad_setting\",\"message\":\"the certificate has expired\"");
    reload_fails = false;
    assert_int_equal(records("\"result\":\"bad_setting\""), 1);
    assert_int_equal(reloads, 2);
    close(connection);
    close_control();
}

// A digit that is missing would make another number win.
static void a_number_has_its_four_digits(void **state) {
    static const char *const orders[] = {"draw number=757 yes=1\n", "draw number=07574\n",
                                         "change number=757\n", "change number=-757\n", "draw number=\n"};
    (void)state;
    open_control(UINT64_MAX);
    int connection = client();
    for (size_t i = 0; i < sizeof orders / sizeof *orders; i++) {
        say(connection, orders[i]);
        assert_hears(connection,
                     "\"code\":\"bad_order\",\"message\":\"number: it has four digits, such as 0042");
    }
    say(connection, "change number=0757\n");
    assert_hears(connection, "\"number\":757");
    close(connection);
    close_control();
}

static void who_gives_no_order_is_closed(void **state) {
    (void)state;
    open_control(IDLE_MS);
    int silent = client(), half = client();
    say(half, "stat");
    assert_string_equal(hear(silent), "");
    assert_string_equal(hear(half), "");
    close(silent);
    close(half);
    close_control();
}

// It sees the server's end as the connection's, however long that takes.
static void who_ordered_the_end_waits_for_it(void **state) {
    (void)state;
    open_control(IDLE_MS);
    int connection = client(), other = client();
    say(connection, "drain\n");
    assert_hears(connection, "{\"ok\":true,\"connections\":17}\n");
    assert_string_equal(hear(other), ""); // that one is closed, as it says nothing
    char byte;
    assert_int_equal(recv(connection, &byte, 1, 0), -1);
    assert_int_equal(errno, EAGAIN);
    assert_int_equal(drains, 1);
    close(other);
    close_control();
    assert_int_equal(recv(connection, &byte, 1, 0), 0);
    close(connection);
}

// Holds the ledger's thread.
static void on_request(struct ledger_request *request) {
    (void)request;
    sem_post(&happened);
    sem_wait(&may_go_on);
}

static struct ledger_request *hold_ledger(void) {
    struct ledger_request *held = request(.type = LEDGER_PASS, .first = NO_FIRST);
    sem_init(&happened, 0, 0);
    sem_init(&may_go_on, 0, 0);
    held->complete = on_request;
    assert_true(worker_submit(worker, held));
    sem_wait(&happened);
    return held;
}

static void free_ledger(struct ledger_request *held) {
    discard_request(held);
    sem_destroy(&happened);
    sem_destroy(&may_go_on);
}

// Runs what there is to do at once.
static void run_a_little(void) {
    for (int i = 0; i < 10; i++) {
        uv_run(&loop, UV_RUN_NOWAIT);
    }
}

// While the ledger waits for its store, say.
static void what_is_asked_live_does_not_wait_for_the_ledger(void **state) {
    (void)state;
    open_control(UINT64_MAX);
    struct ledger_request *held = hold_ledger(),
                          *heard = request(.type = LEDGER_PASS, .agency = 2, .first = NO_FIRST);
    int connection = client();
    say(connection, "live among=1-2\n");
    const char *answer = hear(connection);
    if (strstr(answer, "\"connections\":23") == NULL || strstr(answer, "\"never_heard\":1,") == NULL) {
        fail_msg("expected 23 connections, and an agency that was never heard of, came %s", answer);
    }
    assert_non_null(
        strstr(answer, "\"silent\":[{\"agency\":2,\"heard_at\":null,\"silent_s\":null},{\"agency\":1,"));
    say(connection, "live among=1,1\n");
    assert_hears(connection, "\"code\":\"bad_order\",\"message\":\"among: ");
    heard->complete = on_request;
    assert_true(worker_submit(worker, heard));
    sem_post(&may_go_on);
    sem_wait(&happened);
    say(connection, "live among=2\n");
    assert_hears(connection, "\"never_heard\":0,");
    say(connection, "live among=1-2 heard=1\n");
    answer = hear(connection);
    if (strstr(answer, "\"heard\":[{\"agency\":1,\"silent_s\":") == NULL ||
        strstr(answer, "},{\"agency\":2,\"silent_s\":0}],\"more_heard\":false") == NULL) {
        fail_msg("expected both agencies as heard of, came %s", answer);
    }
    say(connection, "live heard=1\n");
    assert_hears(connection, "\"code\":\"bad_order\",\"message\":\"heard: ");
    sem_post(&may_go_on);
    close(connection);
    worker_stop(worker);
    discard_request(heard);
    free_ledger(held);
    close_control();
}

static void one_whose_connection_is_gone(void **state) {
    (void)state;
    open_control(UINT64_MAX);
    struct ledger_request *held = hold_ledger();
    int connection = client();
    say(connection, "status\nstatus\n");
    run_a_little();
    close(connection); // which the server learns when it answers
    sem_post(&may_go_on);
    int other = client();
    say(other, "status\n");
    assert_hears(other, "\"ok\":true");
    close(other);
    free_ledger(held);
    close_control();
}

// Of two orders that came together, the first is under way, and the other is not taken any more.
static void what_is_under_way_when_the_server_ends(void **state) {
    (void)state;
    open_control(UINT64_MAX);
    struct ledger_request *held = hold_ledger();
    int connection = client();
    say(connection, "status\nreload\n");
    run_a_little();
    control_quiet(control);
    assert_int_equal(access(path, F_OK), -1);
    sem_post(&may_go_on);
    close_control();
    assert_hears(connection, "\"ok\":"); // done, or shutting_down
    char byte;
    assert_int_equal(recv(connection, &byte, 1, 0), 0);
    assert_int_equal(reloads, 0);
    close(connection);
    free_ledger(held);
}

static void the_sockets_file(void **state) {
    (void)state;
    struct control_socket second;
    struct error error;
    struct stat status;
    open_control(UINT64_MAX);
    assert_int_equal(stat(path, &status), 0);
    assert_int_equal(status.st_mode & 07777, 0600);
    assert_false(control_socket_make(path, geteuid(), getegid(), &second, &error));
    assert_error(&error, ERROR_CONTROL_TAKEN);
    unlink(path);
    assert_true(control_socket_make(path, geteuid(), getegid(), &second, &error)); // in its place
    close_control();
    assert_int_equal(access(path, F_OK), 0); // which the first leaves alone
    close(second.descriptor);
    struct control_socket third;
    assert_true(control_socket_make(path, geteuid(), getegid(), &third, &error)); // nobody listens
    control_socket_remove(&third);
    assert_int_equal(access(path, F_OK), -1);
    close(third.descriptor);
}

// Whoever comes waits in the kernel's queue, until that is full.
static void a_server_that_lets_nobody_in_is_there_all_the_same(void **state) {
    (void)state;
    enum { MANY = 100 };
    struct control_socket first, second;
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    struct error error;
    int clients[MANY], count = 0, failure = 0;
    snprintf(path, sizeof path, "%s/control", story.folder);
    snprintf(address.sun_path, sizeof address.sun_path, "%s", path);
    must(control_socket_make(path, geteuid(), getegid(), &first, &error), &error);
    while (failure == 0 && count < MANY) {
        clients[count] = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0);
        failure = connect(clients[count++], (struct sockaddr *)&address, sizeof address);
    }
    assert_int_equal(failure, -1);
    assert_false(control_socket_make(path, geteuid(), getegid(), &second, &error));
    assert_error(&error, ERROR_CONTROL_TAKEN);
    while (count > 0) {
        close(clients[--count]);
    }
    control_socket_remove(&first);
    close(first.descriptor);
}

int main(void) {
    signal(SIGPIPE, SIG_IGN); // as the program has it
    const struct CMUnitTest tests[] = {
        LEDGER_TEST(who_comes_without_memory_waits_for_it),
        LEDGER_TEST(an_order_is_recorded_before_its_answer),
        LEDGER_TEST(a_paper_is_recorded_as_its_hash),
        LEDGER_TEST(a_number_has_its_four_digits),
        LEDGER_TEST(who_gives_no_order_is_closed),
        LEDGER_TEST(who_ordered_the_end_waits_for_it),
        LEDGER_TEST(what_is_asked_live_does_not_wait_for_the_ledger),
        LEDGER_TEST(one_whose_connection_is_gone),
        LEDGER_TEST(what_is_under_way_when_the_server_ends),
        LEDGER_TEST(the_sockets_file),
        LEDGER_TEST(a_server_that_lets_nobody_in_is_there_all_the_same),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
