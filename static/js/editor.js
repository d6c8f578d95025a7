// CodeMirror over each file's textarea. The textarea stays the form's field and is written at every change, so that
// submitting, drafts and a page without this script work alike.
import { autocompletion, closeBrackets, closeBracketsKeymap, completionKeymap } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap, indentWithTab } from "@codemirror/commands";
import { python } from "@codemirror/lang-python";
import { bracketMatching, indentOnInput, indentUnit, syntaxHighlighting } from "@codemirror/language";
import { highlightSelectionMatches, search, searchKeymap } from "@codemirror/search";
import { EditorState } from "@codemirror/state";
import {
  EditorView,
  drawSelection,
  highlightActiveLine,
  highlightActiveLineGutter,
  highlightSpecialChars,
  keymap,
  lineNumbers,
} from "@codemirror/view";
import { sources } from "./answer.js";
import { colours, look } from "./editor-look.js";
import { markLines, markedLines } from "./editor-marks.js";
import { offerFiles } from "./editor-files.js";

// What the search line says, as the rest of the page speaks.
const WORDS = {
  next: "Next",
  previous: "Previous",
  all: "Select all",
  "match case": "Match case",
  regexp: "Pattern",
  "by word": "Whole words",
  replace: "Replace",
  "replace all": "Replace all",
  close: "Close",
};

export function upgradeEditors(form) {
  const views = new Map(sources(form).map((source) => [source.name, over(source)]));
  const show = offerFiles(form, views);
  form.querySelector("[data-editor-help]").hidden = false;
  return {
    /** Mark the lines that led to an error (`[{file, line}]`, innermost last); none takes all marks away. */
    mark(places) {
      for (const [name, view] of views) markLines(view, places.filter((place) => (place.file || name) === name));
    },
    /** Put the cursor on a line and bring it into view. */
    goTo(file, line) {
      const name = file || views.keys().next().value;
      if (!views.has(name)) return document.querySelector("#tab-tests")?.click(); // a test's line
      show(name);
      goToLine(views.get(name), line);
    },
  };
}

function over(source) {
  const view = new EditorView({
    doc: source.value,
    extensions: [...features(), language(source.name), spoken(source), EditorView.updateListener.of((update) => write(source, update))],
  });
  source.addEventListener("written", () => replace(view, source.value));
  for (const label of source.labels) label.addEventListener("click", () => view.focus());
  source.hidden = true;
  source.after(view.dom);
  return view;
}

function features() {
  return [
    lineNumbers(),
    highlightActiveLineGutter(),
    highlightSpecialChars(),
    history(),
    drawSelection(),
    EditorState.allowMultipleSelections.of(true),
    EditorState.tabSize.of(4),
    indentUnit.of("    "),
    indentOnInput(),
    bracketMatching(),
    closeBrackets(),
    autocompletion({ icons: false }),
    highlightActiveLine(),
    highlightSelectionMatches(),
    search({ top: true }),
    EditorState.phrases.of(WORDS),
    markedLines,
    syntaxHighlighting(colours),
    look,
    // Esc, then Tab leaves the editor: CodeMirror lets one Tab pass for two seconds after Esc.
    keymap.of([...closeBracketsKeymap, ...defaultKeymap, ...searchKeymap, ...historyKeymap, ...completionKeymap, indentWithTab]),
  ];
}

function language(name) {
  return name.endsWith(".py") ? python() : [];
}

function spoken(source) {
  const label = source.getAttribute("aria-label");
  return EditorView.contentAttributes.of({ "aria-label": label, "aria-describedby": "editor-help", tabindex: "0" });
}

function write(source, update) {
  if (!update.docChanged) return;
  const text = update.state.doc.toString();
  if (text === source.value) return;
  source.value = text;
  source.dispatchEvent(new Event("input", { bubbles: true }));
}

function replace(view, text) {
  view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: text } });
}

function goToLine(view, number) {
  const line = view.state.doc.line(Math.min(Math.max(1, number), view.state.doc.lines));
  const indent = line.text.length - line.text.trimStart().length;
  view.dispatch({ selection: { anchor: line.from + indent }, effects: EditorView.scrollIntoView(line.from, { y: "center" }) });
  view.focus();
}
