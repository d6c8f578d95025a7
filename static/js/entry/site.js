// What every page carries: htmx with its stream of server-sent events, the keys, and clocks in local time.
import "htmx.org";
import "htmx.org/dist/ext/hx-sse.js";
import { listenForKeys } from "../shortcuts.js";
import { offerDialogs } from "../dialogs.js";
import { showLocalTimes } from "../times.js";

listenForKeys();
offerDialogs();
showLocalTimes(document);
document.addEventListener("htmx:after:swap", () => showLocalTimes(document));
