#include "wire/decoder.h"

#include "base/memory.h"
#include "wire/json.h"
#include "wire/limits.h"

struct message_decoder {
    struct json_parser *parser;
    struct piece *pieces; // NULL until first needed
};

struct message_decoder *message_decoder_new(void) {
    struct message_decoder *decoder = memory_zeroed(1, sizeof *decoder);
    if (decoder != NULL && (decoder->parser = json_parser_new()) == NULL) {
        memory_free(decoder);
        decoder = NULL;
    }
    return decoder;
}

void message_decoder_free(struct message_decoder *decoder) {
    if (decoder != NULL) {
        json_parser_free(decoder->parser);
        memory_free(decoder->pieces);
        memory_free(decoder);
    }
}

struct json_parser *message_decoder_parser(struct message_decoder *decoder) {
    return decoder->parser;
}

struct piece *message_decoder_pieces(struct message_decoder *decoder) {
    if (decoder->pieces == NULL) {
        decoder->pieces = memory_allocate(PIECES_LISTED_MAX * sizeof *decoder->pieces);
    }
    return decoder->pieces;
}
