// Every word of the page to print, and how it looks.
#ifndef QUINIELA_PROVE_PAGE_TEXTS_H
#define QUINIELA_PROVE_PAGE_TEXTS_H

#define PAGE_TITLE "Comprobante de una apuesta &#183; Proof of a bet"

#define PAGE_STYLE                                                                                           \
    "body{font:11pt/1.35 sans-serif;color:#000;background:#fff;max-width:180mm;margin:10mm auto}"            \
    "section{break-after:page}section:last-child{break-after:auto}"                                          \
    "h1{font-size:15pt}dl{display:grid;grid-template-columns:60mm 1fr;gap:1mm 5mm}"                          \
    "dt{color:#333}dd{margin:0;overflow-wrap:anywhere}bdi{white-space:pre-wrap}"                             \
    ".number{font-size:26pt;font-weight:bold;letter-spacing:.1em}"                                           \
    ".hidden{border:1px solid #000;font-size:70%;padding:0 .2em;margin:0 .1em}"                              \
    ".warning{border:2px solid #000;padding:2mm 3mm;font-weight:bold}"                                       \
    "svg{display:block;margin:4mm 0;max-width:none}"

#define PAGE_DRAW "Sorteo &#183; Draw"
#define PAGE_AGENCY "Agencia &#183; Agency"
#define PAGE_BET "Apuesta de la agencia, desde 0 &#183; Bet of the agency, from 0"
#define PAGE_COUNT "Apuestas de la agencia &#183; Bets of the agency"
#define PAGE_STATE "La agencia &#183; The agency"
#define PAGE_FINISHED "termin&#243; de enviar &#183; had finished"
#define PAGE_CUT "fue cortada por el cierre &#183; was cut off by the close"
#define PAGE_FIRST_NAME "Nombre &#183; First name"
#define PAGE_LAST_NAME "Apellido &#183; Last name"
#define PAGE_DOCUMENT "Documento &#183; Document"
#define PAGE_BIRTH_DATE "Nacimiento &#183; Birth"
#define PAGE_NUMBER "N&#250;mero &#183; Number"
#define PAGE_SEAL "Sello del sorteo &#183; Seal of the draw"
#define PAGE_KEY "Clave de la central &#183; Key of the central"

#define PAGE_HOW_ES                                                                                          \
    "Lo impreso por s&#237; solo no prueba nada: la prueba es el c&#243;digo QR. Demuestra que la apuesta "  \
    "est&#225; en el sorteo que la central sell&#243;. Se comprueba con verify.html, verify.py o quiniela "  \
    "verify --code. Compare el sello y la clave con los que la loter&#237;a public&#243; en otro lugar."
#define PAGE_HOW_EN                                                                                          \
    "What is printed proves nothing by itself: the QR code is the proof. It shows that the bet is in the "   \
    "draw that the central sealed. verify.html, verify.py or quiniela verify --code checks it. Compare the " \
    "seal and the key with those that the lottery has published elsewhere."

#define PAGE_DATA_ES                                                                                         \
    "El c&#243;digo contiene los datos del apostador: nombre, documento y fecha de nacimiento. "             \
    "Mu&#233;strelo "                                                                                        \
    "s&#243;lo a quien pueda verlos."
#define PAGE_DATA_EN                                                                                         \
    "The code holds the bettor's data: name, document and date of birth. Show it only to those who may see " \
    "them."

#define PAGE_URL_ES                                                                                          \
    "Al leerlo se abre esta direcci&#243;n, y la p&#225;gina que est&#233; all&#237; recibe esos datos: "
#define PAGE_URL_EN "Reading it opens this address, and the page that is there is given these data: "

#define PAGE_TOO_LARGE_ES                                                                                    \
    "La prueba es demasiado grande para un c&#243;digo QR que se lea bien en papel: use el archivo "         \
    ".tlog-proof."
#define PAGE_TOO_LARGE_EN                                                                                    \
    "The proof is too large for a QR code that can be read from paper: use the file, .tlog-proof."

#endif
