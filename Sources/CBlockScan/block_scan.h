/* Which of 64 bytes are of a kind, as one bit each: bit i is for byte i.

   Swift has no form of these that becomes the processor's byte-mask instruction. Each function reads
   exactly 64 bytes, at any alignment, and does nothing else. x86-64 has SSE2, and arm64 has NEON, on every
   machine; others take the portable form. */
#ifndef REED_BLOCK_SCAN_H
#define REED_BLOCK_SCAN_H

#include <stdint.h>

#if defined(__SSE2__) && !defined(REED_PORTABLE_SCAN)

#include <emmintrin.h>

static inline __m128i reed_load(const uint8_t *bytes, int part) {
    return _mm_loadu_si128((const __m128i *)(bytes + 16 * part));
}

static inline uint64_t reed_gather(__m128i a, __m128i b, __m128i c, __m128i d) {
    return (uint64_t)(uint32_t)_mm_movemask_epi8(a) | (uint64_t)(uint32_t)_mm_movemask_epi8(b) << 16
        | (uint64_t)(uint32_t)_mm_movemask_epi8(c) << 32 | (uint64_t)(uint32_t)_mm_movemask_epi8(d) << 48;
}

/* Bytes that are `byte`. */
static inline uint64_t reed_equal(const uint8_t *bytes, uint8_t byte) {
    __m128i all = _mm_set1_epi8((char)byte);
    return reed_gather(
        _mm_cmpeq_epi8(reed_load(bytes, 0), all), _mm_cmpeq_epi8(reed_load(bytes, 1), all),
        _mm_cmpeq_epi8(reed_load(bytes, 2), all), _mm_cmpeq_epi8(reed_load(bytes, 3), all));
}

/* Bytes that are `byte` or more. */
static inline uint64_t reed_at_least(const uint8_t *bytes, uint8_t byte) {
    __m128i all = _mm_set1_epi8((char)byte);
    __m128i a = reed_load(bytes, 0), b = reed_load(bytes, 1), c = reed_load(bytes, 2), d = reed_load(bytes, 3);
    return reed_gather(
        _mm_cmpeq_epi8(_mm_max_epu8(a, all), a), _mm_cmpeq_epi8(_mm_max_epu8(b, all), b),
        _mm_cmpeq_epi8(_mm_max_epu8(c, all), c), _mm_cmpeq_epi8(_mm_max_epu8(d, all), d));
}

/* Bytes of 0x80 and more: those that are not ASCII. */
static inline uint64_t reed_high(const uint8_t *bytes) {
    return reed_gather(reed_load(bytes, 0), reed_load(bytes, 1), reed_load(bytes, 2), reed_load(bytes, 3));
}

/* Whether one of the bytes is `byte`; cheaper than asking which. */
static inline _Bool reed_has(const uint8_t *bytes, uint8_t byte) {
    __m128i all = _mm_set1_epi8((char)byte);
    __m128i any = _mm_or_si128(
        _mm_or_si128(_mm_cmpeq_epi8(reed_load(bytes, 0), all), _mm_cmpeq_epi8(reed_load(bytes, 1), all)),
        _mm_or_si128(_mm_cmpeq_epi8(reed_load(bytes, 2), all), _mm_cmpeq_epi8(reed_load(bytes, 3), all)));
    return _mm_movemask_epi8(any) != 0;
}

/* Whether one of the bytes is 0; cheaper still. */
static inline _Bool reed_has_zero(const uint8_t *bytes) {
    __m128i least = _mm_min_epu8(
        _mm_min_epu8(reed_load(bytes, 0), reed_load(bytes, 1)),
        _mm_min_epu8(reed_load(bytes, 2), reed_load(bytes, 3)));
    return _mm_movemask_epi8(_mm_cmpeq_epi8(least, _mm_setzero_si128())) != 0;
}

#elif defined(__ARM_NEON) && defined(__aarch64__) && !defined(REED_PORTABLE_SCAN)

#include <arm_neon.h>

static inline uint8x16_t reed_load(const uint8_t *bytes, int part) { return vld1q_u8(bytes + 16 * part); }

/* NEON has no byte-mask instruction: keep one bit of each byte, and add neighbours three times. */
static inline uint64_t reed_gather(uint8x16_t a, uint8x16_t b, uint8x16_t c, uint8x16_t d) {
    static const uint8_t weights[16] = {1, 2, 4, 8, 16, 32, 64, 128, 1, 2, 4, 8, 16, 32, 64, 128};
    uint8x16_t weight = vld1q_u8(weights);
    uint8x16_t low = vpaddq_u8(vandq_u8(a, weight), vandq_u8(b, weight));
    uint8x16_t high = vpaddq_u8(vandq_u8(c, weight), vandq_u8(d, weight));
    uint8x16_t sum = vpaddq_u8(low, high);
    return vgetq_lane_u64(vreinterpretq_u64_u8(vpaddq_u8(sum, sum)), 0);
}

static inline uint64_t reed_equal(const uint8_t *bytes, uint8_t byte) {
    uint8x16_t all = vdupq_n_u8(byte);
    return reed_gather(
        vceqq_u8(reed_load(bytes, 0), all), vceqq_u8(reed_load(bytes, 1), all),
        vceqq_u8(reed_load(bytes, 2), all), vceqq_u8(reed_load(bytes, 3), all));
}

static inline uint64_t reed_at_least(const uint8_t *bytes, uint8_t byte) {
    uint8x16_t all = vdupq_n_u8(byte);
    return reed_gather(
        vcgeq_u8(reed_load(bytes, 0), all), vcgeq_u8(reed_load(bytes, 1), all),
        vcgeq_u8(reed_load(bytes, 2), all), vcgeq_u8(reed_load(bytes, 3), all));
}

static inline uint64_t reed_high(const uint8_t *bytes) { return reed_at_least(bytes, 0x80); }

static inline _Bool reed_has(const uint8_t *bytes, uint8_t byte) {
    uint8x16_t all = vdupq_n_u8(byte);
    return vmaxvq_u8(vorrq_u8(
        vorrq_u8(vceqq_u8(reed_load(bytes, 0), all), vceqq_u8(reed_load(bytes, 1), all)),
        vorrq_u8(vceqq_u8(reed_load(bytes, 2), all), vceqq_u8(reed_load(bytes, 3), all)))) != 0;
}

static inline _Bool reed_has_zero(const uint8_t *bytes) {
    return vminvq_u8(vminq_u8(
        vminq_u8(reed_load(bytes, 0), reed_load(bytes, 1)),
        vminq_u8(reed_load(bytes, 2), reed_load(bytes, 3)))) == 0;
}

#else

static inline uint64_t reed_equal(const uint8_t *bytes, uint8_t byte) {
    uint64_t mask = 0;
    for (int i = 0; i < 64; i++) mask |= (uint64_t)(bytes[i] == byte) << i;
    return mask;
}

static inline uint64_t reed_at_least(const uint8_t *bytes, uint8_t byte) {
    uint64_t mask = 0;
    for (int i = 0; i < 64; i++) mask |= (uint64_t)(bytes[i] >= byte) << i;
    return mask;
}

static inline uint64_t reed_high(const uint8_t *bytes) { return reed_at_least(bytes, 0x80); }

static inline _Bool reed_has(const uint8_t *bytes, uint8_t byte) { return reed_equal(bytes, byte) != 0; }

static inline _Bool reed_has_zero(const uint8_t *bytes) { return reed_equal(bytes, 0) != 0; }

#endif
#endif
