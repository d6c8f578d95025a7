// Runs in <head> before the first paint, so that a page never flashes in the other theme and never moves its panes.
// Both choices stay in this browser.
import { recall, remember } from "../memory.js";
import { restorePanes } from "../panes-memory.js";

const root = document.documentElement;
const theme = recall("theme");
if (theme === "light" || theme === "dark") root.dataset.theme = theme;
restorePanes(root);

addEventListener("click", (event) => {
  if (!(event.target instanceof Element) || !event.target.closest("[data-switch-theme]")) return;
  const shown = root.dataset.theme ?? (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light");
  root.dataset.theme = shown === "dark" ? "light" : "dark";
  remember("theme", root.dataset.theme);
});
