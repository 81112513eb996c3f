#include "seal/note.h"

#include "base/utf8.h"
#include "seal/encoding.h"
#include "seal/errors.h"
#include "seal/form.h"

#include <assert.h>

static const char dash[] = "\xE2\x80\x94 "; // U+2014 and a space

// Where the text ends: behind the last empty line the signatures begin.
static bool cut(const char *what, struct slice bytes, struct slice *text, struct slice *signatures,
                struct error *error) {
    for (size_t i = bytes.length; i >= 2; i--) {
        if (bytes.text[i - 1] == '\n' && bytes.text[i - 2] == '\n') {
            *text = (struct slice){bytes.text, i - 1};
            *signatures = (struct slice){bytes.text + i, bytes.length - i};
            return true;
        }
    }
    return error_set(error, ERROR_BAD_FORM, "%s: has no empty line before signatures", what);
}

static size_t count_lines(struct slice text) {
    size_t lines = 0;
    for (size_t i = 0; i < text.length; i++) {
        lines += text.text[i] == '\n';
    }
    return lines;
}

// Text is UTF-8 without control characters but line ends.
static bool check_text(const char *what, struct slice text, struct error *error) {
    size_t line = 1;
    for (size_t at = 0; at < text.length;) {
        uint32_t character;
        size_t length = utf8_character(text.text + at, text.length - at, &character);
        if (length == 0 || (character < ' ' && character != '\n')) {
            return error_set(error, ERROR_BAD_FORM, "%s, line %zu: has a control character, or is no UTF-8",
                             what, line);
        }
        line += character == '\n';
        at += length;
    }
    return true;
}

// A name of C2SP: no '+', and none of what Unicode calls a space.
static bool name_is_valid(struct slice name) {
    for (size_t at = 0; at < name.length;) {
        uint32_t character;
        size_t length = utf8_character(name.text + at, name.length - at, &character);
        if (length == 0 || character <= ' ' || character == '+' || (character >= 0x7F && character <= 0xA0) ||
            character == 0x1680 || (character >= 0x2000 && character <= 0x200A) || character == 0x2028 ||
            character == 0x2029 || character == 0x202F || character == 0x205F || character == 0x3000) {
            return false;
        }
        at += length;
    }
    return name.length > 0;
}

// Whether it is base64 of an id and at least one byte. Gives the id.
static bool take_base64(struct slice base64, uint8_t id[KEY_ID_BYTES]) {
    uint8_t piece[48];
    size_t length;
    for (size_t at = 0; at < base64.length; at += BASE64_TEXT_BYTES(sizeof piece) - 1) {
        size_t rest = base64.length - at, whole = BASE64_TEXT_BYTES(sizeof piece) - 1;
        struct slice text = {base64.text + at, rest < whole ? rest : whole};
        if (!base64_decode(text, piece, sizeof piece, &length) ||
            (text.length < rest && length != sizeof piece) || (at == 0 && length <= KEY_ID_BYTES)) {
            return false;
        }
        if (at == 0) {
            memcpy(id, piece, KEY_ID_BYTES);
        }
    }
    return base64.length > 0;
}

static bool take_signature(struct form *form, struct note *note, struct error *error) {
    struct slice line, parts[2];
    if (!form_line(form, &line, error)) {
        return false;
    }
    if (note->count == NOTE_SIGNATURES_MAX) {
        return form_refuse(form, error, "is signature %d, and at most %d are read", NOTE_SIGNATURES_MAX + 1,
                           NOTE_SIGNATURES_MAX);
    }
    struct note_signature *signature = &note->signatures[note->count];
    struct slice rest = {line.text + sizeof dash - 1, line.length - (sizeof dash - 1)};
    if (!slice_begins(line, dash) || !form_cut(rest, parts, 2) || !name_is_valid(parts[0])) {
        return form_refuse(form, error, "is no signature: a dash, a name and base64");
    }
    if (!take_base64(parts[1], signature->id)) {
        return form_refuse(form, error, "has a signature that is no base64 of an id and more");
    }
    signature->whole = (struct slice){line.text, line.length + 1};
    signature->name = parts[0];
    signature->base64 = parts[1];
    signature->line = form->line;
    note->count++;
    return true;
}

bool note_parse(const char *what, struct slice bytes, struct note *note, struct error *error) {
    struct slice signatures = {NULL, 0};
    note->what = what;
    note->count = 0;
    if (bytes.length > NOTE_BYTES_MAX) {
        return error_set(error, ERROR_BAD_FORM, "%s: has %zu bytes, more than %d", what, bytes.length,
                         NOTE_BYTES_MAX);
    }
    if (!cut(what, bytes, &note->text, &signatures, error) || !check_text(what, note->text, error)) {
        return false;
    }
    struct form form;
    form_begin(&form, what, signatures);
    form.line = count_lines(note->text) + 1;
    do { // at least one
        if (!take_signature(&form, note, error)) {
            return false;
        }
    } while (!form_at_end(&form));
    return true;
}

bool note_signature_is_of(const struct note_signature *signature, const struct vkey *key) {
    return slice_is(signature->name, key->name) && memcmp(signature->id, key->id, KEY_ID_BYTES) == 0;
}

bool note_find(const struct note *note, const struct vkey *key, uint8_t *payload, size_t length, bool *found,
               struct error *error) {
    uint8_t bytes[KEY_ID_BYTES + NOTE_PAYLOAD_BYTES_MAX];
    assert(length <= NOTE_PAYLOAD_BYTES_MAX);
    *found = false;
    for (size_t i = 0; i < note->count; i++) {
        const struct note_signature *signature = &note->signatures[i];
        if (!note_signature_is_of(signature, key)) {
            continue;
        }
        if (*found) {
            return error_set(error, ERROR_BAD_FORM, "%s, line %zu: is a further signature of %s", note->what,
                             signature->line, key->name);
        }
        if (!base64_decode_exactly(signature->base64, bytes, KEY_ID_BYTES + length)) {
            return error_set(error, ERROR_BAD_FORM, "%s, line %zu: the signature of %s has another length",
                             note->what, signature->line, key->name);
        }
        memcpy(payload, bytes + KEY_ID_BYTES, length);
        *found = true;
    }
    return true;
}

bool note_check_if_signed(const struct note *note, const struct vkey *key, bool *has_signed,
                          struct error *error) {
    uint8_t signature[SIGNATURE_BYTES];
    struct error fault;
    if (key->type != VKEY_ED25519) {
        return error_set(error, ERROR_BAD_FORM, "%s: %s is a witness' key, which signs no such note",
                         note->what, key->name);
    }
    if (!note_find(note, key, signature, sizeof signature, has_signed, error)) {
        return false;
    }
    if (*has_signed && !vkey_verify(key, note->text.text, note->text.length, signature, &fault)) {
        return error_set(error, fault.code, "%s: %s", note->what, fault.text);
    }
    return true;
}

bool note_check(const struct note *note, const struct vkey *key, struct error *error) {
    bool has_signed = false;
    if (!note_check_if_signed(note, key, &has_signed, error)) {
        return false;
    }
    return has_signed ||
           error_set(error, ERROR_FALSE_CLAIM, "%s: is not signed by %s", note->what, key->name);
}

void note_draft_line(struct draft *draft, const struct vkey *key, const void *payload, size_t length) {
    uint8_t bytes[KEY_ID_BYTES + NOTE_PAYLOAD_BYTES_MAX];
    assert(length <= NOTE_PAYLOAD_BYTES_MAX);
    memcpy(bytes, key->id, KEY_ID_BYTES);
    memcpy(bytes + KEY_ID_BYTES, payload, length);
    draft_print(draft, "%s%s ", dash, key->name);
    draft_base64(draft, bytes, KEY_ID_BYTES + length);
    draft_print(draft, "\n");
}

bool note_sign(struct draft *draft, struct slice text, const struct signing_key *const *keys, size_t count,
               struct error *error) {
    draft_add(draft, text);
    draft_print(draft, "\n");
    for (size_t i = 0; i < count; i++) {
        uint8_t signature[SIGNATURE_BYTES];
        if (!signing_key_sign(keys[i], text.text, text.length, signature, error)) {
            return false;
        }
        note_draft_line(draft, signing_key_public(keys[i]), signature, sizeof signature);
    }
    return !draft->is_over || error_set(error, ERROR_BAD_FORM, "the note has no room");
}
