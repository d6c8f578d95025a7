// The code question: the editor over its textareas, the draft, the panes and the results. Each part stands alone, so
// that one that fails leaves the others and the plain form working.
import { keepDraft } from "../draft.js";
import { upgradeEditors } from "../editor.js";
import { makePanesResizable } from "../panes.js";
import { connectResults } from "../results.js";

const form = document.querySelector("form[data-draft]");
makePanesResizable(document.getElementById("bench"));
const editors = upgradeEditors(form);
keepDraft(form);
connectResults(form, editors);
