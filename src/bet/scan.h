// Examines 64 bytes of a bet together: where its commas are, and which bytes are digits, control characters,
// or not ASCII.
#ifndef QUINIELA_BET_SCAN_H
#define QUINIELA_BET_SCAN_H

#include "base/attributes.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#if defined __SSE2__ && !defined QUINIELA_PLAIN // QUINIELA_PLAIN leaves only the portable code, to test it
#include <immintrin.h>
#endif

enum { SCAN_BYTES = 64 };

// Bit i describes byte i.
struct scan {
    uint64_t commas;
    uint64_t digits;   // '0' to '9'
    uint64_t controls; // below ' ', and DEL
    uint64_t high;     // above 0x7f: part of a non-ASCII character
    uint64_t leads;    // 0xc3 to 0xdf: the first of two bytes of a character from U+00C0 to U+07FF
    uint64_t follows;  // 0x80 to 0xbf: a further byte of a character
    uint64_t escapes;  // quotes and backslashes, which JSON escapes
};

// Adds the description of 16 bytes, from bit `at` on.
ALWAYS_INLINE void scan_16(const char *text, unsigned at, struct scan *scan) {
#if defined __SSE2__ && !defined QUINIELA_PLAIN
    __m128i bytes = _mm_loadu_si128((const __m128i *)(const void *)text);
    __m128i is_comma = _mm_cmpeq_epi8(bytes, _mm_set1_epi8(','));
    // Shifted so that '0' to '9' are the ten smallest of the signed bytes.
    __m128i shifted = _mm_add_epi8(bytes, _mm_set1_epi8((char)(-128 - '0')));
    __m128i is_digit = _mm_cmplt_epi8(shifted, _mm_set1_epi8(-128 + 10));
    // As signed bytes, those above 0x7f are negative, so also below ' '; they are removed again.
    __m128i below_space = _mm_cmplt_epi8(bytes, _mm_set1_epi8(' '));
    __m128i is_delete = _mm_cmpeq_epi8(bytes, _mm_set1_epi8(0x7f));
    uint64_t high = (uint64_t)(uint32_t)_mm_movemask_epi8(bytes);
    uint64_t low = (uint64_t)(uint32_t)_mm_movemask_epi8(_mm_or_si128(below_space, is_delete));
    scan->commas |= (uint64_t)(uint32_t)_mm_movemask_epi8(is_comma) << at;
    scan->digits |= (uint64_t)(uint32_t)_mm_movemask_epi8(is_digit) << at;
    scan->controls |= (low & ~high) << at;
    scan->high |= high << at;
    __m128i is_lead = _mm_and_si128(_mm_cmpgt_epi8(bytes, _mm_set1_epi8((char)0xc2)),
                                    _mm_cmplt_epi8(bytes, _mm_set1_epi8((char)0xe0)));
    __m128i is_follow = _mm_cmplt_epi8(bytes, _mm_set1_epi8((char)0xc0));
    scan->leads |= (uint64_t)(uint32_t)_mm_movemask_epi8(is_lead) << at;
    scan->follows |= (uint64_t)(uint32_t)_mm_movemask_epi8(is_follow) << at;
    __m128i is_escape =
        _mm_or_si128(_mm_cmpeq_epi8(bytes, _mm_set1_epi8('"')), _mm_cmpeq_epi8(bytes, _mm_set1_epi8('\\')));
    scan->escapes |= (uint64_t)(uint32_t)_mm_movemask_epi8(is_escape) << at;
#else
    for (int i = 0; i < 16; i++) {
        unsigned char byte = (unsigned char)text[i];
        uint64_t bit = (uint64_t)1 << (at + i);
        scan->commas |= byte == ',' ? bit : 0;
        scan->digits |= byte >= '0' && byte <= '9' ? bit : 0;
        scan->controls |= byte < ' ' || byte == 0x7f ? bit : 0;
        scan->high |= byte > 0x7f ? bit : 0;
        scan->leads |= byte > 0xc2 && byte < 0xe0 ? bit : 0;
        scan->follows |= byte > 0x7f && byte < 0xc0 ? bit : 0;
        scan->escapes |= byte == '"' || byte == '\\' ? bit : 0;
    }
#endif
}

// As scan_by_64, for every processor. It looks at 16 bytes four times, for the last time at the text's end:
// bytes that are seen twice give the same bits again, and no branch depends on the length, which cannot be
// predicted.
ALWAYS_INLINE struct scan scan_by_16(const char *text, unsigned length) {
    enum { BYTES = 16 };
    char few[BYTES] = {0};
    if (length < BYTES) {
        memcpy(few, text, length);
        text = few;
    }
    unsigned last = length < BYTES ? 0 : length - BYTES;
    struct scan scan = {.controls =
                            length < SCAN_BYTES ? UINT64_MAX << length : 0}; // what follows counts as NULs
    for (unsigned at = 0; at < SCAN_BYTES; at += BYTES) {
        unsigned from = at < last ? at : last;
        scan_16(text + from, from, &scan);
    }
    return scan;
}

#if defined __x86_64__ && !defined QUINIELA_PLAIN

// Marks a function for processors that have the instructions scan_has_wide checks for.
#define SCAN_WIDE __attribute__((target("avx512bw,bmi,bmi2")))

static inline bool scan_has_wide(void) {
    return __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("bmi") &&
           __builtin_cpu_supports("bmi2");
}

// Describes the `length` bytes at `text`, at most SCAN_BYTES; no byte beyond them is read.
SCAN_WIDE static inline struct scan scan_by_64(const char *text, unsigned length) {
    __m512i bytes = _mm512_maskz_loadu_epi8(_bzhi_u64(UINT64_MAX, length), text);
    __m512i from_zero = _mm512_sub_epi8(bytes, _mm512_set1_epi8('0'));
    __m512i from_lead = _mm512_sub_epi8(bytes, _mm512_set1_epi8((char)0xc3));
    __m512i from_high = _mm512_sub_epi8(bytes, _mm512_set1_epi8((char)0x80));
    return (struct scan){
        .commas = _mm512_cmpeq_epi8_mask(bytes, _mm512_set1_epi8(',')),
        .digits = _mm512_cmplt_epu8_mask(from_zero, _mm512_set1_epi8(10)),
        .controls = _mm512_cmplt_epu8_mask(bytes, _mm512_set1_epi8(' ')) |
                    _mm512_cmpeq_epi8_mask(bytes, _mm512_set1_epi8(0x7f)),
        .high = _mm512_movepi8_mask(bytes),
        .leads = _mm512_cmplt_epu8_mask(from_lead, _mm512_set1_epi8(0xdf - 0xc3 + 1)),
        .follows = _mm512_cmplt_epu8_mask(from_high, _mm512_set1_epi8(0x40)),
        .escapes = _mm512_cmpeq_epi8_mask(bytes, _mm512_set1_epi8('"')) |
                   _mm512_cmpeq_epi8_mask(bytes, _mm512_set1_epi8('\\')),
    };
}

#endif

// The bits from `from` to `to` - 1; `to` is below SCAN_BYTES.
static inline uint64_t scan_range(unsigned from, unsigned to) {
    return (((uint64_t)1 << to) - 1) & ~(((uint64_t)1 << from) - 1);
}

#endif
