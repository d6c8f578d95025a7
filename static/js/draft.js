// Nothing that was typed is lost. A change is copied into this browser at once and sent to the server a moment later;
// the copy goes when the server has it. Another tab or machine that saved in between is never overwritten unseen: the
// person chooses, and the text that was not chosen is set aside, not thrown away.
import { readAnswer, sameAnswer, writeAnswer } from "./answer.js";
import { dropCopies, dropLastSetAside, lastSetAside, newestCopy, putCopy, setAside } from "./draft-copies.js";
import { hideChoice, offerChoice, offerSetAside } from "./draft-choice.js";
import { sendDraft } from "./draft-server.js";
import { clockTime } from "./times.js";

const PAUSE = 700; // milliseconds without a key before a draft is sent
const FIRST_RETRY = 2000;
const LAST_RETRY = 30000;
const SAVING = "Saving…";

export function keepDraft(form) {
  return new Draft(form).start();
}

class Draft {
  constructor(form) {
    this.form = form;
    this.url = form.dataset.draft;
    this.version = Number(form.dataset.version);
    this.saved = readAnswer(form); // what the server is known to have
    this.conflict = null; // what somebody else saved, while the person has not chosen
    this.sending = false;
    this.timer = 0;
    this.retry = FIRST_RETRY;
    this.status = document.getElementById("draft-status");
    this.box = document.getElementById("draft-conflict");
  }

  start() {
    this.bringBack();
    this.form.addEventListener("input", () => this.changed());
    addEventListener("online", () => this.send());
    addEventListener("focus", () => this.send());
    addEventListener("pagehide", () => this.send({ leaving: true }));
    document.addEventListener("visibilitychange", () => document.hidden && this.send({ leaving: true }));
    addEventListener("beforeunload", (event) => this.isUnkept() && event.preventDefault());
    this.offerStartOver();
    this.showSetAside();
    return this;
  }

  /** Take up a copy that never reached the server: after a crash, a cut line, a closed window. */
  bringBack() {
    const copy = newestCopy(this.key(), this.saved);
    if (!copy) return;
    this.takenOver = copy;
    if (copy.version < this.version) {
      const theirs = { version: this.version, savedAt: this.form.dataset.savedAt, files: this.saved };
      writeAnswer(this.form, copy.files);
      this.choose(theirs);
      return;
    }
    writeAnswer(this.form, copy.files);
    this.say("Brought back what was not saved yet");
    this.schedule(0);
  }

  changed() {
    this.kept = putCopy(this.key(), { files: readAnswer(this.form), version: this.version });
    if (this.conflict) return;
    if (this.url) this.say(SAVING);
    else this.say("Kept in this browser");
    this.schedule(PAUSE);
  }

  schedule(wait) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.send(), wait);
  }

  async send({ leaving = false } = {}) {
    clearTimeout(this.timer);
    const files = readAnswer(this.form);
    if (!this.url || this.conflict || this.sending) return;
    if (sameAnswer(files, this.saved)) return this.backToSaved();
    this.sending = true;
    const answer = await sendDraft(this.url, { files, version: this.version }, leaving);
    this.sending = false;
    this.take(answer, files);
  }

  /** Typed and taken back: the server has this text already, so no copy may stay to contradict it later. */
  backToSaved() {
    dropCopies(this.key(), this.takenOver);
    if (this.status.textContent === SAVING) this.say("Saved");
  }

  take(answer, files) {
    if (answer.kind === "saved") this.tookSaved(answer, files);
    else if (answer.kind === "conflict" && sameAnswer(answer.files, files)) this.tookSaved(answer, files);
    else if (answer.kind === "conflict") this.choose(answer);
    else this.tookNothing(answer);
  }

  tookSaved({ version, savedAt }, files) {
    this.version = version;
    this.saved = files;
    this.retry = FIRST_RETRY;
    if (!sameAnswer(readAnswer(this.form), files)) return this.changed(); // typed on while it was sent
    dropCopies(this.key(), this.takenOver);
    this.say(`Saved ${clockTime(savedAt)}`);
  }

  tookNothing({ sentence, again, link }) {
    this.say(sentence, { trouble: true, link });
    if (!again) return;
    this.schedule(this.retry);
    this.retry = Math.min(LAST_RETRY, this.retry * 2);
  }

  choose(theirs) {
    this.conflict = theirs;
    this.say("Not saved: choose a version", { trouble: true });
    putCopy(this.key(), { files: readAnswer(this.form), version: this.version });
    offerChoice(this.box, theirs, {
      keepMine: () => this.settle(theirs, theirs.files, null),
      takeTheirs: () => this.settle(theirs, readAnswer(this.form), theirs.files),
    });
  }

  /** Go on with one of the two versions; `aside` is the other one, `shown` what goes into the editor, if anything. */
  settle(theirs, aside, shown) {
    setAside(this.key(), aside);
    this.conflict = null;
    this.version = theirs.version;
    this.saved = theirs.files;
    hideChoice(this.box);
    if (shown) writeAnswer(this.form, shown);
    if (shown) dropCopies(this.key(), this.takenOver);
    this.say(shown ? "The other version is in the editor" : SAVING);
    this.showSetAside();
    this.schedule(0);
  }

  showSetAside() {
    const aside = lastSetAside(this.key());
    if (!aside || this.conflict) return;
    offerSetAside(this.box, aside, {
      bringBack: () => {
        dropLastSetAside(this.key());
        setAside(this.key(), readAnswer(this.form));
        writeAnswer(this.form, aside);
        this.changed();
        this.showSetAside();
      },
      discard: () => {
        dropLastSetAside(this.key());
        hideChoice(this.box);
        this.showSetAside();
      },
    });
  }

  offerStartOver() {
    const button = this.form.querySelector("[data-start-over]");
    if (!button) return;
    button.hidden = false;
    button.addEventListener("click", () => {
      const starters = [...this.form.querySelectorAll("template[data-starter]")];
      const fresh = Object.fromEntries(starters.map((each) => [each.dataset.starter, each.content.textContent]));
      const before = readAnswer(this.form);
      if (sameAnswer(before, fresh)) return;
      setAside(this.key(), before);
      writeAnswer(this.form, fresh);
      this.changed();
      this.showSetAside();
    });
  }

  key() {
    return this.url || location.pathname;
  }

  /** Whether leaving now would lose text: this browser refused the copy, and the server does not have it. */
  isUnkept() {
    return this.kept === false && !sameAnswer(readAnswer(this.form), this.saved);
  }

  say(sentence, { trouble = false, link } = {}) {
    this.status.classList.toggle("trouble", trouble);
    this.status.replaceChildren(sentence);
    if (!link) return;
    const anchor = Object.assign(document.createElement("a"), { href: link.href, textContent: link.text, target: "_blank" });
    this.status.append(" ", anchor);
  }
}
