// Whatever comes as a pulse is refused with a reason, or has its message within its bounds.
#include "fuzz.h"

#include "seal/errors.h"
#include "seal/pulse_json.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length) {
    static struct pulse pulse;
    static uint8_t message[PULSE_MESSAGE_BYTES_MAX];
    struct pulse_certificate nobody = {0}; // its id is not asked for its key
    struct error error;
    if (!pulse_json_read((struct slice){(const char *)bytes, length}, &pulse, &error)) {
        must_hold(error.code == ERROR_BAD_FORM && error.text[0] != '\0', "a refusal has its reason");
        return 0;
    }
    must_hold(pulse_message(&pulse, message) <= sizeof message, "a message has its bounds");
    struct rules_pulse rules = {.chain = pulse.chain};
    must_hold(!pulse_is_named(&pulse, &nobody, &rules, &error) ||
                  pulse.time_stamp.length == sizeof "1970-01-01T00:00:00.000Z" - 1,
              "a pulse that is named has its time");
    return 0;
}
