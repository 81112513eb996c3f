// Several agencies in one process, each with an allocator of its own that takes back only what it gave:
//     crowd threads|loop HOST:PORT COUNT
// Agency N sends data/agency-N.csv. `threads`: each on a thread, with quiniela_send_file; `loop`: all on one,
// step by step. Prints "N CODE WINNERS" for each. The exit status is 3 where one had another's memory, or
// kept some.
#include <quiniela.h>

#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST = 16 };

struct office {
    pthread_t thread;
    const char *servers;
    uint32_t number;
    long blocks, events;
    int wrong;
    struct quiniela_agency *agency;
};

struct head {
    struct office *owner;
    size_t bytes;
    _Alignas(max_align_t) char block[];
};

static void *take(void *context, size_t bytes) {
    struct office *office = context;
    struct head *head = malloc(sizeof *head + bytes);
    if (head == NULL) {
        return NULL;
    }
    *head = (struct head){.owner = office, .bytes = bytes};
    office->blocks++;
    return head->block;
}

static struct head *head_of(void *block) {
    return (struct head *)((char *)block - offsetof(struct head, block));
}

static void give_back(void *context, void *block) {
    struct office *office = context;
    office->wrong += head_of(block)->owner != office;
    office->blocks--;
    free(head_of(block));
}

static void *resize(void *context, void *block, size_t bytes) {
    void *larger = take(context, bytes);
    if (block != NULL && larger != NULL) {
        size_t before = head_of(block)->bytes;
        memcpy(larger, block, before < bytes ? before : bytes);
        give_back(context, block);
    }
    return larger;
}

static void on_event(void *context, const struct quiniela_event *event) {
    struct office *office = context;
    office->events++;
    office->wrong += event->agency != office->number;
}

static struct quiniela_options *options_of(struct office *office) {
    struct quiniela_allocator allocator = {sizeof allocator, take, resize, give_back, office};
    char path[64];
    snprintf(path, sizeof path, "data/agency-%u.csv", (unsigned)office->number);
    struct quiniela_options *options = quiniela_options_new(&allocator);
    if (options == NULL || quiniela_options_set_servers(options, office->servers) != QUINIELA_OK ||
        quiniela_options_set_agency(options, office->number) != QUINIELA_OK ||
        quiniela_options_set_events(options, on_event, office) != QUINIELA_OK ||
        quiniela_options_set_file(options, path) != QUINIELA_OK) {
        abort();
    }
    return options;
}

static void *send_on_a_thread(void *context) {
    struct office *office = context;
    struct quiniela_options *options = options_of(office);
    (void)quiniela_send_file(options, NULL, &office->agency);
    quiniela_options_free(options);
    return NULL;
}

static void send_on_threads(struct office *offices, int count) {
    for (int i = 0; i < count; i++) {
        if (pthread_create(&offices[i].thread, NULL, send_on_a_thread, &offices[i]) != 0) {
            abort();
        }
    }
    for (int i = 0; i < count; i++) {
        pthread_join(offices[i].thread, NULL);
    }
}

// Steps all of them, and says what they wait for; how many still run.
static int step_all(struct office *offices, int count, struct pollfd *wanted, int *timeout_ms) {
    int running = 0;
    *timeout_ms = -1;
    for (int i = 0; i < count; i++) {
        struct quiniela_agency *agency = offices[i].agency;
        int runs = quiniela_agency_step(agency) == QUINIELA_RUNNING, wants = quiniela_agency_wants(agency);
        int own_ms = runs ? quiniela_agency_timeout_ms(agency) : -1;
        wanted[i].fd = runs ? quiniela_agency_fd(agency) : -1;
        wanted[i].events =
            (short)((wants & QUINIELA_READ ? POLLIN : 0) | (wants & QUINIELA_WRITE ? POLLOUT : 0));
        *timeout_ms = *timeout_ms < 0 || (own_ms >= 0 && own_ms < *timeout_ms) ? own_ms : *timeout_ms;
        running += runs;
    }
    return running;
}

static void send_in_a_loop(struct office *offices, int count) {
    struct pollfd wanted[MOST];
    int timeout_ms;
    for (int i = 0; i < count; i++) {
        struct quiniela_options *options = options_of(&offices[i]);
        if (quiniela_agency_new(options, &offices[i].agency) != QUINIELA_OK) {
            abort();
        }
        quiniela_options_free(options);
    }
    while (step_all(offices, count, wanted, &timeout_ms) > 0) {
        poll(wanted, (nfds_t)count, timeout_ms);
    }
}

int main(int argc, char **argv) {
    int count = argc == 4 ? atoi(argv[3]) : 0, wrong = 0;
    if (count < 1 || count > MOST) {
        return 2;
    }
    struct office offices[MOST];
    memset(offices, 0, sizeof offices);
    for (int i = 0; i < count; i++) {
        offices[i].servers = argv[2];
        offices[i].number = (uint32_t)i + 1;
    }
    if (strcmp(argv[1], "threads") == 0) {
        send_on_threads(offices, count);
    } else {
        send_in_a_loop(offices, count);
    }
    for (int i = 0; i < count; i++) {
        printf("%u %s %llu\n", (unsigned)offices[i].number,
               quiniela_code_name(quiniela_agency_code(offices[i].agency)),
               (unsigned long long)quiniela_agency_winner_count(offices[i].agency));
        quiniela_agency_free(offices[i].agency);
        wrong += offices[i].wrong != 0 || offices[i].blocks != 0 || offices[i].events == 0;
    }
    return wrong == 0 ? 0 : 3;
}
