// What a script says by itself, in the learner's language. Stands before whatever says something.

let words = {} // what is said here, in the learner's language, by how it stands here; empty in English

/** From now on what is said is said as the server says it (app/i18n/outgoing_messages.py). */
function speak(data) {
  words = data.words ?? {}
}
/** A tag: translated`Digit ${k} of ${count}` in the learner's language. */
function translated(parts, ...values) {
  const told = parts.reduce((text, part, k) => `${text}{${k - 1}}${part}`)
  return (words[told] ?? told).replace(/\{(\d+)\}/g, (_, k) => values[k])
}
