// Requests, each with a deadline; and what is asked where there is no stream: the server has only so many of them.

const ASK_MS = 10000;
const PAGE_OF_AGENCIES = 10000;

const asking = {isUnderWay: false};

// A browser keeps few connections to one server: where other pages have them all, a request would wait for ever.
function ask(path) {
    return fetch(path, {signal: AbortSignal.timeout(ASK_MS)});
}

async function askJson(path) {
    const answer = await ask(path);
    if (!answer.ok) {
        throw new Error(`${path}: ${answer.status}`);
    }
    return answer.json();
}

// As the event `agencies` has them.
async function askRows() {
    const rows = [];
    for (let after = 0; after !== null;) {
        const told = await askJson(`api/v1/agencies?limit=${PAGE_OF_AGENCIES}&after=${after}`);
        rows.push(...told.agencies.map(({agency, state, bets, rate, heard_at, winners}) =>
            [agency, state, bets, rate, heard_at === null ? null : Date.parse(heard_at) / 1000, winners]));
        after = told.next;
    }
    return rows;
}

// The draw and its agencies, for one look. Null: they cannot be had either.
async function askAll() {
    asking.isUnderWay = true;
    try {
        return {draw: await askJson("api/v1/draw"), rows: await askRows()};
    } catch {
        return null;
    } finally {
        asking.isUnderWay = false;
    }
}
