"use strict";
// The address's fragment may hold a bettor's data, so it leaves the address, and the browser's history, before anything else.

let fragmentFailed = false; // the address could not be changed: its fragment is still there to see

function takeFragment() {
    const fragment = location.hash.slice(1);
    if (location.href.includes("#")) {
        try {
            history.replaceState(null, "", location.href.split("#", 1)[0]);
        } catch {
            fragmentFailed = true;
        }
    }
    return fragment;
}

const firstFragment = takeFragment();
