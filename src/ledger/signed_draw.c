#include "ledger/signed_draw.h"

const struct error_code ERROR_NOT_OUR_KEY[1] = {{"not_our_key", false}};
