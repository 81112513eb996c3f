// What there is to be asked for, by path.
#include "board/answering.h"
#include "board/board.h"
#include "board/board_parts.h"
#include "board/health.h"
#include "board/json.h"
#include "board/metrics.h"
#include "board/page.h"
#include "ledger/notice.h"
#include "ledger/number_counts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct route {
    const char *path;
    void (*answer)(struct board *board, const struct http_request *request, struct http_answer *answer);
    const char *arguments[4]; // that it takes, ended by NULL
    bool is_urgent;           // for machines, which act when it does not come
};

// The page --------------------------------------------------------------------------------------------------

static void answer_file(const struct board *board, struct http_answer *answer, const char *type,
                        size_t member) {
    const struct board_page *page = board->options.page;
    if (page == NULL) {
        answer_with_line(answer, 404, "this board has no page");
        return;
    }
    const struct board_file *file = (const struct board_file *)((const char *)page + member);
    answer_with_fixed(answer, type, file->bytes, file->length);
}

#define FILE_ROUTE(name, type)                                                                               \
    static void answer_##name(struct board *board, const struct http_request *request,                       \
                              struct http_answer *answer) {                                                  \
        (void)request;                                                                                       \
        answer_file(board, answer, type, offsetof(struct board_page, name));                                 \
    }

FILE_ROUTE(html, "text/html; charset=utf-8")
FILE_ROUTE(style, "text/css; charset=utf-8")
FILE_ROUTE(script, "text/javascript; charset=utf-8")
FILE_ROUTE(icon, "image/svg+xml")

// A page that a board hands out in plain HTTP would be no better than its connection: it is to be kept.
static void answer_verify(struct board *board, const struct http_request *request,
                          struct http_answer *answer) {
    (void)request;
    if (board->options.verify_page == NULL) {
        answer_with_line(answer, 404, "this board has no page that checks draws");
        return;
    }
    answer_with_fixed(answer, "text/html; charset=utf-8", board->options.verify_page,
                      board->options.verify_page_length);
    answer->headers[0][0] = "Content-Disposition";
    answer->headers[0][1] = "attachment; filename=\"verify.html\"";
}

// The draw --------------------------------------------------------------------------------------------------

// Whether the store was read; else that is the answer.
static bool has_draw(const struct board *board, struct http_answer *answer) {
    const struct board_snapshot *snapshot = board->snapshot;
    if (!snapshot->has_draw) {
        answer_with_error(answer, 503, "the store has not been read yet%s%s",
                          snapshot->trouble[0] == '\0' ? "" : ": ", snapshot->trouble);
        answer_again_soon(answer);
    }
    return snapshot->has_draw;
}

static void answer_draw(struct board *board, const struct http_request *request, struct http_answer *answer) {
    struct board_view view = board_view_of(board);
    struct json_writer writer = {0};
    (void)request;
    if (has_draw(board, answer)) {
        draw_json_write(&view, &writer);
        answer_with_json(answer, 200, &writer);
    }
}

static void answer_agencies(struct board *board, const struct http_request *request,
                            struct http_answer *answer) {
    struct board_view view = board_view_of(board);
    struct agencies_wanted wanted;
    struct json_writer writer = {0};
    struct error error;
    if (!agencies_wanted_read(http_request_argument(request, "state"),
                              http_request_argument(request, "after"),
                              http_request_argument(request, "limit"), &wanted, &error)) {
        answer_with_error(answer, 400, "%s", error.text);
    } else if (has_draw(board, answer)) {
        agencies_json_write(&view, &wanted, &writer);
        answer_with_json(answer, 200, &writer);
    }
}

static void answer_events(struct board *board, const struct http_request *request,
                          struct http_answer *answer) {
    (void)board;
    (void)request;
    answer->type = "text/event-stream";
    answer->is_stream = true;
}

// Numbers ---------------------------------------------------------------------------------------------------

// A count that somebody wanted before the end of the intake lacks some: then another is wanted. One that has
// all is not made again.
static void answer_counts(const struct board *board, uint64_t *counts, struct http_answer *answer) {
    struct board_view view = board_view_of(board);
    struct json_writer writer = {0};
    char failure[ERROR_TEXT_BYTES];
    uint64_t bets;
    uint32_t age_s;
    if (number_counts_read(board->options.numbers, counts, &bets, &age_s, failure) &&
        bets == board->snapshot->bets) {
        numbers_json_write(&view, counts, bets, &writer);
        answer_with_json(answer, 200, &writer);
        return;
    }
    number_counts_want(board->options.numbers);
    answer_with_error(answer, 503,
                      "the bets of each number are being counted%s", // why is told to no stranger
                      failure[0] == '\0' ? "" : "; the last count failed (quiniela top says why)");
    answer_again_soon(answer);
}

// Before the draw they would tell whoever gives the number which one is the cheapest.
static void answer_numbers(struct board *board, const struct http_request *request,
                           struct http_answer *answer) {
    const struct stored_draw *draw = &board->snapshot->draw;
    (void)request;
    if (!has_draw(board, answer)) {
        return;
    }
    if (draw->state != DRAW_DRAWN) {
        answer_with_error(answer, 404, "how often each number was bet is told once the draw is made");
        return;
    }
    if (draw->erased_at[0] != '\0') {
        answer_with_error(answer, 404, "the draw's bets were erased at %s", draw->erased_at);
        return;
    }
    uint64_t *counts = calloc(NUMBER_COUNTS, sizeof *counts);
    if (counts == NULL) {
        answer_without_memory(answer);
        return;
    }
    answer_counts(board, counts, answer);
    free(counts);
}

// For machines ----------------------------------------------------------------------------------------------

static void answer_metrics(struct board *board, const struct http_request *request,
                           struct http_answer *answer) {
    struct board_view view = board_view_of(board);
    char *text;
    size_t length;
    (void)request;
    if (metrics_write(&view, &text, &length)) {
        answer_with(answer, 200, METRICS_TYPE, text, length);
    } else {
        answer_without_memory_line(answer);
    }
}

static void answer_health(struct board *board, health_question question, struct http_answer *answer) {
    struct board_view view = board_view_of(board);
    char *text;
    size_t length;
    bool is_so = question(&view, &text, &length);
    if (text == NULL) {
        answer_without_memory_line(answer);
    } else {
        answer_with(answer, is_so ? 200 : 503, "text/plain; charset=utf-8", text, length);
    }
}

static void answer_livez(struct board *board, const struct http_request *request,
                         struct http_answer *answer) {
    (void)request;
    answer_health(board, health_live, answer);
}

static void answer_readyz(struct board *board, const struct http_request *request,
                          struct http_answer *answer) {
    (void)request;
    answer_health(board, health_ready, answer);
}

// Notes -----------------------------------------------------------------------------------------------------

typedef char *(*notice_text)(struct notice *notice, size_t *length, bool *no_memory);

static void answer_note(const struct board *board, notice_text text, const char *none,
                        struct http_answer *answer) {
    bool no_memory = false;
    size_t length = 0;
    char *note = board->options.notice == NULL ? NULL : text(board->options.notice, &length, &no_memory);
    if (note != NULL) {
        answer_with(answer, 200, "text/plain; charset=utf-8", note, length);
    } else if (no_memory) {
        answer_without_memory(answer);
    } else {
        answer_with_error(answer, 404, "%s", none);
    }
}

static void answer_rules(struct board *board, const struct http_request *request,
                         struct http_answer *answer) {
    (void)request;
    answer_note(board, notice_rules, "there are no rules: the draw is not signed", answer);
}

static void answer_seal(struct board *board, const struct http_request *request, struct http_answer *answer) {
    (void)request;
    answer_note(board, notice_seal, "there is no seal yet, or the draw is not signed", answer);
}

static void answer_result(struct board *board, const struct http_request *request,
                          struct http_answer *answer) {
    (void)request;
    answer_note(board, notice_result, "there is no result yet, or the draw is not signed", answer);
}

// The table -------------------------------------------------------------------------------------------------

static const struct route routes[] = {
    {"/", answer_html, {NULL}, false},
    {"/board.css", answer_style, {NULL}, false},
    {"/board.js", answer_script, {NULL}, false},
    {"/favicon.svg", answer_icon, {NULL}, false},
    {"/verify.html", answer_verify, {NULL}, false},
    {"/metrics", answer_metrics, {NULL}, true},
    {"/livez", answer_livez, {NULL}, true},
    {"/readyz", answer_readyz, {NULL}, true},
    {"/api/v1/draw", answer_draw, {NULL}, false},
    {"/api/v1/agencies", answer_agencies, {"state", "after", "limit", NULL}, false},
    {"/api/v1/numbers", answer_numbers, {NULL}, false},
    {"/api/v1/rules", answer_rules, {NULL}, false},
    {"/api/v1/seal", answer_seal, {NULL}, false},
    {"/api/v1/result", answer_result, {NULL}, false},
    {"/api/v1/events", answer_events, {NULL}, false},
};

static const struct route *route_of(const char *path) {
    for (size_t i = 0; i < sizeof routes / sizeof *routes; i++) {
        if (strcmp(path, routes[i].path) == 0) {
            return &routes[i];
        }
    }
    return NULL;
}

bool board_is_urgent(void *context, const struct http_request *request) {
    const struct route *route = route_of(http_request_path(request));
    (void)context;
    return route != NULL && route->is_urgent;
}

// Programs are told in JSON, and people in a line.
static void refuse(const char *path, int status, const char *why, struct http_answer *answer) {
    if (strncmp(path, "/api/", 5) == 0) {
        answer_with_error(answer, status, "%s", why);
    } else {
        answer_with_line(answer, status, why);
    }
}

void board_refuse(void *context, const struct http_request *request, int status, const char *why,
                  struct http_answer *answer) {
    (void)context;
    refuse(http_request_path(request), status, why, answer);
}

// A name that is none is not repeated: it may be anything.
static void refuse_arguments(const struct route *route, struct http_answer *answer) {
    char why[256] = "it takes no arguments";
    int length = 0;
    for (const char *const *name = route->arguments; *name != NULL; name++) {
        length += snprintf(why + length, sizeof why - (size_t)length, "%s%s",
                           length == 0 ? "an argument is unknown, or given twice; it takes " : ", ", *name);
    }
    refuse(route->path, 400, why, answer);
}

void board_answer(void *context, const struct http_request *request, struct http_answer *answer) {
    struct board *board = context;
    const char *path = http_request_path(request);
    const struct route *route = route_of(path);
    if (route == NULL) {
        refuse(path, 404, "there is nothing here; what there is, docs/board.md lists", answer);
    } else if (http_request_has_others(request, route->arguments)) {
        refuse_arguments(route, answer);
    } else {
        reader_want(board->reader);
        board_update(board);
        route->answer(board, request, answer);
    }
}
