// Sends chunks of bets to Redis: one RPUSH a chunk, each connection with so many on their way, as lean as the
// bench of the central: everything is encoded before the clock starts, and sending copies nothing.
// With "elements" every bet is an element of the list; with "whole" the chunk's text is one. With RATE, so
// many bets a second are sent at even intervals, and an answer's time counts from when its chunk was due: as
// the bench of the central does it, which can therefore be compared.
#include "base/clock.h"
#include "bench/histogram.h"
#include "bench/payload.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

enum {
    WINDOW_LIMIT = 64,
    TIMER_SLACK_NS = 1000,
    SILENCE_S = 60,
    PREFIX_BYTES = 128,
    INPUT_BYTES = 4096,
    EVENTS_AT_ONCE = 256
};

static const uint64_t second_ns = 1000000000;

struct connection {
    int descriptor;
    unsigned index;
    uint64_t place, bets, begun, acknowledged; // of its bets: the first one's place, how many
    struct iovec parts[3];
    bool writing, blocked;
    char prefix[PREFIX_BYTES];
    uint64_t since_ns[WINDOW_LIMIT];
    uint32_t sizes[WINDOW_LIMIT];
    uint64_t chunks_begun, chunks_acknowledged;
    size_t input_length;
    char input[INPUT_BYTES];
};

static struct {
    struct payload payload;
    char *encoded;  // "$LENGTH\r\nBET\r\n" of every bet; not used for whole chunks
    size_t *starts; // of each bet in `encoded`, and the end
    uint64_t chunk_size;
    unsigned window;
    bool whole;
    double interval_ns; // from a connection's chunk to its next; 0: as fast as answers come
    unsigned connections;
    uint64_t start_ns;
    int epoll;
    struct histogram ack_ns;
    uint64_t acknowledged;
} client;

static void fail(const char *format, ...) __attribute__((noreturn, format(printf, 1, 2)));

static void fail(const char *format, ...) {
    va_list values;
    va_start(values, format);
    fprintf(stderr, "redis_client: ");
    vfprintf(stderr, format, values);
    fputc('\n', stderr);
    va_end(values);
    exit(1);
}

static void encode_bets(void) {
    const struct payload *payload = &client.payload;
    client.encoded = malloc(payload->text_length + 24 * payload->count);
    client.starts = malloc((payload->count + 1) * sizeof *client.starts);
    if (client.encoded == NULL || client.starts == NULL) {
        fail("no memory");
    }
    char *out = client.encoded;
    for (uint64_t i = 0; i < payload->count; i++) {
        size_t length = payload->text_starts[i + 1] - payload->text_starts[i] - 1;
        client.starts[i] = (size_t)(out - client.encoded);
        out += sprintf(out, "$%zu\r\n", length);
        memcpy(out, payload->text + payload->text_starts[i], length);
        out += length;
        memcpy(out, "\r\n", 2);
        out += 2;
    }
    client.starts[payload->count] = (size_t)(out - client.encoded);
}

// Sending -------------------------------------------------------------------------------------------------

static uint64_t scheduled_ns(const struct connection *connection) {
    double chunks = (double)connection->chunks_begun + (double)connection->index / client.connections;
    return client.start_ns + (uint64_t)(client.interval_ns * chunks);
}

// When its next chunk may be sent: 0 at once, UINT64_MAX not before something else has happened.
static uint64_t due_ns(const struct connection *connection) {
    if (connection->writing || connection->begun == connection->bets ||
        connection->chunks_begun - connection->chunks_acknowledged == client.window) {
        return UINT64_MAX;
    }
    return client.interval_ns > 0 ? scheduled_ns(connection) : 0;
}

static bool is_due(const struct connection *connection) {
    uint64_t due = due_ns(connection);
    return due == 0 || (due != UINT64_MAX && due <= clock_steady_ns());
}

static void begin_chunk(struct connection *connection) {
    static char line_end[] = "\r\n";
    uint64_t left = connection->bets - connection->begun;
    uint64_t count = left < client.chunk_size ? left : client.chunk_size;
    uint64_t place = connection->place + connection->begun;
    const size_t *starts = client.whole ? client.payload.text_starts : client.starts;
    size_t begin = starts[place], length = starts[place + count] - begin;
    char key[32];
    int key_length = snprintf(key, sizeof key, "bets:%u", connection->index + 1);
    int prefix = snprintf(connection->prefix, PREFIX_BYTES, "*%" PRIu64 "\r\n$5\r\nRPUSH\r\n$%d\r\n%s\r\n",
                          client.whole ? 3 : count + 2, key_length, key);
    if (client.whole) {
        prefix += snprintf(connection->prefix + prefix, PREFIX_BYTES - (size_t)prefix, "$%zu\r\n", length);
    }
    connection->parts[0] = (struct iovec){connection->prefix, (size_t)prefix};
    connection->parts[1] =
        (struct iovec){(client.whole ? client.payload.text : client.encoded) + begin, length};
    connection->parts[2] = (struct iovec){line_end, client.whole ? 2 : 0};
    uint64_t since_ns = client.interval_ns > 0 ? scheduled_ns(connection) : clock_steady_ns();
    unsigned flight = (unsigned)(connection->chunks_begun++ % WINDOW_LIMIT);
    connection->since_ns[flight] = since_ns;
    connection->sizes[flight] = (uint32_t)count;
    connection->begun += count;
    connection->writing = true;
}

static void write_chunk(struct connection *connection) {
    while (connection->parts[0].iov_len + connection->parts[1].iov_len + connection->parts[2].iov_len > 0) {
        ssize_t written = writev(connection->descriptor, connection->parts, 3);
        if (written < 0 && errno == EAGAIN) {
            connection->blocked = true;
            return;
        }
        if (written < 0) {
            fail("cannot write: %s", strerror(errno));
        }
        for (int i = 0; i < 3; i++) {
            size_t taken = connection->parts[i].iov_len < (size_t)written ? connection->parts[i].iov_len
                                                                          : (size_t)written;
            connection->parts[i].iov_base = (char *)connection->parts[i].iov_base + taken;
            connection->parts[i].iov_len -= taken;
            written -= (ssize_t)taken;
        }
    }
    connection->writing = false;
}

static void watch(struct connection *connection, int operation) {
    struct epoll_event event = {.events = EPOLLIN | (connection->blocked ? (uint32_t)EPOLLOUT : 0),
                                .data.ptr = connection};
    if (epoll_ctl(client.epoll, operation, connection->descriptor, &event) != 0) {
        fail("epoll_ctl: %s", strerror(errno));
    }
}

static void send_some(struct connection *connection) {
    bool was_blocked = connection->blocked;
    connection->blocked = false;
    if (connection->writing) {
        write_chunk(connection);
    }
    while (is_due(connection)) {
        begin_chunk(connection);
        write_chunk(connection);
    }
    if (connection->blocked != was_blocked) {
        watch(connection, EPOLL_CTL_MOD);
    }
}

// Answers -------------------------------------------------------------------------------------------------

// An answer is ":LENGTH" of the list, which tells whether everything before it is in it.
static void take_answer(struct connection *connection, const char *line) {
    unsigned flight = (unsigned)(connection->chunks_acknowledged++ % WINDOW_LIMIT);
    connection->acknowledged += connection->sizes[flight];
    uint64_t expected = client.whole ? connection->chunks_acknowledged : connection->acknowledged;
    if (line[0] != ':' || strtoull(line + 1, NULL, 10) != expected) {
        fail("wrong answer: %s", line);
    }
    client.acknowledged += connection->sizes[flight];
    histogram_add(&client.ack_ns, clock_steady_ns() - connection->since_ns[flight]);
}

static void read_answers(struct connection *connection) {
    ssize_t length = read(connection->descriptor, connection->input + connection->input_length,
                          INPUT_BYTES - connection->input_length);
    if (length < 0 && errno == EAGAIN) {
        return;
    }
    if (length <= 0) {
        fail("cannot read: %s", length == 0 ? "closed" : strerror(errno));
    }
    connection->input_length += (size_t)length;
    char *line = connection->input, *end = connection->input + connection->input_length, *newline;
    while ((newline = memchr(line, '\n', (size_t)(end - line))) != NULL) {
        *newline = '\0';
        take_answer(connection, line);
        line = newline + 1;
    }
    connection->input_length = (size_t)(end - line);
    memmove(connection->input, line, connection->input_length);
}

// The run -------------------------------------------------------------------------------------------------

static void open_connection(struct connection *connection, unsigned index, unsigned connections,
                            uint16_t port) {
    const struct sockaddr_in address = {
        .sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    const int on = 1;
    uint64_t total = client.payload.count;
    connection->index = index;
    connection->place = total * index / connections;
    connection->bets = total * (index + 1) / connections - connection->place;
    connection->descriptor = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (connection->descriptor < 0 ||
        setsockopt(connection->descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on) != 0 ||
        connect(connection->descriptor, (const struct sockaddr *)&address, sizeof address) != 0 ||
        fcntl(connection->descriptor, F_SETFL, O_NONBLOCK) != 0) {
        fail("cannot connect: %s", strerror(errno));
    }
    watch(connection, EPOLL_CTL_ADD);
}

// Sends all that is due. Returns how long there is nothing more to send.
static struct timespec send_all_due(struct connection *connections) {
    uint64_t now_ns = clock_steady_ns(), wait_ns = SILENCE_S * second_ns;
    for (unsigned i = 0; i < client.connections; i++) {
        if (!connections[i].blocked) {
            send_some(&connections[i]);
        }
        uint64_t due = due_ns(&connections[i]);
        if (due != UINT64_MAX) {
            uint64_t until_ns = due > now_ns ? due - now_ns : 0;
            wait_ns = until_ns < wait_ns ? until_ns : wait_ns;
        }
    }
    return (struct timespec){(time_t)(wait_ns / second_ns), (long)(wait_ns % second_ns)};
}

static void run(struct connection *connections) {
    struct epoll_event events[EVENTS_AT_ONCE];
    struct timespec wait = send_all_due(connections);
    while (client.acknowledged < client.payload.count) {
        int ready = epoll_pwait2(client.epoll, events, EVENTS_AT_ONCE, &wait, NULL);
        if (ready < 0 || (ready == 0 && wait.tv_sec == SILENCE_S)) {
            fail("no answer");
        }
        for (int i = 0; i < ready; i++) {
            if ((events[i].events & ~(uint32_t)EPOLLOUT) != 0) {
                read_answers(events[i].data.ptr);
            }
            send_some(events[i].data.ptr);
        }
        if (client.interval_ns > 0) {
            wait = send_all_due(connections);
        }
    }
}

static void print_result(double seconds) {
    printf("{\"bets\":%" PRIu64 ",\"seconds\":%.6f,\"bets_per_second\":%.1f,\"ack_ms_p50\":%.4f,"
           "\"ack_ms_p99\":%.4f}\n",
           client.acknowledged, seconds, (double)client.acknowledged / seconds,
           (double)histogram_quantile(&client.ack_ns, 0.5) / 1e6,
           (double)histogram_quantile(&client.ack_ns, 0.99) / 1e6);
}

int main(int argc, char **argv) {
    if (argc != 7 && argc != 8) {
        fprintf(stderr,
                "usage: redis_client PORT BETS.csv CHUNK_SIZE CONNECTIONS WINDOW elements|whole [RATE]\n");
        return 2;
    }
    struct error error;
    unsigned connections = (unsigned)atoi(argv[4]);
    client.chunk_size = strtoull(argv[3], NULL, 10);
    client.window = (unsigned)atoi(argv[5]);
    client.whole = strcmp(argv[6], "whole") == 0;
    client.connections = connections;
    if (argc == 8 && strtod(argv[7], NULL) > 0) {
        client.interval_ns = 1e9 / strtod(argv[7], NULL) * (double)client.chunk_size * connections;
        prctl(PR_SET_TIMERSLACK, TIMER_SLACK_NS); // the kernel's 50 µs would show in the answers' times
    }
    client.epoll = epoll_create1(EPOLL_CLOEXEC);
    struct connection *all = calloc(connections, sizeof *all);
    if (client.chunk_size == 0 || client.window < 1 || client.window > WINDOW_LIMIT || client.epoll < 0 ||
        all == NULL) {
        fail("a number is out of range, or there is no memory");
    }
    if (!payload_add_file(&client.payload, argv[2], &error)) {
        fail("%s", error.text);
    }
    encode_bets();
    for (unsigned i = 0; i < connections; i++) {
        open_connection(&all[i], i, connections, (uint16_t)atoi(argv[1]));
    }
    client.start_ns = clock_steady_ns();
    run(all);
    print_result((double)(clock_steady_ns() - client.start_ns) / 1e9);
    free(all);
    return 0;
}
