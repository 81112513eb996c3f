// The page: what has come is shown once a frame, and what depends on the clock once a second.

const dark = matchMedia("(prefers-color-scheme: dark)");
const board = {willShow: false, shown: 0};

function show() {
    board.willShow = false;
    const draw = drawCard.draw;
    showConnection();
    showAloud();
    if (draw !== null) {
        showDraw(draw);
        showSeal(draw);
        showMap(draw);
    }
    showChart();
    showAgencies();
    measureRow();
    board.shown++;
}

// A hidden page has no frames: what is shown then is the title, and the rest once it is looked at.
function changed() {
    if (!board.willShow) {
        board.willShow = true;
        if (document.hidden) {
            setTimeout(show);
        } else {
            requestAnimationFrame(show);
        }
    }
}

// Hidden between the two, it would wait for a frame that never comes.
function seenOrHiddenMeanwhile() {
    seenOrHidden();
    if (document.hidden && board.willShow) {
        show();
    }
}

function showWords() {
    for (const node of document.querySelectorAll("[data-words]")) {
        setText(node, language.words[node.dataset.words]);
    }
    for (const [id, name] of [["spanish", "es"], ["english", "en"]]) {
        setAttribute(byId(id), "aria-pressed", String(language.name === name));
    }
}

function speak(name) {
    chooseLanguage(name);
    showWords();
    show();
}

function tick() {
    watchConnection();
    showConnection();
    showAloud();
    if (drawCard.draw !== null) {
        showTimes(drawCard.draw);
    }
    showAges();
}

function begin() {
    beginTable();
    beginChart();
    beginMap();
    speak(languageAsked());
    for (const [id, name] of [["spanish", "es"], ["english", "en"]]) {
        byId(id).addEventListener("click", () => {
            history.replaceState(null, "", `#${name}`);
            speak(name);
        });
    }
    addEventListener("hashchange", () => speak(languageAsked()));
    dark.addEventListener("change", changed);
    document.addEventListener("visibilitychange", seenOrHiddenMeanwhile);
    seenOrHidden();
    setInterval(tick, 1000);
    connect();
    document.documentElement.dataset.ready = "yes"; // for the tests
}

begin();
