// Hashes and signatures, by the browser's WebCrypto.

const subtle = globalThis.crypto?.subtle ?? null;
const RSA_SHA512 = {name: "RSASSA-PKCS1-v1_5", hash: "SHA-512"};

async function digestBy(name, bytes) {
    return bytesOf(new Uint8Array(await subtle.digest(name, arrayOf(bytes))));
}

const sha256 = bytes => digestBy("SHA-256", bytes);
const sha512 = bytes => digestBy("SHA-512", bytes);

async function hmac256(key, message) {
    const imported = await subtle.importKey("raw", arrayOf(key), {name: "HMAC", hash: "SHA-256"}, false, ["sign"]);
    return bytesOf(new Uint8Array(await subtle.sign("HMAC", imported, arrayOf(message))));
}

// RSASSA-PKCS1-v1_5 with SHA-512 by the key of a SubjectPublicKeyInfo. Refuses what is no such key.
async function rsaVerify(key, message, signature) {
    let imported;
    try {
        imported = await subtle.importKey("spki", arrayOf(key), RSA_SHA512, false, ["verify"]);
    } catch {
        refuse(say`the beacon's certificate: is none of an RSA key`);
    }
    return subtle.verify(RSA_SHA512, imported, arrayOf(signature), arrayOf(message));
}

// Ed25519 -----------------------------------------------------------------------------------------------------------

const ED25519_PRIME = 2n ** 255n - 19n, ED25519_ORDER = 2n ** 252n + 27742317777372353535851937790883648493n;
// The y of points of a small order: whose key this is, anything can be made to look signed.
const SMALL_ORDER = new Set([0n, 1n, ED25519_PRIME - 1n,
    0x7a03ac9277fdc74ec6cc392cfa53202a0f67100d760b3cba4fd84d3d706a17c7n,
    0x05fc536d880238b13933c6d305acdfd5f098eff289f4c345b027b2c28f95e826n]);

function littleEndian(bytes) {
    return fromBigEndian([...bytes].reverse().join(""));
}

// Browsers differ in which points they take. What is no key in one of them is none here, and null otherwise.
function whyNoKey(publicKey) {
    const y = littleEndian(publicKey) & 2n ** 255n - 1n;
    if (y >= ED25519_PRIME) {
        return say`the key has a public key that is not written as Ed25519 writes it`;
    }
    return SMALL_ORDER.has(y) ? say`the key has a public key of a small order, for which anybody can sign` : null;
}

// Whether the signature (64 bytes) is that of the key (32 bytes) over the message.
async function ed25519Verify(key, message, signature) {
    if (key.length !== 32 || signature.length !== 64 || whyNoKey(key) !== null || littleEndian(signature.slice(32)) >= ED25519_ORDER) {
        return false;
    }
    let imported;
    try {
        imported = await subtle.importKey("raw", arrayOf(key), {name: "Ed25519"}, false, ["verify"]);
    } catch {
        return false; // no point of the curve: that the browser knows Ed25519 is known (whyUnable)
    }
    return subtle.verify("Ed25519", imported, arrayOf(signature), arrayOf(message));
}

// Whether anything can be checked here ------------------------------------------------------------------------------

// RFC 8032, 7.1, test 2.
const KNOWN_KEY = "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c";
const KNOWN_SIGNATURE = "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da" +
    "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00";

let unableOnce = null;

// Null when the browser can check signatures; otherwise a message that says why not.
function whyUnable() {
    return unableOnce ??= findWhyUnable();
}

async function findWhyUnable() {
    if (!globalThis.isSecureContext || subtle === null) {
        return say`the browser checks nothing in a page that came over an insecure connection: open it by https, or as a file`;
    }
    try {
        const key = fromHex(KNOWN_KEY), signature = fromHex(KNOWN_SIGNATURE);
        if (await ed25519Verify(key, "r", signature) && !await ed25519Verify(key, "s", signature)) {
            return null;
        }
    } catch {
        // says nothing else than that it does not know it
    }
    return say`the browser does not know the signatures of this lottery (Ed25519): use a newer one`;
}
