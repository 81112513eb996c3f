// Trees of RFC 6962 with SHA-256: paths, and roots.

const LEVELS_MAX = 64;

const merkleLeaf = entry => sha256("\x00" + entry);
const merkleNode = (left, right) => sha256("\x01" + left + right);

function bitLength(value) {
    return value === 0n ? 0 : value.toString(2).length;
}

// Up to where the ways of this leaf and the last one meet each level has a neighbour; above, only where the way turns right.
function pathLength(index, size) {
    const inner = bitLength(index ^ (size - 1n));
    return inner + (index >> BigInt(inner)).toString(2).replaceAll("0", "").length;
}

// Where the path leads from that leaf (RFC 9162, 2.1.3.2).
async function pathRoot(path, index, size, hash) {
    if (index >= size || path.length !== pathLength(index, size)) {
        refuse(say`the path is not that of entry ${index} of ${size}`);
    }
    let at = index, last = size - 1n;
    for (const other of path) {
        if (at & 1n || at === last) {
            hash = await merkleNode(other, hash);
            while (!(at & 1n) && at) {
                at >>= 1n;
                last >>= 1n;
            }
        } else {
            hash = await merkleNode(hash, other);
        }
        at >>= 1n;
        last >>= 1n;
    }
    return last === 0n ? hash : refuse(say`the path is too short`);
}

// The root of leaves that come one by one; keeps one hash a level.
class MerkleRoot {
    constructor() {
        this.count = 0;
        this.whole = []; // roots of whole trees, the largest first
    }

    async add(hash) {
        this.count++;
        for (let places = this.count; places % 2 === 0; places /= 2) {
            hash = await merkleNode(this.whole.pop(), hash);
        }
        this.whole.push(hash);
    }

    async hash() {
        let hash = this.whole.length > 0 ? this.whole[this.whole.length - 1] : await sha256("");
        for (const left of this.whole.slice(0, -1).reverse()) {
            hash = await merkleNode(left, hash);
        }
        return hash;
    }
}
