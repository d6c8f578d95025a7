// The explain question: the draft is kept, words are counted, and what was typed reaches the server before it is handed
// in. The page works without this: the sheet is a textarea in a form.
import { readAnswer } from "../answer.js";
import { keepDraft } from "../draft.js";

const WORD = /[\p{L}\p{N}_]+(?:['’-][\p{L}\p{N}_]+)*/gu;

const form = document.querySelector("form[data-draft]");
if (form) {
  const draft = keepDraft(form);
  countWords(form);
  handInOnce(form, draft);
}

function countWords(form) {
  const place = form.querySelector("[data-words]");
  const count = () => {
    const words = Object.values(readAnswer(form)).join(" ").match(WORD)?.length ?? 0;
    place.textContent = `${words.toLocaleString("en")} ${words === 1 ? "word" : "words"}`;
  };
  form.addEventListener("input", count);
  for (const source of form.querySelectorAll("textarea")) source.addEventListener("written", count);
  count();
}

/** Save the draft first, so that no copy stays behind in this browser, and take a second press for the first. */
function handInOnce(form, draft) {
  let sent = false;
  addEventListener("pageshow", () => (sent = false));
  form.addEventListener("submit", async (event) => {
    if (event.submitter?.hasAttribute("formaction")) return;
    event.preventDefault();
    if (sent) return;
    sent = true;
    await draft.send();
    form.submit();
  });
}
