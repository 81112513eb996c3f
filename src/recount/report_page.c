#include "recount/recount.h"

#include "claims/markup.h"
#include "recount/html.h"
#include "seal/encoding.h"

#include <inttypes.h>

enum { PAGE_AGENCIES_MAX = 5000, SIGNATURES = 3 }; // rows; more are in the JSON

static const char style[] =
    "body{font:11pt/1.4 sans-serif;margin:1.5em auto;max-width:60em;padding:0 1em;color:#000;background:#fff}"
    "h1{font-size:1.4em}h2{font-size:1.1em;margin-top:1.5em}.en{color:#444;font-style:italic}"
    "table{border-collapse:collapse;width:100%}th,td{border:1px solid #999;padding:.2em .4em;text-align:left;"
    "vertical-align:top;overflow-wrap:anywhere}.n{text-align:right;white-space:nowrap}.h{font-family:"
    "monospace;"
    "font-size:.85em}.v{border:3px solid #000;padding:.5em 1em;font-size:1.2em;font-weight:bold}"
    ".d{font-weight:bold;text-decoration:underline}.s td{height:3.5em}tr{break-inside:avoid}"
    "thead{display:table-header-group}@page{margin:15mm}";

// The beginning --------------------------------------------------------------------------------------------

static void put_verdict(const struct recount *recount, FILE *stream) {
    fputs("<p class=v>", stream);
    if (recount->status == VERDICTS_HOLD) {
        html_both(stream, "Todo lo afirmado se cumple.", "Every claim holds.");
    } else if (recount->status == VERDICTS_FALSE) {
        html_both(stream, "HAY ALGO FALSO. Lea el detalle antes de firmar.",
                  "SOMETHING IS FALSE. Read the details before you sign.");
    } else {
        html_both(stream, "Nada es falso, pero no todo fue comprobado. Lea el detalle antes de firmar.",
                  "Nothing is false, but not everything was checked. Read the details before you sign.");
    }
    fputs("</p>\n", stream);
}

static void put_row(FILE *stream, const char *spanish, const char *english, const char *kind,
                    const char *value) {
    fputs("<tr><th>", stream);
    html_both(stream, spanish, english);
    fprintf(stream, "<td class=%s>", kind);
    markup_text(stream, slice_of(value));
    fputs("\n", stream);
}

static void put_hash(FILE *stream, const char *spanish, const char *english, const struct hash *hash) {
    char text[HEX_TEXT_BYTES(HASH_BYTES)];
    if (hash != NULL) {
        hex_encode(hash->bytes, HASH_BYTES, text);
    }
    put_row(stream, spanish, english, "h", hash == NULL ? "-" : text);
}

static void put_total(FILE *stream, const char *spanish, const char *english,
                      const struct recount_total *total) {
    char text[TOTAL_BYTES];
    recount_total_text(total, text);
    put_row(stream, spanish, english, "n", text);
}

static void put_draw(const struct recount *recount, const struct hash *json, FILE *stream) {
    const struct evidence *evidence = &recount->evidence;
    const struct package *package = evidence->given->package;
    struct recount_totals totals;
    char number[16];
    recount_total(recount, &totals);
    snprintf(number, sizeof number, "%0*u", SEAL_NUMBER_DIGITS, evidence->drawn);
    fputs("<table>\n", stream);
    put_row(stream, "Sorteo", "Draw", "h", evidence->origin[0] == '\0' ? "?" : evidence->origin);
    put_row(stream, "Número sorteado", "Number drawn", "v", evidence->has_drawn ? number : "?");
    put_total(stream, "Apuestas selladas", "Bets sealed", &totals.sealed);
    put_total(stream, "Apuestas contadas", "Bets counted", &totals.counted);
    put_total(stream, "Apuestas ganadoras", "Winning bets", &totals.winners);
    put_hash(stream, "SHA-256 del manifiesto del paquete", "SHA-256 of the package's manifest",
             package->has_manifest ? &package->hash : NULL);
    put_hash(stream, "SHA-256 de las reglas", "SHA-256 of the rules",
             evidence->rules == NULL ? NULL : &evidence->rules->hash);
    put_hash(stream, "SHA-256 del sello", "SHA-256 of the seal",
             evidence->has_seal ? &evidence->seal_hash : NULL);
    put_hash(stream, "SHA-256 del informe en JSON", "SHA-256 of the report in JSON", json);
    fputs("</table>\n", stream);
}

// Agencies -------------------------------------------------------------------------------------------------

static const char *state_of(const struct tally *tally) {
    if (!tally->is_sealed) {
        return "NO SELLADA <span class=en lang=en>NOT SEALED</span>";
    }
    return tally->state == ENTRY_FINISHED ? "terminada <span class=en lang=en>finished</span>"
                                          : "cortada <span class=en lang=en>cut</span>";
}

static void put_cell(const struct recount_total *total, FILE *stream) {
    char text[TOTAL_BYTES];
    recount_total_text(total, text);
    fprintf(stream, "<td class=n>%s", text);
}

static void put_agency(const struct recount *recount, const struct tally *tally, FILE *stream) {
    char agencies[AGENCIES_TEXT_BYTES], root[BASE64_TEXT_BYTES(HASH_BYTES)];
    recount_agencies(tally, agencies);
    base64_encode(tally->counted_root.bytes, HASH_BYTES, root);
    fprintf(stream, "<tr><td class=n>%s<td>%s<td class=n>%" PRIu64 "<td class=n>%" PRIu64, agencies,
            state_of(tally), tally->sealed, tally->counted);
    put_cell(&(struct recount_total){recount->tallies.has_winners, tally->winners}, stream);
    fprintf(stream, "<td class=h>%s", root);
    fputs(tally_is_equal(tally) ? "<td>=\n" : "<td class=d>DIFIERE <span class=en lang=en>DIFFERS</span>\n",
          stream);
}

static void put_head(FILE *stream, const char *spanish, const char *english) {
    fputs("<th>", stream);
    html_both(stream, spanish, english);
}

static void put_agencies(const struct recount *recount, FILE *stream) {
    const struct tallies *tallies = &recount->tallies;
    struct recount_totals totals;
    recount_total(recount, &totals);
    fputs("<h2>", stream);
    html_both(stream, "Totales por agencia", "Totals by agency");
    fputs("</h2>\n<table>\n<thead><tr>", stream);
    put_head(stream, "Agencia", "Agency");
    put_head(stream, "Estado", "State");
    put_head(stream, "Selladas", "Sealed");
    put_head(stream, "Contadas", "Counted");
    put_head(stream, "Ganadoras", "Winners");
    put_head(stream, "Raíz de lo contado", "Root of what was counted");
    put_head(stream, "Igual", "Equal");
    fputs("</thead>\n<tbody>\n", stream);
    for (size_t i = 0; i < tallies->count && i < PAGE_AGENCIES_MAX; i++) {
        put_agency(recount, &tallies->list[i], stream);
    }
    fputs("<tr><th colspan=2>Total", stream);
    put_cell(&totals.sealed, stream);
    put_cell(&totals.counted, stream);
    put_cell(&totals.winners, stream);
    fputs("<td><td>\n</tbody>\n</table>\n", stream);
    if (tallies->count > PAGE_AGENCIES_MAX || !tallies->is_whole) {
        fputs("<p class=d>", stream);
        html_both(stream,
                  tallies->is_whole ? "Hay más agencias: todas están en el informe en JSON."
                                    : "La tabla termina donde la exportación no pudo leerse.",
                  tallies->is_whole ? "There are more agencies: all are in the report in JSON."
                                    : "The table ends where the export could not be read.");
        fputs("</p>\n", stream);
    }
}

// Claims ---------------------------------------------------------------------------------------------------

static const char *const states[] = {
    [VERDICT_OK] = "se cumple <span class=en lang=en>ok</span>",
    [VERDICT_FALSE] = "<b class=d>FALSO <span class=en lang=en>FALSE</span></b>",
    [VERDICT_NOT_CHECKED] = "<b>no comprobado <span class=en lang=en>not checked</span></b>",
    [VERDICT_NOT_GIVEN] = "no presentado <span class=en lang=en>not given</span>",
    [VERDICT_NOTE] = "nota <span class=en lang=en>note</span>",
};

static void put_claims(const struct recount *recount, FILE *stream) {
    const struct verdicts *verdicts = &recount->evidence.verdicts;
    fputs("<h2>", stream);
    html_both(stream, "Detalle (en inglés)", "Details");
    fputs("</h2>\n<table>\n", stream);
    for (size_t i = 0; i < verdicts->count; i++) {
        fprintf(stream, "<tr><td>%s<td>", states[verdicts->list[i].state]);
        markup_text(stream, slice_of(verdicts->list[i].what));
        fputs("<td>", stream);
        markup_text(stream, slice_of(verdicts->list[i].why));
        fputs("\n", stream);
    }
    fputs("</table>\n", stream);
}

// Signatures -----------------------------------------------------------------------------------------------

static void put_signatures(FILE *stream) {
    fputs("<h2>", stream);
    html_both(stream, "Firmas", "Signatures");
    fputs("</h2>\n<p>", stream);
    html_both(stream, "Quien firma compara el SHA-256 del manifiesto con el que anotó antes del sorteo.",
              "Who signs compares the manifest's SHA-256 with the one noted before the draw.");
    fputs("</p>\n<table class=s>\n<thead><tr>", stream);
    put_head(stream, "Nombre y documento", "Name and document");
    put_head(stream, "Cargo", "Role");
    put_head(stream, "Lugar, fecha y hora", "Place, date and time");
    put_head(stream, "Firma", "Signature");
    fputs("</thead>\n", stream);
    for (int i = 0; i < SIGNATURES; i++) {
        fputs("<tr><td><td><td><td>\n", stream);
    }
    fputs("</table>\n", stream);
}

void recount_write_page(const struct recount *recount, const struct hash *json, FILE *stream) {
    html_begin(stream, "Recuento / Recount", style);
    fputs("<h1>", stream);
    html_both(stream, "Recuento independiente de un sorteo", "Independent recount of a draw");
    fputs("</h1>\n", stream);
    put_verdict(recount, stream);
    put_draw(recount, json, stream);
    put_agencies(recount, stream);
    put_signatures(stream);
    put_claims(recount, stream);
    html_end(stream);
}
