#include "seal/hash_pair.h"

#include <stdbool.h>

#if defined __x86_64__ && !defined QUINIELA_PLAIN // which leaves only the library's way, to test it
#include "base/attributes.h"

#include <cpuid.h>
#include <immintrin.h>
#include <stdatomic.h>

#define WITH_SHA __attribute__((target("sha,sse4.1")))

enum { ROUNDS = 64, AT_ONCE = 4, GROUPS = ROUNDS / AT_ONCE, GROUPS_GIVEN = 4 };

// FIPS 180-4, 4.2.2.
static const uint32_t constants[ROUNDS] = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2};

// The working variables as the instructions want them, and the last 16 words of the message schedule.
struct lane {
    __m128i abef, cdgh, words[GROUPS_GIVEN];
};

ALWAYS_INLINE WITH_SHA struct lane lane_begin(const SHA256_CTX *context, const uint8_t *block) {
    const __m128i big_endian = _mm_set_epi64x(0x0c0d0e0f08090a0b, 0x0405060700010203);
    __m128i badc = _mm_shuffle_epi32(_mm_loadu_si128((const __m128i *)(const void *)&context->h[0]), 0xb1);
    __m128i hgfe = _mm_shuffle_epi32(_mm_loadu_si128((const __m128i *)(const void *)&context->h[4]), 0x1b);
    struct lane lane = {.abef = _mm_alignr_epi8(badc, hgfe, 8), .cdgh = _mm_blend_epi16(hgfe, badc, 0xf0)};
    for (int i = 0; i < GROUPS_GIVEN; i++) {
        __m128i bytes = _mm_loadu_si128((const __m128i *)(const void *)(block + 16 * (size_t)i));
        lane.words[i] = _mm_shuffle_epi8(bytes, big_endian);
    }
    return lane;
}

// Four rounds, and the four words that are used four groups later.
ALWAYS_INLINE WITH_SHA void lane_go_on(struct lane *lane, int group) {
    __m128i *words = &lane->words[group % GROUPS_GIVEN];
    __m128i next = lane->words[(group + 1) % GROUPS_GIVEN], last = lane->words[(group + 3) % GROUPS_GIVEN];
    __m128i sum = _mm_add_epi32(
        *words, _mm_loadu_si128((const __m128i *)(const void *)&constants[(size_t)group * AT_ONCE]));
    lane->cdgh = _mm_sha256rnds2_epu32(lane->cdgh, lane->abef, sum);
    lane->abef = _mm_sha256rnds2_epu32(lane->abef, lane->cdgh, _mm_shuffle_epi32(sum, 0x0e));
    __m128i seven_before = _mm_alignr_epi8(last, lane->words[(group + 2) % GROUPS_GIVEN], 4);
    *words = _mm_sha256msg2_epu32(_mm_add_epi32(_mm_sha256msg1_epu32(*words, next), seven_before), last);
}

ALWAYS_INLINE WITH_SHA void lane_end(const struct lane *lane, SHA256_CTX *context) {
    __m128i feba = _mm_shuffle_epi32(lane->abef, 0x1b), dchg = _mm_shuffle_epi32(lane->cdgh, 0xb1);
    __m128i *abcd = (__m128i *)(void *)&context->h[0], *efgh = (__m128i *)(void *)&context->h[4];
    _mm_storeu_si128(abcd, _mm_add_epi32(_mm_loadu_si128(abcd), _mm_blend_epi16(feba, dchg, 0xf0)));
    _mm_storeu_si128(efgh, _mm_add_epi32(_mm_loadu_si128(efgh), _mm_alignr_epi8(dchg, feba, 8)));
}

static WITH_SHA void pair_with_sha(SHA256_CTX *one, const uint8_t *one_block, SHA256_CTX *other,
                                   const uint8_t *other_block) {
    struct lane first = lane_begin(one, one_block), second = lane_begin(other, other_block);
#pragma GCC unroll 16
    for (int group = 0; group < GROUPS; group++) {
        lane_go_on(&first, group);
        lane_go_on(&second, group);
    }
    lane_end(&first, one);
    lane_end(&second, other);
}

static bool ask_processor(void) {
    unsigned a, b, c, d;
    return __get_cpuid(1, &a, &b, &c, &d) && (c & bit_SSSE3) != 0 && (c & bit_SSE4_1) != 0 &&
           __get_cpuid_count(7, 0, &a, &b, &c, &d) && (b & bit_SHA) != 0;
}

// Asking takes longer than a hash, so it is done once; threads that ask at the same time find the same.
static bool has_sha(void) {
    enum { UNKNOWN, NO, YES };
    static atomic_int known = UNKNOWN;
    int answer = atomic_load_explicit(&known, memory_order_relaxed);
    if (answer == UNKNOWN) {
        answer = ask_processor() ? YES : NO;
        atomic_store_explicit(&known, answer, memory_order_relaxed);
    }
    return answer == YES;
}
#else
static bool has_sha(void) {
    return false;
}

static void pair_with_sha(SHA256_CTX *one, const uint8_t *one_block, SHA256_CTX *other,
                          const uint8_t *other_block) {
    (void)one, (void)one_block, (void)other, (void)other_block;
}
#endif

void hash_pair(SHA256_CTX *one, const uint8_t *one_block, SHA256_CTX *other, const uint8_t *other_block) {
    if (has_sha()) {
        pair_with_sha(one, one_block, other, other_block);
    } else {
        SHA256_Transform(one, one_block);
        SHA256_Transform(other, other_block);
    }
}
