#include "promises.h"

#include "bet/bet.h"
#include "bet/chunk.h"
#include "bet/errors.h"
#include "fuzz.h"
#include "service/service.h"
#include "store/store.h"
#include "wire/frame.h"
#include "wire/message.h"
#include "wire/reply.h"

#include <stdlib.h>
#include <string.h>

enum { PROMISED_AGENCIES_MAX = 10 };

struct text {
    char *bytes;
    size_t length;
};

struct question {
    enum { ASKED_BADLY, ASKED_CHUNK, ASKED_WINNERS } kind;
    struct message message;
};

struct acknowledged {
    uint32_t agency, count;
    uint64_t first;
    bool last;
    struct text rows;
};

struct told {
    bool asked[PROMISED_AGENCIES_MAX + 1]; // the agencies whose winners this connection asked for
    struct text winners;
};

// What is stored of an agency.
struct stored {
    struct text rows;
    uint64_t count;
    bool finished;
};

static struct {
    struct message_decoder *decoder;
    uint32_t agencies;
    struct text sent[PROMISED_AGENCIES_MAX + 1];
    struct acknowledged *acknowledged;
    struct told *told;
    size_t acknowledged_count, told_count;
    struct stored stored[PROMISED_AGENCIES_MAX + 1];
} promises;

static void text_add(struct text *text, const char *bytes, size_t length) {
    text->bytes = realloc(text->bytes, text->length + length + 1);
    must_hold(text->bytes != NULL, "memory");
    if (length > 0) {
        memcpy(text->bytes + text->length, bytes, length);
    }
    text->length += length;
}

void promises_begin(uint32_t agencies) {
    struct message_decoder *decoder = promises.decoder == NULL ? message_decoder_new() : promises.decoder;
    must_hold(decoder != NULL && agencies <= PROMISED_AGENCIES_MAX, "the oracle begins");
    memset(&promises, 0, sizeof promises);
    promises.decoder = decoder;
    promises.agencies = agencies;
    for (uint32_t agency = 1; agency <= agencies; agency++) { // empty, but not NULL
        text_add(&promises.sent[agency], "", 0);
        text_add(&promises.stored[agency].rows, "", 0);
    }
}

// Questions -----------------------------------------------------------------------------------------------

static struct question read_question(const uint8_t *message, size_t length, int port) {
    struct question question = {.kind = ASKED_BADLY};
    struct error error;
    if (!message_decode(promises.decoder, message, length, &question.message, &error) ||
        question.message.agency > promises.agencies) {
        return question;
    }
    if (question.message.type == MESSAGE_CONSULT_WINNERS) {
        question.kind = ASKED_WINNERS;
    } else if (port == LOTTERY_PORT_BETS) {
        const struct chunk *chunk = question.message.chunk;
        question.kind = ASKED_CHUNK;
        text_add(&promises.sent[question.message.agency], chunk->rows, chunk->rows_length);
    }
    return question;
}

// The questions in the order in which they were asked; the caller frees them and their chunks.
static struct question *read_questions(const struct conversation *conversation, size_t *count) {
    struct question *questions = NULL;
    *count = 0;
    for (size_t at = 0; at < conversation->heard_length;) {
        const uint8_t *message;
        size_t length;
        enum frame_state state = frame_next(conversation->heard + at, conversation->heard_length - at,
                                            MESSAGE_BYTES_MAX, &message, &length);
        must_hold(state != FRAME_PARTIAL, "half a frame is not taken");
        questions = realloc(questions, (*count + 1) * sizeof *questions);
        must_hold(questions != NULL, "memory");
        if (state == FRAME_TOO_LONG) {
            questions[(*count)++] = (struct question){.kind = ASKED_BADLY};
            break;
        }
        questions[(*count)++] = read_question(message, length, conversation->port);
        at += FRAME_HEADER_BYTES + length;
    }
    return questions;
}

// Answers -------------------------------------------------------------------------------------------------

struct walk {
    const struct question *questions;
    size_t count, next; // `next`: the first question that may still wait for its answer
    size_t consulted;   // answered consultations, whichever question they belong to
    bool asked[PROMISED_AGENCIES_MAX + 1];
};

static void keep_acknowledged(const struct message *message, const struct reply *reply) {
    const struct chunk *chunk = message->chunk;
    must_hold(reply->next >= (int64_t)chunk->count, "what is acknowledged is counted");
    uint64_t first =
        message->first >= 0 ? (uint64_t)message->first : (uint64_t)reply->next - (uint64_t)chunk->count;
    bool last = message->type == MESSAGE_SEND_LAST_CHUNK;
    must_hold(last ? first + chunk->count == (uint64_t)reply->next
                   : first + chunk->count <= (uint64_t)reply->next,
              "what is acknowledged is counted where it belongs");
    promises.acknowledged =
        realloc(promises.acknowledged, (promises.acknowledged_count + 1) * sizeof *promises.acknowledged);
    must_hold(promises.acknowledged != NULL, "memory");
    struct acknowledged *kept = &promises.acknowledged[promises.acknowledged_count++];
    *kept = (struct acknowledged){message->agency, chunk->count, first, last, {NULL, 0}};
    text_add(&kept->rows, chunk->rows, chunk->rows_length);
}

static void keep_told(const struct walk *walk, const struct bet_slice *winners) {
    promises.told = realloc(promises.told, (promises.told_count + 1) * sizeof *promises.told);
    must_hold(promises.told != NULL, "memory");
    struct told *kept = &promises.told[promises.told_count++];
    memset(kept, 0, sizeof *kept);
    memcpy(kept->asked, walk->asked, sizeof kept->asked);
    text_add(&kept->winners, winners->text, winners->length);
}

// A consultation may be held, so later questions are answered before it.
static const struct question *question_answered(struct walk *walk, bool of_consultation) {
    while (walk->next < walk->count && !of_consultation &&
           walk->questions[walk->next].kind == ASKED_WINNERS) {
        walk->next++;
    }
    must_hold(walk->next < walk->count, "nothing is answered that was not asked");
    return &walk->questions[walk->next++];
}

static void take_answer(struct walk *walk, const struct reply *reply) {
    bool too_many =
        reply->type == REPLY_ERROR && strstr(reply->error.text, "wait for the draw already") != NULL;
    if (reply->type == REPLY_WINNERS) {
        keep_told(walk, &reply->winners);
        walk->consulted++;
        return;
    }
    bool of_consultation = reply->type == REPLY_WINNERS_NOT_READY || too_many;
    const struct question *question = question_answered(walk, of_consultation);
    must_hold(of_consultation == (question->kind == ASKED_WINNERS), "the answer is one to the question");
    walk->consulted += of_consultation;
    if (reply->type == REPLY_CHUNK_PROCESSED) {
        must_hold(question->kind == ASKED_CHUNK, "only good chunks are acknowledged");
        keep_acknowledged(&question->message, reply);
    } else if (reply->type == REPLY_ERROR) {
        must_hold(reply->error.code != ERROR_NONE && reply->error.code != ERROR_STORE_FAILED &&
                      reply->error.code != ERROR_NO_MEMORY,
                  "a refusal is for something known that was asked");
    }
}

static void check_all_answered(const struct walk *walk, const struct conversation *conversation) {
    const uint8_t *message;
    size_t length;
    must_hold(frame_next(conversation->left, conversation->left_length, MESSAGE_BYTES_MAX, &message,
                         &length) == FRAME_PARTIAL,
              "everything is read");
    for (size_t i = walk->next; i < walk->count; i++) {
        must_hold(walk->questions[i].kind == ASKED_WINNERS, "everything but a consultation is answered");
    }
    size_t consultations = 0;
    for (size_t i = 0; i < walk->count; i++) {
        consultations += walk->questions[i].kind == ASKED_WINNERS;
    }
    must_hold(walk->consulted <= consultations, "no consultation is answered twice");
    must_hold(!conversation->drawn || walk->consulted == consultations,
              "after the draw every consultation is answered");
}

void promises_take(const struct conversation *conversation) {
    struct walk walk = {0};
    struct question *questions = read_questions(conversation, &walk.count);
    walk.questions = questions;
    for (size_t i = 0; i < walk.count; i++) {
        if (questions[i].kind == ASKED_WINNERS) {
            walk.asked[questions[i].message.agency] = true;
        }
    }
    for (size_t at = 0; at < conversation->said_length;) {
        const uint8_t *message;
        size_t length;
        struct reply reply;
        struct error error;
        must_hold(frame_next(conversation->said + at, conversation->said_length - at, REPLY_BYTES_MAX,
                             &message, &length) == FRAME_COMPLETE &&
                      reply_decode(promises.decoder, message, length, &reply, &error),
                  "an answer is a whole reply");
        must_hold(reply.type != REPLY_WINNERS || conversation->drawn,
                  "nobody hears of winners before the draw");
        take_answer(&walk, &reply);
        at += FRAME_HEADER_BYTES + length;
    }
    if (conversation->settled) {
        check_all_answered(&walk, conversation);
    }
    for (size_t i = 0; i < walk.count; i++) {
        chunk_free(questions[i].message.chunk);
    }
    free(questions);
}

// The store -----------------------------------------------------------------------------------------------

static bool was_sent(const struct text *sent, const char *row, size_t length) {
    for (const char *at = sent->bytes, *end = at + sent->length; at < end;) {
        size_t bytes = (size_t)((const char *)memchr(at, '\n', (size_t)(end - at)) + 1 - at);
        if (bytes == length && memcmp(at, row, length) == 0) {
            return true;
        }
        at += bytes;
    }
    return false;
}

static bool take_chunk(void *context, const struct stored_chunk *chunk, struct error *error) {
    (void)context, (void)error;
    must_hold(chunk->agency >= 1 && chunk->agency <= promises.agencies, "only agencies have bets");
    struct stored *stored = &promises.stored[chunk->agency];
    must_hold(chunk->first == stored->count, "the stored bets have no gap and stand there once");
    for (size_t at = 0; at < chunk->rows_length;) {
        size_t end = at + chunk_row_offset(chunk->rows + at, chunk->rows_length - at, 1);
        must_hold(was_sent(&promises.sent[chunk->agency], chunk->rows + at, end - at),
                  "nothing is stored that nobody sent");
        at = end;
    }
    text_add(&stored->rows, chunk->rows, chunk->rows_length);
    stored->count += chunk->count;
    return true;
}

static bool take_agency(void *context, const struct stored_agency *agency, struct error *error) {
    (void)context, (void)error;
    must_hold(agency->agency >= 1 && agency->agency <= promises.agencies, "only agencies have rows");
    must_hold(agency->bets == promises.stored[agency->agency].count, "an agency's bets are counted");
    promises.stored[agency->agency].finished = agency->finished_at[0] != '\0';
    return true;
}

static void check_acknowledged(const struct acknowledged *acknowledged) {
    const struct stored *stored = &promises.stored[acknowledged->agency];
    must_hold(acknowledged->first + acknowledged->count <= stored->count, "what is acknowledged is stored");
    size_t from = chunk_row_offset(stored->rows.bytes, stored->rows.length, (uint32_t)acknowledged->first);
    must_hold(acknowledged->rows.length <= stored->rows.length - from &&
                  memcmp(stored->rows.bytes + from, acknowledged->rows.bytes, acknowledged->rows.length) == 0,
              "what is acknowledged is stored as it was sent");
    must_hold(!acknowledged->last || stored->finished, "who has sent the last chunk has finished");
}

static struct text winners_among(const struct text *rows, uint16_t winning_number) {
    struct text winners = {NULL, 0};
    text_add(&winners, "", 0);
    for (size_t at = 0; at < rows->length;) {
        size_t length = chunk_row_offset(rows->bytes + at, rows->length - at, 1);
        struct bet bet;
        struct error error;
        must_hold(bet_parse(rows->bytes + at, length - 1, &bet, &error), "what is stored is a bet");
        if (bet.number == winning_number) {
            text_add(&winners, ",", winners.length > 0);
            text_add(&winners, bet.fields[BET_DOCUMENT].text, bet.fields[BET_DOCUMENT].length);
        }
        at += length;
    }
    return winners;
}

static void check_told(uint16_t winning_number, enum draw_state state) {
    const uint32_t agencies = promises.agencies;
    struct text winners[PROMISED_AGENCIES_MAX + 1];
    for (uint32_t agency = 1; agency <= agencies; agency++) {
        winners[agency] = winners_among(&promises.stored[agency].rows, winning_number);
    }
    for (size_t i = 0; i < promises.told_count; i++) {
        const struct told *told = &promises.told[i];
        bool is_own = false;
        for (uint32_t agency = 1; agency <= agencies; agency++) {
            is_own |= told->asked[agency] && told->winners.length == winners[agency].length &&
                      memcmp(told->winners.bytes, winners[agency].bytes, told->winners.length) == 0;
        }
        must_hold(state == DRAW_DRAWN && is_own, "agencies are told their own winners, once drawn");
        free(told->winners.bytes);
    }
    for (uint32_t agency = 1; agency <= agencies; agency++) {
        must_hold(state == DRAW_OPEN || promises.stored[agency].finished, "the draw waits for everyone");
        free(winners[agency].bytes);
    }
}

static void forget(void) {
    for (size_t i = 0; i < promises.acknowledged_count; i++) {
        free(promises.acknowledged[i].rows.bytes);
    }
    for (uint32_t agency = 1; agency <= promises.agencies; agency++) {
        free(promises.sent[agency].bytes);
        free(promises.stored[agency].rows.bytes);
    }
    free(promises.acknowledged);
    free(promises.told);
}

void promises_check(const char *path, uint16_t winning_number) {
    struct store *store;
    struct error error;
    struct stored_draw draw = {0};
    bool found;
    must_hold(store_open(path, "1", STORE_SERVE, &store, &error) &&
                  store_chunks(store, 0, 0, INT64_MAX, take_chunk, NULL, &error) &&
                  store_agencies(store, take_agency, NULL, &error) &&
                  store_get_draw(store, &draw, &found, &error),
              "the store can be read back");
    store_close(&store);
    for (size_t i = 0; i < promises.acknowledged_count; i++) {
        check_acknowledged(&promises.acknowledged[i]);
    }
    check_told(winning_number, draw.state);
    forget();
}
