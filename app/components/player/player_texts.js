// The panels of a player that contain text. player_panels.js says what a panel returns.

/** Texts, each after a prompt or alone. Lamps show what is true of a text, and a word stands at its end. Changes are marked
 for a moment, and some words are always tinted. */
function texts(panel, stage) {
  const lamp = () => el("span", { className: "lamp" }, el("i", { ariaHidden: "true" }), el("span", {}))
  const bare = !panel.prompts.length
  const rows = panel.texts[0].map((_, k) => {
    const answer = el("p", { className: "answer" }), end = el("b", { className: "end" })
    const lamps = panel.lamps.map(lamp), note = panel.notes[k]
    const asked = bare ? [] : [el("p", { className: "prompt" }, panel.prompts[k], ...(note ? [" ", el("em", {}, note)] : []))]
    const node = el("li", {}, ...asked, answer, ...(lamps.length ? [el("p", { className: "lamps" }, ...lamps)] : []), ...(panel.ends.length ? [end] : []))
    return { node, answer, lamps, end, shown: null }
  })
  const list = el("ul", { className: bare ? "written bare" : "written" }, ...rows.map(row => row.node))
  const node = el("section", { className: bare ? "reading" : "wide" }, title(panel), list)
  const says = ["", translated`yes`, translated`no`]
  const inked = text => text.split(/(\s+)/).map(part => (panel.words.includes(part) ? el("mark", {}, part) : part))
  let painted = -1
  function draw(at) {
    const frame = Math.round(at), of = all => all[all.length > 1 ? frame : 0]
    if (frame === painted) return
    big(node, panel, frame)
    rows.forEach((row, k) => {
      const text = of(panel.texts)[k]
      if (row.shown !== text) {
        row.answer.replaceChildren(...(panel.words.length ? inked(text) : [text]))
        row.shown = text
        if (painted >= 0) restart(row.answer, "changed")
      }
      if (panel.ends.length) row.end.textContent = of(panel.ends)[k]
      panel.lamps.forEach((one, j) => {
        const state = of(one.states)[k], node = row.lamps[j]
        if (node.dataset.state !== String(state)) node.dataset.state = state
        node.firstChild.textContent = STATES[state]?.[1] ?? ""
        node.lastChild.textContent = one.name
        node.ariaLabel = `${one.name}: ${says[state] || translated`not said`}`
      })
    })
    painted = frame
  }
  return { node, draw, take: more => { panel = more; painted = -1 } }
}

function restart(node, name) {
  node.classList.remove(name)
  void node.offsetWidth
  node.classList.add(name)
}

/** A text with tinted tokens. A token that the learner chooses shows what the net expected there. */
function tokens(panel, stage) {
  let chosen = -1
  const spans = panel.tokens.map((token, k) => el("span", { tabIndex: 0, role: "button", onclick: () => choose(k), onfocus: () => choose(k), onmouseenter: () => choose(k) }, token))
  const story = el("p", { className: "story", ariaLive: "polite" }, translated`Choose a word or a piece of one.`)
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
