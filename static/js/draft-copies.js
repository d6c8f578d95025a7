// Copies of drafts in this browser: one for each open page, so that two tabs do not write over each other's, and the
// texts that were set aside, the latest last.
import { sameAnswer } from "./answer.js";
import { forget, namesFrom, recallJson, remember } from "./memory.js";

const page = crypto.randomUUID?.() ?? String(Math.random()).slice(2); // randomUUID wants HTTPS or this machine
const MOST_ASIDE = 10;

export function putCopy(key, { files, version }) {
  return remember(`draft:${key}:${page}`, JSON.stringify({ files, version, at: Date.now() }));
}

/** The latest copy, by whichever page, that says something else than `known`; those that say the same are dropped. */
export function newestCopy(key, known) {
  const found = [];
  for (const name of namesFrom(`draft:${key}:`)) {
    const copy = recallJson(name);
    if (!copy?.files || sameAnswer(copy.files, known)) forget(name);
    else found.push({ ...copy, name });
  }
  return found.sort((one, other) => other.at - one.at)[0] ?? null;
}

/** Drop this page's copy, and the one that it took over from a page that is gone. */
export function dropCopies(key, takenOver) {
  forget(`draft:${key}:${page}`);
  if (takenOver) forget(takenOver.name);
}

export function setAside(key, files) {
  const texts = recallJson(`aside:${key}`) ?? [];
  remember(`aside:${key}`, JSON.stringify([...texts, files].slice(-MOST_ASIDE)));
}

export function lastSetAside(key) {
  return recallJson(`aside:${key}`)?.at(-1) ?? null;
}

export function dropLastSetAside(key) {
  const texts = (recallJson(`aside:${key}`) ?? []).slice(0, -1);
  if (texts.length) remember(`aside:${key}`, JSON.stringify(texts));
  else forget(`aside:${key}`);
}
