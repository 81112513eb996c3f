// What is said: a sentence in English with numbered places, which is also the key of its translation (spanish.js), and what
// stands in the places: numbers, bytes, or other messages. Nothing is put together before it is shown.

class Message {
    constructor(key, fields) {
        this.key = key;
        this.fields = fields;
        Object.freeze(this);
    }
}

// say`record ${number} is missing` has the key "record {0} is missing".
function say(pieces, ...fields) {
    return new Message(pieces.reduce((key, piece, at) => `${key}{${at - 1}}${piece}`), fields);
}

// Several messages or fields, with a word or a sign between them.
function joined(fields, between) {
    return new Message(fields.map((_, at) => `{${at}}`).join(between), fields);
}

// What was read is not of its form, or is not true.
class Refused extends Error {
    constructor(why) {
        super(why.key);
        this.why = why;
    }
}

function refuse(why) {
    throw new Refused(why);
}
