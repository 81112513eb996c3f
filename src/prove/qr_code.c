#include "prove/qr_code.h"

#include <errno.h>
#include <qrencode.h>

enum {
    QUIET = 4,           // modules around the code (ISO/IEC 18004, 6.3.8)
    MODULE_UM_MIN = 500, // of a side, in micrometres: what printers and telephones resolve
    IS_DARK = 0x01,      // of a module's byte
    UM_A_MM = 1000,
};

static bool append(QRinput *input, QRencodeMode mode, struct slice text) {
    return text.length == 0 ||
           QRinput_append(input, mode, (int)text.length, (const unsigned char *)text.text) == 0;
}

// NULL with *fits false where it is too large for any code; NULL with errno set otherwise.
static QRcode *encode(struct slice before, struct slice code, bool *fits) {
    QRinput *input = QRinput_new2(0, QR_ECLEVEL_L); // version 0: the smallest one that has room
    *fits = true;
    if (input == NULL) {
        return NULL;
    }
    QRcode *made = append(input, QR_MODE_8, before) && append(input, QR_MODE_AN, code)
                       ? QRcode_encodeInput(input)
                       : NULL;
    int reason = errno;
    QRinput_free(input);
    *fits = made != NULL || reason != ERANGE;
    errno = reason;
    return made;
}

static unsigned module_um(unsigned width) {
    unsigned um = (QR_SIDE_MM_MIN * UM_A_MM + width - 1) / width;
    return um < MODULE_UM_MIN ? MODULE_UM_MIN : um;
}

// One step for each run of dark modules in a row.
static void put_modules(FILE *out, const QRcode *code) {
    for (int y = 0; y < code->width; y++) {
        const unsigned char *row = code->data + (size_t)y * (size_t)code->width;
        for (int x = 0, end; x < code->width; x = end) {
            bool is_dark = (row[x] & IS_DARK) != 0;
            for (end = x + 1; end < code->width && ((row[end] & IS_DARK) != 0) == is_dark; end++) {
            }
            if (is_dark) {
                fprintf(out, "M%d %dh%dv1h-%dz", x + QUIET, y + QUIET, end - x, end - x);
            }
        }
    }
}

static void put_svg(FILE *out, const QRcode *code) {
    unsigned width = (unsigned)code->width, whole = width + 2 * QUIET, um = module_um(width) * whole;
    fprintf(out,
            "<svg xmlns=\"http://www.w3.org/2000/svg\" role=\"img\" aria-label=\"QR\" width=\"%u.%03umm\" "
            "height=\"%u.%03umm\" viewBox=\"0 0 %u %u\" shape-rendering=\"crispEdges\">"
            "<rect width=\"%u\" height=\"%u\" fill=\"#fff\"/><path fill=\"#000\" d=\"",
            um / UM_A_MM, um % UM_A_MM, um / UM_A_MM, um % UM_A_MM, whole, whole, whole, whole);
    put_modules(out, code);
    fputs("\"/></svg>\n", out);
}

bool qr_code_write(FILE *out, struct slice before, struct slice code, bool *fits, struct error *error) {
    QRcode *made = encode(before, code, fits);
    if (made == NULL) {
        return !*fits || error_set_system(error, errno, "the QR code cannot be made");
    }
    *fits = made->version <= QR_VERSION_MAX;
    if (*fits) {
        put_svg(out, made);
    }
    QRcode_free(made);
    return true;
}
