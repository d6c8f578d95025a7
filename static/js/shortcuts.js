// The keys that work on every page. A control says by itself which key presses it: `aria-keyshortcuts` for those with
// Ctrl or Cmd, `data-shortcut` for single letters, which are left alone while somebody is typing.
import { openDialog } from "./dialogs.js";

const onMac = /Mac|iPhone|iPad/.test(navigator.platform);

export function listenForKeys() {
  // Before the editor sees the key: Ctrl-Enter would put a blank line into it.
  addEventListener("keydown", onKey, { capture: true });
  if (onMac) for (const kbd of document.querySelectorAll("kbd")) kbd.textContent = kbd.textContent.replace("Ctrl", "⌘");
}

function onKey(event) {
  if (event.isComposing || event.altKey) return;
  const handled = event.ctrlKey || event.metaKey ? pressWithControl(event) : pressPlain(event);
  if (!handled) return;
  event.preventDefault();
  event.stopPropagation();
}

function pressWithControl(event) {
  if (document.querySelector("dialog[open]")) return false;
  const control = document.querySelector(`[aria-keyshortcuts="Control+${CSS.escape(event.key)}"]`);
  if (!control || event.shiftKey) return false;
  if (!event.repeat) control.click();
  return true;
}

function pressPlain(event) {
  if (event.key === "Escape") return leaveSearch(event.target);
  if (isTyping(event.target) || document.querySelector("dialog[open]")) return false;
  if (event.key === "?") return openDialog("shortcuts") ?? true;
  if (event.key === "/") return goToSearch();
  if (event.key === "j") return moveInList(1);
  if (event.key === "k") return moveInList(-1);
  return false;
}

/** The browser itself empties a search field at Esc; an empty one is left. */
function leaveSearch(target) {
  if (!(target instanceof HTMLInputElement) || !target.matches("[data-search]") || target.value) return false;
  target.blur();
  return true;
}

function isTyping(target) {
  return target instanceof Element && target.closest("input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]") !== null;
}

function goToSearch() {
  const field = document.querySelector("[data-search]");
  if (field) {
    field.focus();
    field.select();
    return true;
  }
  const link = document.querySelector('[data-shortcut="/"]');
  if (link) location.assign(new URL("#search", link.href));
  return link !== null;
}

/** Move to the next or the previous item of the lists on this page, from the one that was chosen last. */
function moveInList(by) {
  const items = [...document.querySelectorAll("[data-item]")].filter((item) => item.checkVisibility());
  if (!items.length) return false;
  const here = items.findIndex((item) => item === document.activeElement || "chosen" in item.dataset);
  const there = items[here < 0 ? (by > 0 ? 0 : items.length - 1) : Math.min(items.length - 1, Math.max(0, here + by))];
  for (const item of items) delete item.dataset.chosen;
  there.dataset.chosen = "";
  there.focus();
  return true;
}
