#include "agency/question.h"

#include "agency/promises.h"
#include "base/memory.h"
#include "wire/message.h"

uint8_t *question_make(const struct dialogue_options *options, bool now, bool returns, size_t *length) {
    struct message_consultation asks = {.agency = options->agency, .wait = !now, .returns = returns && !now};
    const struct promises *promises = options->promises;
    if (promises != NULL) {
        asks.rules = true;
        asks.key = promises_lack_key(promises);
        asks.seal = promises_seal(promises);
    }
    uint8_t *frame = memory_allocate(message_consultation_bytes_max(&asks));
    if (frame == NULL) {
        return NULL;
    }
    if (promises != NULL) {
        *length = message_encode_consultation(frame, &asks);
    } else {
        *length = asks.returns ? message_encode_waiting(frame, options->agency)
                               : message_encode_consult(frame, options->agency, asks.wait);
    }
    return frame;
}
