// The decoder of messages that all stories of a program share, from the first to the last.
#ifndef QUINIELA_TESTS_DECODER_STORY_H
#define QUINIELA_TESTS_DECODER_STORY_H

#include "cmocka_all.h"

#include "wire/message.h"

static struct message_decoder *decoder;

static int set_up(void **state) {
    (void)state;
    decoder = message_decoder_new();
    return decoder == NULL;
}

static int tear_down(void **state) {
    (void)state;
    message_decoder_free(decoder);
    return 0;
}

#endif
