#include "store/opening.h"

const struct error_code ERROR_STORE_EMPTY[1] = {{"store_failed", false}};
const struct error_code ERROR_STORE_OLDER[1] = {{"store_failed", false}};
