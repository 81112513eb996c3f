// What is said, in Spanish, by what it is in English (say.js).

const SPANISH = Object.freeze({
    // Values and lines
    '"{0}" is no decimal number from {1} to {2}': '«{0}» no es un número decimal de {1} a {2}',
    '"{0}" is no base64': '«{0}» no es base64',
    '"{0}" is no base64 of {1} bytes': '«{0}» no es base64 de {1} bytes',
    '"{0}" is no hex, in lower case, of {1} bytes': '«{0}» no es hexadecimal, en minúsculas, de {1} bytes',
    '"{0}" is no time such as 2026-11-25T21:00:00Z': '«{0}» no es una hora como 2026-11-25T21:00:00Z',
    '"{0}" is no time that there is': '«{0}» no es una hora que exista',
    "second {0}": "segundo {0}",
    "{0}, line {1}: {2}": "{0}, línea {1}: {2}",
    "is missing": "falta",
    "does not end in a line end": "no acaba en un fin de línea",
    'is "{0}" instead of "{1}"': 'es «{0}» en vez de «{1}»',
    'is "{0}" instead of "{1} …"': 'es «{0}» en vez de «{1} …»',
    "is one too many": "está de más",
    '"{0}" is not {1} words': '«{0}» no son {1} palabras',
    '"{0}" is no origin, NAME/DRAW': '«{0}» no es un origen, NOMBRE/SORTEO',
    "is empty": "está vacío",
    "is no UTF-8": "no es UTF-8",
    "has more than {0} bytes": "tiene más de {0} bytes",
    "cannot be read": "no se puede leer",

    // The browser
    "the browser checks nothing in a page that came over an insecure connection: open it by https, or as a file":
        "el navegador no comprueba nada en una página que llegó por una conexión insegura: ábrala por https, o como archivo",
    "the browser does not know the signatures of this lottery (Ed25519): use a newer one":
        "el navegador no conoce las firmas de esta lotería (Ed25519): use uno más nuevo",
    "this page has a key that is none": "la clave de esta página no es una clave",
    "Nothing can be checked here: {0}.": "Aquí no se puede comprobar nada: {0}.",
    "this page": "esta página",
    "failed, which is its own fault: {0}": "falló, y la culpa es suya: {0}",
    "could not take the proof out of the browser's address: close it when you have read this":
        "no pudo quitar la prueba de la dirección del navegador: ciérrelo cuando haya leído esto",

    // Trees
    "the path is not that of entry {0} of {1}": "el camino no es el de la entrada {0} de {1}",
    "the path is too short": "el camino es demasiado corto",
    "is one more hash than any path has": "es un hash más de los que tiene un camino",

    // Keys and notes
    'the key "{0}" is not NAME+ID+BASE64': 'la clave «{0}» no es NOMBRE+ID+BASE64',
    "the key is of a type other than Ed25519 (1) and cosignature/v1 (4)": "la clave no es de tipo Ed25519 (1) ni cosignature/v1 (4)",
    "the key's type is not {0}": "el tipo de la clave no es {0}",
    "the key has an id that is not its own": "la clave tiene un id que no es el suyo",
    "the key has a public key that is not written as Ed25519 writes it":
        "la clave tiene una clave pública que no está escrita como la escribe Ed25519",
    "the key has a public key of a small order, for which anybody can sign":
        "la clave tiene una clave pública de orden pequeño, con la que cualquiera puede firmar",
    "{0}: has more than {1} bytes": "{0}: tiene más de {1} bytes",
    "{0}: has no empty line before signatures": "{0}: no tiene una línea vacía antes de las firmas",
    "is signature {0}, and at most {1} are read": "es la firma {0}, y se leen {1} como mucho",
    "{0}, line {1}: is a further signature of {2}": "{0}, línea {1}: es otra firma de {2}",
    "{0}, line {1}: the signature of {2} has another length": "{0}, línea {1}: la firma de {2} tiene otra longitud",
    "{0}: {1} is a witness' key, which signs no such note": "{0}: {1} es la clave de un testigo, que no firma tal cosa",
    "{0}: the signature of {1} is wrong": "{0}: la firma de {1} no es correcta",
    "{0}: is not signed by {1}": "{0}: no tiene la firma de {1}",
    "{0}: the cosignature of {1} is wrong": "{0}: la cofirma de {1} no es correcta",
    "{0}: is no UTF-8": "{0}: no es UTF-8",
    "{0}, line {1}: has a control character": "{0}, línea {1}: tiene un carácter de control",
    "is no signature: a dash, a name and base64": "no es una firma: una raya, un nombre y base64",
    "has a name that no key has": "tiene un nombre que ninguna clave tiene",
    "has a signature that is no base64 of an id and more": "tiene una firma que no es base64 de un id y más",
    "is not signed by {0}": "no tiene la firma de {0}",
    "line {0} is of a key that is not known, {1}+{2}": "la línea {0} es de una clave que no se conoce, {1}+{2}",

    // Rules
    "the rules": "las reglas",
    "rules": "reglas",
    "rules {0}": "reglas {0}",
    "no witness and no tsa follows, and a beacon's number needs one":
        "no sigue ningún testigo ni tsa, y el número de una baliza lo necesita",
    "key: has another name than the origin": "key: tiene otro nombre que el origen",
    "key: is that of {0}, too": "key: es también la de {0}",
    "record 0 names one before it": "el registro 0 nombra uno anterior",
    "number: is none of beacon, manual, fixed": "number: no es beacon, manual ni fixed",
    "nist: the pulse's time is not a whole minute": "nist: la hora del pulso no es un minuto entero",
    "nist: the close is not at least 15 minutes before the pulse": "nist: el cierre no es al menos 15 minutos antes del pulso",
    "{0}: does not come after the one before in the order of bytes": "{0}: no va detrás del anterior en el orden de los bytes",
    "{0}: has a public key that an other has": "{0}: tiene una clave pública que ya tiene otro",
    "{0} approvals are wanted, and there are {1} approvers": "se piden {0} aprobaciones, y hay {1} aprobadores",
    "tsa: does not come after the one before in the order of bytes": "tsa: no va detrás del anterior en el orden de los bytes",
    "the rules' record {0} is there twice, and they differ: a fork of the rules":
        "el registro {0} de las reglas está dos veces, y no son iguales: las reglas se bifurcan",
    "the rules' record {0} is missing": "falta el registro {0} de las reglas",
    "the rules' record {0} {1}": "el registro {0} de las reglas {1}",
    "is another draw's": "es de otro sorteo",
    "does not name the one before: a fork of the rules": "no nombra el anterior: las reglas se bifurcan",
    "changes how the number comes, or who approves it": "cambia cómo sale el número, o quién lo aprueba",
    "changes the pulse, and not only its time": "cambia el pulso, y no solo su hora",
    "changes the pulse to an earlier one": "cambia el pulso por uno anterior",
    "changes the witnesses or the time-stamping authorities": "cambia los testigos o las autoridades de sellado de tiempo",
    "changes the secret or the key": "cambia el secreto o la clave",
    "record {0} of {1}, signed by {2}: {3} agencies, number {4}": "registro {0} de {1}, firmado por {2}: {3} agencias, número {4}",
    "records 0 to {0} are one chain": "los registros de 0 a {0} son una cadena",
    "record 0 is the only one given": "solo se dio el registro 0",
    "key": "clave",
    "the rules' key is the one given, {0}": "la clave de las reglas es la de esta página, {0}",
    "the rules' key, {0}, is none of those given": "la clave de las reglas, {0}, no es la de esta página",
    "the rules' key, {0}, is another, and the one given has signed these rules, too":
        "la clave de las reglas, {0}, es otra, y la de esta página también ha firmado estas reglas",

    // Seals
    "the seal": "el sello",
    "seal": "sello",
    "seal {0}": "sello {0}",
    "seals": "sellos",
    "witness {0}": "testigo {0}",
    "is of another draw: {0} instead of {1}": "es de otro sorteo: {0} en vez de {1}",
    "is of {0} agencies, and the rules' record {1} has {2}": "es de {0} agencias, y el registro {1} de las reglas tiene {2}",
    "is another seal of this draw: two seals were signed. A fraud, whichever is right":
        "es otro sello de este sorteo: se firmaron dos. Es un fraude, sea cual sea el bueno",
    "is of another seal than this one": "es de otro sello que este",
    "of {0}, signed; SHA-256 {1}": "de {0}, firmado; SHA-256 {1}",
    "there are two": "hay dos",
    "there is one: {0} of the rules' witnesses signed it, and a witness signs no second one":
        "hay uno: lo firmaron {0} de los testigos de las reglas, y un testigo no firma otro",
    "{0} copies, and they are one. No witness of the rules has signed it":
        "{0} copias, y son una. Ningún testigo de las reglas lo ha firmado",
    "only one copy, and no witness of the rules has signed it: there may be another seal":
        "solo una copia, y ningún testigo de las reglas lo ha firmado: puede haber otro sello",
    "signed the seal at {0}": "firmó el sello a las {0}",

    // Bets and proofs
    '"{0}" is no bet: nombre,apellido,documento,nacimiento,numero': '«{0}» no es una apuesta: nombre,apellido,documento,nacimiento,numero',
    '"{0}" is no bet: it is not UTF-8': '«{0}» no es una apuesta: no es UTF-8',
    '"{0}" is no bet: it holds a control character': '«{0}» no es una apuesta: tiene un carácter de control',
    '"{0}" is no bet: nacimiento is no date': '«{0}» no es una apuesta: nacimiento no es una fecha',
    'the bet does not begin with its agency and index, "5,0,"': 'la apuesta no empieza por su agencia y su índice, «5,0,»',
    "state: is neither finished nor cut": "state: no es finished ni cut",
    "the proof": "la prueba",
    "proof": "prueba",
    "proof {0}": "prueba {0}",
    "the proof: has more than {0} bytes": "la prueba: tiene más de {0} bytes",
    "the proof's seal": "el sello de la prueba",
    "the proof is of another agency than its bet": "la prueba es de otra agencia que su apuesta",
    "the proof does not lead to the seal: what it says of agency {0} is not sealed":
        "la prueba no lleva al sello: lo que dice de la agencia {0} no está sellado",
    "bet {0} of agency {1} ({2}, {3} bets) is in the seal: {4}":
        "la apuesta {0} de la agencia {1} ({2}, {3} apuestas) está en el sello: {4}",
    "code {0}": "código {0}",
    "the code: the signature of {0} is wrong": "el código: la firma de {0} no es correcta",
    "the code: is too short": "el código: es demasiado corto",
    "the code: is too long": "el código: es demasiado largo",
    "the code: has more than {0} bytes": "el código: tiene más de {0} bytes",
    "the code: is neither its bytes nor base32": "el código: no son sus bytes ni base32",
    "the code: is not one of format 1": "el código: no es del formato 1",
    "the code: has an agency, a state or a bet that there is not": "el código: tiene una agencia, un estado o una apuesta que no existen",
    "the code: has a bet of another agency or index than it says":
        "el código: tiene una apuesta de otra agencia u otro índice que lo que dice",
    "the code: has a key's name that no key has": "el código: tiene un nombre que ninguna clave tiene",

    // Receipts
    "the receipt": "el recibo",
    "the receipts' note": "la nota de los recibos",
    'is no path: the word "path", and a hash after each space': 'no es un camino: la palabra «path», y un hash tras cada espacio',
    "the receipt's block": "el bloque del recibo",
    "the receipt is of another draw than its note": "el recibo es de otro sorteo que su nota",
    "the receipt is not entry {0} of the {1} signed": "el recibo no es la entrada {0} de las {1} firmadas",
    "line {0}: the last receipt is cut off": "línea {0}: el último recibo está cortado",
    "the receipt that ends in line {0}: {1}": "el recibo que acaba en la línea {0}: {1}",
    "receipts": "recibos",
    "receipts {0}": "recibos {0}",
    "{0}, rules": "{0}, reglas",
    "{0}, sealed": "{0}, sellado",
    "bets {0} to {1}": "las apuestas {0} a {1}",
    "no bets at {0}": "ninguna apuesta en la {0}",
    "has receipts of agency {0}, too, and not only of {1}": "tiene también recibos de la agencia {0}, y no solo de la {1}",
    "{0} of agency {1}, for bets up to {2}, the last at {3}: signed":
        "{0} de la agencia {1}, por apuestas hasta la {2}, el último a las {3}: firmados",
    "the receipt for {0} names a record of the rules that was not given":
        "el recibo por {0} nombra un registro de las reglas que no se dio",
    "how many bets of agency {0} are sealed is not known: no seal.json, no proof of one of its bets":
        "no se sabe cuántas apuestas de la agencia {0} están selladas: no hay seal.json, ni prueba de ninguna de ellas",
    "the receipt for {0} names rules that are none of these: a fork":
        "el recibo por {0} nombra reglas que no son estas: se bifurcan",
    "agency {0} has a receipt for its bets up to {1}, and only {2} are sealed: the central broke its word":
        "la agencia {0} tiene un recibo por sus apuestas hasta la {1}, y solo {2} están selladas: la central faltó a su palabra",
    "the {0} bets sealed of agency {1} are not fewer than the receipts' {2}":
        "las {0} apuestas selladas de la agencia {1} no son menos que las {2} de los recibos",

    // seal.json
    "seal.json": "seal.json",
    "seal.json {0}": "seal.json {0}",
    "is too long": "es demasiado larga",
    "is not {0}": "no es {0}",
    "is not as that line must be": "no es como debe ser esa línea",
    "is the last, and agency {0} is missing": "es la última, y falta la agencia {0}",
    "seal.json: the agencies have {0} bets, and it says {1}": "seal.json: las agencias tienen {0} apuestas, y dice {1}",
    "seal.json: what it lists does not give the root it says": "seal.json: lo que contiene no da la raíz que dice",
    "is neither an agency nor a run of agencies without bets": "no es una agencia ni una serie de agencias sin apuestas",
    "is not of agency {0}, which comes next": "no es de la agencia {0}, que es la siguiente",
    "goes on with the run before it": "sigue la serie anterior",
    "is not in order": "no está en orden",
    "is not the end": "no es el final",
    "is of more than {0} agencies, and this page computes no more: quiniela verify does, and verify.py":
        "es de más de {0} agencias, y esta página no calcula más: quiniela verify y verify.py sí",
    "no seal to compare its root with": "no hay sello con que comparar su raíz",
    "gives another root, or has another size, than the seal": "da otra raíz que el sello, o es de otro tamaño",
    "the seal is of other rules than record {0}, the newest one given: is a later record missing?":
        "el sello es de otras reglas que el registro {0}, el último que se dio: ¿falta un registro posterior?",
    "gives the seal's root: {0} agencies, {1} bets": "da la raíz del sello: {0} agencias, {1} apuestas",
    "{0} bets of agency {1} were voided by reset {2}, and are in no tree: its word":
        "{0} apuestas de la agencia {1} se anularon en el reset {2}, y no están en ningún árbol: es su palabra",
    "would show which rules are sealed, and how many bets of each agency":
        "mostraría qué reglas están selladas, y cuántas apuestas de cada agencia",

    // The pulse
    "is no JSON, at byte {0}": "no es JSON, en el byte {0}",
    "is deeper than {0} objects and lists, one in another": "tiene más de {0} objetos y listas, uno dentro de otro",
    "the pulse: {0}": "el pulso: {0}",
    "the pulse: has more than {0} bytes": "el pulso: tiene más de {0} bytes",
    'the pulse: there is no "pulse" in it': 'el pulso: no tiene ningún «pulse»',
    "the pulse's {0}: is given twice": "{0} del pulso: está dos veces",
    "the pulse's {0}: is missing": "{0} del pulso: falta",
    "the pulse's {0}: is of another kind than it must be": "{0} del pulso: es de otra clase que la que debe ser",
    "the pulse's {0}: is too long": "{0} del pulso: es demasiado largo",
    "the pulse's {0}: is no text of hex, or too long": "{0} del pulso: no es hexadecimal, o es demasiado largo",
    "the pulse's {0}: is no whole number up to {1}": "{0} del pulso: no es un número entero hasta {1}",
    "the pulse's listValues: has one that is no object": "listValues del pulso: tiene uno que no es un objeto",
    "the pulse's listValues: has one twice, or of another type than previous, hour, day, month, year":
        "listValues del pulso: tiene uno dos veces, o de otro tipo que previous, hour, day, month, year",
    "the pulse's listValues: is no list of five": "listValues del pulso: no es una lista de cinco",
    "the pulse has an output that is not its own": "el pulso tiene un valor de salida que no es el suyo",
    "the pulse is of another certificate than the one given": "el pulso es de otro certificado que el que se dio",
    "the pulse's signature is wrong": "la firma del pulso no es correcta",
    "the pulse is of another cipher suite than 0, or another period than {0} ms":
        "el pulso no es del conjunto de cifrado 0, o no es cada {0} ms",
    "the pulse is of chain {0}, and the rules name chain {1}": "el pulso es de la cadena {0}, y las reglas nombran la cadena {1}",
    "the pulse is of another time than {0}, which the rules name": "el pulso es de otra hora que {0}, que es la que nombran las reglas",
    "the pulse is of another certificate than the rules name": "el pulso es de otro certificado que el que nombran las reglas",
    "pulse": "pulso",
    "pulse {0}": "pulso {0}",
    "the rules take a {0} number, and no pulse": "las reglas toman un número {0}, y ningún pulso",
    "of {0}, chain {1}, index {2}": "de {0}, cadena {1}, índice {2}",
    "{0}: no rules, which name the pulse": "{0}: no hay reglas, que nombran el pulso",
    "{0}: no certificate of NIST's to check its signature with, and the rules' is the central's word":
        "{0}: no hay certificado de NIST con que comprobar su firma, y el de las reglas es la palabra de la central",
    "{0}: the one that the rules name, signed": "{0}: el que nombran las reglas, firmado",

    // The certificate
    "the beacon's certificate: is none of an RSA key": "el certificado de la baliza: no es de una clave RSA",
    "the beacon's certificate: is cut off": "el certificado de la baliza: está cortado",
    "the beacon's certificate: has bytes after its end": "el certificado de la baliza: tiene bytes tras su final",
    "the beacon's certificate: has more than {0} bytes": "el certificado de la baliza: tiene más de {0} bytes",
    "the beacon's certificate: is no certificate in PEM": "el certificado de la baliza: no es un certificado en PEM",
    "nist certificate": "certificado de NIST",
    "nist certificate {0}": "certificado de NIST {0}",
    "is not the one that the rules name": "no es el que nombran las reglas",
    "is the one that the rules name": "es el que nombran las reglas",

    // The number
    "number: is not 4 digits": "number: no son 4 cifras",
    "the approval": "la aprobación",
    "approval": "aprobación",
    "approval {0}": "aprobación {0}",
    "approvals": "aprobaciones",
    "the result": "el resultado",
    "result": "resultado",
    "result {0}": "resultado {0}",
    "says {0} and {1} winners, and another result {2} and {3}: two results of one draw. A fraud, whichever is right":
        "dice {0} y {1} ganadores, y otro resultado {2} y {3}: dos resultados de un sorteo. Es un fraude, sea cual sea el bueno",
    "{0}, {1} winners: signed, of this seal": "{0}, {1} ganadores: firmado, de este sello",
    "{0}, {1} winners: no seal it is of": "{0}, {1} ganadores: falta el sello del que es",
    "time": "hora",
    "{0} saw the seal at {1}, before the pulse of {2}": "{0} vio el sello a las {1}, antes del pulso de {2}",
    "no witness saw the seal {0} s before the pulse of {1}, and this page checks no time stamps: quiniela verify does, and verify.py":
        "ningún testigo vio el sello {0} s antes del pulso de {1}, y esta página no comprueba sellos de tiempo: quiniela verify y verify.py sí",
    "no witness and no time stamp saw the seal {0} s before the pulse of {1}":
        "ningún testigo y ningún sello de tiempo vio el sello {0} s antes del pulso de {1}",
    "no witness and no time stamp saw the seal {0} s before the pulse of {1} ({2})":
        "ningún testigo y ningún sello de tiempo vio el sello {0} s antes del pulso de {1} ({2})",
    "number": "número",
    "no seal to compute it from": "no hay sello con que calcularlo",
    "no pulse to compute it from": "no hay pulso con que calcularlo",
    "seal and pulse give {0}, and the result says {1}": "sello y pulso dan {0}, y el resultado dice {1}",
    "seal and pulse give {0}": "sello y pulso dan {0}",
    "is signed by none of the approvers of the rules": "no la firma ninguno de los aprobadores de las reglas",
    "{0} has approved two numbers, {1} and {2}: a fraud": "{0} ha aprobado dos números, {1} y {2}: es un fraude",
    "the approval of {0} is given twice": "la aprobación de {0} está dos veces",
    "{0} and {1}": "{0} y {1}",
    "{0} or {1}": "{0} o {1}",
    "no rules, which name the approvers": "no hay reglas, que nombran a los aprobadores",
    "{0}, by {1}": "{0}, por {1}",
    "{0}, by {1}: no seal it is of": "{0}, por {1}: falta el sello del que es",
    "the rules ask for no approvals: it is the operator's word": "las reglas no piden aprobaciones: es la palabra del operador",
    "the rules ask for {0}, and none was given": "las reglas piden {0}, y no se dio ninguna",
    "{0} of the {1} that the rules ask for": "{0} de las {1} que piden las reglas",
    "{0} approvers, and the rules ask for {1}": "{0} aprobadores, y las reglas piden {1}",
    "{0} approvers, and the rules ask for {1}; {2} approved another number, which does not count":
        "{0} aprobadores, y las reglas piden {1}; {2} aprobaron otro número, y no cuentan",
    "{0} numbers have as many as the rules ask for: a result says which":
        "{0} números tienen tantas como piden las reglas: un resultado dice cuál",
    "{0} are for {1}, of {2} given, and the rules ask for {3}": "{0} son por el {1}, de las {2} que se dieron, y las reglas piden {3}",
    "how it comes is not known without rules": "sin las reglas no se sabe cómo sale",
    "was fixed by the operator: nothing is claimed of it": "lo fijó el operador: nada se afirma de él",
    "its number is {0}: this bet wins with {1}": "su número es {0}: esta apuesta gana con {1}",
    "its number is {0}: this bet does not win with {1}": "su número es {0}: esta apuesta no gana con {1}",

    // What was not given
    "would show how the number comes, who watches, and how many agencies there are":
        "mostraría cómo sale el número, quién vigila, y cuántas agencias hay",
    "would show copies of the seal from other places": "mostraría copias del sello de otros lugares",
    "would show that what an agency was acknowledged is sealed": "mostraría que está sellado lo que se le confirmó a una agencia",
    "would show that a bet is sealed": "mostraría que una apuesta está sellada",
    "would show the number drawn": "mostraría el número que salió",
    "would show the number's origin": "mostraría de dónde sale el número",
    "would show whose pulse it is": "mostraría de quién es el pulso",
    "would show that the number was approved": "mostraría que el número se aprobó",

    // What was given
    "pasted text {0}": "texto pegado {0}",
    "the address": "la dirección",
    "of this page": "de esta página",
    "has more than {0} bytes, and this page reads no more: quiniela verify does, and verify.py":
        "tiene más de {0} bytes, y esta página no lee más: quiniela verify y verify.py sí",
    "takes {0} things, and {1} more were left out: load it again": "toma {0} cosas, y otras {1} quedaron fuera: vuelva a cargarla",
    "is nothing that this page reads": "no es nada que esta página lea",
    "is an agency's entry, with which quiniela prove makes proofs of its bets: this page checks those":
        "es la entrada de una agencia, con la que quiniela prove hace pruebas de sus apuestas: esta página comprueba esas",
    "is another certificate than this page's own": "es otro certificado que el de esta página",
    "is a second one, and one is taken": "es otro más, y se toma uno",

    // The answer
    "{0} of {1} claims are false.": "{0} de {1} afirmaciones son falsas.",
    "Nothing is false, but {0} of {1} claims were not checked.": "Nada es falso, pero {0} de {1} afirmaciones quedan sin comprobar.",
    "Nothing was checked: what was given says nothing by itself.": "No se comprobó nada: lo que se dio no dice nada por sí solo.",
    "Every claim holds ({0}).": "Todas las afirmaciones se cumplen ({0}).",
    "Every claim holds": "Todo se cumple",
    "FALSE": "FALSO",
    "Nothing was checked": "No se comprobó nada",
    "Not all was checked": "No se comprobó todo",
    "ok": "bien",
    "not checked": "sin comprobar",
    "not given": "no se dio",
    "note": "nota",
    "Draw": "Sorteo",
    "Name": "Nombre",
    "Surname": "Apellido",
    "Document": "Documento",
    "Born": "Nacimiento",
    "Agency": "Agencia",
    "{0}, its bet {1} of {2}, counted from 0 ({3})": "{0}, su apuesta {1} de {2}, contando desde 0 ({3})",
    "A bet that is in the seal": "Una apuesta que está en el sello",
    "Number": "Número",
    "What was not given": "Lo que no se dio",
    "Remove": "Quitar",
    "Checking …": "Comprobando …",
});
