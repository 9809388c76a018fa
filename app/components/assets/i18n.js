// Translates the texts of a script into the learner's language. Every script with texts comes after this one.

let words = {} // the translations by their English templates; empty in English

/** Uses the translations that the server sends (app/i18n/outgoing_messages.py). */
function speak(data) {
  words = data.words ?? {}
}
/** A template tag: translated`Digit ${k} of ${count}` is the text in the learner's language. */
function translated(parts, ...values) {
  const told = parts.reduce((text, part, k) => `${text}{${k - 1}}${part}`)
  return (words[told] ?? told).replace(/\{(\d+)\}/g, (_, k) => values[k])
}
