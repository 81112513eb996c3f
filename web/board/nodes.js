// Elements, and how they change: only where something is different, so that little is laid out anew and nothing flickers.

function byId(id) {
    return document.getElementById(id);
}

function make(tag, attributes = {}, ...inside) {
    const node = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) {
        node.setAttribute(name, value);
    }
    node.append(...inside);
    return node;
}

// What has been touched since the page began: the tests hold that an update touches few.
const touched = {nodes: 0};

function setText(node, text) {
    if (node.textContent !== text) {
        node.textContent = text;
        touched.nodes++;
    }
}

function setAttribute(node, name, value) {
    if (node.getAttribute(name) !== value) {
        node.setAttribute(name, value);
        touched.nodes++;
    }
}

function setHidden(node, isHidden) {
    if (node.hidden !== isHidden) {
        node.hidden = isHidden;
        touched.nodes++;
    }
}

const calm = matchMedia("(prefers-reduced-motion: reduce)");
