// The sizes a person gave to the panes: percentages under the names of the custom properties that the stylesheet reads.
import { recallJson, remember } from "./memory.js";

const NAME = "panes";
export const LIMITS = { left: [20, 62, 34], right: [15, 85, 54] }; // smallest, largest, as designed

export function rememberedPanes() {
  const kept = recallJson(NAME) ?? {};
  const sizes = {};
  for (const [pane, [least, most]] of Object.entries(LIMITS)) {
    if (Number.isFinite(kept[pane])) sizes[pane] = Math.min(most, Math.max(least, kept[pane]));
  }
  return sizes;
}

export function rememberPane(pane, size) {
  remember(NAME, JSON.stringify({ ...rememberedPanes(), [pane]: size }));
}

export function restorePanes(root) {
  for (const [pane, size] of Object.entries(rememberedPanes())) root.style.setProperty(`--${pane}`, `${size}%`);
}
