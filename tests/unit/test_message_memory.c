// When any allocation fails the message is answered ERROR_NO_MEMORY, and the next one is read.
#include "cmocka_all.h"

#define ALLOCATIONS_OF_CXX
#include "allocations.h"
#include "golden.h"
#include "wire/frame.h"
#include "wire/message.h"
#include "wire/reply.h"

#include <string.h>

static struct message_decoder *new_decoder(int failing) {
    allocations = (struct allocations){true, failing};
    struct message_decoder *decoder = message_decoder_new();
    allocations.counted = false;
    return decoder;
}

static void a_decoder_without_memory(void **state) {
    (void)state;
    struct message_decoder *decoder = NULL;
    int failing = 0;
    while (decoder == NULL) {
        decoder = new_decoder(++failing);
    }
    assert_int_equal(failing, 3); // itself and its parser
    message_decoder_free(decoder);
    message_decoder_free(NULL);
}

static void a_message_without_memory(void **state) {
    (void)state;
    struct golden golden = {0};
    golden_read("our-chunk.good.bin", &golden);
    const uint8_t *bytes = golden.bytes + FRAME_HEADER_BYTES;
    size_t length = golden.length - FRAME_HEADER_BYTES;
    bool taken = false;
    int failing = 0;
    while (!taken) {
        struct message_decoder *decoder = new_decoder(0);
        struct message message;
        struct error error;
        allocations = (struct allocations){true, ++failing};
        taken = message_decode(decoder, bytes, length, &message, &error);
        allocations.counted = false;
        if (!taken) {
            assert_error(&error, ERROR_NO_MEMORY);
            assert_null(message.chunk);
            assert_true(message_decode(decoder, bytes, length, &message, &error));
        }
        assert_int_equal(message.agency, 7);
        chunk_free(message.chunk);
        message_decoder_free(decoder);
    }
    assert_true(failing > 2); // simdjson's, and the chunk
}

static void a_reply_without_memory(void **state) {
    (void)state;
    struct golden golden = {0};
    golden_read("reply-processed.bin", &golden);
    struct message_decoder *decoder = new_decoder(0);
    struct reply reply;
    struct error error;
    for (int failing = 1; failing >= 0; failing--) {
        allocations = (struct allocations){true, failing};
        bool taken = reply_decode(decoder, golden.bytes + FRAME_HEADER_BYTES,
                                  golden.length - FRAME_HEADER_BYTES, &reply, &error);
        allocations.counted = false;
        assert_int_equal(taken, failing == 0);
        assert_error(&error, ERROR_NO_MEMORY); // that of the first time
    }
    assert_int_equal(reply.type, REPLY_CHUNK_PROCESSED);
    message_decoder_free(decoder);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_decoder_without_memory),
        cmocka_unit_test(a_message_without_memory),
        cmocka_unit_test(a_reply_without_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
