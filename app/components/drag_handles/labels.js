// Digits that the learner labels one after the other, with a tap or a key. app/components/drag_handles/drag_handles.py sends
// their data.

const REST = 250 // milliseconds without another label until the labels are sent to the server
const NOT_YET = "-"

export default function ({ data, parentElement, setTriggerValue }) {
  speak(data)
  const root = parentElement.querySelector(".labels")
  root.labels ??= labels(root)
  root.labels.show(data, given => setTriggerValue("given", given))
}

function labels(root) {
  let data = null, send = null, given = [], at = 0, heard = null, past = []
  const tell = pause(() => send(given.join("")))
  const button = (text, act, more = {}) => {
    const node = el("button", { type: "button", ...more }, text)
    node.onclick = act
    return node
  }
  const large = el("div", { class: "large" }), news = el("p", { class: "news", "aria-live": "polite" })
  const keys = el("div", { class: "keys", role: "group" }, ...[..."0123456789"].map(digit => button(digit, () => put(digit), { "aria-label": translated`It is a ${digit}` })))
  const back = button(translated`Back`, undo), fill = button(translated`Use the labels of the data`, fillUp)
  const strip = el("div", { class: "strip", role: "group", "aria-label": translated`All digits` })
  root.replaceChildren(
    el("div", { class: "desk" }, large, el("div", { class: "side" }, news, keys, el("div", { class: "tools" }, back, fill))), strip,
  )

  const left = () => given.filter(digit => digit === NOT_YET).length
  const next = from => [...given.keys()].map(k => (from + 1 + k) % given.length).find(k => given[k] === NOT_YET)

  function changed(to, place) {
    past.push([given, at])
    given = to
    at = place
    tell.call(REST)
    draw()
  }
  function put(digit) {
    const to = given.map((old, k) => (k === at ? digit : old)), was = given
    given = to
    const place = next(at) ?? at
    given = was
    changed(to, place)
  }
  function fillUp() {
    changed(given.map((digit, k) => (digit === NOT_YET ? data.truth[k] : digit)), at)
    strip.children[at].focus({ preventScroll: true })
  }
  function undo() {
    if (past.length) [given, at] = past.pop()
    else { // after a reload the order of the labels is not known
      at = given.findLastIndex(digit => digit !== NOT_YET)
      if (at < 0) { at = 0; return }
      given = given.map((digit, k) => (k === at ? NOT_YET : digit))
    }
    tell.call(REST)
    draw()
  }
  function key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return
    if (/^[0-9]$/.test(event.key)) put(event.key)
    else if (event.key === "Backspace") undo()
    else return
    event.preventDefault()
  }
  root.onkeydown = key
  // Keys also work while no element of the page has the focus.
  const anywhere = event => {
    if (!root.isConnected) document.removeEventListener("keydown", anywhere)
    else if (document.activeElement === document.body && root.getClientRects().length) key(event)
  }
  document.addEventListener("keydown", anywhere)

  function draw() {
    const count = given.length, done = !left()
    large.replaceChildren(pixels(data.images[at], translated`Digit ${at + 1} of ${count}`), el("span", { class: "answer" }, given[at] === NOT_YET ? "?" : given[at]))
    news.textContent = done ? translated`All ${count} are labelled.` : translated`Digit ${at + 1} of ${count}: what is it?`
    keys.setAttribute("aria-label", translated`Label of digit ${at + 1}`)
    ;[...keys.children].forEach((node, digit) => set(node, { "aria-pressed": String(given[at] === String(digit)) }))
    back.disabled = !past.length && left() === count
    fill.hidden = !data.truth || done
    ;[...strip.children].forEach((node, k) => {
      node.lastChild.textContent = given[k] === NOT_YET ? "\u00a0" : given[k]
      set(node, { "aria-current": k === at ? "true" : null, "aria-label": given[k] === NOT_YET ? translated`Digit ${k + 1}: no label yet` : translated`Digit ${k + 1}: you said ${given[k]}` })
    })
  }
  return {
    show(now, hear) {
      const other = data?.images.join() !== now.images.join()
      data = now
      send = hear
      // The server's value counts only if it has changed, because it may be older than the learner's last label.
      if (other || (heard !== data.given && !tell.waits)) {
        if (given.join("") !== data.given) {
          given = [...data.given]
          past = []
          at = next(-1) ?? 0
        }
      }
      heard = data.given
      if (other)
        strip.replaceChildren(...data.images.map((image, k) => {
          const node = button("", () => { at = k; draw() })
          node.append(pixels(image, null), el("span"))
          return node
        }))
      draw()
    },
  }
}
