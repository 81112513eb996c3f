#include "store/sqlite_inbox_row.h"

#include "bet/limits.h"

#include <inttypes.h>
#define OPENSSL_SUPPRESS_DEPRECATED // as in bet/chunk.c
#include <openssl/sha.h>
#include <stdio.h>
#include <string.h>

static char *write_number(char *out, uint64_t number) {
    char digits[20];
    size_t count = 0;
    do {
        digits[sizeof digits - ++count] = (char)('0' + number % 10);
        number /= 10;
    } while (number > 0);
    memcpy(out, digits + sizeof digits - count, count);
    return out + count;
}

char *inbox_line_begin(char *out, uint32_t agency, uint64_t index) {
    out = write_number(out, agency);
    *out++ = ',';
    out = write_number(out, index);
    *out++ = ',';
    return out;
}

// Reads digits and the comma after them. NULL when that is not what is there.
static const char *read_number(const char *at, const char *end, uint64_t *number) {
    const char *first = at;
    *number = 0;
    while (at < end && *at >= '0' && *at <= '9' && at - first < 19) {
        *number = *number * 10 + (uint64_t)(*at++ - '0');
    }
    return at > first && at < end && *at == ',' ? at + 1 : NULL;
}

const char *inbox_line_read(const char *line, const char *end, uint32_t *agency, uint64_t *index) {
    uint64_t number;
    const char *rest = read_number(line, end, &number);
    if (rest == NULL || number == 0 || number > AGENCIES_MAX) {
        return NULL;
    }
    *agency = (uint32_t)number;
    return read_number(rest, end, index);
}

void inbox_row_digest(const char *draw, int64_t id, const char *lines, size_t length,
                      uint8_t digest[STORE_DIGEST_BYTES]) {
    char beginning[DRAW_NAME_BYTES_MAX + 32];
    int beginning_length = snprintf(beginning, sizeof beginning, "%s\n%" PRId64 "\n", draw, id);
    SHA256_CTX context;
    SHA256_Init(&context);
    SHA256_Update(&context, beginning, (size_t)beginning_length);
    SHA256_Update(&context, lines, length);
    SHA256_Final(digest, &context);
}
