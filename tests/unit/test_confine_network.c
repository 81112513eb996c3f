// A confined process connects only where it may, and no other call gets around that.
// And the powers of a root who stays root.
#include "confine_story.h"

#include <netdb.h>
#include <netinet/in.h>
#include <sched.h>
#include <signal.h>
#include <sys/un.h>

enum { ENDED = BY_SIGNAL + SIGSYS };

// A listening socket on a free port, made before a child is confined.
static int listening;
static struct sockaddr_in listened;

static void listen_somewhere(void) {
    socklen_t length = sizeof listened;
    listened = (struct sockaddr_in){.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    listening = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(bind(listening, (struct sockaddr *)&listened, length), 0);
    assert_int_equal(listen(listening, 5), 0);
    assert_int_equal(getsockname(listening, (struct sockaddr *)&listened, &length), 0);
}

// A socket that has listened, and does no more: what a server has without opening any.
static int shut_down_listener(void) {
    int descriptor = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(listen(descriptor, 1), 0);
    return descriptor;
}

static int idle;

static int send_fast(void) {
    shutdown(idle, SHUT_RDWR);
    return (int)sendto(idle, "x", 1, MSG_FASTOPEN, (struct sockaddr *)&listened, sizeof listened);
}

static int send_message_fast(void) {
    struct iovec bytes = {.iov_base = "x", .iov_len = 1};
    struct msghdr message = {
        .msg_name = &listened, .msg_namelen = sizeof listened, .msg_iov = &bytes, .msg_iovlen = 1};
    shutdown(idle, SHUT_RDWR);
    return (int)sendmsg(idle, &message, MSG_FASTOPEN);
}

static int send_messages_fast(void) {
    struct iovec bytes = {.iov_base = "x", .iov_len = 1};
    struct mmsghdr message = {
        .msg_hdr = {
            .msg_name = &listened, .msg_namelen = sizeof listened, .msg_iov = &bytes, .msg_iovlen = 1}};
    shutdown(idle, SHUT_RDWR);
    return sendmmsg(idle, &message, 1, MSG_FASTOPEN);
}

static int datagrams[2];

static int send_to_an_address(void) {
    struct sockaddr_un address = {.sun_family = AF_UNIX, .sun_path = "/run/nobody-listens-here"};
    return (int)sendto(datagrams[0], "x", 1, 0, (struct sockaddr *)&address, sizeof address);
}

static int send_to_nobody(void) {
    return (int)send(datagrams[0], "x", 1, MSG_NOSIGNAL) == 1 ? 0 : -1;
}

static int open_unix(void) {
    return socket(AF_UNIX, SOCK_DGRAM, 0);
}

static int open_unix_stream(void) {
    return socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
}

static int connect_to_listener(void) {
    int descriptor = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    return connect(descriptor, (struct sockaddr *)&listened, sizeof listened);
}

static int look_a_name_up(void) {
    struct addrinfo *found;
    return getaddrinfo("localhost", "80", NULL, &found) == 0 ? 0 : -1;
}

static int read_shadow(void) {
    return open_in("/etc", "shadow", O_RDONLY);
}

static int list_etc(void) {
    return open_in("/etc", ".", O_RDONLY | O_DIRECTORY);
}

static int read_hosts(void) {
    return open_in("/etc", "hosts", O_RDONLY);
}

static int leave_namespaces(void) {
    return unshare(0);
}

static int use_a_capability(void) { // to bind where only root may; a port that is not bound by then
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(1)};
    int descriptor = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    return bind(descriptor, (struct sockaddr *)&address, sizeof address);
}

static int use_our_folder(void) {
    return open_in(ours, "file", O_RDWR);
}

static int read_a_key(void) {
    return open_in(certificates, "file", O_RDONLY);
}

static int read_others_file(void) {
    return open_in(theirs, "secret", O_RDONLY);
}

// Tests ---------------------------------------------------------------------------------------------------

static struct confine_options connecting(bool landlock, bool seccomp) {
    struct confine_options confined = options(landlock, seccomp);
    confined.connects = true;
    return confined;
}

static void no_send_connects(void **state) {
    (void)state;
    if (SANITIZED) {
        skip(); // there the filter only logs
    }
    struct confine_options to_connect = connecting(false, true);
    idle = shut_down_listener();
    assert_int_equal(with_seccomp(send_fast), ENDED);
    assert_int_equal(with_seccomp(send_message_fast), ENDED);
    assert_int_equal(outcome(&to_connect, send_fast), ENDED);
    assert_int_equal(outcome(&to_connect, send_message_fast), ENDED);
    assert_int_equal(outcome(&to_connect, send_messages_fast), ENDED);
    close(idle);
}

static void only_a_service_manager_is_sent_datagrams(void **state) {
    (void)state;
    struct confine_options notifying = options(false, true), to_connect = connecting(false, true);
    notifying.notifies = true;
    assert_int_equal(socketpair(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0, datagrams), 0);
    assert_int_equal(outcome(&notifying, open_unix), 0);
    assert_int_equal(with_seccomp(send_to_nobody), 0); // to whom it is connected
    assert_int_equal(outcome(&to_connect, open_unix), EACCES);
    assert_int_equal(outcome(&to_connect, open_unix_stream), 0); // a database's, a name service's
    if (!SANITIZED) {
        assert_int_equal(with_seccomp(open_unix), ENDED);
        assert_int_equal(with_seccomp(send_to_an_address), ENDED);
    }
    close(datagrams[0]);
    close(datagrams[1]);
}

static void the_ports_asked_for_are_connected_to(void **state) {
    (void)state;
    listen_somewhere();
    uint16_t right = ntohs(listened.sin_port), wrong = right == 1024 ? 1025 : (uint16_t)(right - 1);
    struct confine_options anywhere = connecting(true, false), limited = anywhere;
    limited.port_count = 1;
    limited.ports = &right;
    assert_int_equal(outcome(&anywhere, connect_to_listener), 0);
    assert_int_equal(outcome(&limited, connect_to_listener), 0);
    limited.ports = &wrong;
    assert_int_equal(outcome(&limited, connect_to_listener), EACCES);
    close(listening);
}

static void names_can_be_looked_up_and_nothing_else_read(void **state) {
    (void)state;
    struct confine_options to_connect = connecting(true, true);
    assert_int_equal(outcome(&to_connect, look_a_name_up), 0);
    assert_int_equal(outcome(&to_connect, read_hosts), 0);
    assert_int_equal(outcome(&to_connect, read_shadow), EACCES);
    assert_int_equal(outcome(&to_connect, list_etc), EACCES);
}

static void no_code_comes_in_later(void **state) {
    (void)state;
    if (SANITIZED) {
        skip(); // which make memory runnable themselves
    }
    struct confine_options to_connect = connecting(false, true);
    assert_int_equal(outcome(&to_connect, run_data), EACCES);
    assert_int_equal(outcome(&to_connect, make_data_runnable), EACCES);
}

static void a_forgiving_filter_refuses(void **state) {
    (void)state;
    if (SANITIZED) {
        skip(); // there the filter only logs
    }
    struct confine_options forgiving = connecting(false, true);
    forgiving.forgiving = true;
    assert_int_equal(outcome(&forgiving, leave_namespaces), EPERM);
    assert_int_equal(outcome(&forgiving, look_a_name_up), 0);
}

static void root_who_stays_root_has_no_powers(void **state) {
    (void)state;
    if (geteuid() != 0) {
        skip();
    }
    char secret[192];
    snprintf(secret, sizeof secret, "%s/secret", theirs);
    write_file(secret);
    assert_int_equal(chown(secret, NOBODY, NOBODY), 0);
    assert_int_equal(chmod(secret, 0600), 0);
    struct confine_options confined = connecting(false, true); // a filter alone forbids neither of the two
    assert_int_equal(outcome(&confined, read_others_file), EACCES);
    assert_int_equal(outcome(&confined, use_a_capability), EACCES);
}

// A volume that is another user's, which root could always write: it goes on doing so, and has nothing else.
static void a_store_of_somebody_elses_stays_usable(void **state) {
    (void)state;
    if (geteuid() != 0) {
        skip();
    }
    assert_int_equal(chown(ours, NOBODY, NOBODY), 0);
    assert_int_equal(chmod(ours, 0700), 0);
    struct confine_options confined = connecting(false, true);
    assert_int_equal(outcome(&confined, use_a_capability), EACCES);
    assert_int_equal(with_landlock(use_our_folder), 0);
    assert_int_equal(chown(ours, 0, 0), 0);
    assert_int_equal(chmod(ours, 0755), 0);
}

// A key of another user's: it was read at the start, and is to be read again at a reload.
static void a_key_of_somebody_elses_stays_readable(void **state) {
    (void)state;
    if (geteuid() != 0) {
        skip();
    }
    char key[192];
    snprintf(key, sizeof key, "%s/file", certificates);
    assert_int_equal(chown(key, NOBODY, NOBODY), 0);
    assert_int_equal(chmod(key, 0600), 0);
    const char *readable[] = {certificates, key};
    struct confine_options confined = connecting(false, true);
    confined.readable = readable;
    confined.readable_count = 2;
    assert_int_equal(outcome(&confined, read_a_key), 0);
    assert_int_equal(outcome(&confined, use_a_capability), EACCES);
    assert_int_equal(chown(key, 0, 0), 0);
    assert_int_equal(chmod(key, 0644), 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_send_connects),
        cmocka_unit_test(only_a_service_manager_is_sent_datagrams),
        cmocka_unit_test(the_ports_asked_for_are_connected_to),
        cmocka_unit_test(names_can_be_looked_up_and_nothing_else_read),
        cmocka_unit_test(no_code_comes_in_later),
        cmocka_unit_test(a_forgiving_filter_refuses),
        cmocka_unit_test(root_who_stays_root_has_no_powers),
        cmocka_unit_test(a_store_of_somebody_elses_stays_usable),
        cmocka_unit_test(a_key_of_somebody_elses_stays_readable),
    };
    return kernel_has_all() ? cmocka_run_group_tests(tests, set_up, tear_down) : 77;
}
