// The agencies as a table. However many there are, it has only the rows that are seen, and a few beyond; empty rows above and
// below stand for the rest, so that it scrolls like a whole one.

const ROWS_BEYOND = 6;
const COLUMNS = ["agency", "state", "bets", "rate", "heard", "winners"];

const table = {rows: [], above: null, below: null, row_px: 40};

function makeRow() {
    const cells = Object.fromEntries(COLUMNS.map(name => [name, make(name === "agency" ? "th" : "td", {class: `of-${name}`})]));
    cells.agency.setAttribute("scope", "row");
    const mark = make("span", {class: "mark"}), word = make("span"), bets = make("span", {class: "amount"}), fill = make("span", {class: "fill"});
    cells.state.append(make("span", {class: "pill"}, mark, word));
    cells.bets.append(make("span", {class: "track", "aria-hidden": "true"}, fill), bets);
    const node = make("tr", {}, ...Object.values(cells));
    return {node, cells, word, bets, fill, agency: null, changed: 0};
}

function showHeard(row, agency) {
    const unknown = agency.state === "waiting" ? language.words.never : "–"; // a server does not know of what was before its start
    setText(row.cells.heard, agency.heard_s === null ? unknown : longAgo(agency.heard_s));
}

// A row that shows the same agency as before, in another state, lights up.
function light(row, agency) {
    const isNew = row.agency === agency.agency && agency.changed > row.changed;
    if (isNew && !calm.matches && row.node.animate) {
        row.node.animate([{backgroundColor: "var(--lit)"}, {backgroundColor: "transparent"}], {duration: 1200, easing: "ease-out"});
    }
    row.agency = agency.agency;
    row.changed = agency.changed;
}

function showRow(row, agency, at) {
    const words = language.words;
    setAttribute(row.node, "aria-rowindex", String(at + 2));
    setAttribute(row.node, "data-state", agency.state);
    setText(row.cells.agency, String(agency.agency));
    setText(row.word, words.of[agency.state] ?? agency.state);
    setText(row.bets, figure(agency.bets));
    setText(row.cells.rate, agency.rate > 0 ? say(words.perSecond, roundFigure(agency.rate)) : "–");
    const winners = winnersOf(agency);
    setText(row.cells.winners, winners === null ? "–" : figure(winners));
    const width = agencies.most === 0 ? "0%" : `${(100 * agency.bets / agencies.most).toFixed(1)}%`;
    if (row.fill.style.width !== width) {
        row.fill.style.width = width;
    }
    showHeard(row, agency);
    light(row, agency);
}

function space(node, rows) {
    node.firstChild.style.height = `${rows * table.row_px}px`;
    setHidden(node, rows === 0);
}

function showRows() {
    const box = byId("rows"), view = agencies.view, seen = Math.ceil(box.clientHeight / table.row_px) + 1;
    const first = Math.max(0, Math.min(Math.floor(box.scrollTop / table.row_px) - ROWS_BEYOND, view.length - seen));
    const count = Math.min(view.length - first, seen + 2 * ROWS_BEYOND);
    while (table.rows.length < count) {
        table.rows.push(makeRow());
        table.below.before(table.rows[table.rows.length - 1].node);
    }
    table.rows.forEach((row, at) => {
        setHidden(row.node, at >= count);
        if (at < count) {
            showRow(row, view[first + at], first + at);
        } else {
            row.agency = null;
        }
    });
    space(table.above, first);
    space(table.below, view.length - first - count);
    setAttribute(byId("table"), "aria-rowcount", String(view.length + 1));
    const said = say(language.words.rows, view.length, agencies.byNumber.size);
    setText(byId("shown"), view.length === 0 && agencies.byNumber.size > 0 ? language.words.noRows : said);
    sayRows(false);
}

function showColumns() {
    for (const name of COLUMNS) {
        const head = byId(`column-${name}`), isSorted = sortedBy() === name;
        setText(head.firstChild.firstChild, language.words.columns[name]);
        setAttribute(head, "aria-sort", isSorted ? agencies.isDescending ? "descending" : "ascending" : "none");
    }
}

function showFilters() {
    const counts = countAgencies(), words = language.words;
    setAttribute(byId("filters"), "aria-label", words.filters);
    for (const button of byId("filters").children) {
        const name = button.dataset.filter;
        setText(button.children[1], words.of[name]);
        setText(button.children[2], figure(counts[name]));
        setAttribute(button, "aria-pressed", String(agencies.filter === name));
        setAttribute(button, "data-empty", counts[name] === 0 ? "yes" : "no");
    }
    for (const part of byId("bar").children) {
        const count = counts[part.dataset.state];
        setHidden(part, count === 0);
        if (part.style.flexGrow !== String(count)) {
            part.style.flexGrow = String(count);
        }
    }
}

function showAgencies() {
    viewAgencies();
    setAttribute(byId("board"), "data-few", agencies.byNumber.size <= FEW ? "yes" : "no");
    showFilters();
    showColumns();
    showRows();
}

// Once a second: how long ago each agency that is seen was heard of.
function showAges() {
    for (const row of table.rows) {
        const agency = row.agency === null ? undefined : agencies.byNumber.get(row.agency);
        if (agency) {
            showHeard(row, agency);
        }
    }
}

function measureRow() {
    const row = table.rows.find(each => !each.node.hidden), height_px = row ? row.node.getBoundingClientRect().height : 0;
    if (height_px > 0 && Math.abs(height_px - table.row_px) > 0.01) {
        table.row_px = height_px;
        showRows();
    }
}

function lookAtAgencies(change) {
    change();
    showAgencies();
    byId("rows").scrollTop = 0;
    showRows();
    sayRows(true);
}

function beginTable() {
    for (const name of COLUMNS) {
        const button = make("button", {type: "button"}, make("span"), make("i", {"aria-hidden": "true"}));
        button.addEventListener("click", () => lookAtAgencies(() => sortAgencies(name)));
        byId("columns").append(make("th", {id: `column-${name}`, scope: "col", class: `of-${name}`}, button));
    }
    for (const name of ["all", "missing", ...AGENCY_STATES]) {
        const button = make("button", {type: "button", "data-filter": name, "data-state": name}, make("span", {class: "mark"}), make("span"), make("b"));
        button.addEventListener("click", () => lookAtAgencies(() => { agencies.filter = name; }));
        byId("filters").append(button);
    }
    byId("bar").append(...["told", "finished", "cut_off", "sending", "silent", "waiting"].map(state => make("span", {"data-state": state})));
    [table.above, table.below] = [0, 1].map(() => make("tr", {class: "space", "aria-hidden": "true"}, make("td")));
    byId("body").append(table.above, table.below);
    byId("find").addEventListener("input", event => lookAtAgencies(() => { agencies.number = event.target.value.trim().replace(/^0+/, ""); }));
    byId("rows").addEventListener("scroll", () => showRows(), {passive: true});
    new ResizeObserver(() => { showRows(); measureRow(); }).observe(byId("rows"));
}
