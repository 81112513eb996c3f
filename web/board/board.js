"use strict";

new EventSource("api/v1/events").addEventListener("draw", (event) => {
    document.getElementById("state").textContent = JSON.parse(event.data).state;
});
