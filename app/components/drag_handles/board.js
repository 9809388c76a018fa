// A square to draw in, with a pen or with keys. The learner draws the symbols of an alphabet one after the other, or a
// single drawing that is sent to the server while it grows. app/components/drag_handles/drag_handles.py sends its data, and
// core/experiment/strokes.py defines how drawings are written.

const SIZE = 100, STROKES = 40, POINTS = 800
const APART = 1.5 // least distance between two points of a stroke, in units of SIZE; finer strokes are not visible at 28 pixels
const STEP = 5, LEAP = 20 // how far an arrow key moves the pen in units of SIZE, alone and with Shift
const OFTEN = 150 // the fewest milliseconds between two messages to the server while a drawing grows

export default function ({ data, parentElement, setTriggerValue }) {
  speak(data)
  const root = parentElement.querySelector(".board")
  root.board ??= board(root)
  root.board.show(data, text => setTriggerValue("made", text))
}

function board(root) {
  let data = null, send = null, strokes = [], alphabet = null, at = 0, pen = null, last = 0, heard = null
  let hidden = [], names = [], called = "" // drawings that the sliders hide; the names of the symbols and of the alphabet
  let place = [SIZE / 2, SIZE / 2], down = false // the pen that the keys move
  const square = svg("svg", { viewBox: `-4 -4 ${SIZE + 8} ${SIZE + 8}`, tabindex: 0, role: "application" })
  const ink = svg("g", { "aria-hidden": "true" }), cross = svg("path", { class: "cross", "aria-hidden": "true" })
  square.append(svg("rect", { class: "paper", x: -4, y: -4, width: SIZE + 8, height: SIZE + 8 }), ink, cross)
  const news = el("p", { class: "news", "aria-live": "polite" })
  const button = (text, act) => Object.assign(el("button", { type: "button" }, text), { onclick: act })
  const done = button(translated`Next drawing`, finish), undo = button(translated`Undo stroke`, back), clear = button(translated`Clear`, wipe)
  const anew = button(translated`Begin all again`, () => { alphabet = empty(); hidden = []; names = []; called = ""; at = 0; strokes = []; keep(); draw() })
  const strip = el("div", { class: "drawn", role: "list" }), legend = el("div", { class: "legend" })
  root.replaceChildren(el("div", { class: "desk" }, square, el("div", { class: "side" }, news, el("div", { class: "tools" }, done, undo, clear, anew), strip, legend)))

  const one = () => data.symbols === 0 // true for a single drawing
  const empty = () => Array.from({ length: data.symbols }, () => [])
  const count = () => strokes.reduce((sum, stroke) => sum + stroke.length, 0)
  const whole = () => alphabet.every(drawings => drawings.length >= data.each)
  const written = drawing => drawing.map(stroke => stroke.map(point => point.join(",")).join(" ")).join(";")
  const parsed = text => text.split(";").map(stroke => stroke.split(" ").map(point => point.split(",").map(Number)))
  const later = pause(() => tell())

  /** Returns the place of the pointer in whole numbers. */
  function read(event) {
    const box = square.getBoundingClientRect(), scale = (SIZE + 8) / Math.min(box.width, box.height)
    return [event.clientX - box.left - (box.width - box.height) / 2 * (box.width > box.height), event.clientY - box.top]
      .map(pixel => Math.round(Math.max(0, Math.min(SIZE, pixel * scale - 4))))
  }
  function begin(point) {
    if (full() || strokes.length >= STROKES) return
    strokes.push([point])
    grown()
  }
  const full = () => !one() && whole()
  function reach(point) {
    const stroke = strokes.at(-1), [x, y] = stroke.at(-1)
    if (Math.hypot(point[0] - x, point[1] - y) < APART || count() >= POINTS) return
    stroke.push(point)
    grown()
  }
  /** Sends a single drawing while it grows, but not more often than the server can answer. */
  function grown() {
    if (one() && !later.waits) later.call(Math.max(0, last + OFTEN - performance.now()))
    draw()
  }
  function tell() {
    last = performance.now()
    send(written(strokes))
  }
  function back() { strokes.pop(); down = false; if (one()) tell(); draw() }
  function wipe() { strokes = []; down = false; if (one()) tell(); draw() }
  function finish() {
    if (!strokes.length || one() || full()) return
    alphabet[at].push(strokes)
    strokes = []
    down = false
    turn()
    keep()
    draw()
    hand()
  }
  /** Returns the symbol to draw next: the first one that lacks a drawing. */
  function turn() { at = Math.max(0, alphabet.findIndex(drawings => drawings.length < data.each)) }
  /** Sends the alphabet to the server once all of it is drawn. */
  function hand() {
    if (whole()) send(JSON.stringify({ name: called || "My symbols", symbols: alphabet.map((drawings, k) => ({ name: name(k), drawings })) }))
  }
  function remove(symbol, drawing) {
    alphabet[symbol].splice(drawing, 1)
    turn()
    keep()
    draw()
    square.focus({ preventScroll: true })
  }
  const name = k => names[k] || `symbol ${k + 1}`
  /** Returns all drawings, also those that the sliders hide. */
  const all = () => Array.from({ length: Math.max(alphabet.length, hidden.length) }, (_, k) => [...(alphabet[k] ?? []), ...(hidden[k] ?? [])])
  /** Shows as many drawings as the sliders say. */
  function lay(drawings) {
    alphabet = empty().map((_, k) => (drawings[k] ?? []).slice(0, data.each))
    hidden = drawings.map((one, k) => (k < alphabet.length ? one.slice(data.each) : one))
  }
  /** Stores the drawings, so that they are there after a reload if the server still has the same alphabet. A browser that
      stores nothing raises an error here, which changes nothing else. */
  function keep() { try { localStorage.setItem("headstart board", JSON.stringify({ drawings: all(), names, called, of: heard })) } catch { /* */ } }
  function kept() {
    try {
      const found = JSON.parse(localStorage.getItem("headstart board"))
      const value = Array.isArray(found) ? { drawings: found, names: [], called: "", of: "" } : found // the form in which earlier versions stored it
      if (Array.isArray(value.drawings) && value.drawings.every(Array.isArray) && Array.isArray(value.names)) return value
    } catch { /* */ }
    return { drawings: [], names: [], called: "", of: "" }
  }
  /** Replaces what is shown: nothing, a draft, or another alphabet. */
  function open(value) {
    names = value.names
    called = value.called
    lay(value.drawings)
  }
  const read_alphabet = text => {
    const told = JSON.parse(text)
    return { drawings: told.symbols.map(symbol => symbol.drawings), names: told.symbols.map(symbol => symbol.name), called: told.name }
  }

  square.onpointerdown = event => {
    event.preventDefault()
    square.focus({ preventScroll: true })
    square.setPointerCapture(event.pointerId)
    down = false
    pen = event.pointerId
    begin(read(event))
  }
  square.onpointermove = event => {
    if (pen !== event.pointerId || !strokes.length) return
    for (const moved of event.getCoalescedEvents?.() ?? [event]) reach(read(moved))
  }
  square.onpointerup = square.onpointercancel = () => { pen = null; if (one()) tell() }
  square.onkeydown = event => {
    const way = WAYS[event.key]
    if (way) {
      const far = event.shiftKey ? LEAP : STEP
      place = place.map((v, axis) => Math.max(0, Math.min(SIZE, v + (axis ? -1 : 1) * way[axis] * far)))
      if (down) reach(place)
    } else if (event.key === " ") {
      down = !down
      if (down) begin(place)
    } else if (event.key === "Enter") finish()
    else if (event.key === "Backspace") back()
    else return
    event.preventDefault()
    draw()
  }

  const lines = drawing => drawing.map(stroke => svg("polyline", { points: stroke.concat(stroke.length > 1 ? [] : stroke).join(" ") }))
  function picture(drawing) {
    const node = svg("svg", { viewBox: `-6 -6 ${SIZE + 12} ${SIZE + 12}`, "aria-hidden": "true" })
    node.append(...lines(drawing))
    return node
  }
  function small(drawing, symbol, k) {
    const node = button("", () => remove(symbol, k))
    node.append(picture(drawing))
    return set(node, { "aria-label": translated`Symbol ${symbol + 1}, drawing ${k + 1}: remove it`, title: translated`Remove` })
  }
  function draw() {
    ink.replaceChildren(...lines(strokes))
    const [x, y] = place
    set(cross, { d: `M${x - 4} ${y}h8M${x} ${y - 4}v8`, class: down ? "cross down" : "cross" })
    const drawn = one() ? 0 : alphabet[at].length
    const asked = one() ? data.label : full() ? translated`All is drawn. Tap a drawing to draw it again.` : translated`Symbol ${at + 1} of ${data.symbols}, drawing ${drawn + 1} of ${data.each}.`
    if (news.textContent !== asked) news.textContent = asked
    set(square, { "aria-label": translated`${asked} Draw here. Arrow keys move the pen, the space bar sets it down and lifts it, Enter ends the drawing, Backspace takes back a stroke. ${strokes.length} strokes so far.` })
    done.hidden = anew.hidden = strip.hidden = one()
    done.disabled = !strokes.length || full()
    undo.disabled = clear.disabled = !strokes.length
    legend.replaceChildren(...data.legend.map(([name, drawing]) => el("figure", {}, picture(parsed(drawing)), el("figcaption", {}, name))))
    strip.replaceChildren(...(alphabet ?? []).map((drawings, k) => el("div", { role: "listitem", "aria-label": translated`Symbol ${k + 1}: ${drawings.length} of ${data.each} drawings` }, ...drawings.map((drawing, j) => small(drawing, k, j)))))
  }
  return {
    show(now, hear) {
      const first = data === null, other = !first && (data.symbols !== now.symbols || data.each !== now.each)
      data = now
      send = hear
      root.classList.toggle("one", one())
      if (first && one() && data.given) strokes = parsed(data.given)
      if (!one() && (first || other || data.given !== heard)) {
        const given = data.given && data.given !== heard ? read_alphabet(data.given) : null
        const draft = first ? kept() : null
        const same = given && !first && JSON.stringify(given.drawings) === JSON.stringify(alphabet) // this browser has just sent it
        heard = data.given
        if (draft && draft.drawings.flat().length && (!given || draft.of === data.given)) open(draft)
        else if (given && !same) {
          strokes = []
          open(given)
          keep()
        } else if (first) open(draft)
        else lay(all())
        turn()
        if (other && !given) hand()
      }
      draw()
    },
  }
}
