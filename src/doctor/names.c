#include "doctor/names.h"

#include "link/resolver.h"

#include <stdlib.h>
#include <uv.h>

struct search;

struct one {
    struct search *search;
    struct name *name;
    struct resolver *resolver; // NULL: it is over
};

struct search {
    uv_loop_t loop;
    uv_timer_t late;
    struct one *all;
    size_t count, pending;
};

static void end_if_done(struct search *search) {
    if (search->pending == 0) {
        uv_close((uv_handle_t *)&search->late, NULL);
    }
}

static void on_resolved(void *context, int failure, struct addrinfo *found) {
    struct one *one = context;
    one->resolver = NULL;
    one->name->failure = failure;
    one->name->found = found;
    one->search->pending--;
    end_if_done(one->search);
}

static void on_late(uv_timer_t *timer) {
    struct search *search = timer->data;
    for (size_t i = 0; i < search->count; i++) {
        struct one *one = &search->all[i];
        if (one->resolver != NULL) {
            resolver_cancel(one->resolver);
            one->name->failure = UV_ETIMEDOUT;
        }
    }
    search->pending = 0;
    end_if_done(search);
}

static void start(struct search *search, struct name *names) {
    for (size_t i = 0; i < search->count; i++) {
        struct one *one = &search->all[i];
        *one = (struct one){.search = search, .name = &names[i]};
        one->resolver = resolver_start(&search->loop, names[i].host, names[i].port, on_resolved, one);
        names[i].failure = one->resolver == NULL ? UV_ENOMEM : 0;
        search->pending += one->resolver != NULL;
    }
}

void names_look_up(struct name *names, size_t count, uint64_t wait_ms) {
    struct search search = {.count = count, .all = calloc(count, sizeof *search.all)};
    if (search.all == NULL || uv_loop_init(&search.loop) != 0) {
        free(search.all);
        for (size_t i = 0; i < count; i++) {
            names[i].failure = UV_ENOMEM;
        }
        return;
    }
    uv_timer_init(&search.loop, &search.late);
    search.late.data = &search;
    uv_timer_start(&search.late, on_late, wait_ms, 0);
    start(&search, names);
    end_if_done(&search);
    uv_run(&search.loop, UV_RUN_DEFAULT);
    uv_loop_close(&search.loop);
    free(search.all);
}

void names_free(struct name *names, size_t count) {
    for (size_t i = 0; i < count; i++) {
        uv_freeaddrinfo(names[i].found);
        names[i].found = NULL;
    }
}
