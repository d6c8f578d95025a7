// The answer's files are the textareas of its form, whether an editor stands over them or not.
export function sources(form) {
  return [...form.querySelectorAll("textarea[data-source]")];
}

export function readAnswer(form) {
  return Object.fromEntries(sources(form).map((source) => [source.name, source.value]));
}

/** Put other texts into the files; an editor over a file hears of it by the `written` event. */
export function writeAnswer(form, files) {
  for (const source of sources(form)) {
    const text = files[source.name];
    if (typeof text !== "string" || text === source.value) continue;
    source.value = text;
    source.dispatchEvent(new Event("written"));
  }
}

export function sameAnswer(one, other) {
  const names = new Set([...Object.keys(one), ...Object.keys(other)]);
  return [...names].every((name) => lines(one[name]) === lines(other[name]));
}

function lines(text) {
  return (text ?? "").replace(/\r\n?/g, "\n");
}
