// A plane on which the learner places, moves and removes points. It knows the data that
// app/components/learner_input/learner_input.py sends, but no lesson.

const QUIET = 100 // the fewest milliseconds between two messages to the server while a point moves
const SLOW = 400 // milliseconds after which the next message is sent even if the last one has no answer yet
const LOST = 2000 // milliseconds after which points that the server did not accept are given up
const WAYS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] }
const DASHES = { solid: "", dashed: "8 5", dotted: "2 5" }
const EDGE = 26, RADIUS = 9

export default function ({ data, parentElement, setTriggerValue }) {
  speak(data)
  const root = parentElement.querySelector(".pad")
  root.pad ??= pad(root)
  root.pad.show(data, text => setTriggerValue("placed", text))
}

function pad(root) {
  let data = null, send = null, points = [], chosen = -1, waiting = 0, moving = null
  let sent = null, asked = -LOST // the last message to the server, and its time
  let full = false // the learner asked for too many points; a note says so until something changes
  let looks = null // the style of the line that this script draws
  const plane = svg("svg", { role: "group" }), below = svg("g", { "aria-hidden": "true" }), above = svg("g", {})
  const rim = svg("rect", {}), cut = svg("clipPath", { id: "rim" }), named = svg("g", { "aria-hidden": "true" })
  cut.append(rim)
  const beneath = svg("g", { "aria-hidden": "true", "clip-path": "url(#rim)" })
  plane.append(cut, below, beneath, named, above)
  const button = (text, act) => Object.assign(document.createElement("button"), { type: "button", textContent: text, onclick: act })
  const add = button(translated`Add a point`, () => insert(free()))
  const drop = button(translated`Remove the last`, () => remove(chosen < 0 ? points.length - 1 : chosen))
  const clear = button(translated`Remove all`, () => { points = []; chosen = -1; changed() })
  const says = document.createElement("output")
  const tools = Object.assign(document.createElement("div"), { className: "tools" })
  tools.append(add, drop, clear, says)
  root.replaceChildren(plane, tools)

  const size = () => { const width = Math.max(200, root.clientWidth); return [width, Math.round(Math.min(420, Math.max(250, 0.6 * width)))] }
  const place = ([x, y]) => {
    const [width, height] = size(), [far, high] = data.reach
    return [EDGE + (x / far + 1) / 2 * (width - 2 * EDGE), EDGE + (1 - y / high) / 2 * (height - 2 * EDGE)]
  }
  const read = event => {
    const box = plane.getBoundingClientRect(), [width, height] = size(), [far, high] = data.reach
    const x = ((event.clientX - box.left - EDGE) / (width - 2 * EDGE)) * 2 - 1
    const y = 1 - ((event.clientY - box.top - EDGE) / (height - 2 * EDGE)) * 2
    return inside([x * far, y * high])
  }
  const inside = ([x, y]) => [x, y].map((v, k) => Math.round(Math.max(-data.reach[k], Math.min(data.reach[k], v)) * 100) / 100)
  /** Returns a free place along x for a point that was added without a pointer. */
  const free = () => {
    for (const share of [0, 0.3, -0.3, 0.6, -0.6, 0.15, -0.15, 0.45, -0.45, 0.75, -0.75, 0.9, -0.9])
      if (!points.some(([x]) => Math.abs(x - share * data.reach[0]) < 0.05 * data.reach[0])) return inside([share * data.reach[0], 0])
    return [0, 0]
  }

  function insert(point) {
    if (points.length >= data.most) { full = true; return draw() }
    points.push(point)
    chosen = points.length - 1
    changed()
    above.children[chosen].focus({ preventScroll: true })
  }
  function remove(k) {
    if (!points[k]) return
    const here = above.contains(root.getRootNode().activeElement)
    points.splice(k, 1)
    chosen = Math.min(k, points.length - 1)
    changed()
    if (here) (above.children[chosen] ?? add).focus({ preventScroll: true })
  }
  const written = places => places.map(point => point.join(",")).join(" ")
  const heard = () => sent === null || written(data.given) === sent || performance.now() - asked > LOST
  /** Sends the points to the server, now or as soon as a message is allowed again. */
  function changed() {
    full = false
    waiting ||= setTimeout(tell, Math.max(0, asked + QUIET - performance.now()))
    draw()
  }
  function tell() {
    const passed = performance.now() - asked
    if (passed < SLOW && (!heard() || data.stale)) { waiting = setTimeout(tell, 40); return }
    waiting = 0
    if (written(points) === sent) return
    sent = written(points)
    asked = performance.now()
    send(sent)
    setTimeout(draw, LOST + 1)
  }

  plane.onclick = event => { if (!event.target.closest(".point")) insert(read(event)) }
  function hold(event, k) {
    event.preventDefault()
    choose(k)
    above.children[k].focus({ preventScroll: true })
    moving = k
    const move = moved => {
      if (moved.pointerId !== event.pointerId || !root.isConnected) return
      points[k] = read(moved)
      changed()
    }
    const end = ended => {
      if (ended.pointerId !== event.pointerId) return
      removeEventListener("pointermove", move)
      for (const how of ["pointerup", "pointercancel"]) removeEventListener(how, end)
      moving = null
      changed()
    }
    addEventListener("pointermove", move)
    for (const how of ["pointerup", "pointercancel"]) addEventListener(how, end)
  }
  function key(event, k) {
    const way = WAYS[event.key]
    if (way) points[k] = inside(points[k].map((v, axis) => v + way[axis] * (event.shiftKey ? 0.5 : 0.1)))
    else if (event.key === "Delete" || event.key === "Backspace") { event.preventDefault(); return remove(k) }
    else return
    event.preventDefault()
    changed()
  }
  function choose(k) { chosen = k; draw() }

  function one(k) {
    const node = svg("g", { class: "point", tabindex: 0, role: "button" })
    node.append(svg("circle", { class: "hit", r: 22 }), svg("circle", { class: "ring", r: RADIUS + 4 }), svg("circle", { class: "dot", r: RADIUS }), svg("text", { y: 4 }))
    node.onpointerdown = event => hold(event, k)
    node.onkeydown = event => key(event, k)
    node.onfocus = () => choose(k)
    return node
  }

  function draw() {
    const [width, height] = size(), [across, up] = data.axes
    set(plane, { viewBox: `0 0 ${width} ${height}`, height, "aria-label": translated`${data.label}. ${points.length} of ${data.most} points. ${told()}` })
    set(rim, { x: EDGE, y: EDGE, width: width - 2 * EDGE, height: height - 2 * EDGE })
    below.replaceChildren(...shaded(), ...grid())
    const curves = known()
    beneath.replaceChildren(...curves.flatMap(drawn))
    named.replaceChildren(...curves.map(title))
    apart([...named.children])
    while (above.children.length > points.length) above.lastChild.remove()
    while (above.children.length < points.length) above.append(one(above.children.length))
    points.forEach((point, k) => {
      const [x, y] = place(point), node = above.children[k]
      set(node, { transform: `translate(${x} ${y})`, "aria-label": translated`Point ${k + 1}: ${across} ${point[0]}, ${up} ${point[1]}. Arrow keys move it, Delete removes it.` })
      node.classList.toggle("chosen", k === chosen)
      node.lastChild.textContent = k + 1
    })
    drop.disabled = clear.disabled = !points.length
    add.disabled = points.length >= data.most
    drop.textContent = chosen >= 0 && points[chosen] ? translated`Remove point ${chosen + 1}` : translated`Remove the last`
    const point = points[chosen]
    says.textContent = full ? translated`There may be ${data.most} points. “${drop.textContent}” makes room.` : translated`${points.length} of ${data.most} points` + (point ? translated`; point ${chosen + 1} at ${across} ${point[0]}, ${up} ${point[1]}` : "")
  }

  /** Moves each name that would cover another one a line down. */
  function apart(names) {
    names.sort((a, b) => a.getAttribute("y") - b.getAttribute("y"))
    names.forEach((name, k) => { if (k) set(name, { y: Math.max(name.getAttribute("y"), Number(names[k - 1].getAttribute("y")) + 16) }) })
  }

  /** Returns the curves that were sent. The line of least squares is computed here, for the current points. The other
   curves are pale until the server has computed them for these points. */
  function known() {
    const stale = data.stale || written(points) !== written(data.given)
    const own = data.fit && points.length && looks ? [{ ...looks, ...nearest(points, data.reach[0]) }] : []
    return [...own, ...data.curves.filter(curve => curve.name !== data.fit).map(curve => ({ ...curve, stale }))]
  }
  function shaded() {
    if (!data.shade) return []
    const [[left, top], [right, low]] = [place([data.shade[0], data.reach[1]]), place([data.shade[1], -data.reach[1]])]
    return [svg("rect", { class: "shade", x: left, y: top, width: right - left, height: low - top }), note(data.shaded, (left + right) / 2, low - 6, "middle")]
  }

  const told = () => known().map(curve => {
    const last = curve.x.length - 1
    return translated`${curve.name}: ${curve.mean[0]} at ${curve.x[0]}, ${curve.mean[last]} at ${curve.x[last]}.`
  }).join(" ")

  function grid() {
    const found = [], [far, high] = data.reach
    for (let k = -Math.floor(far); k <= far; k++) {
      const [x] = place([k, 0]), [, low] = place([0, -high]), [, top] = place([0, high])
      found.push(svg("line", { class: k ? "grid" : "grid zero", x1: x, x2: x, y1: top, y2: low }), note(k, x, low + 16, "middle"))
    }
    for (let k = -Math.floor(high); k <= high; k++) {
      const [, y] = place([0, k]), [left] = place([-far, 0]), [right] = place([far, 0])
      found.push(svg("line", { class: k ? "grid" : "grid zero", x1: left, x2: right, y1: y, y2: y }), note(k, left - 6, y + 4, "end"))
    }
    const [right, low] = place([far, -high]), [left, top] = place([-far, high])
    return [...found, note(data.axes[0], right, low - 6, "end"), note(data.axes[1], left + 6, top + 12, "start")]
  }
  function note(text, x, y, anchor) {
    const node = svg("text", { x, y, "text-anchor": anchor })
    node.textContent = String(text).replace("-", "−")
    return node
  }
  /** Draws the band and the mean of a curve, clipped to the plane. */
  function drawn(curve) {
    const line = values => curve.x.map((x, k) => place([x, values[k]]).map(v => v.toFixed(1)).join(" "))
    const stale = curve.stale ? " stale" : ""
    const band = svg("path", { class: `band${stale}`, fill: curve.colour, d: `M${[...line(curve.high), ...line(curve.low).reverse()].join("L")}Z` })
    const mean = svg("path", { class: `mean${stale}`, stroke: curve.colour, "stroke-dasharray": DASHES[curve.dash], d: `M${line(curve.mean).join("L")}` })
    return [band, mean]
  }
  /** Draws the name of a curve at its last place in the plane. */
  function title(curve) {
    const end = Math.max(0, curve.mean.findLastIndex(v => Math.abs(v) <= data.reach[1])), [x, y] = place([curve.x[end], curve.mean[end]])
    const name = svg("text", { class: "name", x: x - 6, y: Math.max(EDGE + 10, y - 8), "text-anchor": "end", style: `fill: ${curve.colour}` })
    name.textContent = curve.name
    return name
  }

  new ResizeObserver(() => data && draw()).observe(root)
  return {
    show(given, to) {
      data = given
      send = to
      looks = data.curves.find(curve => curve.name === data.fit) ?? looks
      if (!waiting && moving === null && heard()) {
        points = data.given.map(point => [...point])
        sent = null
      }
      chosen = Math.min(chosen, points.length - 1)
      draw()
    },
  }
}

/** Returns the line of least squares. One point allows many lines; the one with the smallest height and slope is taken. */
function nearest(points, far) {
  const n = points.length, sum = of => points.reduce((total, point) => total + of(point), 0)
  const mx = sum(([x]) => x) / n, my = sum(([, y]) => y) / n, spread = sum(([x]) => (x - mx) ** 2)
  const slope = spread > 1e-9 ? sum(([x, y]) => (x - mx) * (y - my)) / spread : (mx * my) / (1 + mx * mx)
  const height = my - slope * mx, x = [-far, far], mean = x.map(at => height + slope * at)
  return { x, mean, low: mean, high: mean }
}

function svg(tag, attributes) {
  return set(document.createElementNS("http://www.w3.org/2000/svg", tag), attributes)
}

function set(node, attributes) {
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value)
  return node
}
