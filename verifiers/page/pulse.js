// A pulse of NIST's beacon (Beacon 2.0, NISTIR 8213 draft), and the number that it gives with a seal.

const PULSE_BYTES_MAX = 64 * 1024;
const PULSE_LIST = ["previous", "hour", "day", "month", "year"];
const PERIOD_MS = 60000n, WITNESS_LEAD_S = 60n;

// Fields of JSON's objects. One that is read must be there, once, and be of its kind; the others may be anything.
class PulseFields {
    constructor(object) {
        this.members = object.members;
    }

    take(name, isOfKind) {
        const found = this.members.filter(([key]) => key === name);
        if (found.length !== 1) {
            refuse(found.length > 1 ? say`the pulse's ${name}: is given twice` : say`the pulse's ${name}: is missing`);
        }
        return isOfKind(found[0][1]) ? found[0][1] : refuse(say`the pulse's ${name}: is of another kind than it must be`);
    }

    object(name) {
        return new PulseFields(this.take(name, value => value instanceof JsonObject));
    }

    text(name) {
        const text = this.take(name, value => typeof value === "string");
        return text.length <= 256 ? text : refuse(say`the pulse's ${name}: is too long`);
    }

    hex(name, most = 64) {
        const text = this.take(name, value => typeof value === "string");
        return text.length <= 2 * most && /^(?:[0-9A-Fa-f]{2})*$/.test(text) ? fromHex(text) :
            refuse(say`the pulse's ${name}: is no text of hex, or too long`);
    }

    number(name, most = U32_MAX) {
        const value = this.take(name, value => typeof value === "bigint");
        return value >= 0n && value <= most ? value : refuse(say`the pulse's ${name}: is no whole number up to ${most}`);
    }
}

const lp = bytes => u32(bytes.length) + bytes;

function pulseList(pulse) {
    const values = new Map();
    for (const item of pulse.take("listValues", Array.isArray)) {
        if (!(item instanceof JsonObject)) {
            refuse(say`the pulse's listValues: has one that is no object`);
        }
        const fields = new PulseFields(item), kind = fields.text("type");
        if (!PULSE_LIST.includes(kind) || values.has(kind)) {
            refuse(say`the pulse's listValues: has one twice, or of another type than previous, hour, day, month, year`);
        }
        values.set(kind, fields.hex("value"));
    }
    if (values.size !== PULSE_LIST.length) {
        refuse(say`the pulse's listValues: is no list of five`);
    }
    return PULSE_LIST.map(kind => lp(values.get(kind))).join("");
}

function loadPulse(data) {
    if (data.length > PULSE_BYTES_MAX) {
        refuse(say`the pulse: has more than ${PULSE_BYTES_MAX} bytes`);
    }
    let whole;
    try {
        whole = readJson(data);
    } catch (refused) {
        throw refused instanceof Refused ? new Refused(say`the pulse: ${refused.why}`) : refused;
    }
    return whole instanceof JsonObject ? new PulseFields(whole).object("pulse") : refuse(say`the pulse: there is no "pulse" in it`);
}

async function readPulse(data) {
    const fields = loadPulse(data), external = fields.object("external");
    const pulse = {suite: fields.number("cipherSuite"), period: fields.number("period"), certificateId: fields.hex("certificateId"),
        chain: fields.number("chainIndex", U63_MAX), index: fields.number("pulseIndex", U63_MAX), timeStamp: fields.text("timeStamp")};
    pulse.message = [
        lp(fields.text("uri")), lp(fields.text("version")), u32(pulse.suite), u32(pulse.period), lp(pulse.certificateId),
        bigEndian(pulse.chain, 8), bigEndian(pulse.index, 8), lp(pulse.timeStamp), lp(fields.hex("localRandomValue")),
        lp(external.hex("sourceId")), u32(external.number("statusCode")), lp(external.hex("value")), pulseList(fields),
        lp(fields.hex("precommitmentValue")), u32(fields.number("statusCode"))].join("");
    pulse.signature = fields.hex("signatureValue", 1024);
    pulse.output = fields.hex("outputValue");
    if (await sha512(pulse.message + pulse.signature) !== pulse.output) {
        refuse(say`the pulse has an output that is not its own`);
    }
    return pulse;
}

// That it is one of that certificate's key.
async function checkPulseSigned(pulse, certificate) {
    if (pulse.certificateId !== certificate.id) {
        refuse(say`the pulse is of another certificate than the one given`);
    }
    if (!await rsaVerify(certificate.key, pulse.message, pulse.signature)) {
        refuse(say`the pulse's signature is wrong`);
    }
}

// That it is the one that the rules name.
function checkPulseNamed(pulse, named) {
    if (pulse.suite !== 0n || pulse.period !== PERIOD_MS) {
        refuse(say`the pulse is of another cipher suite than 0, or another period than ${PERIOD_MS} ms`);
    }
    if (pulse.chain !== named.chain) {
        refuse(say`the pulse is of chain ${pulse.chain}, and the rules name chain ${named.chain}`);
    }
    if (pulse.timeStamp !== `${named.timeText.slice(0, -1)}.000Z`) {
        refuse(say`the pulse is of another time than ${named.timeText}, which the rules name`);
    }
    if (pulse.certificateId !== named.certificateId) {
        refuse(say`the pulse is of another certificate than the rules name`);
    }
}

// The number, and the words up to the one that counts; `further` is what nobody knew at the seal.
async function deriveNumber(sealHash, further, numbers = 10000) {
    const prk = await hmac256(sealHash, further), limit = 2 ** 32 - 2 ** 32 % numbers, words = [];
    do {
        words.push(Number(fromBigEndian((await hmac256(prk, `quiniela number v1\n${u32(words.length)}`)).slice(0, 4))));
    } while (words[words.length - 1] >= limit);
    return {number: words[words.length - 1] % numbers, words};
}
