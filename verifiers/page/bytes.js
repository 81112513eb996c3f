// Bytes are strings of characters up to U+00FF, one for each byte: they are compared, cut and searched as texts are.
// Each value has one text: what is read is written again, and anything else is refused.

const U32_MAX = 2n ** 32n - 1n, U63_MAX = 2n ** 63n - 1n, U64_MAX = 2n ** 64n - 1n;
const SHOWN_MAX = 60;

function bytesOf(array) {
    let bytes = "";
    for (let at = 0; at < array.length; at += 8192) {
        bytes += String.fromCharCode(...array.subarray(at, at + 8192));
    }
    return bytes;
}

function arrayOf(bytes) {
    const array = new Uint8Array(bytes.length);
    for (let at = 0; at < bytes.length; at++) {
        array[at] = bytes.charCodeAt(at);
    }
    return array;
}

// The UTF-8 of a text of the browser's.
function utf8(text) {
    return bytesOf(new TextEncoder().encode(text));
}

// Cuts bytes into the characters that are UTF-8, and single bytes that are not.
const CHARACTERS = new RegExp("[\\x00-\\x7f]|[\\xc2-\\xdf][\\x80-\\xbf]|\\xe0[\\xa0-\\xbf][\\x80-\\xbf]|" +
    "[\\xe1-\\xec\\xee\\xef][\\x80-\\xbf]{2}|\\xed[\\x80-\\x9f][\\x80-\\xbf]|\\xf0[\\x90-\\xbf][\\x80-\\xbf]{2}|" +
    "[\\xf1-\\xf3][\\x80-\\xbf]{3}|\\xf4[\\x80-\\x8f][\\x80-\\xbf]{2}|" +
    "[\\x80-\\xff]", "gs");

function characters(bytes) {
    return bytes.match(CHARACTERS) ?? [];
}

function isUtf8(bytes) {
    return !/[\x80-\xff]/.test(bytes) || characters(bytes).every(character => character.length > 1 || character < "\x80");
}

// The text of bytes that are UTF-8.
function textOf(bytes) {
    return new TextDecoder("utf-8", {fatal: true, ignoreBOM: true}).decode(arrayOf(bytes));
}

// For a message: not too long.
function short(bytes) {
    return bytes.length > SHOWN_MAX ? bytes.slice(0, SHOWN_MAX) + utf8("…") : bytes;
}

function bigEndian(value, length) {
    let bytes = "";
    for (let rest = BigInt(value), at = 0; at < length; at++, rest >>= 8n) {
        bytes = String.fromCharCode(Number(rest & 255n)) + bytes;
    }
    return bytes;
}

const u32 = value => bigEndian(value, 4);

function fromBigEndian(bytes) {
    let value = 0n;
    for (const byte of bytes) {
        value = value << 8n | BigInt(byte.charCodeAt(0));
    }
    return value;
}

// Numbers are of BigInt: an index may have 64 bits.
function decimal(text, least = 0n, most = U64_MAX) {
    const value = /^(?:0|[1-9][0-9]{0,19})$/.test(text) ? BigInt(text) : -1n;
    return value >= least && value <= most ? value :
        refuse(say`"${short(text)}" is no decimal number from ${least} to ${most}`);
}

function base64(bytes) {
    return btoa(bytes);
}

function base64Decode(text, length = null) {
    let bytes = null;
    try {
        bytes = atob(text);
    } catch {
        // is no base64
    }
    if (bytes === null || btoa(bytes) !== text) {
        refuse(say`"${short(text)}" is no base64`);
    }
    return length === null || bytes.length === length ? bytes : refuse(say`"${short(text)}" is no base64 of ${length} bytes`);
}

function hex(bytes) {
    return Array.from(bytes, byte => byte.charCodeAt(0).toString(16).padStart(2, "0")).join("");
}

// Of either case.
function fromHex(text) {
    return text.replace(/../g, pair => String.fromCharCode(parseInt(pair, 16)));
}

// Lower case only.
function hexDecode(text, length) {
    return text.length === 2 * length && !/[^0-9a-f]/.test(text) ? fromHex(text) :
        refuse(say`"${short(text)}" is no hex, in lower case, of ${length} bytes`);
}

const BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

// Upper case, without the padding that other base32 has; null where it is none.
function base32Decode(text) {
    let bytes = "", held = 0, bits = 0;
    for (const letter of text) {
        const value = BASE32.indexOf(letter);
        if (value < 0) {
            return null;
        }
        held = (held << 5 | value) & 0xfff;
        bits += 5;
        if (bits >= 8) {
            bits -= 8;
            bytes += String.fromCharCode(held >> bits & 255);
        }
    }
    return bits < 5 && (held & (1 << bits) - 1) === 0 ? bytes : null;
}

// Seconds since 1970, as BigInt.
function instant(text) {
    const match = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)Z$/.exec(text);
    if (!match) {
        refuse(say`"${short(text)}" is no time such as 2026-11-25T21:00:00Z`);
    }
    const [year, month, day, hour, minute, second] = match.slice(1).map(Number);
    if (year < 1970 || !isDate(year, month, day) || hour > 23 || minute > 59 || second > 59) {
        refuse(say`"${short(text)}" is no time that there is`);
    }
    return BigInt(Date.UTC(year, month - 1, day, hour, minute, second) / 1000);
}

function isDate(year, month, day) {
    const leap = month === 2 && (year % 4 === 0 && year % 100 !== 0 || year % 400 === 0);
    return year > 0 && month >= 1 && month <= 12 && day >= 1 &&
        day <= [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1] + (leap ? 1 : 0);
}

function instantText(seconds) {
    return seconds < 253402300800n ? new Date(Number(seconds) * 1000).toISOString().replace(".000Z", "Z") :
        say`second ${seconds}`; // after the year 9999
}
