// Rows that glide to their places and that the learner can put in order. lessons/kit/figures/ranked_rows.py makes their data.

const REST = 300 // milliseconds after the last key until the order is sent to the server
const LOW = 44, HIGH = 60, ROOM = 486, NARROW = 52, SLIM = 38, WIDE = 560 // pixels: the height of a row, of all rows, of a row on a phone (one to drag, one to read), and the width below which it is one

export default function ({ data, parentElement, setTriggerValue }) {
  speak(data)
  const root = parentElement.querySelector(".rows")
  root.rows ??= rows(root)
  root.rows.show(data, order => setTriggerValue("ordered", order))
}

function rows(root) {
  let data = null, send = null, order = [], said = false, heard = null, held = null, tall = LOW
  const nodes = new Map() // by name
  const tell = pause(() => send(order.join(" > ")))
  const top = el("p", { class: "end" }), bottom = el("p", { class: "end" }), list = el("div", { class: "list" })
  const agree = el("button", { type: "button" }, translated`This order is what I think`)
  const says = el("p", { class: "news", "aria-live": "polite" })
  agree.onclick = () => { changed(0); says.textContent = translated`Your order is kept.`; list.firstChild?.focus({ preventScroll: true }) }
  root.replaceChildren(top, list, bottom, el("div", { class: "tools" }, agree, says))

  // ---- moving

  function move(name, to, keep) {
    const from = order.indexOf(name), place = Math.min(order.length - 1, Math.max(0, to))
    if (from === place) return false
    order.splice(place, 0, ...order.splice(from, 1))
    arrange(keep)
    return true
  }
  /** Puts the nodes in order around the one with the focus. That node stays in place, because moving it would drop the focus. */
  function arrange(keep) {
    const after = order.indexOf(keep.dataset.name)
    order.forEach((name, k) => {
      if (k < after) list.insertBefore(nodes.get(name), keep)
      else if (k > after) list.append(nodes.get(name))
    })
    place()
  }
  function changed(milliseconds) {
    said = true
    tell.call(milliseconds)
    place()
  }
  function take(event, node) {
    if (!data.asked || (event.pointerType !== "mouse" && !event.target.closest(".grip"))) return
    event.preventDefault()
    node.focus({ preventScroll: true })
    node.setPointerCapture(event.pointerId)
    held = { node, from: event.clientY, start: order.indexOf(node.dataset.name) * tall, moved: false }
    node.classList.add("held")
  }
  function drag(event, node) {
    if (held?.node !== node) return
    const y = Math.min((order.length - 1) * tall, Math.max(0, held.start + event.clientY - held.from))
    if (Math.abs(event.clientY - held.from) > 3) held.moved = true
    node.style.transform = `translateY(${y}px)`
    move(node.dataset.name, Math.round(y / tall), node)
  }
  function drop(node) {
    if (held?.node !== node) return
    node.classList.remove("held")
    const moved = held.moved
    held = null
    if (moved) { changed(0); news(node) } else place()
  }
  function key(event, node) {
    const now = order.indexOf(node.dataset.name)
    const to = { ArrowUp: now - 1, ArrowDown: now + 1, Home: 0, End: order.length - 1 }[event.key]
    if (!data.asked || to === undefined) return
    event.preventDefault()
    if (move(node.dataset.name, to, node)) { changed(REST); news(node) }
  }
  const news = node => { says.textContent = translated`${node.querySelector("b").textContent}: ${order.indexOf(node.dataset.name) + 1} of ${order.length}` }

  // ---- drawing

  function made(row) {
    const node = el("div", { class: "row new", "data-name": row.name })
    const track = el("span", { class: "track" }, ...["zero", "fill", "guessed", "whisker", "says"].map(name => el("i", { class: name })))
    node.append(
      el("span", { class: "grip", "aria-hidden": "true" }), el("span", { class: "rank" }), el("span", { class: "pictures" }),
      el("span", { class: "name" }, el("b"), el("small")), track,
    )
    node.onpointerdown = event => take(event, node)
    node.onpointermove = event => drag(event, node)
    node.onpointerup = node.onpointercancel = () => drop(node)
    node.onkeydown = event => key(event, node)
    return node
  }
  function dress(node, row) {
    const part = name => node.querySelector(`.${name}`), percent = share => `${share}%`
    const pictures = JSON.stringify(row.images)
    if (node.pictures !== pictures) part("pictures").replaceChildren(...row.images.map(image => pixels(image, null)))
    node.pictures = pictures
    node.querySelector("b").textContent = row.called
    node.querySelector("small").textContent = row.note
    const known = row.value !== null
    const bar = (name, a, b) => Object.assign(part(name).style, { left: percent(Math.min(a, b)), width: percent(Math.abs(a - b)) })
    part("zero").style.left = percent(data.zero)
    part("fill").style.setProperty("--colour", row.colour)
    part("fill").classList.toggle("loss", row.loss)
    bar("fill", data.zero, known ? row.value : data.zero)
    bar("guessed", data.zero, row.guess ?? data.zero)
    bar("whisker", row.low ?? row.value ?? data.zero, row.high ?? row.value ?? data.zero)
    part("guessed").hidden = row.guess === null
    part("whisker").hidden = row.low === null
    const number = part("says"), end = row.loss ? Math.min(row.low ?? 100, row.value ?? 100) : Math.max(row.high ?? 0, row.value ?? 0)
    number.textContent = row.says
    Object.assign(number.style, { left: percent(end), color: `color-mix(in oklab, ${row.colour} 60%, var(--st-text-color))` })
    number.classList.toggle("before", row.loss)
    node.classList.toggle("dim", Boolean(data.lit) && !data.lit.includes(row.name))
  }
  function place() {
    const narrow = root.clientWidth < WIDE
    tall = narrow ? (data.asked ? NARROW : SLIM) : Math.min(HIGH, Math.max(LOW, Math.floor(ROOM / Math.max(1, order.length))))
    root.classList.toggle("narrow", narrow)
    root.classList.toggle("asked", data.asked)
    root.classList.toggle("told", said)
    root.style.setProperty("--tall", `${tall}px`)
    list.style.height = `${order.length * tall}px`
    order.forEach((name, k) => {
      const node = nodes.get(name), row = data.rows.find(one => one.name === name)
      if (held?.node !== node) node.style.transform = `translateY(${k * tall}px)`
      node.querySelector(".rank").textContent = k + 1
      const who = row.note ? `${row.called}, ${row.note}` : row.called, yet = said ? "" : translated`, not said yet`
      const label = translated`${who}: ${k + 1} of ${order.length}${yet}. Arrow keys move it.`
      set(node, data.asked
        ? { role: "button", tabindex: 0, "aria-roledescription": "sortable row", "aria-label": label }
        : { role: null, tabindex: null, "aria-roledescription": null, "aria-label": null })
    })
    agree.hidden = !data.asked || said
    says.hidden = !data.asked
  }
  new ResizeObserver(() => data && place()).observe(root)

  return {
    show(given, hear) {
      data = given
      send = hear
      root.style.setProperty("--guess", data.guess)
      set(list, data.asked ? { role: "group", "aria-label": translated`${data.ask}: from ${data.ends[0]} to ${data.ends[1]}` } : { role: "img", "aria-label": data.alt })
      top.textContent = data.asked ? `▲ ${data.ends[0]}` : data.unit
      bottom.textContent = data.asked ? `▼ ${data.ends[1]}` : ""
      const names = data.rows.map(row => row.name)
      for (const [name, node] of nodes) if (!names.includes(name)) { node.remove(); nodes.delete(name) }
      for (const row of data.rows) if (!nodes.has(row.name)) { nodes.set(row.name, made(row)); list.append(nodes.get(row.name)) }
      // The server's value counts only if it has changed, because it may be older than the learner's last move.
      const news = data.said ?? ""
      if (!data.asked) order = names
      else if (!held && !tell.waits && (heard !== news || order.length !== names.length)) {
        order = news ? news.split(" > ") : names
        said = Boolean(news)
      }
      heard = data.asked ? news : null
      place()
      if (!held) order.forEach((name, k) => { if (list.children[k] !== nodes.get(name)) list.insertBefore(nodes.get(name), list.children[k]) })
      requestAnimationFrame(() => { // a new row starts at its own place, with its bar at zero
        for (const row of data.rows) dress(nodes.get(row.name), row)
        requestAnimationFrame(() => { for (const node of nodes.values()) node.classList.remove("new") })
      })
    },
  }
}
