#include "cli/restore_survey.h"

#include "bet/errors.h"
#include "cli/shown_name.h"
#include "store/backup.h"
#include "store/store.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct agency {
    uint64_t had, has; // bets: in the store that was there, in the backup
    bool had_finished, has_finished;
    uint32_t had_voidings, has_voidings; // how often it was reset
};

struct survey {
    const char *backup, *store; // addresses; `store` is NULL when there is none
    struct agency *agencies;    // by number; [0] is not used
    uint32_t count;
    bool fills_backup; // which of the two is being read
    bool is_other;     // the draw of this name in the backup is not the store's
    bool is_damaged;   // what the store has of the draw: it counts as far as it can be read
    uint64_t had, has; // bets of all
};

// Reading -------------------------------------------------------------------------------------------------

static bool on_agency(void *context, const struct stored_agency *row, struct error *error) {
    struct survey *survey = context;
    if (row->agency > survey->count && survey->is_damaged && !survey->fills_backup) {
        return true;
    }
    if (row->agency > survey->count) {
        return error_set(error, ERROR_STORE_FAILED, "agency %" PRIu32 " has a row, but the draw has %" PRIu32,
                         row->agency, survey->count);
    }
    struct agency *agency = &survey->agencies[row->agency];
    if (survey->fills_backup) {
        agency->has = row->bets;
        agency->has_finished = row->finished_at[0] != '\0';
        agency->has_voidings = row->voidings;
        survey->has += row->bets;
    } else {
        agency->had = row->bets;
        agency->had_finished = row->finished_at[0] != '\0';
        agency->had_voidings = row->voidings;
        survey->had += row->bets;
    }
    return true;
}

static bool read_agencies(struct survey *survey, const char *address, const char *draw, struct error *error) {
    struct store *store;
    if (!store_open(address, draw, STORE_READ, &store, error)) {
        return false;
    }
    survey->fills_backup = address == survey->backup;
    bool read = store_agencies(store, on_agency, survey, error);
    store_close(&store);
    return read;
}

// *found is false, too, when there is no store.
static bool read_draw(const char *address, const char *name, struct stored_draw *draw, bool *found,
                      struct error *error) {
    struct store *store;
    *found = false;
    *draw = (struct stored_draw){.state = DRAW_OPEN};
    if (address == NULL) {
        return true;
    }
    if (!store_open(address, name, STORE_READ, &store, error)) {
        return false;
    }
    bool read = store_get_draw(store, draw, found, error);
    store_close(&store);
    return read;
}

static void note_damage(struct survey *survey, const char *name, const struct error *error) {
    survey->is_damaged = true;
    printf("draw %s: what the store has of it is damaged, and counts here as far as it can be read: %s\n",
           shown_name(name).text, error->text);
}

// The store's row of the draw. In a damaged one, each sign of a seal counts.
static bool read_had(struct survey *survey, const char *name, struct stored_draw *had, bool *found,
                     struct error *error) {
    survey->is_damaged = false;
    if (read_draw(survey->store, name, had, found, error)) {
        return true;
    }
    if (error->code != ERROR_STORE_FAILED || !*found) {
        return false;
    }
    note_damage(survey, name, error);
    if (had->state == DRAW_DRAWN || had->drawn_at[0] != '\0') {
        had->state = DRAW_DRAWN;
    } else {
        had->state =
            had->state == DRAW_SEALED || had->sealed_at[0] != '\0' || had->has_root ? DRAW_SEALED : DRAW_OPEN;
    }
    return true;
}

static bool read_had_agencies(struct survey *survey, const char *name, struct error *error) {
    if (read_agencies(survey, survey->store, name, error)) {
        return true;
    }
    if (error->code == ERROR_STORE_FAILED) {
        note_damage(survey, name, error);
    }
    return error->code == ERROR_STORE_FAILED;
}

// Printing ------------------------------------------------------------------------------------------------

static bool starts_again(const struct agency *agency) {
    return !agency->has_finished || agency->has < agency->had;
}

static bool is_unfinished(const struct agency *agency) {
    return !agency->has_finished;
}

static bool sent_since(const struct agency *agency) {
    return agency->has < agency->had || (agency->had_finished && !agency->has_finished);
}

static bool has_sent(const struct agency *agency) {
    return agency->had > 0 || agency->had_finished;
}

static bool was_reset_since(const struct agency *agency) {
    return agency->had_voidings > agency->has_voidings;
}

// Their numbers, as ranges. Returns how many there are; prints nothing when there are none.
static uint32_t print_agencies(const struct survey *survey, const char *draw, const char *what,
                               bool (*is_one)(const struct agency *agency)) {
    uint32_t count = 0;
    for (uint32_t number = 1; number <= survey->count; number++) {
        uint32_t first = number;
        while (number <= survey->count && is_one(&survey->agencies[number])) {
            number++;
        }
        if (number > first) {
            count == 0 ? (void)printf("draw %s: %s: ", draw, what) : (void)printf(",");
            printf(number - first == 1 ? "%" PRIu32 : "%" PRIu32 "-%" PRIu32, first, number - 1);
            count += number - first;
        }
    }
    if (count > 0) {
        printf("\n");
    }
    return count;
}

static const char *or_none(const char *text) {
    return text[0] != '\0' ? text : "none";
}

// What operators have changed since the backup is undone by it.
static void print_changes(const struct survey *survey, const char *name, const struct stored_draw *had,
                          const struct stored_draw *has) {
    if (!survey->is_other) {
        (void)print_agencies(
            survey, name,
            "were reset since the backup, which has the bets that were set aside: reset them "
            "again once the server runs, and start them again with the right file: agencies",
            was_reset_since);
    }
    if (had->agencies != has->agencies) {
        printf("draw %s: waits for %" PRIu32 " agencies in the backup; in the store for %" PRIu32 "\n", name,
               has->agencies, had->agencies);
    }
    if (strcmp(had->closes_at, has->closes_at) != 0) {
        printf("draw %s: its cut-off in the backup: %s; in the store: %s\n", name, or_none(has->closes_at),
               or_none(had->closes_at));
    }
    if (had->rules != has->rules) {
        printf("draw %s: its rules have %" PRIu32 " records in the backup; in the store %" PRIu32 "\n", name,
               has->rules, had->rules);
    }
    if (had->number_mode != has->number_mode || had->winning_number != has->winning_number) {
        printf("draw %s: its number, or how it comes, is another in the backup than in the store\n", name);
    }
}

static void print_that_it_is_other(const char *name, const struct stored_draw *had,
                                   const struct stored_draw *has) {
    printf("draw %s: ANOTHER DRAW: the backup's was opened at %s, and the store's at %s: they have the same "
           "name, and no bet of the store's is in the backup\n",
           name, has->opened_at, had->opened_at);
}

// What the store knows of the agencies of another draw says nothing of this one's, `agencies` of them.
static void print_who_starts_again(const struct survey *survey, const char *name, uint32_t agencies) {
    struct survey known = *survey;
    known.count = survey->is_other ? agencies : survey->count;
    if (survey->store == NULL) {
        printf(
            "draw %s: there is no store here that would say whether it was sealed since: where the one that "
            "was backed up still is, or its draw was sealed, start no server with this one: there would be "
            "two seals\n",
            name);
    }
    if (print_agencies(&known, name, "to be started again, once the server runs: agencies",
                       survey->is_other ? is_unfinished : starts_again) > 0 &&
        survey->store == NULL) {
        printf("draw %s: which of them have sent since the backup is not known\n", name);
    }
}

// Whoever has sent to another draw does not go on with this one.
static void print_who_has_sent(const struct survey *survey, const char *name, bool takes_bets) {
    if (survey->is_other) {
        (void)print_agencies(survey, name, "have sent to the store's draw: agencies", has_sent);
        return;
    }
    bool some = print_agencies(survey, name, "have sent since the backup: agencies", sent_since) > 0;
    if (some && !takes_bets) {
        printf("draw %s: in the backup it takes no more bets: what they sent since would be in no draw\n",
               name);
    } else if (takes_bets && (some || survey->store == NULL)) {
        printf("draw %s: a client that has sent since, and still runs, goes on by itself if it sends "
               "`first`, as ours do. One that does not cannot be helped while it runs: what it sent since "
               "would be missing, and nobody would see it. End it before the server starts, and have it "
               "send its file from the beginning. The store cannot tell which clients these are\n",
               name);
    }
}

// `had` is NULL when the store, if there is one, does not have the draw.
static void print_draw(const struct survey *survey, const char *name, const struct stored_draw *had,
                       const struct stored_draw *has) {
    bool takes_bets = has->state == DRAW_OPEN;
    if (survey->is_other) {
        print_that_it_is_other(name, had, has);
    }
    printf("draw %s: %s in the backup, with %" PRIu64 " bets", name, draw_state_name(has->state),
           survey->has);
    if (survey->store != NULL) {
        printf("; the store has %" PRIu64, survey->had);
    }
    printf("\n");
    if (takes_bets) {
        print_who_starts_again(survey, name, has->agencies);
    }
    if (takes_bets || (had != NULL && had->state == DRAW_OPEN)) {
        print_who_has_sent(survey, name, takes_bets);
    }
    if (had != NULL && (takes_bets || had->state == DRAW_OPEN)) {
        print_changes(survey, name, had, has);
    }
}

// Seals ---------------------------------------------------------------------------------------------------

// Of a signed draw. The root of a backup that has none yet is computed again; another seal that was seen
// stays known.
static bool is_same_tree(const struct stored_draw *had, const struct stored_draw *has) {
    return has->rules == had->rules && has->has_secret == had->has_secret &&
           (!had->has_secret || memcmp(has->secret, had->secret, sizeof had->secret) == 0) &&
           (!had->has_root || !has->has_root || memcmp(has->root, had->root, sizeof had->root) == 0) &&
           (had->forked_at[0] == '\0' || has->forked_at[0] != '\0');
}

static bool is_same_seal(const struct stored_draw *had, const struct stored_draw *has, bool is_damaged) {
    return has->state >= had->state && strcmp(has->sealed_at, had->sealed_at) == 0 &&
           (is_damaged || has->agencies == had->agencies) && (!had->has_number || has->has_number) &&
           (!had->has_number || has->winning_number == had->winning_number) &&
           (had->state != DRAW_DRAWN || has->winners_checksum == had->winners_checksum) &&
           (is_damaged || is_same_tree(had, has));
}

static bool has_same_bets(const struct survey *survey) {
    bool same = true;
    for (uint32_t number = 1; same && number <= survey->count; number++) {
        same = survey->agencies[number].has == survey->agencies[number].had;
    }
    return same;
}

static bool may_replace(const struct survey *survey, const char *name, const struct stored_draw *had,
                        const struct stored_draw *has, bool is_in_backup, struct error *error) {
    if (had->state == DRAW_OPEN || (is_in_backup && is_same_seal(had, has, survey->is_damaged) &&
                                    (survey->is_damaged || has_same_bets(survey)))) {
        return true;
    }
    return error_set(error, ERROR_STORE_FAILED,
                     "draw \"%.64s\" is %s, since %s, and in the backup it is %s: there would be two seals, "
                     "so it is not restored%s",
                     name, draw_state_name(had->state),
                     had->state == DRAW_DRAWN ? had->drawn_at : had->sealed_at,
                     !is_in_backup             ? "not there"
                     : has->state < had->state ? draw_state_name(has->state)
                                               : "another",
                     survey->is_damaged ? "; if the damage is to blame, move the store away by hand" : "");
}

// The draws -----------------------------------------------------------------------------------------------

static bool survey_draw(struct survey *survey, const char *name, struct error *error) {
    struct stored_draw had, has;
    bool is_in_store, is_in_backup;
    if (!read_had(survey, name, &had, &is_in_store, error) ||
        !read_draw(survey->backup, name, &has, &is_in_backup, error)) {
        return false;
    }
    survey->had = survey->has = 0;
    survey->is_other =
        is_in_store && is_in_backup && !survey->is_damaged && strcmp(had.opened_at, has.opened_at) != 0;
    survey->count = had.agencies > has.agencies && !survey->is_damaged ? had.agencies : has.agencies;
    survey->agencies = calloc((size_t)survey->count + 1, sizeof *survey->agencies);
    if (survey->agencies == NULL) {
        return error_set(error, ERROR_NO_MEMORY, "no memory for %" PRIu32 " agencies", survey->count);
    }
    bool may = (!is_in_store || read_had_agencies(survey, name, error)) &&
               (!is_in_backup || read_agencies(survey, survey->backup, name, error)) &&
               may_replace(survey, name, &had, &has, is_in_backup, error);
    if (may && is_in_backup) {
        print_draw(survey, shown_name(name).text, is_in_store ? &had : NULL, &has);
    } else if (may) {
        printf("draw %s: the backup does not have it; the store has %" PRIu64 " bets\n",
               shown_name(name).text, survey->had);
        (void)print_agencies(survey, shown_name(name).text, "have sent to it: agencies", has_sent);
    }
    free(survey->agencies);
    stored_draw_forget(&had);
    stored_draw_forget(&has);
    return may;
}

static bool on_backup_draw(void *context, const char *name, struct error *error) {
    return survey_draw(context, name, error);
}

// Those that the backup has have been looked at.
static bool on_store_draw(void *context, const char *name, struct error *error) {
    struct survey *survey = context;
    struct stored_draw ignored;
    bool found;
    return read_draw(survey->backup, name, &ignored, &found, error) &&
           (found || survey_draw(context, name, error));
}

// A store that is damaged is what a backup is for. One that cannot be opened, of another version say, may be
// whole, and sealed.
static bool can_be_judged(const char *address, struct error *error) {
    struct store *store;
    struct error reason;
    if (store_open(address, "1", STORE_READ, &store, &reason)) {
        store_close(&store);
        return true;
    }
    return error_set(error, reason.code,
                     "%.80s: is not replaced, since nobody can tell whether a draw in it was sealed: move it "
                     "away by hand, with its -wal, to restore all the same. It cannot be read: %.120s",
                     address, reason.text);
}

bool restore_survey(const char *backup, const char *store, bool has_store, struct error *error) {
    struct survey survey = {.backup = backup, .store = has_store ? store : NULL};
    return (!has_store || can_be_judged(store, error)) &&
           store_each_draw_name(backup, on_backup_draw, &survey, error) &&
           (!has_store || store_each_draw_name(store, on_store_draw, &survey, error));
}
