// What every page carries: htmx with its stream of server-sent events, and the keys.
import "htmx.org";
import "htmx.org/dist/ext/hx-sse.js";
