// The player's panels that are read. What each gives: app/parts/player_panels.js.

/** Texts below each other; a word of `words` stands on a tint, and a state has a mark before its text. */
function texts(panel, stage) {
  const rows = panel.texts[0].map((_, k) => {
    const text = el("span", { className: "text" }), word = el("b", { className: "word" }), badge = el("i", { className: "badge", ariaHidden: "true" })
    const prompt = el("span", { className: "prompt" }, panel.prompts[k] ?? "")
    const node = el("li", {}, badge, el("span", { className: "said" }, ...(panel.prompts.length ? [prompt, " "] : []), text), word)
    return { node, text, word, badge, shown: null }
  })
  const node = el("section", { className: "reading" }, title(panel), el("ol", { className: "texts" }, ...rows.map(row => row.node)))
  let states = bytes(panel.states)
  function draw(at) {
    const frame = Math.round(at)
    big(node, panel, frame)
    rows.forEach((row, k) => {
      const text = (panel.texts[frame] ?? panel.texts[0])[k], word = (panel.says[frame] ?? panel.says[0])[k]
      const state = states[(states.length > rows.length ? frame * rows.length : 0) + k]
      row.node.dataset.state = state
      row.badge.textContent = STATES[state]?.[1] ?? ""
      row.word.textContent = word
      row.node.ariaLabel = [text, word, stage.data.states[state - 1]].filter(Boolean).join(", ")
      if (row.shown === text) return
      row.shown = text
      row.text.replaceChildren(...text.split(/(\s+)/).map(part => (panel.words.includes(part) ? el("mark", {}, part) : part)))
    })
  }
  return { node, draw, take: more => { panel = more; states = bytes(more.states) } }
}

/** One text whose tokens are tinted; a token that is chosen says what was expected there. */
function tokens(panel, stage) {
  let chosen = -1
  const spans = panel.tokens.map((token, k) => el("span", { tabIndex: 0, role: "button", onclick: () => choose(k), onfocus: () => choose(k), onmouseenter: () => choose(k) }, token))
  const story = el("p", { className: "story", ariaLive: "polite" }, "Choose a word or a piece of one.")
  const node = el("section", { className: "reading" }, title(panel), el("div", { className: "tokens", role: "group" }, ...spans), story)
  function choose(k) {
    chosen = k
    draw(stage.at())
  }
  function draw(at) {
    const frame = Math.round(at)
    big(node, panel, frame)
    const shares = panel.shares[frame] ?? panel.shares[0], told = panel.stories[frame] ?? panel.stories[0]
    spans.forEach((span, k) => {
      span.style.setProperty("--a", (0.6 * shares[k]).toFixed(2))
      span.style.setProperty("--w", `${(4 * shares[k]).toFixed(1)}px`)
      span.ariaLabel = told[k]
      span.classList.toggle("chosen", k === chosen)
    })
    if (chosen >= 0) story.textContent = told[chosen]
    story.classList.toggle("told", chosen >= 0)
  }
  return { node, draw, take: more => (panel = more) }
}
