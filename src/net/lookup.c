#include "net/lookup.h"

#include "base/clock.h"

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

static void resolve(const char *name, struct lookup_answer *answer) {
    const struct addrinfo hints = {.ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM};
    struct addrinfo *all = NULL;
    answer->failure = getaddrinfo(name, NULL, &hints, &all);
    for (const struct addrinfo *one = all; one != NULL && answer->count < LOOKUP_ADDRESSES_MAX;
         one = one->ai_next) {
        if (one->ai_addrlen <= sizeof answer->addresses[0]) {
            memcpy(&answer->addresses[answer->count++], one->ai_addr, one->ai_addrlen);
        }
    }
}

// Everything that the child does. It ends with us, even when we are killed.
static _Noreturn void answer_and_exit(const char *name, int answers, struct lookup_answer *answer) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    resolve(name, answer);
    const char *bytes = (const char *)answer;
    for (size_t sent = 0; sent < sizeof *answer;) {
        ssize_t length = write(answers, bytes + sent, sizeof *answer - sent);
        if (length <= 0 && errno != EINTR) {
            _exit(1);
        }
        sent += length > 0 ? (size_t)length : 0;
    }
    _exit(0);
}

bool lookup_begin(struct lookup *lookup, const char *name, uint64_t timeout_ms, struct error *error) {
    int ends[2];
    *lookup = (struct lookup){.until_ms = clock_steady_ms() + timeout_ms};
    if (pipe2(ends, O_CLOEXEC) != 0) {
        return error_set_system(error, errno, "no file descriptor to look \"%.60s\" up", name);
    }
    lookup->process = fork();
    if (lookup->process == 0) {
        answer_and_exit(name, ends[1], &lookup->answer);
    }
    int failure = errno;
    close(ends[1]);
    lookup->answers = ends[0];
    if (lookup->process < 0) {
        close(ends[0]);
        return error_set_system(error, failure, "no process to look \"%.60s\" up", name);
    }
    return true;
}

// Reads what has come of the answer. Returns whether more is expected.
static bool read_answer(struct lookup *lookup) {
    char *bytes = (char *)&lookup->answer;
    ssize_t length =
        read(lookup->answers, bytes + lookup->received, sizeof lookup->answer - lookup->received);
    if (length < 0) {
        return errno == EINTR;
    }
    lookup->received += (size_t)length;
    return length > 0 && lookup->received < sizeof lookup->answer;
}

enum lookup_state lookup_wait(struct lookup *lookup, int interrupt) {
    struct pollfd watched[] = {{.fd = interrupt, .events = POLLIN},
                               {.fd = lookup->answers, .events = POLLIN}};
    for (;;) {
        uint64_t now_ms = clock_steady_ms();
        if (now_ms >= lookup->until_ms) {
            return LOOKUP_LATE;
        }
        if (poll(watched, 2, (int)(lookup->until_ms - now_ms)) < 0) {
            continue; // by a signal that is not held
        }
        if (watched[0].revents != 0) {
            return LOOKUP_INTERRUPTED;
        }
        if (watched[1].revents != 0 && !read_answer(lookup)) {
            break;
        }
    }
    if (lookup->received < sizeof lookup->answer) { // somebody ended the child
        lookup->answer = (struct lookup_answer){.failure = EAI_SYSTEM};
    }
    return lookup->answer.failure == 0 && lookup->answer.count > 0 ? LOOKUP_FOUND : LOOKUP_FAILED;
}

void lookup_end(struct lookup *lookup) {
    kill(lookup->process, SIGKILL);
    while (waitpid(lookup->process, NULL, 0) < 0 && errno == EINTR) {
    }
    close(lookup->answers);
}
