#include "agency/promised_seal.h"

#include "agency/file_report.h"
#include "agency/kept_after.h"
#include "base/memory.h"
#include "seal/checkpoint.h"
#include "seal/errors.h"
#include "seal/note.h"
#include "seal/result.h"

#include <inttypes.h>

// The seal
// ---------------------------------------------------------------------------------------------------

static bool check_seal(const struct vkey *key, const struct kept_rules *rules, struct slice bytes,
                       struct checkpoint *seal, struct note *note, struct error *error) {
    const struct rules *newest = kept_rules_newest(rules);
    if (!note_parse("the seal", bytes, note, error) || !note_check(note, key, error) ||
        !checkpoint_parse(note->text, seal, error)) {
        return false;
    }
    if (newest != NULL && !slice_equal(seal->origin, newest->origin)) {
        return error_set(error, ERROR_FALSE_CLAIM, "the seal is of another draw, %.*s",
                         (int)seal->origin.length, seal->origin.text);
    }
    return newest == NULL || seal->size == (uint64_t)newest->agencies + 1 ||
           error_set(error, ERROR_FALSE_CLAIM,
                     "the seal is of a tree of %" PRIu64 " entries, and the rules of %" PRIu32
                     " agencies have one more than those",
                     seal->size, newest->agencies);
}

bool promised_seal_check_kept(const struct kept_texts *texts, const struct vkey *key,
                              const struct kept_rules *rules, const struct small_file *seal,
                              struct error *error) {
    struct checkpoint checkpoint;
    struct note note;
    struct error reason;
    if (check_seal(key, rules, small_file_text(seal), &checkpoint, &note, &reason)) {
        return true;
    }
    *error = reason;
    return reason.code != ERROR_NO_MEMORY &&
           error_set(error, ERROR_BAD_SETTING,
                     "%.100s/%.50s.seal: %.120s: move the files of another draw away, or name another place "
                     "(--receipts)",
                     texts->folder.path, texts->name, reason.text);
}

struct slice promised_seal_origin(const struct small_file *seal) {
    const char *end = memchr(seal->bytes, '\n', seal->size);
    return (struct slice){seal->bytes, end == NULL ? 0 : (size_t)(end - seal->bytes)};
}

static bool keep_first(const struct kept_texts *texts, struct slice note, struct small_file *seal,
                       struct error *error) {
    char *copy = memory_allocate(note.length + 1);
    if (copy == NULL) {
        return error_set(error, ERROR_NO_MEMORY, "no memory for the seal");
    }
    memcpy(copy, note.text, note.length);
    copy[note.length] = '\0';
    if (!kept_texts_write(texts, "seal", note, error)) {
        memory_free(copy);
        return false;
    }
    *seal = (struct small_file){copy, note.length};
    report_sealed(texts->folder.path, texts->name);
    return true;
}

static bool refuse_second(const struct kept_texts *texts, struct slice note, struct error *error) {
    struct error reason;
    bool kept = kept_texts_write(texts, "other-seal", note, &reason);
    return error_set(error, ERROR_FALSE_CLAIM,
                     "the central has sealed this draw twice, and signed both: %.100s/%.40s.seal and %.60s: "
                     "give both to whoever audits the draw",
                     texts->folder.path, texts->name, kept ? "other-seal" : reason.text);
}

// What witnesses have added may come more than once; the first is enough.
static bool keep_witnessed(const struct kept_texts *texts, struct slice note, struct error *error) {
    return kept_texts_write(texts, "witnessed-seal", note, error) || error->code == ERROR_KEPT_OTHER;
}

bool promised_seal_take(const struct kept_texts *texts, const struct vkey *key,
                        const struct kept_rules *rules, struct slice bytes, struct small_file *seal,
                        bool *is_new, struct error *error) {
    struct checkpoint checkpoint;
    struct note told, known;
    *is_new = seal->bytes == NULL;
    if (!check_seal(key, rules, bytes, &checkpoint, &told, error)) {
        return false;
    }
    if (*is_new) {
        return keep_first(texts, bytes, seal, error);
    }
    if (!note_parse("the seal", small_file_text(seal), &known, error)) {
        return false;
    }
    if (!slice_equal(known.text, told.text)) {
        return refuse_second(texts, bytes, error);
    }
    return slice_equal(bytes, small_file_text(seal)) || keep_witnessed(texts, bytes, error);
}

// The result
// -------------------------------------------------------------------------------------------------

static bool check_result(const struct vkey *key, struct slice seal, struct slice bytes,
                         struct promised_result *told, struct error *error) {
    struct note sealed, note;
    struct result result;
    struct checkpoint checkpoint;
    struct hash hash;
    if (!note_parse("the seal", seal, &sealed, error) || !checkpoint_parse(sealed.text, &checkpoint, error) ||
        !note_parse("the result", bytes, &note, error) || !note_check(&note, key, error) ||
        !result_parse(note.text, &result, error)) {
        return false;
    }
    *told = (struct promised_result){result.number, result.winners};
    hash_of(sealed.text.text, sealed.text.length, &hash);
    return (slice_equal(result.origin, checkpoint.origin) && hash_equal(&result.seal, &hash)) ||
           error_set(error, ERROR_FALSE_CLAIM, "the result is of another draw, or of another seal");
}

bool promised_result_keep(const struct kept_texts *texts, const struct vkey *key, struct slice seal,
                          struct slice note, struct promised_result *told, struct error *error) {
    struct error reason;
    if (!check_result(key, seal, note, told, error)) {
        return false;
    }
    if (kept_texts_write(texts, "result", note, error)) {
        return true;
    }
    if (error->code != ERROR_KEPT_OTHER || !kept_after_check_result(texts, key, seal, error)) {
        return false;
    }
    bool kept = kept_texts_write(texts, "other-result", note, &reason);
    return error_set(
        error, ERROR_FALSE_CLAIM,
        "the central has signed two results of this draw: %.100s/%.40s.result and %.60s: give both "
        "to whoever audits the draw",
        texts->folder.path, texts->name, kept ? "other-result" : reason.text);
}

void promised_result_refute(const struct kept_texts *texts, struct slice winners, struct error *error) {
    struct error said = *error, reason;
    bool kept = kept_texts_write(texts, "false-winners", winners, &reason);
    error_set(error, said.code, "%.220s: %.70s/%.40s.result and %.60s: give both to whoever audits the draw",
              said.text, texts->folder.path, texts->name, kept ? "false-winners" : reason.text);
}
