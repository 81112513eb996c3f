// How messages become what is seen: text nodes and elements that are made here, never markup that is read. What comes from
// outside stands by itself (<bdi>), and what nobody would see in it is shown as its number.

const SHOWN_FIELD_MAX = 600;

// Controls, format and bidirectional characters, spaces that are none, and what Unicode does not know.
function isInvisible(character) {
    return character !== " " && /^[\p{C}\p{Z}]$/u.test(character);
}

function escaped(character) {
    const code = character.codePointAt(0), digits = code.toString(16);
    return code < 0x10000 ? `\\u${digits.padStart(4, "0")}` : `\\U${digits.padStart(8, "0")}`;
}

// Bytes as pieces that may be shown: each a text, and whether it stands for something else.
function visiblePieces(bytes) {
    const pieces = [];
    for (const character of characters(bytes.slice(0, SHOWN_FIELD_MAX))) {
        const isByte = character.length === 1 && character >= "\x80", text = isByte ? "" : textOf(character);
        const hides = isByte || isInvisible(text);
        const piece = isByte ? `\\x${hex(character)}` : hides ? escaped(text) : text;
        if (pieces.length === 0 || pieces[pieces.length - 1].hides !== hides) {
            pieces.push({text: "", hides});
        }
        pieces[pieces.length - 1].text += piece;
    }
    return bytes.length > SHOWN_FIELD_MAX ? [...pieces, {text: "…", hides: true}] : pieces;
}

function element(name, className = "", ...children) {
    const made = document.createElement(name);
    made.className = className;
    made.append(...children);
    return made;
}

// Bytes of somebody else.
function fieldNode(bytes) {
    return element("bdi", "", ...visiblePieces(bytes).map(({text, hides}) => hides ? element("mark", "", text) : text));
}

function templateOf(message, language) {
    return language === "es" ? SPANISH[message.key] ?? message.key : message.key;
}

// The nodes of a message.
function messageNodes(message, language) {
    return templateOf(message, language).split(/\{(\d+)\}/).flatMap((piece, at) => {
        const field = at % 2 === 1 ? message.fields[Number(piece)] : piece;
        if (field instanceof Message) {
            return messageNodes(field, language);
        }
        return at % 2 === 1 && typeof field === "string" ? [fieldNode(field)] : [String(field)];
    });
}

// The same as a text.
function plainText(message, language = "en") {
    return messageNodes(message, language).map(node => typeof node === "string" ? node : node.textContent).join("");
}
