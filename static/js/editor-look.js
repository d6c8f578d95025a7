// How the editor looks: only tokens of tokens.css, so that both themes hold and switching needs nothing here.
import { HighlightStyle } from "@codemirror/language";
import { EditorView } from "@codemirror/view";
import { tags } from "@lezer/highlight";

export const colours = HighlightStyle.define([
  { tag: [tags.keyword, tags.operatorKeyword, tags.controlKeyword, tags.definitionKeyword, tags.moduleKeyword], color: "var(--code-keyword)" },
  { tag: [tags.bool, tags.null, tags.self], color: "var(--code-keyword)" },
  { tag: [tags.string, tags.special(tags.string), tags.escape], color: "var(--code-string)" },
  { tag: [tags.number, tags.meta, tags.typeName], color: "var(--code-value)" },
  { tag: tags.comment, color: "var(--code-comment)" },
]);

export const look = EditorView.theme({
  "&": { color: "var(--ink)", backgroundColor: "transparent" },
  "&.cm-focused": { outline: "none" },
  ".cm-scroller": { fontFamily: "var(--mono)", lineHeight: "1.55", fontVariantLigatures: "none" },
  ".cm-content": { padding: "var(--space-3) 0", caretColor: "var(--ink)" },
  ".cm-line": { padding: "0 var(--space-4) 0 var(--space-3)" },
  ".cm-gutters": { backgroundColor: "transparent", color: "var(--ink-3)", border: "0", paddingInlineStart: "var(--space-3)" },
  ".cm-lineNumbers .cm-gutterElement": { minWidth: "2.2rem", padding: "0 var(--space-2) 0 0", fontSize: "0.92em" },
  ".cm-activeLine, .cm-activeLineGutter": { backgroundColor: "transparent" },
  "&.cm-focused .cm-activeLine": { backgroundColor: "color-mix(in oklch, var(--well) 55%, transparent)" },
  "&.cm-focused .cm-activeLineGutter": { color: "var(--ink)" },
  ".cm-cursor": { borderLeftColor: "var(--ink)", borderLeftWidth: "1.5px" },
  "&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground": { background: "var(--heat-1)" },
  "&.cm-focused .cm-matchingBracket": { backgroundColor: "var(--brand-wash)", outline: "1px solid var(--line-strong)" },
  "&.cm-focused .cm-nonmatchingBracket": { backgroundColor: "var(--failed-wash)" },
  ".cm-selectionMatch, .cm-searchMatch": { backgroundColor: "var(--code-match)" },
  ".cm-searchMatch.cm-searchMatch-selected": { backgroundColor: "var(--heat-1)", outline: "1px solid var(--brand-ink)" },
  ".cm-specialChar": { color: "var(--failed)" },
  ".cm-raised, &.cm-focused .cm-raised.cm-activeLine": { backgroundColor: "var(--failed-wash)", boxShadow: "inset 2px 0 var(--failed)" },
  ".cm-led": { background: "linear-gradient(90deg, var(--failed-wash), transparent 60%)" },
  ".cm-raised-number, .cm-led-number": { color: "var(--failed) !important" },
  ".cm-raised-number": { position: "relative" },
  // Colour does not stand alone: the line that raised carries a cross too.
  ".cm-raised-number::after": { content: '"×"', position: "absolute", insetInlineStart: "0", fontWeight: "700" },
  ".cm-panels": { backgroundColor: "var(--well)", color: "var(--ink)", borderColor: "var(--line)" },
  ".cm-panel.cm-search": { padding: "var(--space-2) var(--space-6) var(--space-2) var(--space-5)", fontFamily: "var(--text)", fontSize: "var(--size-2)", lineHeight: "1.9rem" },
  ".cm-panel.cm-search label": { display: "inline-flex", alignItems: "center", gap: "0.4em", marginInlineStart: "var(--space-2)", fontSize: "inherit" },
  ".cm-panel.cm-search [name=close]": { insetBlockStart: "var(--space-2)", insetInlineEnd: "var(--space-4)", inlineSize: "1.75rem", blockSize: "1.75rem", borderRadius: "var(--radius-2)", fontSize: "var(--size-5)", color: "var(--ink-2)", cursor: "pointer" },
  ".cm-textfield": { minHeight: "1.75rem", lineHeight: "1.3", border: "1px solid var(--line-strong)", borderRadius: "var(--radius-2)", backgroundColor: "var(--sheet)", fontSize: "inherit" },
  ".cm-button": { minHeight: "1.75rem", border: "1px solid var(--line-strong)", borderRadius: "var(--radius-2)", backgroundColor: "var(--sheet)", backgroundImage: "none", fontSize: "inherit", lineHeight: "1.3" },
  ".cm-button:hover": { backgroundColor: "var(--well)" },
  ".cm-tooltip": { border: "1px solid var(--line-strong)", borderRadius: "var(--radius-2)", backgroundColor: "var(--sheet)", color: "var(--ink)", boxShadow: "var(--shadow)" },
  ".cm-tooltip.cm-tooltip-autocomplete > ul": { fontFamily: "var(--mono)", minWidth: "12rem" },
  ".cm-tooltip.cm-tooltip-autocomplete > ul > li": { padding: "0.1rem var(--space-2)", lineHeight: "1.5" },
  ".cm-tooltip-autocomplete ul li[aria-selected]": { backgroundColor: "var(--brand-wash)", color: "var(--ink)" },
  ".cm-completionMatchedText": { textDecoration: "none", fontWeight: "700", color: "var(--brand-ink)" },
});
