// The signed texts of a draw besides its rules: seal, approval, result.

function readSeal(data, what = say`the seal`) {
    const note = new Note(what, data), form = new Form(what, note.text);
    const origin = form.origin(), size = form.take(decimal, 2n, AGENCIES_MAX + 1n), root = form.take(base64Decode, 32);
    form.end();
    return {note, origin, size, root, text: note.text};
}

// The text of a seal.
function checkpoint(origin, size, root) {
    return `${origin}\n${size}\n${base64(root)}\n`;
}

function readNumber(text) {
    return /^[0-9]{4}$/.test(text) ? Number(text) : refuse(say`number: is not 4 digits`);
}

// The lines that approval and result have in common.
function readBegin(what, kind, data) {
    const note = new Note(what, data), form = new Form(what, note.text);
    form.literal(`quiniela ${kind} v1`);
    const found = {note, origin: form.origin(), seal: form.value("seal", base64Decode, 32), number: form.value("number", readNumber)};
    return [form, found];
}

function readApproval(data) {
    const [form, found] = readBegin(say`the approval`, "approval", data);
    form.end();
    return found;
}

function readResult(data) {
    const [form, found] = readBegin(say`the result`, "result", data);
    found.winners = form.value("winners", decimal);
    form.end();
    return found;
}

// A number as it stands in notes.
function digits(number) {
    return String(number).padStart(4, "0");
}
