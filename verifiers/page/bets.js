// Bets, and the entries of the draw tree that their agencies have.

const ROW_BYTES_MAX = 512;
// Names are of any characters but controls and commas; C1 controls are 0xC2 0x80 to 0xC2 0x9F in UTF-8.
const BET = new RegExp("^([^,\\x00-\\x1f\\x7f]{1,100}),([^,\\x00-\\x1f\\x7f]{1,100}),([A-Za-z0-9]{1,16})," +
    "([0-9]{4})-([0-9]{2})-([0-9]{2}),(0*[0-9]{1,4})$");

// A bet's fields; its number as such, and as it was written. Refuses a row that is no bet.
function readRow(row) {
    const match = BET.exec(row);
    if (!match || row.length > ROW_BYTES_MAX) {
        refuse(say`"${short(row)}" is no bet: nombre,apellido,documento,nacimiento,numero`);
    }
    if (!isUtf8(row)) {
        refuse(say`"${short(row)}" is no bet: it is not UTF-8`);
    }
    if (/\xc2[\x80-\x9f]/.test(row)) {
        refuse(say`"${short(row)}" is no bet: it holds a control character`);
    }
    if (!isDate(...match.slice(4, 7).map(Number))) {
        refuse(say`"${short(row)}" is no bet: nacimiento is no date`);
    }
    const [nombre, apellido, documento] = match.slice(1), nacimiento = match.slice(4, 7).join("-");
    return {nombre, apellido, documento, nacimiento, numero: match[7], number: Number(match[7])};
}

// TEXT(a, i): the agency, the index, and the row.
function splitText(text) {
    const match = /^([^,]*),([^,]*),([^]*)$/.exec(text);
    if (!match) {
        refuse(say`the bet does not begin with its agency and index, "5,0,"`);
    }
    return {agency: decimal(match[1], 1n, AGENCIES_MAX), index: decimal(match[2]), row: match[3], bet: readRow(match[3])};
}

// The leaf of an agency's entry in the draw tree.
function entryLeaf(origin, entry) {
    return merkleLeaf(`quiniela agency v1\n${origin}\n${entry.agency} ${entry.state} ${entry.count} ${base64(entry.root)}\n`);
}
