// Every word of a report, in both languages. {1} and {2} are places for values (page.h: page_say).
#ifndef QUINIELA_REPORT_TEXTS_H
#define QUINIELA_REPORT_TEXTS_H

enum language { ENGLISH, SPANISH, LANGUAGES };

// One line for each text: its name, and its words in English and in Spanish.
#define REPORT_TEXTS(TEXT)                                                                                      \
    TEXT(LANGUAGE_CODE, "en", "es")                                                                             \
    TEXT(THOUSANDS, ",", ".")                                                                                   \
    TEXT(DECIMAL, ".", ",")                                                                                     \
    TEXT(TITLE, "Report of draw {1}", "Informe del sorteo {1}")                                                 \
    TEXT(SO_FAR, "This night is not over: the draw is not made. The report says what is known so far.",         \
         "La noche no ha terminado: el sorteo no se ha hecho. Este informe dice lo que se sabe.")               \
    TEXT(MADE, "Made at {1} by quiniela {2}. ", "Hecho el {1} con quiniela {2}. ")                              \
    TEXT(ZONE, "All times are {1}.", "Todas las horas están en {1}.")                                           \
    TEXT(NOT_KNOWN_LOG, "not known: no log was given", "no se sabe: no se indicó ningún log")                   \
    TEXT(NOT_KNOWN_AUDIT, "not known: no audit log was given",                                                  \
         "no se sabe: no se indicó ningún log de auditoría")                                                    \
    TEXT(NOT_KNOWN_ZONE,                                                                                        \
         "not known: the times of the log do not fit the store's, as if it had been written in another "        \
         "zone. Set TZ to the server's zone, and make the report again",                                        \
         "no se sabe: las horas del log no concuerdan con las de la base de datos, como si se hubiera "         \
         "escrito en otra zona horaria. Indique en TZ la zona del servidor y haga el informe de nuevo")         \
    TEXT(ZONE_EXAMPLE, "{1} by the store, {2} by the log", "{1} según la base de datos, {2} según el log")      \
    TEXT(NOT_KNOWN_NO_LINE, "not known: the log has no line about this draw",                                   \
         "no se sabe: el log no tiene ninguna línea sobre este sorteo")                                         \
    TEXT(NOT_KNOWN_OTHER_DRAWS, "not known: the log names only other draws, or other nights of this name",      \
         "no se sabe: el log solo nombra otros sorteos, u otras noches con este nombre")                        \
    TEXT(NOT_KNOWN_UNCHECKED,                                                                                   \
         "not known: nothing in the log is in the store, too, so that neither its draw nor its zone could "     \
         "be checked. Give also the file with the draw's opening",                                              \
         "no se sabe: nada de lo que dice el log está también en la base de datos, así que no se pudo "      \
         "comprobar ni su sorteo ni su zona horaria. Indique también el archivo que tiene la apertura del "    \
         "sorteo")                                                                                              \
    TEXT(NONE, "none", "ninguno")                                                                               \
    TEXT(AND_MORE, "and {1} more", "y {1} más")                                                                 \
    /* Totals */                                                                                                \
    TEXT(BETS, "bets", "apuestas")                                                                              \
    TEXT(OF, "{1} of {2}", "{1} de {2}")                                                                        \
    TEXT(AGENCIES_FINISHED, "agencies finished", "agencias terminaron")                                         \
    TEXT(CUT_OFF, "{1} cut off ({2})", "{1} cortadas ({2})")                                                    \
    TEXT(WINNING_NUMBER, "winning number", "número ganador")                                                    \
    TEXT(WINNERS, "winners", "ganadores")                                                                       \
    TEXT(FROM_OPEN_TO_DRAW, "from opening to draw", "de la apertura al sorteo")                                 \
    TEXT(STATE, "state", "estado")                                                                              \
    TEXT(STATE_OPEN, "open", "abierto")                                                                         \
    TEXT(STATE_SEALED, "sealed, not drawn", "sellado, sin sortear")                                             \
    /* Timeline */                                                                                              \
    TEXT(TIMELINE, "The night", "La noche")                                                                     \
    TEXT(TIME, "time", "hora")                                                                                  \
    TEXT(SINCE_OPENING, "since opening", "desde la apertura")                                                   \
    TEXT(EVENT, "event", "evento")                                                                              \
    TEXT(OPENED, "the draw was opened, for {1} agencies", "se abrió el sorteo, para {1} agencias")              \
    TEXT(FIRST_BETS, "first bets stored, of agency {1}", "primeras apuestas guardadas, de la agencia {1}")      \
    TEXT(LAST_BETS, "last bets stored, of agency {1}", "últimas apuestas guardadas, de la agencia {1}")         \
    TEXT(FIRST_BETS_LOG, "first bets that the log has, of agency {1}",                                          \
         "primeras apuestas que tiene el log, de la agencia {1}")                                               \
    TEXT(LAST_BETS_LOG, "last bets that the log has, of agency {1}",                                            \
         "últimas apuestas que tiene el log, de la agencia {1}")                                                \
    TEXT(AGENCY_ENDED, "agency {1} ended", "la agencia {1} terminó")                                            \
    TEXT(FIRST_ENDED, "first agency ended: {1}", "terminó la primera agencia: {1}")                             \
    TEXT(LAST_ENDED, "last agency ended: {1}", "terminó la última agencia: {1}")                                \
    TEXT(ENDED_BY_ORDER, "agency {1} was ended by an order", "la agencia {1} terminó por una orden")            \
    TEXT(CUT_BY_CLOSE, "agency {1} was cut off by the close", "la agencia {1} quedó cortada por el cierre")     \
    TEXT(CHANGED, "what was set at the opening was last changed: only an audit log tells how",                  \
         "se cambió por última vez lo fijado en la apertura: solo un log de auditoría dice cómo")               \
    TEXT(CHANGED_BY, "an order changed what was set: {1}", "una orden cambió lo fijado: {1}")                   \
    TEXT(BACKUP_MADE, "the last backup was made", "se hizo la última copia de seguridad")                       \
    TEXT(SERVER_STARTED, "server {1} started", "el servidor {1} arrancó")                                       \
    TEXT(SERVER_AGAIN, "server {1} started again, {2} later",                                                   \
         "el servidor {1} arrancó de nuevo, {2} después")                                                       \
    TEXT(SERVER_AFTER_KILL, "the server started again, after one that was killed",                              \
         "el servidor arrancó de nuevo, después de una terminación forzada")                                    \
    TEXT(SERVER_ENDED, "server {1} ended", "el servidor {1} terminó")                                           \
    TEXT(SERVER_KILLED, "last line of server {1} before it was killed",                                         \
         "última línea del servidor {1} antes de una terminación forzada")                                      \
    TEXT(SERVER_NO_END, "last line of server {1}: its log has no end",                                          \
         "última línea del servidor {1}: su log no tiene final")                                                \
    TEXT(CUTOFF, "cut-off, as it was set", "hora de cierre, según se fijó")                                     \
    TEXT(CLOSED, "the draw was closed", "se cerró el sorteo")                                                   \
    TEXT(SEALED, "the draw was sealed: no bet can come any more",                                               \
         "se selló el sorteo: ya no puede entrar ninguna apuesta")                                              \
    TEXT(SEAL_KNOWN, "the seal was known", "se conoció el sello")                                               \
    TEXT(DRAWN, "the draw was made", "se hizo el sorteo")                                                       \
    TEXT(FIRST_TOLD, "first agency told: {1}", "primera agencia avisada: {1}")                                  \
    TEXT(LAST_TOLD, "last agency told: {1}", "última agencia avisada: {1}")                                     \
    TEXT(ERASED, "personal data was erased", "se borraron los datos personales")                                \
    TEXT(SEAL_SEEN_TWICE, "another seal of this draw was seen", "se vio otro sello de este sorteo")             \
    TEXT(SEAL_TO_DRAW, "From seal to draw", "Del sello al sorteo")                                              \
    TEXT(DRAW_TO_FIRST_TOLD, "From draw to the first agency told",                                              \
         "Del sorteo a la primera agencia avisada")                                                             \
    TEXT(DRAW_TO_LAST_TOLD, "From draw to the last agency told", "Del sorteo a la última agencia avisada")      \
    TEXT(NOT_ALL_TOLD, "{1} of {2} have been told", "avisadas: {1} de {2}")                                     \
    TEXT(BETS_OVER_TIME, "Bets over time", "Apuestas a lo largo de la noche")                                   \
    TEXT(BETS_EACH, "bets stored in each {1}", "apuestas guardadas cada {1}")                                   \
    TEXT(FLOW_COVERS, "The log has {1} of the {2} bets that are stored.",                                       \
         "El log tiene {1} de las {2} apuestas guardadas.")                                                     \
    TEXT(FLOW_ALL, "The log has every bet that is stored.", "El log tiene todas las apuestas guardadas.")       \
    TEXT(FLOW_MORE,                                                                                             \
         "The log has {1} bets, more than the {2} that are stored: some were set aside, or are "                \
         "of another draw.",                                                                                    \
         "El log tiene {1} apuestas, más que las {2} guardadas: se apartaron o son de otro sorteo.")            \
    /* Agencies */                                                                                              \
    TEXT(AGENCIES, "Agencies", "Agencias")                                                                      \
    TEXT(AGENCY, "agency", "agencia")                                                                           \
    TEXT(HOW_IT_ENDED, "how it ended", "cómo terminó")                                                          \
    TEXT(FIRST_BET, "first bet", "primera")                                                                     \
    TEXT(LAST_BET, "last bet", "última")                                                                        \
    TEXT(END, "end", "fin")                                                                                     \
    TEXT(TOLD, "told", "avisada")                                                                               \
    TEXT(SILENT, "silent", "silencio")                                                                          \
    TEXT(BY_ITSELF, "by itself", "por sí sola")                                                                 \
    TEXT(BY_ORDER, "by an order", "por una orden")                                                              \
    TEXT(BY_CLOSE, "cut off", "cortada")                                                                        \
    TEXT(NOT_ENDED, "not yet", "todavía no")                                                                    \
    TEXT(ONE_NOT_SENT, "Agency {1} has sent nothing.", "La agencia {1} no envió nada.")                         \
    TEXT(NOT_SENT, "{1} agencies have sent nothing: {2}.", "{1} agencias no enviaron nada: {2}.")               \
    TEXT(RESET_TIMES, "{1} × reset", "reiniciada {1} ×")                                                        \
    TEXT(VOIDED, "{1} bets of agencies that were reset were set aside, and do not count.",                      \
         "Se apartaron {1} apuestas de agencias reiniciadas, que no cuentan.")                                  \
    TEXT(NOT_ON_PAPER,                                                                                          \
         "{1} further agencies ended as they should, and are not printed: the page on a screen lists them.",    \
         "Otras {1} agencias terminaron como debían y no se imprimen: la página en pantalla las tiene.")        \
    TEXT(ROWS_LEFT_OUT, "{1} further agencies are not listed here: `quiniela status --json` lists all.",        \
         "Otras {1} agencias no figuran aquí: `quiniela status --json` las lista todas.")                       \
    TEXT(SILENCE_NOTE,                                                                                          \
         "Silent: how often, and at the longest, no bets of the agency were stored for {1} "                    \
         "or more between its first bet and its end.",                                                          \
         "Silencio: cuántas veces, y como máximo cuánto, no se guardaron apuestas de la agencia durante "    \
         "{1} o más entre su primera apuesta y su fin.")                                                        \
    TEXT(LOG_HOLES,                                                                                             \
         "The log does not have just the bets that are stored of these agencies: {1}. Its times and "           \
         "silences of them, marked *, may be false: what a log lacks looks like a silence.",                    \
         "El log no tiene exactamente las apuestas guardadas de estas agencias: {1}. Sus horas y "              \
         "silencios, marcados con *, pueden ser falsos: lo que le falta a un log parece un silencio.")          \
    TEXT(SILENT_UP_TO, "{1} ×, up to {2}", "{1} ×, hasta {2}")                                                  \
    TEXT(LONGEST_SILENCES, "The longest silences", "Los silencios más largos")                                  \
    TEXT(SILENCES_HOLES, "Those marked * may be holes of the log.",                                             \
         "Los marcados con * pueden ser huecos del log.")                                                       \
    TEXT(FROM, "from", "desde")                                                                                 \
    TEXT(TO, "to", "hasta")                                                                                     \
    TEXT(HOW_LONG, "how long", "cuánto")                                                                        \
    TEXT(SPELLS_LEFT_OUT, "There were too many silences to tell all.",                                          \
         "Hubo demasiados silencios para detallarlos todos.")                                                   \
    TEXT(LEGEND_BAR, "sending", "enviando")                                                                     \
    TEXT(LEGEND_GAP, "silent", "en silencio")                                                                   \
    TEXT(LEGEND_END, "end", "fin")                                                                              \
    TEXT(LEGEND_CUT, "ended by close or order", "terminada por cierre u orden")                                 \
    TEXT(LEGEND_DOWN, "no server was up", "ningún servidor en marcha")                                          \
    TEXT(ENDED_OVER_TIME, "agencies ended", "agencias terminadas")                                              \
    /* Numbers */                                                                                               \
    TEXT(NUMBERS, "Numbers", "Números")                                                                         \
    TEXT(NUMBERS_LATER, "The numbers are not told before the draw: it would tell which one is cheapest.",       \
         "Los números no se dicen antes del sorteo: revelarían cuál es el más barato.")                         \
    TEXT(NUMBERS_ERASED, "not known: the bets were erased", "no se sabe: las apuestas se borraron")             \
    TEXT(NUMBERS_MAP, "How often each number was bet: down its first two digits, across its last two.",         \
         "Cuántas veces se apostó cada número: hacia abajo sus dos primeras cifras, hacia la derecha las "   \
         "dos últimas.")                                                                                        \
    TEXT(NUMBER, "number", "número")                                                                            \
    TEXT(MOST_BET, "most bet", "más apostados")                                                                 \
    TEXT(LEAST_BET, "least bet", "menos apostados")                                                             \
    TEXT(NEVER_BET, "Never bet: {1} of 10,000 numbers.", "Sin apuestas: {1} de 10.000 números.")                \
    TEXT(WINNER_WAS_BET, "The winning number was bet {1} times; an average number {2} times.",                  \
         "El número ganador se apostó {1} veces; en promedio, cada número se apostó {2} veces.")                \
    /* The number, the seal */                                                                                  \
    TEXT(SEAL, "Number and seal", "Número y sello")                                                             \
    TEXT(HOW_NUMBER, "How the number came", "Cómo se obtuvo el número")                                         \
    TEXT(BY_SETTING, "it was set in advance, by a setting or an order, and did not come after the seal",        \
         "se fijó de antemano, con un ajuste o una orden, y no después del sello")                              \
    TEXT(BY_HAND, "it was given by hand, after the seal", "se ingresó a mano, después del sello")               \
    TEXT(BY_HAND_LATER, "it will be given by hand, after the seal",                                             \
         "se ingresará a mano, después del sello")                                                              \
    TEXT(BY_BEACON, "from the pulse of a public beacon, of {1}", "del pulso de una baliza pública, de {1}")     \
    TEXT(APPROVED_BY, "Approved by", "Aprobado por")                                                            \
    TEXT(APPROVALS_WANTED, "approvals wanted: {1}", "aprobaciones exigidas: {1}")                               \
    TEXT(UNSIGNED, "This draw is not signed: it has no seal that others could check.",                          \
         "Este sorteo no está firmado: no tiene un sello que otros puedan comprobar.")                          \
    TEXT(ORIGIN, "Origin", "Origen")                                                                            \
    TEXT(SIGNED_BY, "Signed by", "Firmado por")                                                                 \
    TEXT(PUBLIC_KEY, "Public key", "Clave pública")                                                             \
    TEXT(ROOT, "Root of all bets (SHA-256)", "Raíz de todas las apuestas (SHA-256)")                            \
    TEXT(SEAL_HASH, "SHA-256 of the seal's text", "SHA-256 del texto del sello")                                \
    TEXT(SEAL_AT, "Seal known at", "Sello conocido")                                                            \
    TEXT(NOT_RECORDED, "not known: the audit log that was given does not record it",                            \
         "no se sabe: el log de auditoría indicado no lo registra")                                             \
    TEXT(SEAL_NOT_YET, "not known yet", "todavía no se sabe")                                                   \
    TEXT(WITNESSES, "Witnesses", "Testigos")                                                                    \
    TEXT(COSIGNATURES, "Cosignatures, time stamps", "Contrafirmas, sellos de tiempo")                           \
    TEXT(FORKS, "OTHER SEALS OF THIS DRAW WERE SEEN", "SE VIERON OTROS SELLOS DE ESTE SORTEO")                  \
    TEXT(HOW_TO_CHECK,                                                                                          \
         "Anybody can check it with the lottery's public key, from where the lottery "                          \
         "publishes it, and not from here:",                                                                    \
         "Cualquiera puede comprobarlo con la clave pública de la lotería, tomada de donde la lotería la "   \
         "publica y no de aquí:")                                                                               \
    TEXT(NOT_CHECKED_HERE, "This report says what the store has; it does not check signatures.",                \
         "Este informe dice lo que hay en la base de datos; no comprueba firmas.")                              \
    /* Orders */                                                                                                \
    TEXT(ORDERS, "Orders", "Órdenes")                                                                           \
    TEXT(CHAIN_HOLDS, "The audit log was verified: its chain of {1} records holds.",                            \
         "El log de auditoría se verificó: su cadena de {1} registros es íntegra.")                             \
    TEXT(CHAIN_END,                                                                                             \
         "Nothing stands behind its last record: that one may have been changed, and others may be missing "    \
         "after it. Compare the log's SHA-256, at the end of this report, with one that was noted "             \
         "elsewhere.",                                                                                          \
         "Detrás de su último registro no hay nada: ese pudo ser cambiado, y después de él pueden faltar "  \
         "otros. Compare el SHA-256 del log, al final de este informe, con uno anotado en otro lugar.")         \
    TEXT(CHAIN_BROKEN, "THE AUDIT LOG IS BROKEN: what follows the break is not told. {1}",                      \
         "EL LOG DE AUDITORÍA ESTÁ ROTO: no se informa lo que sigue al corte. {1}")                             \
    TEXT(CHAIN_OLDER, "It goes on from {1} records of an older file, which was not given.",                     \
         "Continúa {1} registros de un archivo anterior, que no se indicó.")                                    \
    TEXT(CHAIN_LOST, "It says that {1} records were lost.", "Dice que se perdieron {1} registros.")             \
    TEXT(DIFFERS, "The audit log and the store do not say the same: see “Orders”.",                             \
         "El log de auditoría y la base de datos no dicen lo mismo: véase “Órdenes”.")                          \
    TEXT(NO_RECORD,                                                                                             \
         "The audit log has no record of this draw: it is another one's, or ends before the draw was "          \
         "opened.",                                                                                             \
         "El log de auditoría no tiene ningún registro de este sorteo: es de otro, o termina antes de su "    \
         "apertura.")                                                                                           \
    TEXT(DIFFERS_NOT_DRAWN,                                                                                     \
         "The audit log ends before the draw: it does not record that the draw was made.",                      \
         "El log de auditoría termina antes del sorteo: no registra que se haya hecho.")                        \
    TEXT(DIFFERS_DRAWN_AT, "By the audit log the draw was made at another time: {1}.",                          \
         "Según el log de auditoría, el sorteo se hizo a otra hora: {1}.")                                      \
    TEXT(DIFFERS_TOTALS, "By the audit log the draw was made with other figures: {1} bets, {2} winners.",       \
         "Según el log de auditoría, el sorteo se hizo con otras cifras: {1} apuestas, {2} ganadores.")         \
    TEXT(DIFFERS_NUMBER, "By the audit log the order gave another number: {1}. The store has {2}.",             \
         "Según el log de auditoría, la orden dio otro número: {1}. La base de datos tiene {2}.")               \
    TEXT(DIFFERS_NO_ORDER, "The number was given by hand, and the audit log has no order that gave it.",        \
         "El número se ingresó a mano, y el log de auditoría no tiene ninguna orden que lo haya dado.")         \
    TEXT(DIFFERS_MODE,                                                                                          \
         "The audit log and the store do not say the same of whether, or to what, the number was set in "       \
         "advance.",                                                                                            \
         "El log de auditoría y la base de datos no dicen lo mismo sobre si el número se fijó de antemano, " \
         "o sobre cuál.")                                                                                       \
    TEXT(DIFFERS_ENDS,                                                                                          \
         "By the audit log these agencies ended otherwise, with other bets, or not by the order that the "      \
         "store tells of: {1}.",                                                                                \
         "Según el log de auditoría, estas agencias terminaron de otra manera, con otras apuestas, o no "     \
         "por la orden de la que habla la base de datos: {1}.")                                                 \
    TEXT(SEVERAL_SERVERS,                                                                                       \
         "Of several servers each records in its own audit log; what others did is not in this one, or "        \
         "only later.",                                                                                         \
         "Si hay varios servidores, cada uno registra en su propio log de auditoría; lo que hicieron otros "   \
         "no está en este, o está después.")                                                                    \
    TEXT(WHO, "user", "usuario")                                                                                \
    TEXT(ORDER, "order", "orden")                                                                               \
    TEXT(RESULT, "result", "resultado")                                                                         \
    TEXT(DONE, "done", "hecha")                                                                                 \
    TEXT(NO_ORDERS, "No order was given.", "No se dio ninguna orden.")                                          \
    TEXT(NO_ORDERS_THERE, "It has no order of this draw. It does not record the whole draw.",                   \
         "No tiene ninguna orden de este sorteo. No registra el sorteo completo.")                              \
    TEXT(REFUSED, "Refused attempts", "Intentos rechazados")                                                    \
    TEXT(WHAT, "what", "qué")                                                                                   \
    TEXT(REASON, "reason", "motivo")                                                                            \
    TEXT(TIMES, "times", "veces")                                                                               \
    TEXT(FIRST, "first", "primera")                                                                             \
    TEXT(LAST, "last", "última")                                                                                \
    TEXT(BY_THE_AUDIT_LOG, "By the audit log", "Según el log de auditoría")                                     \
    TEXT(BY_THE_LOG, "By the log", "Según el log")                                                              \
    TEXT(NOTHING_REFUSED, "nothing was refused", "no se rechazó nada")                                          \
    TEXT(NO_REFUSAL_THERE, "it has none, and does not record the whole night",                                  \
         "no tiene ninguno, y no registra la noche completa")                                                   \
    TEXT(SUPPRESSED, "{1} further ones were counted, and not recorded one by one.",                             \
         "Otros {1} se contaron, sin registrarse uno por uno.")                                                 \
    TEXT(SERVERS, "The server", "El servidor")                                                                  \
    TEXT(STARTED, "started", "arrancó")                                                                         \
    TEXT(STARTED_AFTER_KILL, "started again, after one that was killed",                                        \
         "arrancó de nuevo, después de una terminación forzada")                                                \
    TEXT(STARTED_LATER, "started again, {1} later", "arrancó de nuevo, {1} después")                            \
    TEXT(RUN_WAS_KILLED, "last line before it was killed", "última línea antes de una terminación forzada")     \
    TEXT(RUN_ENDED, "ended", "terminó")                                                                         \
    TEXT(RUN_HAS_NO_END, "last line of its log, which has no end: it works on, or was killed",                  \
         "última línea de su log, que no tiene final: sigue en marcha, o tuvo una terminación forzada")         \
    TEXT(RUNS_LEFT_OUT, "There were too many starts or servers to tell all.",                                   \
         "Hubo demasiados arranques o servidores para contarlos todos.")                                        \
    TEXT(STARTED_AGAIN, "started again", "arrancó de nuevo")                                                    \
    TEXT(BACKUP, "Last backup", "Última copia de seguridad")                                                    \
    TEXT(BACKUP_IS, "{1}, {2} bytes", "{1}, {2} bytes")                                                         \
    TEXT(NO_BACKUP, "none is noted beside the store", "no hay ninguna anotada junto a la base de datos")        \
    TEXT(BACKUP_ELSEWHERE, "not known: the store is a database, whose backups are its own",                     \
         "no se sabe: la base de datos está en un servidor propio, con sus propias copias de seguridad")        \
    /* Sources */                                                                                               \
    TEXT(SOURCES, "What this report is made of", "De qué está hecho este informe")                              \
    TEXT(STORE, "Store", "Base de datos")                                                                       \
    TEXT(LOG, "Log", "Log")                                                                                     \
    TEXT(AUDIT_LOG, "Audit log", "Log de auditoría")                                                            \
    TEXT(LOG_LINES, "{1} lines, {2} of them none of a log", "{1} líneas, {2} de ellas no reconocidas")          \
    TEXT(LOG_SPAN, "about this draw from {1} to {2}", "sobre este sorteo de {1} a {2}")                         \
    TEXT(LOG_LOST, "The log says that {1} lines were lost, and {2} left out.",                                  \
         "El log dice que se perdieron {1} líneas y se omitieron {2}.")                                         \
    TEXT(NO_PERSONAL_DATA, "It has no bettor's name or document.",                                              \
         "No contiene nombres ni documentos de apostadores.")

#define REPORT_TEXT_NAMED(name, english, spanish) TEXT_##name,
enum text { REPORT_TEXTS(REPORT_TEXT_NAMED) TEXTS };

// The words, a constant. They are written into pages as they are.
const char *words_of(enum language language, enum text text);

#endif
