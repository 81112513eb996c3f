// What is known of each agency, and which of them are looked at, in which order. Nothing here is shown: table.js does that.

const AGENCY_STATES = ["waiting", "sending", "silent", "finished", "told", "cut_off"];
const MISSING = new Set(["waiting", "sending", "silent"]);

const FEW = 9; // agencies: one look has them all

const agencies = {
    byNumber: new Map(), // by agency: {agency, state, bets, rate, heard_s, winners, changed, key}
    filter: "all",       // all, missing, or a state
    number: "",          // what the agency's number begins with
    sort: null,          // a column; null: nobody has chosen one
    isDescending: false,
    order: [],           // all of them, as they were sorted last: sorting what is nearly sorted is quick
    view: [],            // those that are looked at, in that order
    winners: 0,          // of all of them, as far as they are known
    most: 0,             // bets of the agency that has most
    turn: 0,             // how many updates there have been
};

function takeRows(event) {
    if (event.reset) {
        agencies.byNumber.clear();
        agencies.order = [];
    }
    agencies.turn++;
    for (const [agency, state, bets, rate, heard_s, winners] of event.rows) {
        let row = agencies.byNumber.get(agency);
        if (row === undefined) {
            row = {agency, changed: 0, key: 0};
            agencies.byNumber.set(agency, row);
            agencies.order.push(row);
        } else if (row.state !== state) {
            row.changed = agencies.turn;
        }
        Object.assign(row, {state, bets, rate, heard_s, winners});
    }
}

function isLookedAt(row) {
    const isOfState = agencies.filter === "all" || (agencies.filter === "missing" ? MISSING.has(row.state) : row.state === agencies.filter);
    return isOfState && (agencies.number === "" || String(row.agency).startsWith(agencies.number));
}

// Who may need somebody comes first.
const BY_NEED = ["silent", "waiting", "sending", "cut_off", "finished", "told"];

// Of many those come first that may need somebody: on a wall nobody scrolls.
function sortedBy() {
    return agencies.sort ?? (agencies.byNumber.size > FEW ? "state" : "agency");
}

const SORTED_BY = {
    agency: row => row.agency,
    state: row => BY_NEED.indexOf(row.state),
    bets: row => row.bets,
    rate: row => row.rate,
    heard: row => row.heard_s ?? 0,
    winners: row => winnersOf(row) ?? -1,
};

// That a draw without bets of an agency is made is no change of it, and not told: where the others have all winners, it has none.
function winnersOf(row) {
    const {draw} = drawCard;
    return row.winners ?? (draw !== null && draw.state === "drawn" && draw.winners === agencies.winners ? 0 : null);
}

function viewAgencies() {
    const value = SORTED_BY[sortedBy()], sign = agencies.isDescending ? -1 : 1;
    agencies.winners = agencies.order.reduce((sum, row) => sum + (row.winners ?? 0), 0);
    agencies.most = 0;
    for (const row of agencies.order) {
        row.key = sign * value(row);
        agencies.most = Math.max(agencies.most, row.bets);
    }
    agencies.order.sort((a, b) => a.key - b.key || a.agency - b.agency);
    agencies.view = agencies.order.filter(isLookedAt);
}

// The same column once more turns it round. Of figures the greatest comes first.
function sortAgencies(column) {
    agencies.isDescending = sortedBy() === column ? !agencies.isDescending : !["agency", "state"].includes(column);
    agencies.sort = column;
}

// How many are in each state, missing, and all.
function countAgencies() {
    const counts = {all: agencies.byNumber.size, missing: 0, ...Object.fromEntries(AGENCY_STATES.map(state => [state, 0]))};
    for (const row of agencies.order) {
        counts[row.state]++;
        counts.missing += MISSING.has(row.state) ? 1 : 0;
    }
    return counts;
}
