// Runs in <head> before the first paint, so a page never flashes in the other theme. The choice stays in this browser.
const root = document.documentElement;

function remembered() {
  try {
    return localStorage.getItem("greenroom.theme");
  } catch {
    return null; // storage may be refused; the system's preference then decides
  }
}

function remember(theme) {
  try {
    localStorage.setItem("greenroom.theme", theme);
  } catch {
    // The choice then lasts as long as the page.
  }
}

const theme = remembered();
if (theme === "light" || theme === "dark") root.dataset.theme = theme;

addEventListener("click", (event) => {
  if (!(event.target instanceof Element) || !event.target.closest("[data-switch-theme]")) return;
  const shown = root.dataset.theme ?? (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light");
  root.dataset.theme = shown === "dark" ? "light" : "dark";
  remember(root.dataset.theme);
});
