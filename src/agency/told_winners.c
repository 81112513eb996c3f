#include "agency/told_winners.h"

#include "agency/shown_text.h"
#include "base/memory.h"
#include "bet/limits.h"
#include "seal/errors.h"
#include "wire/limits.h"

#include <inttypes.h>
#include <string.h>

enum {
    STEP_BETS = 100 * 1000, // about 20 ms; signals are handled between two steps
    READ_BETS = 1000,       // at once
};

struct told_winners {
    struct own_bets own;
    struct chunk *chunk; // bets of the file; NULL where it is one bet
    char *documents;
    size_t length;
    size_t next;     // where in them the first one begins that was not found; length + 1 behind the last one
    uint64_t looked; // how many of the agency's bets were looked at
    uint64_t found;
    bool differs; // the bet that should come next is not told there:
    uint64_t line;
    size_t document_length;
    char document[BET_TEXT_BYTES_MAX];
};

// Making and freeing
// --------------------------------------------------------------------------------------

bool told_winners_new(const struct own_bets *own, struct bet_slice documents, struct told_winners **result,
                      struct error *error) {
    struct told_winners *told = memory_zeroed(1, sizeof *told);
    *result = told;
    if (told != NULL) {
        told->own = *own;
        told->documents = memory_allocate(documents.length + 1);
        told->chunk = own->reader == NULL ? NULL : chunk_new(READ_BETS, MESSAGE_BYTES_MAX);
    }
    if (told == NULL || told->documents == NULL || (own->reader != NULL && told->chunk == NULL)) {
        told_winners_free(result);
        return error_set(error, ERROR_NO_MEMORY, "no memory to look at the winners");
    }
    if (documents.length > 0) {
        memcpy(told->documents, documents.text, documents.length);
    }
    told->length = documents.length;
    told->next = documents.length > 0 ? 0 : 1;
    return true;
}

void told_winners_free(struct told_winners **told) {
    if (*told != NULL) {
        chunk_free((*told)->chunk);
        memory_free((*told)->documents);
        memory_free(*told);
        *told = NULL;
    }
}

struct bet_slice told_winners_documents(const struct told_winners *told) {
    return (struct bet_slice){told->documents, told->length};
}

uint64_t told_winners_found(const struct told_winners *told) {
    return told->found;
}

// The documents that are told
// -----------------------------------------------------------------------------

// The document that begins at *at, which then is where the one after it begins. False when there is none.
static bool take_document(const struct told_winners *told, size_t *at, struct bet_slice *document) {
    if (*at > told->length) {
        return false;
    }
    const char *text = told->documents + *at;
    const char *comma = memchr(text, ',', told->length - *at);
    *document = (struct bet_slice){text, comma == NULL ? told->length - *at : (size_t)(comma - text)};
    *at += document->length + 1;
    return true;
}

static bool is_same(struct bet_slice one, struct bet_slice other) {
    return one.length == other.length && memcmp(one.text, other.text, one.length) == 0;
}

// Whether it is told between the places `from` and `to`.
static bool is_told(const struct told_winners *told, struct bet_slice document, size_t from, size_t to) {
    struct bet_slice other;
    for (size_t at = from; at < to && take_document(told, &at, &other);) {
        if (is_same(document, other)) {
            return true;
        }
    }
    return false;
}

// What is wrong
// -------------------------------------------------------------------------------------------

// Where the agency has its bets; only the file's name, as the text is to have room for what is to be done.
static const char *own_place(const struct told_winners *told) {
    if (told->own.reader == NULL) {
        return "this agency's one bet";
    }
    const char *path = reader_path(told->own.reader);
    const char *slash = strrchr(path, '/');
    return slash == NULL ? path : slash + 1;
}

static bool is_none(const struct told_winners *told, struct bet_slice document, struct error *error) {
    char shown[SHOWN_BYTES];
    shown_text(document.text, document.length, shown);
    bool has_won = is_told(told, document, 0, told->next);
    return error_set(error, ERROR_FALSE_CLAIM,
                     "the central tells a winner who is none: document %s has no %sbet on %04u in %.60s",
                     shown, has_won ? "further " : "", told->own.number, own_place(told));
}

static bool is_left_out(const struct told_winners *told, struct error *error) {
    struct bet_slice document = {told->document, told->document_length};
    char shown[SHOWN_BYTES];
    shown_text(document.text, document.length, shown);
    bool is_moved = is_told(told, document, told->next, told->length + 1);
    return error_set(error, ERROR_FALSE_CLAIM,
                     "the central %s: document %s has a bet on %04u in %.60s, line %" PRIu64,
                     is_moved ? "tells the winners in another order" : "leaves out a winner", shown,
                     told->own.number, own_place(told), told->line);
}

static bool check_end(const struct told_winners *told, struct error *error) {
    struct bet_slice document;
    size_t at = told->next;
    if (take_document(told, &at, &document)) {
        return is_none(told, document, error);
    }
    return told->found <= told->own.winners ||
           error_set(error, ERROR_FALSE_CLAIM,
                     "the central's signed result has %" PRIu64
                     " winners in all, and %.60s alone has %" PRIu64 " bets on %04u",
                     told->own.winners, own_place(told), told->found, told->own.number);
}

// The agency's bets
// ---------------------------------------------------------------------------------------

// Takes a bet on the number. What is told in its place may be no winner at all, or one that comes later: only
// the bets after it say which.
static bool take_winner(struct told_winners *told, struct bet_slice document, struct error *error) {
    struct bet_slice other = {"", 0};
    size_t at = told->next;
    bool is_any = take_document(told, &at, &other);
    if (told->differs) {
        return !is_same(document, other) || is_left_out(told, error);
    }
    if (is_any && is_same(document, other)) {
        told->next = at;
        told->found++;
        return true;
    }
    told->differs = true;
    told->line = told->looked;
    told->document_length = document.length;
    memcpy(told->document, document.text, document.length);
    return is_any || is_left_out(told, error);
}

static bool take_bets(struct told_winners *told, const struct chunk *chunk, struct error *error) {
    const char *row = chunk->rows;
    for (size_t i = 0; i < chunk->count && told->looked < told->own.count; i++) {
        const char *end = memchr(row, '\n', (size_t)(chunk->rows + chunk->rows_length - row));
        struct bet_slice fields[BET_FIELDS];
        told->looked++;
        if ((chunk->numbers[2 * i] | chunk->numbers[2 * i + 1] << 8) == told->own.number) {
            bet_split(row, (size_t)(end - row), fields);
            if (!take_winner(told, fields[BET_DOCUMENT], error)) {
                return false;
            }
        }
        row = end + 1;
    }
    return true;
}

// The next bets; none at the end.
static bool read_bets(struct told_winners *told, const struct chunk **chunk, struct error *error) {
    static const struct chunk none;
    bool at_end;
    if (told->looked >= told->own.count || (told->own.reader == NULL && told->looked > 0)) {
        *chunk = &none;
        return true;
    }
    if (told->own.reader == NULL) {
        *chunk = told->own.single;
        return true;
    }
    chunk_clear(told->chunk);
    *chunk = told->chunk;
    return reader_seek(told->own.reader, told->looked, error) &&
           reader_fill(told->own.reader, told->chunk, READ_BETS, MESSAGE_BYTES_MAX, &at_end, error);
}

bool told_winners_step(struct told_winners *told, bool *more, struct error *error) {
    *more = true;
    for (uint64_t until = told->looked + STEP_BETS; told->looked < until;) {
        const struct chunk *chunk;
        if (!read_bets(told, &chunk, error)) {
            return false;
        }
        if (chunk->count == 0) {
            *more = false;
            return check_end(told, error);
        }
        if (!take_bets(told, chunk, error)) {
            return false;
        }
    }
    return true;
}
