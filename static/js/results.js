// The results panel, where htmx does not reach: lines of a traceback lead into the editor and are marked there, and a
// submission that could not be sent says so. The server draws everything else, and htmx swaps it in.
const SEND_FAILED = "The server did not answer. Your answer is still here and kept as a draft; send it again in a moment.";

export function connectResults(form, editors) {
  document.addEventListener("htmx:after:swap", tellOfJudging());
  const failed = document.getElementById("send-failed");
  const tell = () => {
    failed.replaceChildren(Object.assign(document.createElement("b"), { textContent: "Not sent" }), ` ${SEND_FAILED}`);
    failed.hidden = false;
  };
  const marks = followOpenCheck(editors);
  form.addEventListener("htmx:after:swap", comeIntoView);
  form.addEventListener("htmx:before:request", () => {
    failed.hidden = true;
  });
  form.addEventListener("htmx:error", tell);
  form.addEventListener("htmx:response:error", (event) => {
    if (event.detail.ctx.response.status >= 500) tell();
  });
  document.addEventListener("click", (event) => leadIntoEditor(event, editors));
  document.addEventListener("htmx:after:swap", marks);
  document.addEventListener("htmx:sse:error", (event) => sayLost(event.target));
  addEventListener("hashchange", marks);
  marks();
  followAddress(editors);
}

/** Where the panes stand one after the other, go to what was just asked for. */
function comeIntoView() {
  const panel = document.getElementById("results");
  if (panel.getBoundingClientRect().top > innerHeight * 0.8) panel.scrollIntoView({ block: "start" });
}

/** Tell the page when a judgement began and when it ended, so that what hangs on it can be asked for anew. */
function tellOfJudging() {
  const state = () => {
    const panel = document.querySelector("#results[data-submission]");
    return panel ? `${panel.dataset.submission} ${panel.querySelector("#results-head .verdict") ? "over" : "open"}` : "";
  };
  let told = state();
  return () => {
    const now = state();
    if (!now || now === told) return;
    told = now;
    document.body.dispatchEvent(new Event("judging"));
  };
}

/** Mark the lines of the check that is open, and only anew when another one is: an edit takes a mark away for good. */
function followOpenCheck(editors) {
  let marked = "[]";
  return () => {
    const places = placesOf(openDetail());
    const now = JSON.stringify(places);
    if (now === marked) return;
    marked = now;
    editors.mark(places);
  };
}

function leadIntoEditor(event, editors) {
  const link = event.target instanceof Element && event.target.closest("a[data-line]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  editors.goTo(link.dataset.file, Number(link.dataset.line));
}

function followAddress(editors) {
  const line = /^#L(\d+)$/.exec(location.hash);
  if (line) editors.goTo("", Number(line[1]));
}

/** The detail that is open: of the check in the address, else of the first that failed, else of the whole answer. */
function openDetail() {
  const details = document.querySelectorAll("#results .detail");
  return [...details].find((detail) => detail.checkVisibility()) ?? null;
}

function placesOf(detail) {
  const links = detail?.querySelectorAll(".trace a[data-line]") ?? [];
  return [...links].map((link) => ({ file: link.dataset.file, line: Number(link.dataset.line) }));
}

function sayLost(stream) {
  const line = stream instanceof Element && stream.closest("#results")?.querySelector("#results-progress");
  if (!line) return;
  const title = Object.assign(document.createElement("b"), { textContent: "Connection lost" });
  const sentence = Object.assign(document.createElement("span"), { textContent: "Judging goes on. Trying to reach the server again." });
  line.replaceChildren(title, " ", sentence);
}
