// The line over the editor where a person chooses between two versions of a draft. Both stay until one is chosen, and
// the other can be looked at before and brought back after.
import { clockTime } from "./times.js";

export function offerChoice(box, theirs, { keepMine, takeTheirs }) {
  box.classList.remove("calm");
  const when = theirs.savedAt ? ` at ${clockTime(theirs.savedAt)}` : "";
  show(
    box,
    sentence("Changed in another window", `Another version of this answer was saved${when}. Nothing is lost: choose one, the other is set aside.`),
    button("Keep what is here", keepMine),
    button("Use the other version", takeTheirs),
    preview("Look at the other version", theirs.files),
  );
}

export function offerSetAside(box, files, { bringBack, discard }) {
  box.classList.add("calm"); // nothing has to be decided
  show(
    box,
    sentence("Set aside", "An earlier text of yours is kept in this browser."),
    button("Swap it in", bringBack),
    button("Throw it away", discard),
    preview("Look at it", files),
  );
}

export function hideChoice(box) {
  box.hidden = true;
  box.replaceChildren();
}

function show(box, ...parts) {
  box.replaceChildren(...parts);
  box.hidden = false;
}

function sentence(title, text) {
  const line = document.createElement("p");
  line.append(Object.assign(document.createElement("b"), { textContent: `${title}.` }), ` ${text}`);
  return line;
}

function button(text, onClick) {
  const made = Object.assign(document.createElement("button"), { type: "button", className: "button ghost small", textContent: text });
  made.addEventListener("click", onClick);
  return made;
}

function preview(text, files) {
  const details = document.createElement("details");
  const summary = Object.assign(document.createElement("summary"), { textContent: text });
  const shown = Object.entries(files).map(([name, content]) => {
    const block = Object.assign(document.createElement("pre"), { className: "code", tabIndex: 0, textContent: content });
    block.setAttribute("aria-label", name);
    block.setAttribute("role", "group");
    return block;
  });
  details.append(summary, ...shown);
  return details;
}
