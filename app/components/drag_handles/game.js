// A game: the learner types what comes next, and then sees what stood there and what a net expected.
// lessons/kit/figures/guessing_game.py makes its data. The script knows no lesson.

const typed = new Map() // what the learner typed in each game, so that it is still there when the page is drawn again

export default function ({ data, parentElement }) {
  speak(data)
  const root = parentElement.querySelector(".game")
  root.game ??= game(root)
  root.game.show(data)
}

function game(root) {
  let data = null, words = [], at = 0
  const said = el("p", { class: "before" }), blank = el("input", { type: "text", maxlength: 30, autocomplete: "off", autocapitalize: "off", spellcheck: "false", "aria-label": translated`What comes next?` })
  const guess = el("button", { type: "submit", class: "guess" }, translated`That is my guess`), form = el("form", {}, said, blank, guess)
  const answer = el("div", { class: "answer", "aria-live": "polite" }), onward = el("button", { type: "button", class: "guess" }, translated`Next`), score = el("p", { class: "score" })
  root.replaceChildren(form, answer, onward, score)
  const plain = text => text.trim().toLowerCase().replace(/[^\p{L}\p{N}]/gu, "")
  const hit = (one, word) => plain(word) === plain(one.after)

  form.onsubmit = event => {
    event.preventDefault()
    if (!plain(blank.value) || words[at] !== undefined) return
    words[at] = blank.value.trim()
    typed.set(data.key, words)
    draw()
    onward.focus({ preventScroll: true })
  }
  onward.onclick = () => {
    if (at + 1 < data.rounds.length) at++
    else { words = []; at = 0; typed.delete(data.key) }
    blank.value = ""
    draw()
    blank.focus({ preventScroll: true })
  }
  const mark = right => el("b", { class: right ? "hit" : "miss", "aria-hidden": "true" }, right ? "✓ " : "✕ ")
  const bar = ([token, chance, shown]) => {
    const fill = el("i", {})
    fill.style.width = `${100 * chance}%`
    return el("li", {}, el("span", {}, `“${token}”`), el("span", { class: "track" }, fill), el("b", {}, shown))
  }

  function draw() {
    const one = data.rounds[at], word = words[at], over = word !== undefined, last = at + 1 === data.rounds.length
    said.replaceChildren(one.before, " ", over ? el("mark", {}, one.after) : "…")
    blank.hidden = guess.hidden = over
    onward.hidden = !over
    onward.textContent = last ? translated`Play again` : translated`Next`
    answer.replaceChildren(...(over ? [
      el("p", {}, mark(hit(one, word)), translated`You: “${word}”.`),
      el("p", {}, mark(one.right), translated`The model expected “${one.expected[0][0]}”. It was as unsure as when choosing among ${one.among} tokens.`),
      el("ul", { class: "chances" }, ...one.expected.map(bar)),
    ] : []))
    const mine = words.filter((word, k) => hit(data.rounds[k], word)).length, theirs = words.filter((_, k) => data.rounds[k].right).length
    score.textContent = words.length ? translated`After ${words.length} of ${data.rounds.length}: you ${mine} right, the model ${theirs}.` : translated`Text 1 of ${data.rounds.length}.`
  }
  return {
    show(given) {
      data = given
      words = typed.get(data.key) ?? words
      at = Math.min(Math.max(at, words.length - 1), data.rounds.length - 1)
      draw()
    },
  }
}
