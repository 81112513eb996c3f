// What the stories of a draw's seal have in common: two agencies, waiting for what computes it, and what is
// in the folder.
#ifndef QUINIELA_TESTS_SEALING_STORY_H
#define QUINIELA_TESTS_SEALING_STORY_H

#include "compute_seal.h"
#include "signed_story.h"

enum { AGENCIES = 2 };

static sem_t woken;      // by what computed the seal
static int roots, forks; // notes

static inline void on_note(void *context, const struct ledger_note *note) {
    (void)context;
    roots += note->kind == LEDGER_NOTE_ROOT;
    forks += note->kind == LEDGER_NOTE_FORKED;
}

static inline int begin(void **state) {
    roots = forks = 0;
    assert_int_equal(sem_init(&woken, 0, 0), 0);
    int status = sign_begin(state);
    story.noted = on_note;
    return status;
}

static inline int end(void **state) {
    int status = sign_end(state);
    sem_destroy(&woken);
    return status;
}

#define SEALING_TEST(test) cmocka_unit_test_setup_teardown(test, begin, end)

static inline void begin_ledger(void) {
    open_ledger(AGENCIES);
    ledger_on_task_end(story.ledger, wake, &woken);
}

// Agency 1 has bets 0 to 11, of which number 7 wins; agency 2 has `count` bets from `from` on.
static inline void send(int from, int count) {
    assert_stored(.first = 0, .count = 12, .last = true, .next = 12);
    assert_stored(.agency = 2, .first = 0, .from = from, .count = count, .last = true, .next = count);
}

// Has what computes the seal begin, and waits for its end.
static inline void compute(void) {
    work_do(story.ledger);
    assert_non_null(story.ledger->sealing.task);
    assert_int_equal(sem_wait(&woken), 0);
}

static inline void seal_now(void) {
    compute();
    work_do(story.ledger);
    assert_null(story.ledger->sealing.task);
}

static inline struct slice shown_seal(char note[NOTE_BYTES_MAX]) {
    bool no_memory;
    size_t length;
    char *seal = notice_seal(story.notice, &length, &no_memory);
    assert_non_null(seal);
    memcpy(note, seal, length);
    free(seal);
    return (struct slice){note, length};
}

static inline bool is_shown(void) {
    bool no_memory;
    size_t length;
    char *seal = notice_seal(story.notice, &length, &no_memory);
    free(seal);
    return seal != NULL;
}

static inline const char *kept_path(const char *name) {
    static char path[TEMPORARY_BYTES + 48];
    snprintf(path, sizeof path, "%s/draw-1/%s", office.seals, name);
    return path;
}

static inline void assert_kept_as(const char *name, struct slice bytes) {
    struct small_file file;
    struct error error;
    must(small_file_read(kept_path(name), NOTE_BYTES_MAX, &file, &error), &error);
    assert_true(slice_equal(small_file_text(&file), bytes));
    small_file_free(&file);
}

static inline void write_kept(const char *name, struct slice bytes) {
    FILE *file = fopen(kept_path(name), "w");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes.text, 1, bytes.length, file), bytes.length);
    assert_int_equal(fclose(file), 0);
}

// A seal of this draw that commits to other bets, rightly signed.
static inline struct slice other_seal(const struct signing_key *key, char room[NOTE_BYTES_MAX]) {
    const struct signing_key *keys[] = {key};
    char text[CHECKPOINT_BYTES_MAX];
    struct checkpoint seal = {.origin = slice_of(SMALL_NAME "/1"), .size = AGENCIES + 1, .root = {{1}}};
    struct draft draft;
    struct error error;
    draft_begin(&draft, room, NOTE_BYTES_MAX);
    must(note_sign(&draft, (struct slice){text, checkpoint_write(&seal, text)}, keys, 1, &error), &error);
    return draft_text(&draft);
}

// An agency shows that seal.
static inline void show(struct slice note, const struct error_code *code) {
    struct ledger_request *shown = request(.type = LEDGER_SHOWN_SEAL, .first = NO_FIRST);
    int64_t next;
    shown->input.shown = note.text;
    shown->input.shown_length = note.length;
    (void)ask(shown, &next);
    assert_error(&story.answer, code);
}

#endif
