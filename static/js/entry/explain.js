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

if (document.querySelector(".measured")) tendRubric();

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
    if (sent || isTooLong(form)) return;
    sent = true;
    await draft.send();
    form.submit();
  });
}

/** A text that the server would refuse stays where it is, with a sentence; cutting it off would lose words. */
function isTooLong(form) {
  const most = Number(form.dataset.most);
  const length = Math.max(...Object.values(readAnswer(form)).map((text) => [...text].length));
  const box = document.getElementById("send-failed");
  box.hidden = length <= most;
  if (box.hidden) return false;
  const [has, may] = [length, most].map((number) => number.toLocaleString("en"));
  box.textContent = `This answer has ${has} characters, and ${may} are the most that can be compared. Shorten it and send it again.`;
  return true;
}

/** After a swap the focus stays on the page's work; when no answer comes, the person is told. */
function tendRubric() {
  document.addEventListener("htmx:after:swap", () => {
    if (document.activeElement === document.body) document.getElementById("rubric-title")?.focus();
  });
  document.addEventListener("htmx:error", ({ detail }) => {
    if (!detail.ctx || detail.ctx.response) return; // an answer, even a refusal, has brought its own sentence
    document.getElementById("trouble").textContent = "The server does not answer, so this was not kept. Try again in a moment.";
  });
}
