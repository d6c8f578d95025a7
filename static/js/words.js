// How long the answer has become, counted as the server counts it.
const WORD = /[\p{L}\p{N}_]+(?:['’-][\p{L}\p{N}_]+)*/gu;

export function countWords(form) {
  const shown = form.querySelector("[data-words]");
  form.addEventListener("input", () => {
    const words = [...form.querySelectorAll("textarea[data-source]")].flatMap((source) => source.value.match(WORD) ?? []).length;
    shown.textContent = `${words.toLocaleString("en")} ${words === 1 ? "word" : "words"}`;
  });
}
