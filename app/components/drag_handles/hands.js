// Handles that the learner drags over a chart. The script knows the data that
// app/components/drag_handles/drag_handles.py sends, but no lesson.

const REST = 300 // milliseconds after the last key until the value is sent to the server
const HALF = 22, NEAR = 3 // pixels: half the size of a handle, and the distance after which a pointer counts as moved
const MARGIN = 14 // pixels between a handle and the edge of the chart

export default function ({ data, parentElement, setTriggerValue }) {
  speak(data)
  const root = parentElement.querySelector(".hands")
  root.hands ??= hands(root)
  root.hands.show(data, moved => setTriggerValue("moved", moved))
}

function hands(root) {
  let data = null, send = null, chart = null, box = null, held = null
  const said = {}, heard = {}, untold = new Set() // by control: the index of an option, and the last value from the server
  const tell = pause(() => {
    send(Object.fromEntries([...untold].map(name => [name, ways[name].options[said[name]].text])))
    untold.clear()
  })
  const ways = {} // by control: its options in their order on the axis
  const plane = svg("svg", { "aria-hidden": "true" }), line = svg("path", {}), dots = svg("g", {}), grooves = svg("g", {})
  plane.append(grooves, line, dots)
  const nodes = el("div", { role: "group" })
  root.replaceChildren(plane, nodes)

  // ---- places

  /** Returns the place of a value along an axis, in pixels from the edge of the root. Larger values are higher up. */
  function along(axis, value, pane) {
    const [low, high] = data.ground[axis ? "y" : "x"], log = data.ground.log[axis]
    const of = v => (log ? Math.log(Math.max(v, 1e-12)) : v)
    return spot(axis, (of(value) - of(low)) / (of(high) - of(low)), pane)
  }
  function spot(axis, share, pane) {
    const [start, size] = axis ? [box.top, box.height] : [box.left, box.width], within = data.ground.panes[pane]
    const edges = axis ? [data.ground.top, data.ground.bottom] : [data.ground.left, data.ground.right]
    const [near, far] = within ? [size * within[axis], size * (1 - within[axis] - within[axis + 2])] : edges
    const inside = start + near + (axis ? 1 - share : share) * (size - near - far)
    return Math.min(start + size - MARGIN, Math.max(start + MARGIN, inside))
  }
  /** Returns the place of a handle: at the learner's value, or else at its start. */
  function place(handle) {
    return [handle.x, handle.y].map((way, axis) => {
      if (typeof way === "number") return along(axis, way, handle.pane)
      const k = said[way.name]
      if (k !== undefined) return along(axis, way.options[k].place, handle.pane)
      const start = handle.start?.[axis]
      return start === undefined || start === null ? spot(axis, 0.5, handle.pane) : along(axis, start, handle.pane)
    })
  }
  const moves = handle => [handle.x, handle.y].map((way, axis) => [way, axis]).filter(([way]) => typeof way === "object")
  const isSaid = handle => moves(handle).every(([way]) => said[way.name] !== undefined)
  /** Returns the option nearest to a place. */
  function nearest(way, axis, pixel, pane) {
    const far = way.options.map(option => Math.abs(along(axis, option.place, pane) - pixel))
    return far.indexOf(Math.min(...far))
  }

  // ---- moving

  function say(handle, to) {
    for (const [way, axis] of moves(handle)) {
      if (said[way.name] === to[axis]) continue
      said[way.name] = to[axis]
      untold.add(way.name)
    }
    draw()
  }
  function drag(event, handle, node) {
    if (!held || held.node !== node) return
    const far = Math.hypot(event.clientX - held.from[0], event.clientY - held.from[1])
    if (!held.moved && far < NEAR) return
    held.moved = true
    const edge = root.getBoundingClientRect()
    const pixel = [event.clientX - edge.left + held.off[0], event.clientY - edge.top + held.off[1]]
    say(handle, [handle.x, handle.y].map((way, axis) => (typeof way === "object" ? nearest(way, axis, pixel[axis], handle.pane) : null)))
  }
  function take(event, handle, node) {
    event.preventDefault()
    node.focus({ preventScroll: true })
    node.setPointerCapture(event.pointerId)
    const edge = root.getBoundingClientRect(), [x, y] = place(handle)
    const off = [x - (event.clientX - edge.left), y - (event.clientY - edge.top)]
    held = { node, from: [event.clientX, event.clientY], off, moved: false }
  }
  function drop() {
    if (held?.moved && untold.size) tell.call(0)
    held = null
    draw()
  }
  function key(event, handle) {
    const turn = WAYS[event.key], end = { Home: -1, End: 1 }[event.key], mine = moves(handle)
    if (!turn && !end) return
    event.preventDefault()
    const [x, y] = place(handle), alone = mine.length === 1
    const to = [null, null]
    for (const [way, axis] of mine) {
      const last = way.options.length - 1, now = said[way.name] ?? nearest(way, axis, axis ? y : x, handle.pane)
      const step = turn ? (alone ? turn[0] + turn[1] : turn[axis]) : 0
      const whole = end && (alone || axis === 0)
      to[axis] = whole ? (end < 0 ? 0 : last) : Math.min(last, Math.max(0, now + step))
    }
    say(handle, to)
    if (untold.size) tell.call(REST)
  }

  // ---- drawing

  function made(handle) {
    const mine = moves(handle), kind = mine.length === 2 ? "free" : mine[0][1] ? "up" : "across"
    const node = el("div", { class: `hand ${kind}`, role: "slider", tabindex: 0, "aria-label": handle.label })
    if (kind !== "free") set(node, { "aria-orientation": kind === "up" ? "vertical" : "horizontal" })
    node.append(el("span", { class: "mark" }), el("span", { class: "says" }))
    for (const way of kind === "free" ? ["n", "s", "w", "e"] : kind === "up" ? ["n", "s"] : ["w", "e"])
      node.append(el("span", { class: `arrow ${way}` }))
    node.onpointerdown = event => take(event, handle, node)
    node.onpointermove = event => drag(event, handle, node)
    node.onpointerup = node.onpointercancel = drop
    node.onkeydown = event => key(event, handle)
    return node
  }
  /** Returns what the screen shows for the values of a handle: labels, or values with their unit. */
  const shown = handle => moves(handle).map(([way]) => way.called?.[said[way.name]] || spoken(way.options[said[way.name]].text, handle.unit))
  const written = handle => moves(handle).map(([way]) => said[way.name] === undefined ? null : way.options[said[way.name]].text)

  /** Returns the groove of a handle that moves only sideways: its height means nothing, so it does not stand on an axis. */
  function groove(handle) {
    if (typeof handle.x !== "object" || typeof handle.y === "object") return null
    const ends = handle.x.options.map(option => along(0, option.place, handle.pane)), y = along(1, handle.y, handle.pane)
    return svg("line", { class: "groove", x1: Math.min(...ends), x2: Math.max(...ends), y1: y, y2: y })
  }
  function draw() {
    measure()
    root.hidden = !box
    if (!box) return
    const width = box.left + box.width
    set(plane, { width, height: box.top + box.height })
    grooves.replaceChildren(...data.handles.map(groove).filter(Boolean))
    const places = data.handles.map(place), drawn = data.handles.filter(handle => moves(handle).length)
    drawn.forEach((handle, k) => {
      const node = nodes.children[k], [x, y] = places[data.handles.indexOf(handle)], there = isSaid(handle)
      const values = there ? shown(handle) : []
      const value = values.length > 1 ? values.map((one, way) => `${moves(handle)[way][0].label} ${one}`).join(", ") : values[0] ?? ""
      const options = moves(handle)[0][0].options
      node.style.transform = `translate(${x - HALF}px, ${y - HALF}px)`
      node.classList.toggle("said", there)
      node.classList.toggle("held", held?.node === node)
      const says = node.querySelector(".says")
      says.textContent = [handle.name, values.length > 1 && handle.name ? "" : values.join(", ")].filter(Boolean).join(": ")
      says.classList.toggle("before", x + HALF + says.offsetWidth > width)
      set(node, {
        "aria-valuemin": 0, "aria-valuemax": options.length - 1, "aria-valuenow": said[moves(handle)[0][0].name] ?? Math.floor(options.length / 2),
        "aria-valuetext": there ? value : translated`not said yet`,
      })
    })
    const anchors = data.handles.flatMap((handle, k) => (moves(handle).length ? [] : [places[k]]))
    dots.replaceChildren(...anchors.map(([cx, cy]) => svg("circle", { cx, cy, r: 5 })))
    const through = data.handles.map((handle, k) => [handle, places[k]])
      .filter(([handle]) => handle.joined && isSaid(handle) && written(handle).every(text => Number.isFinite(Number(text))))
      .map(([, where]) => where).sort((a, b) => a[0] - b[0])
    set(line, { d: through.length > 1 ? `M${through.map(where => where.map(v => v.toFixed(1)).join(" ")).join("L")}` : "M0 0" })
  }
  const spoken = (text, unit) => (Number.isFinite(Number(text)) ? `${Number(text).toLocaleString(document.documentElement.lang)}${unit}` : text)

  /** Returns the chart under the handles and its place. The chart may be drawn later than the handles. */
  function measure() {
    if (!chart?.isConnected) {
      chart = root.getRootNode().host?.closest(`.${data.within}`)?.querySelector(CHART) ?? null
      if (chart) sizes.observe(chart)
      else setTimeout(() => root.isConnected && draw(), 100)
    }
    if (root.hidden) root.hidden = false
    const mine = root.getBoundingClientRect(), its = chart?.getBoundingClientRect()
    box = its?.width ? { left: its.left - mine.left, top: its.top - mine.top, width: its.width, height: its.height } : null
  }
  const sizes = new ResizeObserver(() => data && draw())
  sizes.observe(root)

  return {
    show(given, hear) {
      const other = JSON.stringify(data?.handles.map(handle => handle.label)) !== JSON.stringify(given.handles.map(handle => handle.label))
      data = given
      send = hear
      set(nodes, { "aria-label": data.label })
      root.style.setProperty("--guess", data.colour)
      for (const handle of data.handles)
        for (const [way] of moves(handle)) {
          ways[way.name] = way
          const k = way.options.findIndex(option => option.text === data.said[way.name])
          // The server's value counts only if it has changed, because it may be older than the learner's last move.
          if (heard[way.name] !== k && !untold.has(way.name) && !held) said[way.name] = k < 0 ? undefined : k
          heard[way.name] = k
        }
      if (other) nodes.replaceChildren(...data.handles.filter(handle => moves(handle).length).map(made))
      draw()
    },
  }
}
