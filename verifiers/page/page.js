// The page: what is given to it, and when it answers.

const page = {language: "en", intake: null, keys: [], origin: null, unable: null, known: null, turn: 0};
const byId = id => document.getElementById(id);

function show() {
    const language = page.language;
    document.documentElement.lang = language;
    byId("spanish").setAttribute("aria-pressed", String(language === "es"));
    byId("english").setAttribute("aria-pressed", String(language === "en"));
    byId("unable").replaceChildren(...messageNodes(say`Nothing can be checked here: ${page.unable ?? ""}.`, language));
    byId("unable").hidden = page.unable === null;
    byId("given").replaceChildren(...page.intake.items.map(item => givenNode(item, language)));
    byId("answer").replaceChildren(...page.known === null ? [] : answerNodes(page.known, language));
}

function givenNode(item, language) {
    const name = item.name instanceof Message ? messageNodes(item.name, language) : [fieldNode(item.name)];
    const button = element("button", "", ...messageNodes(say`Remove`, language));
    button.type = "button";
    button.addEventListener("click", () => {
        page.intake.remove(item);
        byId("text").focus();
        answer();
    });
    return element("li", "", ...name, " ", button);
}

// What was said no longer counts: there is something else to check. The number of this turn.
function forget() {
    page.known = null;
    show();
    return ++page.turn;
}

// Checks all that is there. Of several that run at once the last one shows what it found.
async function answer() {
    const turn = forget();
    if (page.intake.items.length === 0) {
        return;
    }
    byId("answer").replaceChildren(element("p", "busy", ...messageNodes(say`Checking …`, page.language)));
    const [given, left] = page.intake.sorted(page.keys, page.origin), known = await check(given);
    for (const [name, why] of left) {
        known.claims.notChecked(say`${name}`, why);
    }
    if (fragmentFailed) {
        known.claims.note(say`this page`, say`could not take the proof out of the browser's address: close it when you have read this`);
    }
    if (turn === page.turn) {
        page.known = known;
        show();
        byId("answer").scrollIntoView();
    }
}

async function takeFiles(files) {
    forget();
    for (const file of files) {
        await page.intake.addFile(file);
    }
    await answer();
}

function takeText() {
    const text = byId("text").value;
    if (text.trim() !== "") {
        page.intake.addText(text);
        byId("text").value = "";
        answer();
    }
}

function takeAddress(fragment) {
    if (fragment !== "") {
        page.intake.addFragment(fragment);
        answer();
    }
}

// Not even a page that is built wrongly takes another key than the one it shows.
async function readTrusted() {
    page.origin = byId("origin").textContent || null;
    page.intake = new Intake(byId("certificate").textContent);
    page.unable = await whyUnable();
    try {
        page.keys = page.unable === null ? [await readKey(byId("key").textContent, ED25519)] : [];
    } catch {
        page.unable = say`this page has a key that is none`;
    }
}

function listen() {
    for (const [id, language] of [["spanish", "es"], ["english", "en"]]) {
        byId(id).addEventListener("click", () => {
            page.language = language;
            show();
        });
    }
    byId("check").addEventListener("click", takeText);
    byId("files").addEventListener("change", () => {
        takeFiles([...byId("files").files]);
        byId("files").value = "";
    });
    document.addEventListener("dragover", event => event.preventDefault());
    document.addEventListener("drop", event => {
        event.preventDefault();
        takeFiles([...event.dataTransfer.files]);
    });
    addEventListener("hashchange", () => takeAddress(takeFragment()));
}

async function begin() {
    page.language = navigator.language.toLowerCase().startsWith("es") ? "es" : "en";
    await readTrusted();
    show();
    listen();
    takeAddress(firstFragment);
    document.documentElement.dataset.ready = "yes";
}

document.addEventListener("DOMContentLoaded", begin);
