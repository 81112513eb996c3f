#include "oracle.h"

#include "bet/chunk.h"
#include "bet/errors.h"
#include "cutoff_judge.h"
#include "oracle_seen.h"
#include "orders_judge.h"
#include "plan.h"
#include "wire/frame.h"
#include "wire/message.h"
#include "wire/reply.h"
#include "world.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

// An unanswered question on a connection.
struct question {
    struct question *next;
    uint64_t end; // of a chunk: how many of the agency's bets there are up to its end
    bool last;
    uint32_t count;
    int64_t list_from; // asks what is stored from here on; -1: does not
    uint64_t stored;   // how many of the bets were stored when it was sent
    bool is_known;     // its bets were stored in their place by then: it must be acknowledged
    bool is_forged;    // its bets are not its agency's: it must never be acknowledged
};

struct questions {
    uint32_t agency;
    const struct planned_agency *bets; // NULL: a stranger's, about which nothing is known
    struct question *first, **end;     // chunks
    uint32_t consultations;
    uint64_t appended; // by a client that sends no `first`
};

struct oracle_seen seen;

void oracle_begin(void) {
    struct message_decoder *decoder = seen.decoder;
    memset(&seen, 0, sizeof seen);
    seen.decoder = decoder != NULL ? decoder : message_decoder_new();
    cutoff_judge_begin();
    orders_judge_begin();
    for (uint32_t agency = 1; agency <= PLAN_AGENCIES_MAX; agency++) {
        seen.of[agency].is_end[0][0] = seen.of[agency].is_end[1][0] = true;
    }
}

void oracle_end(void) {
    message_decoder_free(seen.decoder);
    seen.decoder = NULL;
}

int oracle_list_of(uint32_t agency, const struct planned_agency *bets) {
    return bets == &plan.other[agency];
}

// What agencies say -----------------------------------------------------------------------------------------

struct questions *questions_new(uint32_t agency, const struct planned_agency *bets) {
    struct questions *questions = calloc(1, sizeof *questions);
    if (questions == NULL) {
        abort();
    }
    questions->agency = agency;
    questions->bets = bets;
    questions->end = &questions->first;
    return questions;
}

static struct question take_question(struct questions *questions) {
    struct question *first = questions->first, taken = *first;
    questions->first = first->next;
    if (questions->first == NULL) {
        questions->end = &questions->first;
    }
    free(first);
    return taken;
}

void questions_free(struct questions *questions) {
    while (questions->first != NULL) {
        take_question(questions);
    }
    free(questions);
}

// A frame's message, followed by the padding that a decoder needs. The caller frees it.
static uint8_t *padded(const uint8_t *frame, size_t length, size_t *message_length) {
    const uint8_t *message;
    uint8_t *copy = calloc(1, length + JSON_PADDING_BYTES);
    if (copy == NULL ||
        frame_next(frame, length, REPLY_BYTES_MAX, &message, message_length) != FRAME_COMPLETE ||
        FRAME_HEADER_BYTES + *message_length != length) {
        world_fail("what is sent is not one frame");
        *message_length = 0;
        return copy;
    }
    memcpy(copy, message, *message_length);
    return copy;
}

// Notes what is known about the question when it is asked.
static void judge(const struct questions *questions, const struct message *message,
                  struct question *question) {
    const struct agency_seen *agency = &seen.of[questions->agency];
    const struct chunk *chunk = message->chunk;
    bool has_place = message->first >= 0, is_theirs = questions->bets == agency->bets;
    question->stored = is_theirs ? agency->stored : 0;
    question->is_forged = has_place && !plan_has_bets(questions->bets, (uint64_t)message->first, chunk->count,
                                                      chunk->rows, chunk->rows_length);
    question->is_known = has_place && is_theirs && !question->is_forged && question->end <= question->stored;
    if (question->is_forged && !(is_theirs && question->end <= question->stored)) {
        world_fail("a forged bet of agency %" PRIu32 " could be stored", questions->agency);
    }
}

static void note_chunk(struct questions *questions, const struct message *message) {
    struct agency_seen *agency = &seen.of[questions->agency];
    uint64_t first = message->first >= 0 ? (uint64_t)message->first : questions->appended;
    struct question *question = calloc(1, sizeof *question);
    if (question == NULL) {
        abort();
    }
    question->end = first + message->chunk->count;
    question->last = message->type == MESSAGE_SEND_LAST_CHUNK;
    question->count = message->chunk->count;
    question->list_from = message->stored;
    questions->appended = question->end;
    *questions->end = question;
    questions->end = &question->next;
    if (question->end > questions->bets->count) {
        world_fail("agency %" PRIu32 " sends bets that it does not have", questions->agency);
        return;
    }
    judge(questions, message, question);
    int list = oracle_list_of(questions->agency, questions->bets);
    agency->is_end[list][question->end] = true;
    if (question->end > agency->sent[list]) {
        agency->sent[list] = (uint32_t)question->end;
    }
    if (question->last && question->end != questions->bets->count) {
        world_fail("agency %" PRIu32 " says that bet %" PRIu64 " is its last", questions->agency,
                   question->end);
    }
    agency->last_sent[list] |= question->last;
}

void oracle_sent(struct questions *questions, const uint8_t *frame, size_t length) {
    if (questions->bets == NULL) {
        return;
    }
    struct message message;
    struct error error;
    size_t message_length;
    uint8_t *bytes = padded(frame, length, &message_length);
    if (!message_decode(seen.decoder, bytes, message_length, &message, &error)) {
        world_fail("agency %" PRIu32 " sends no valid message: %s", questions->agency, error.text);
    } else if (message.agency != questions->agency) {
        world_fail("agency %" PRIu32 " speaks for %" PRIu32, questions->agency, message.agency);
    } else if (message.type == MESSAGE_CONSULT_WINNERS) {
        questions->consultations++;
    } else {
        note_chunk(questions, &message);
    }
    chunk_free(message.chunk);
    free(bytes);
}

struct copied oracle_copied(uint32_t agency, const struct planned_agency *bets) {
    const struct agency_seen *of = &seen.of[agency];
    int list = oracle_list_of(agency, bets);
    return (struct copied){of->sent[list], of->last_sent[list], (uint32_t)of->stored, of->bets == bets,
                           of->finished && of->bets == bets && of->stored == bets->count};
}

// What the central answers ----------------------------------------------------------------------------------

bool oracle_is_end(uint32_t number, uint64_t at) {
    const struct agency_seen *agency = &seen.of[number];
    return agency->is_end[oracle_list_of(number, agency->bets)][at];
}

// The list in an acknowledgement: stored bets, one piece after the other, starting at the bet asked for. A
// store may have several chunks as one piece.
static void check_list(uint32_t number, const struct question *question, const struct reply *reply) {
    const struct agency_seen *agency = &seen.of[number];
    uint64_t at = (uint64_t)question->list_from;
    bool is_due = question->is_known && question->count < question->stored && at < question->stored;
    if (question->list_from < 0 ? reply->piece_count > 0 : is_due && reply->piece_count == 0) {
        world_fail("agency %" PRIu32 " gets %zu pieces listed", number, reply->piece_count);
        return;
    }
    for (size_t i = 0; i < reply->piece_count; i++) {
        const struct piece *piece = &reply->pieces[i];
        bool follows = i == 0 ? piece->first <= at && at < piece->first + piece->count : piece->first == at;
        at = piece->first + piece->count;
        if (!follows || at > agency->stored || !oracle_is_end(number, at) ||
            !plan_has_piece(agency->bets, piece)) {
            world_fail("agency %" PRIu32 ": bets up to %" PRIu64 " are listed, and not stored so", number,
                       at);
            return;
        }
    }
}

// Promise 1: what is acknowledged is stored.
static void check_acknowledged(struct questions *questions, const struct reply *reply) {
    int64_t next = reply->next;
    const struct agency_seen *agency = &seen.of[questions->agency];
    if (questions->first == NULL) {
        world_fail("agency %" PRIu32 " gets an acknowledgement of nothing", questions->agency);
        return;
    }
    struct question question = take_question(questions);
    if (question.end > agency->stored || next < 0 || (uint64_t)next > agency->stored ||
        (uint64_t)next < question.end) {
        world_fail("agency %" PRIu32 ": bets up to %" PRIu64 " are acknowledged, next %" PRId64
                   ", and %" PRIu64 " are stored",
                   questions->agency, question.end, next, agency->stored);
    }
    if (question.end > 0 && questions->bets != agency->bets) {
        world_fail("agency %" PRIu32 ": bets are acknowledged, and others are stored", questions->agency);
    }
    if (question.is_forged) {
        world_fail("agency %" PRIu32 ": forged bets up to %" PRIu64 " are acknowledged", questions->agency,
                   question.end);
    }
    check_list(questions->agency, &question, reply);
    if (question.last && !agency->finished) {
        world_fail("agency %" PRIu32 ": its last chunk is acknowledged, and its end is not stored",
                   questions->agency);
    }
}

// Promise 5: its own winners, and only after the draw; of exactly the stored bets, also when the agency was
// cut off.
static void check_winners(struct questions *questions, const struct bet_slice *told) {
    char text[PLAN_WINNERS_BYTES];
    if (questions->bets != NULL && questions->consultations-- == 0) {
        world_fail("agency %" PRIu32 " is told winners that it did not ask for", questions->agency);
        return;
    }
    if (seen.state != DRAW_DRAWN) {
        world_fail("agency %" PRIu32 " is told winners before the draw is stored", questions->agency);
        return;
    }
    (void)oracle_winners(questions->agency, text);
    if (told->length != strlen(text) || memcmp(told->text, text, told->length) != 0) {
        world_fail("agency %" PRIu32 " is told \"%.*s\", and its winners are \"%s\"", questions->agency,
                   (int)told->length, told->text, text);
    }
    seen.of[questions->agency].told = true;
}

// Whether the bets of that list may be refused for good: other bets are stored, or an order has brought the
// agency to its end.
static bool is_rightly_refused(uint32_t agency, const struct planned_agency *bets,
                               const struct error_code *code) {
    const struct agency_seen *of = &seen.of[agency];
    return ((code == ERROR_CONFLICT || code == ERROR_AGENCY_FINISHED) && of->bets != NULL &&
            of->bets != bets) ||
           (code == ERROR_DRAW_CLOSED && oracle_was_cut(agency));
}

static bool may_be_refused(const struct questions *questions, const struct question *question,
                           const struct error_code *code) {
    if (code == ERROR_STORE_FAILED || question->is_forged) {
        return code == ERROR_STORE_FAILED || code == ERROR_CONFLICT;
    }
    return !question->is_known &&
           (code == ERROR_GAP || is_rightly_refused(questions->agency, questions->bets, code));
}

static void check_refusal(struct questions *questions, const struct reply *reply) {
    if (questions->first == NULL) {
        world_fail("agency %" PRIu32 " gets an error for nothing: %s", questions->agency, reply->error_name);
        return;
    }
    struct question question = take_question(questions);
    const struct error_code *code = reply->error.code;
    if (!may_be_refused(questions, &question, code)) {
        world_fail("agency %" PRIu32 ": its chunk up to %" PRIu64 " is refused: %s: %s", questions->agency,
                   question.end, reply->error_name, reply->error.text);
    }
}

// A stranger's nonsense is never acknowledged. A stranger who asks for an agency's winners gets them, after
// the draw.
static void check_stranger(struct questions *questions, const struct reply *reply) {
    world_trace("central: to a stranger: reply %d %s", (int)reply->type,
                reply->type == REPLY_ERROR ? reply->error_name : "");
    if (reply->type == REPLY_CHUNK_PROCESSED) {
        world_fail("nonsense is acknowledged");
    } else if (reply->type == REPLY_WINNERS) {
        check_winners(questions, &reply->winners);
    }
}

bool oracle_answered(struct questions *questions, const uint8_t *frame, size_t length) {
    struct reply reply;
    struct error error;
    size_t message_length;
    uint8_t *bytes = padded(frame, length, &message_length);
    if (!reply_decode(seen.decoder, bytes, message_length, &reply, &error)) {
        world_fail("the central sends no valid reply: %s", error.text);
    } else if (questions->bets == NULL) {
        check_stranger(questions, &reply);
    } else if (reply.type == REPLY_CHUNK_PROCESSED) {
        world_trace("central: to agency %" PRIu32 ": processed, next %" PRId64, questions->agency,
                    reply.next);
        check_acknowledged(questions, &reply);
    } else if (reply.type == REPLY_WINNERS) {
        world_trace("central: to agency %" PRIu32 ": winners", questions->agency);
        check_winners(questions, &reply.winners);
    } else if (reply.type == REPLY_ERROR) {
        world_trace("central: to agency %" PRIu32 ": error %s", questions->agency, reply.error_name);
        check_refusal(questions, &reply);
    } else if (questions->consultations-- == 0) {
        world_fail("agency %" PRIu32 " is told to wait, and did not ask", questions->agency);
    }
    free(bytes);
    return reply.type == REPLY_WINNERS;
}

void oracle_arrived(const struct questions *questions) {
    seen.of[questions->agency].got = true;
}

// What clients believe, and the end -------------------------------------------------------------------------

void oracle_client_told(uint32_t agency, const struct planned_agency *bets, uint64_t winners) {
    char text[PLAN_WINNERS_BYTES];
    const struct agency_seen *of = &seen.of[agency];
    bool are_its_own = of->bets == NULL ? oracle_was_cut(agency)
                                        : of->bets == bets || (of->bets->count == 0 && bets->count == 0);
    if (!are_its_own || winners != oracle_winners(agency, text) || !of->told) {
        world_fail("the client of agency %" PRIu32 " counts %" PRIu64 " winners", agency, winners);
    }
}

void oracle_client_gave_up(uint32_t agency, const struct planned_agency *bets, const struct error *error,
                           bool was_told) {
    bool lost_nothing = error->code == ERROR_DRAW_CLOSED && seen.of[agency].bets == bets &&
                        seen.of[agency].stored == bets->count;
    if (!is_rightly_refused(agency, bets, error->code) || lost_nothing ||
        (error->code == ERROR_DRAW_CLOSED && !was_told)) {
        world_fail("the client of agency %" PRIu32 " gives up: %s: %s", agency, error_name(error->code),
                   error->text);
    }
}

void oracle_check_end(void) {
    for (uint32_t agency = 1; agency <= plan.agencies; agency++) {
        if (!seen.of[agency].finished || !seen.of[agency].told) {
            world_fail("agency %" PRIu32 ": at the end %" PRIu64 " bets are stored", agency,
                       seen.of[agency].stored);
        }
    }
    if (!seen.drawn) {
        world_fail("at the end there was no draw");
    }
}
