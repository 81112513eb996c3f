#include "seal/errors.h"

const struct error_code ERROR_BAD_FORM[1] = {{"bad_form", false}};
const struct error_code ERROR_FALSE_CLAIM[1] = {{"false_claim", false}};
const struct error_code ERROR_SEAL_STOPPED[1] = {{"stopped", true}};
