#include "agency/errors.h"

const struct error_code ERROR_NOT_SIGNED[1] = {{"not_signed", false}};
const struct error_code ERROR_OTHER_KEY[1] = {{"other_key", false}};
