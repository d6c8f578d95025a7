// Sending a draft, and what each answer of the server means for the person.
const KEEPALIVE_LIMIT = 60_000; // browsers refuse longer bodies for requests that outlive their page
const PATIENCE = 15_000;

const REFUSALS = {
  401: { sentence: "Not saved: you are signed out. Your text is kept here.", link: { href: "/sign-in", text: "Sign in" } },
  403: { sentence: "Not saved: the server refused it. Your text is kept here." },
  404: { sentence: "Not saved: this draft is gone. Your text is kept here." },
  413: { sentence: "Not saved: the answer is too long. Your text is kept here." },
  422: { sentence: "Not saved: the server could not read it. Your text is kept here." },
};
const OFFLINE = { sentence: "Offline. Kept in this browser, saved when the server answers.", again: true };

/** Return `{kind: "saved" | "conflict", version, savedAt, files}`, or `{kind: "refused", sentence, again, link}`. */
export async function sendDraft(url, draft, leaving) {
  const body = JSON.stringify(draft);
  try {
    const response = await fetch(url, {
      method: "PUT",
      headers: { "Content-Type": "application/json", Accept: "application/json" },
      body,
      redirect: "manual", // a signed-out person is sent to the sign-in page; that is no answer to a draft
      keepalive: leaving && body.length < KEEPALIVE_LIMIT,
      signal: leaving ? undefined : AbortSignal.timeout(PATIENCE),
    });
    return await meaning(response);
  } catch {
    return { kind: "refused", ...OFFLINE };
  }
}

async function meaning(response) {
  if (response.ok || response.status === 409) {
    const { version, saved_at: savedAt, files } = await response.json();
    return { kind: response.ok ? "saved" : "conflict", version, savedAt, files };
  }
  const status = response.type === "opaqueredirect" ? 401 : response.status;
  return { kind: "refused", ...(REFUSALS[status] ?? OFFLINE) };
}
