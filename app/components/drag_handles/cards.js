// Cards of which the learner chooses one. lessons/kit/figures/choice_cards.py makes their data.

export default function ({ data, parentElement, setTriggerValue }) {
  speak(data)
  const root = parentElement.querySelector(".cards")
  root.cards ??= cards(root)
  root.cards.show(data, name => setTriggerValue("picked", name))
}

function cards(root) {
  let send = null, shown = "", heard = null, picked = null, fixed = false
  root.setAttribute("role", "radiogroup")
  const mark = () => [...root.children].forEach(node => {
    const mine = node.dataset.name === picked
    set(node, { "aria-checked": String(mine), tabindex: mine || (picked === null && node === root.firstChild) ? 0 : -1 })
  })
  function pick(name) {
    if (fixed) return
    picked = name
    mark()
    send(name)
  }
  root.onkeydown = event => {
    const turn = WAYS[event.key], all = [...root.children], at = all.indexOf(event.target.closest("[role=radio]"))
    if (!turn || at < 0) return
    event.preventDefault()
    const next = all[(at + (turn[0] || -turn[1]) + all.length) % all.length]
    next.focus()
    pick(next.dataset.name)
  }
  function made(card) {
    const pictures = el("span", { class: "pictures" }, ...card.images.map(image => pixels(image, null)))
    const node = el(
      "button", { type: "button", class: "card", role: "radio", "data-name": card.name },
      pictures, el("b", {}, card.called), el("span", { class: "big" }, card.big), el("small", {}, card.note),
    )
    node.onclick = () => pick(card.name)
    return node
  }
  return {
    show(data, hear) {
      send = hear
      fixed = data.fixed
      const all = JSON.stringify(data.cards)
      if (all !== shown) root.replaceChildren(...data.cards.map(made))
      shown = all
      if (heard !== data.picked) picked = heard = data.picked // the server's value counts only if it has changed
      set(root, { "aria-label": data.alt })
      mark()
    },
  }
}
