// The certificate that a beacon's key is in (X.509), as far as it is needed: its dates and who signed it do not matter, as the
// rules name it.

const CERTIFICATE_BYTES_MAX = 64 * 1024;
const PEM = /-----BEGIN CERTIFICATE-----([A-Za-z0-9+\/=\s]*)-----END CERTIFICATE-----/;
const SEQUENCE = 0x30, INTEGER = 0x02, VERSION = 0xa0;

// The DER value that begins there: its tag, where its content begins, and where it ends.
function derValue(der, at) {
    const byte = place => place < der.length ? der.charCodeAt(place) : refuse(say`the beacon's certificate: is cut off`);
    const tag = byte(at), first = byte(at + 1), lengthBytes = first & 0x80 ? first & 0x7f : 0;
    if (lengthBytes > 3 || first === 0x80) {
        refuse(say`the beacon's certificate: is cut off`);
    }
    const start = at + 2 + lengthBytes;
    const length = lengthBytes > 0 ? Number(fromBigEndian(der.slice(at + 2, start))) : first;
    return start + length <= der.length ? {tag, at, start, end: start + length} : refuse(say`the beacon's certificate: is cut off`);
}

// The next value, which must be of that kind.
function derNext(der, at, tag) {
    const value = derValue(der, at);
    return value.tag === tag ? value : refuse(say`the beacon's certificate: is none of an RSA key`);
}

// The SubjectPublicKeyInfo of a certificate.
function publicKeyInfo(der) {
    const whole = derNext(der, 0, SEQUENCE), signed = derNext(der, whole.start, SEQUENCE);
    if (whole.end !== der.length) {
        refuse(say`the beacon's certificate: has bytes after its end`);
    }
    let at = signed.start;
    if (derValue(der, at).tag === VERSION) {
        at = derValue(der, at).end;
    }
    for (const tag of [INTEGER, SEQUENCE, SEQUENCE, SEQUENCE, SEQUENCE]) { // serial, algorithm, issuer, dates, subject
        at = derNext(der, at, tag).end;
    }
    return der.slice(at, derNext(der, at, SEQUENCE).end);
}

// The first certificate of the text.
async function readCertificate(pem) {
    if (pem.length > CERTIFICATE_BYTES_MAX) {
        refuse(say`the beacon's certificate: has more than ${CERTIFICATE_BYTES_MAX} bytes`);
    }
    const match = PEM.exec(pem) ?? refuse(say`the beacon's certificate: is no certificate in PEM`);
    const der = base64Decode(match[1].replace(/\s/g, "")), key = publicKeyInfo(der);
    return {id: await sha512(der), keyHash: await sha256(key), key};
}
