// Receipts, and the files that they are kept in: a block for each, ended by an empty line.

const RECEIPTS_BYTES_MAX = 16 * 1024 * 1024;

function parseReceipt(text) {
    const form = new Form(say`the receipt`, text);
    form.literal("quiniela receipt v1");
    const receipt = {origin: form.origin(), rules: form.value("rules", base64Decode, 32)};
    const [agency, first, count, digest] = form.take(parts, 4);
    receipt.agency = form.by(decimal, agency, 1n, AGENCIES_MAX);
    receipt.first = form.by(decimal, first);
    receipt.end = receipt.first + form.by(decimal, count, 0n, U64_MAX - receipt.first);
    form.by(base64Decode, digest, 32);
    form.take(base64Decode, 16); // the nonce
    form.end();
    return receipt;
}

// The note of one commit.
function readReceiptsNote(data) {
    const note = new Note(say`the receipts' note`, data), form = new Form(say`the receipts' note`, note.text);
    form.literal("quiniela receipts v1");
    const found = {note, data, origin: form.origin(), size: form.take(decimal, 1n), root: form.take(base64Decode, 32),
        time: form.value("time", instant)};
    form.end();
    return found;
}

function readReceiptPath(line) {
    const words = line.split(" ");
    if (words[0] !== "path" || words.length > LEVELS_MAX + 1) {
        refuse(say`is no path: the word "path", and a hash after each space`);
    }
    return words.slice(1).map(word => base64Decode(word, 32));
}

// One block: entry, index, path, note. The note's signature is not checked yet.
async function readReceipt(block) {
    const form = new Form(say`the receipt's block`, block);
    const entry = form.value("entry", base64Decode), index = form.value("index", decimal);
    const path = form.take(readReceiptPath), note = form.value("note", base64Decode);
    form.end();
    const receipt = parseReceipt(entry);
    receipt.signed = readReceiptsNote(note);
    if (receipt.signed.origin !== receipt.origin) {
        refuse(say`the receipt is of another draw than its note`);
    }
    if (await pathRoot(path, index, receipt.signed.size, await merkleLeaf(entry)) !== receipt.signed.root) {
        refuse(say`the receipt is not entry ${index} of the ${receipt.signed.size} signed`);
    }
    return receipt;
}

// Each receipt of a file.
async function* readReceipts(data) {
    if (data.length > RECEIPTS_BYTES_MAX) {
        refuse(say`has more than ${RECEIPTS_BYTES_MAX} bytes`);
    }
    let at = 0, lines = 0;
    while (at < data.length || lines === 0) {
        const end = data.startsWith("\n", at) ? at - 1 : data.indexOf("\n\n", at);
        if (end < at && !data.startsWith("\n", at)) {
            refuse(data === "" ? say`is empty` : say`line ${lines + 1}: the last receipt is cut off`);
        }
        const block = data.slice(at, end + 1);
        lines += block.split("\n").length;
        try {
            yield await readReceipt(block);
        } catch (refused) {
            throw refused instanceof Refused ? new Refused(say`the receipt that ends in line ${lines}: ${refused.why}`) : refused;
        }
        at = end + 2;
    }
}
