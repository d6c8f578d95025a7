// Gutters between the panes: dragged by a pointer, moved by the arrow keys, put back by a double click or Enter.
import { LIMITS, rememberPane, rememberedPanes } from "./panes-memory.js";

const STEP = 2; // per cent for one press of an arrow key
const PANES = { left: { grows: "ArrowRight", shrinks: "ArrowLeft" }, right: { grows: "ArrowDown", shrinks: "ArrowUp" } };

export function makePanesResizable(bench) {
  for (const gutter of bench.querySelectorAll("[data-pane]")) makeSeparator(gutter);
}

function makeSeparator(gutter) {
  const pane = gutter.dataset.pane;
  const [least, most, designed] = LIMITS[pane];
  Object.assign(gutter, { role: "separator", tabIndex: 0 });
  gutter.setAttribute("aria-orientation", pane === "left" ? "vertical" : "horizontal");
  gutter.setAttribute("aria-label", gutter.dataset.label);
  gutter.setAttribute("aria-valuemin", least);
  gutter.setAttribute("aria-valuemax", most);
  let size = rememberedPanes()[pane] ?? designed;

  const show = (wanted) => {
    size = Math.round(Math.min(most, Math.max(least, wanted)) * 10) / 10;
    document.documentElement.style.setProperty(`--${pane}`, `${size}%`);
    gutter.setAttribute("aria-valuenow", Math.round(size));
  };
  const set = (wanted) => {
    show(wanted);
    rememberPane(pane, size);
  };
  gutter.setAttribute("aria-valuenow", Math.round(size));

  gutter.addEventListener("keydown", (event) => {
    const wanted = sizeForKey(event.key, pane, size);
    if (wanted === null) return;
    event.preventDefault();
    set(wanted);
  });
  gutter.addEventListener("dblclick", () => set(designed));
  gutter.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    gutter.setPointerCapture(event.pointerId);
    gutter.classList.add("dragged");
  });
  gutter.addEventListener("pointermove", (event) => {
    if (gutter.hasPointerCapture(event.pointerId)) show(share(gutter, event));
  });
  gutter.addEventListener("lostpointercapture", () => {
    gutter.classList.remove("dragged");
    rememberPane(pane, size);
  });
}

function sizeForKey(key, pane, size) {
  const [least, most, designed] = LIMITS[pane];
  const sizes = { [PANES[pane].grows]: size + STEP, [PANES[pane].shrinks]: size - STEP, Home: least, End: most, Enter: designed };
  return sizes[key] ?? null;
}

/** Where the pointer is, in per cent of the box that the two panes share. */
function share(gutter, event) {
  const box = gutter.parentElement.getBoundingClientRect();
  if (gutter.dataset.pane === "left") return (100 * (event.clientX - box.left)) / box.width;
  return (100 * (event.clientY - box.top)) / box.height;
}
