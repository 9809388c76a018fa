// The panels of a player. Each panel returns its node and its functions. draw(at) draws a frame, with a fraction while the
// player plays. take(panel) accepts other frames of the same items. fresh(), if there is one, is called after a change of
// the size or the theme.

const PANELS = { space, images, bars, lines, texts, tokens }
const title = panel => el("p", { className: "title" }, panel.title, ...(panel.big ? [el("b", { className: "big" })] : []))

/** Writes the large word of a panel at a frame, such as a count. */
function big(node, panel, frame) {
  const word = panel.big && (panel.big[frame] ?? panel.big[0])
  const at = node.querySelector(".big")
  if (at && at.textContent !== word) at.textContent = word
}

function space(panel, stage) {
  const [left, right, bottom, top] = panel.extent
  const canvas = el("canvas", {})
  const box = el("div", { className: "stage" }, canvas)
  const aspect = Math.min(2, Math.max(0.6, (right - left) / (top - bottom)))
  Object.assign(box.style, { aspectRatio: String(aspect), maxWidth: `calc(var(--tall) * ${aspect})` })
  const story = stories(() => panel, "point")
  const node = el("section", {}, title(panel), box, story.node)
  let areas, sure, smooths, xy, classes, states
  const smoothed = k => (smooths[k] ??= smooth(areas[k], sure[k], panel.side))
  const ahead = k => k < areas.length && canvas.isConnected && (smoothed(k), setTimeout(ahead, 0, k + 1)) // computed before they are needed
  const side = panel.side * SMOOTH
  const sheet = panel.side ? new ImageData(side, side) : null
  const cells = sheet ? new Uint32Array(sheet.data.buffer) : null
  const paper = el("canvas", { width: side || 1, height: side || 1 })
  const count = panel.count ?? 0
  function take(more) {
    const known = areas?.length && more.areas?.[0] === panel.areas[0] ? smooths : [] // with the same first frame, the new frames were added at the end
    panel = more
    areas = (panel.areas ?? []).map(bytes)
    sure = (panel.sure ?? []).map(bytes)
    smooths = known
    xy = panel.xy ? new Uint16Array(bytes(panel.xy).buffer) : null
    classes = xy ? bytes(panel.classes) : null
    states = xy ? bytes(panel.states) : null
    setTimeout(ahead, 50, 0)
  }
  take(panel)
  let sprites = [], inks = [], size = [1, 1], radius = 4, chosen = -1
  accessible(canvas, panel)

  const row = (array, frame, width) => (array.length > width ? frame * width : 0) // the start of a frame; an array with one frame holds for all frames
  function place(item, at) {
    const frame = Math.floor(at), more = Math.min(frame + 1, stage.last), t = at - frame
    const a = row(xy, frame, 2 * count) + 2 * item, b = row(xy, more, 2 * count) + 2 * item
    const [lowX, lowY, spanX, spanY] = panel.bounds
    const x = lowX + ((xy[a] * (1 - t) + xy[b] * t) / 65535) * spanX
    const y = lowY + ((xy[a + 1] * (1 - t) + xy[b + 1] * t) / 65535) * spanY
    return [((x - left) / (right - left)) * size[0], ((top - y) / (top - bottom)) * size[1]]
  }
  function fresh() {
    size = fit(canvas, box)
    radius = Math.min(7, Math.max(2.4, size[0] / (count > 600 ? 120 : count > 150 ? 80 : 55)))
    sprites = stage.data.classes.map((_, k) => sprite(k, radius, stage.look))
    inks = inksOf(stage.look)
  }
  function draw(at) {
    const pen = canvas.getContext("2d")
    const frame = Math.round(at)
    big(node, panel, frame)
    pen.clearRect(0, 0, ...size)
    if (areas.length) {
      const k = areas.length > 1 ? frame : 0
      const area = smoothed(k)
      for (let p = 0; p < cells.length; p++) cells[p] = inks[area[p]]
      paper.getContext("2d").putImageData(sheet, 0, 0)
      pen.imageSmoothingEnabled = true
      pen.drawImage(paper, 0, 0, ...size)
    }
    if (!xy) return
    const dense = density(), whole = v => Math.round(v * dense) / dense // whole pixels can be copied; fractions would have to be blended
    const offset = row(classes, frame, count), state = row(states, frame, count)
    for (let item = 0; item < count; item++) {
      const [x, y] = place(item, at)
      const stamp = sprites[classes[offset + item]]
      pen.drawImage(stamp, whole(x - stamp.half), whole(y - stamp.half), 2 * stamp.half, 2 * stamp.half)
    }
    for (let item = 0; item < count; item++)
      if (states[state + item] > 1) ring(pen, ...place(item, at), radius, states[state + item], stage.look)
    if (panel.axes) scale(pen)
    if (chosen >= 0) halo(pen, ...place(chosen, at), radius + 6, stage.look)
  }
  /** Draws the numbers and names of both axes above the data. */
  function scale(pen) {
    const { look } = stage, [wide, high] = size, [across, up] = panel.axes
    const write = (text, x, y, align) => {
      Object.assign(pen, { textAlign: align, strokeStyle: look.ground, fillStyle: look.text, lineWidth: 3, lineJoin: "round" })
      pen.strokeText(text, x, y)
      pen.fillText(text, x, y)
    }
    pen.font = look.font
    for (const [place, text] of across.ticks) {
      const x = ((place - left) / (right - left)) * wide
      pen.lineWidth = 1
      stroke(pen, look.soft, [[x, high], [x, high - 4]])
      write(text, x, high - 7, "center")
    }
    for (const [place, text] of up.ticks) {
      const y = ((top - place) / (top - bottom)) * high
      pen.lineWidth = 1
      stroke(pen, look.soft, [[0, y], [4, y]])
      write(text, 7, y + 4, "left")
    }
    pen.font = look.bold
    write(`${across.name} \u2192`, wide - 5, high - 22, "right")
    write(`\u2191 ${up.name}`, 5, 15, "left")
  }
  function choose(item) {
    chosen = item
    story.tell(item)
    draw(stage.at())
  }
  if (story.any) {
    Object.assign(canvas, { tabIndex: 0, role: "application" })
    canvas.style.cursor = "pointer"
    const told = () => Array.from({ length: count }, (_, k) => k).filter(k => panel.stories[k])
    const nearest = cost => {
      const found = told().map(k => [cost(...place(k, stage.at()), k), k]).sort((a, b) => a[0] - b[0])[0]
      return found && found[0] < Infinity ? found[1] : -1
    }
    canvas.onclick = event => choose(nearest((x, y) => (d => (d < 24 ? d : Infinity))(Math.hypot(x - event.offsetX, y - event.offsetY))))
    canvas.onkeydown = event => {
      const way = WAYS[event.key]
      if (event.key === "Escape") choose(-1)
      else if (event.key === "Enter" || event.key === " " || (way && chosen < 0)) choose(chosen < 0 ? nearest((x, y) => Math.hypot(x - size[0] / 2, y - size[1] / 2)) : chosen)
      else if (way) {
        const [x0, y0] = place(chosen, stage.at())
        const to = nearest((x, y, k) => {
          const along = (x - x0) * way[0] + (y - y0) * way[1], aside = Math.abs((x - x0) * way[1]) + Math.abs((y - y0) * way[0])
          return k !== chosen && along > 0 ? along + 2 * aside : Infinity
        })
        if (to >= 0) choose(to)
      } else return
      event.preventDefault()
    }
  }
  return { node, draw, fresh, take }
}

function images(panel, stage) {
  const story = stories(() => panel, "image")
  const grid = el("div", { className: panel.columns ? "grid wall" : "grid" })
  if (panel.columns) grid.style.setProperty("--columns", panel.columns)
  if (panel.columns && panel.size > 62) grid.style.setProperty("--tile", `${panel.size}px`)
  const node = el("section", { className: panel.columns ? "" : "wide" }, title(panel), grid, story.node)
  const count = panel.images[0].length
  let states, decoded
  const picked = []
  const cells = Array.from({ length: count }, (_, k) => {
    const picture = el("canvas", { width: panel.width, height: panel.height })
    if (!panel.columns) picture.style.width = picture.style.height = `${panel.size}px`
    const word = el("span", { className: "word" }), badge = el("span", { className: "badge", ariaHidden: "true" })
    const told = panel.stories[k]
    const cell = el(told ? "button" : "div", { className: "cell" }, el("span", { className: "frame" }, picture, badge), word)
    if (told) Object.assign(cell, { type: "button", onclick: () => choose(k) }) && picked.push(k)
    else cell.role = "img"
    return { cell, picture, word, badge }
  })
  grid.append(...cells.map(one => one.cell))
  const roving = to => picked.forEach(k => (cells[k].cell.tabIndex = k === to ? 0 : -1))
  roving(picked[0])
  function choose(k) {
    cells.forEach((one, j) => one.cell.setAttribute("aria-pressed", String(j === k)))
    roving(k)
    story.tell(k)
  }
  grid.onkeydown = event => {
    const way = WAYS[event.key], from = picked.findIndex(k => cells[k].cell === event.target)
    if (!way || from < 0) return
    const columns = cells.filter(one => one.cell.offsetTop === cells[0].cell.offsetTop).length
    const to = picked[from + way[0] + way[1] * columns]
    if (to !== undefined) { roving(to); cells[to].cell.focus() }
    event.preventDefault()
  }
  let painted = -1
  function take(more) {
    const same = decoded && more.images.length === 1 && more.images[0][0] === panel.images[0][0]
    panel = more
    states = bytes(panel.states)
    if (!same) decoded = panel.images.map(row => row.map(one => (one.startsWith("data:") ? one : bytes(one))))
    painted = same ? -2 : -1 // -2: the pictures are drawn already
  }
  take(panel)
  function draw(at) {
    const frame = Math.round(at)
    if (frame === painted) return
    big(node, panel, frame)
    const row = decoded.length > 1 ? frame : 0
    cells.forEach((one, k) => {
      if (painted === -1 || decoded.length > 1) paint(one.picture, decoded[row][k], panel)
      const word = panel.says[panel.says.length > 1 ? frame : 0][k]
      const state = states[(states.length > count ? frame * count : 0) + k]
      one.word.textContent = panel.columns ? "" : word
      one.cell.dataset.state = state
      one.badge.textContent = (panel.columns && state > 1 && word) || (STATES[state]?.[1] ?? "")
      const full = panel.full?.[word] ?? word
      one.cell.title = full === word ? "" : full
      one.cell.ariaLabel = [full || `${k + 1}`, stage.data.states[state - 1]].filter(Boolean).join(", ")
    })
    painted = frame
  }
  return { node, draw, take }
}

function bars(panel, stage) {
  const [low, high] = panel.span
  const share = value => (100 * (Math.min(high, Math.max(low, value)) - low)) / (high - low)
  const rows = panel.names.map(name => {
    const fill = el("i", {}), value = el("b", {})
    fill.style.background = panel.colour
    const track = el("div", { className: "track" }, fill)
    track.style.setProperty("--zero", `${share(0)}%`)
    return { node: el("div", { className: "bar" }, el("span", {}, name), track, value), fill, value }
  })
  const node = el("section", {}, title(panel), el("div", { className: "bars" }, ...rows.map(row => row.node)))
  function draw(at) {
    const a = panel.values[Math.floor(at)] ?? panel.values[0], b = panel.values[Math.ceil(at)] ?? panel.values[0], t = at % 1
    rows.forEach((row, k) => {
      const value = a[k] * (1 - t) + b[k] * t
      row.fill.style.left = `${Math.min(share(0), share(value))}%`
      row.fill.style.width = `${Math.abs(share(value) - share(0))}%`
      row.value.textContent = (panel.shown[Math.round(at)] ?? panel.shown[0])[k]
    })
  }
  return { node, draw, take: more => (panel = more) }
}

function lines(panel, stage) {
  const canvas = el("canvas", {})
  const box = el("div", { className: "stage tall" }, canvas)
  const node = el("section", {}, title(panel), box)
  accessible(canvas, panel)
  let size = [1, 1], edge = [40, 90, 12, 30] // left, right, top and bottom edge of the plot
  const X = at => edge[0] + (stage.last ? at / stage.last : 0.5) * (size[0] - edge[0] - edge[1])
  const Y = value => edge[2] + (1 - value) * (size[1] - edge[2] - edge[3])
  function fresh() {
    size = fit(canvas, box)
    const pen = canvas.getContext("2d")
    pen.font = stage.look.bold
    edge[0] = 12 + Math.max(...panel.ticks.map(([, text]) => pen.measureText(text).width))
    edge[1] = 18 + Math.max(...panel.lines.map(line => Math.max(pen.measureText(line.name).width, ...line.written.map(text => pen.measureText(text).width))))
  }
  function draw(at) {
    const pen = canvas.getContext("2d"), { look } = stage, frame = Math.round(at)
    big(node, panel, frame)
    pen.clearRect(0, 0, ...size)
    pen.font = look.font
    pen.lineWidth = 1
    pen.textBaseline = "middle"
    for (const [tick, text] of panel.ticks) {
      stroke(pen, look.rule, [[X(0), Y(tick)], [X(stage.last), Y(tick)]])
      pen.fillStyle = look.soft
      pen.textAlign = "right"
      pen.fillText(text, edge[0] - 6, Y(tick))
    }
    pen.textBaseline = "alphabetic"
    const written = endMarks(pen, stage.data.marks, X(stage.last) - X(0))
    for (const [where, align, text] of [[0, "left", written[0]], [stage.last, "right", written[1]]]) {
      pen.textAlign = align
      pen.fillText(text, X(where), size[1] - 8)
    }
    stroke(pen, look.text, [[X(at), edge[2] - 6], [X(at), Y(0)]])
    if (stage.flag !== undefined) flagged(pen, X(Math.min(stage.flag, stage.last)), edge[2] - 4, Y(0), look)
    const labels = []
    for (const line of panel.lines.filter(line => !line.veiled || stage.unveiled())) {
      pen.lineWidth = 2.5
      pen.setLineDash(DASHES[line.dash] ?? [])
      for (const [from, to, alpha] of [[0, at, 1], [at, stage.last, 0.28]]) {
        pen.globalAlpha = alpha
        stroke(pen, line.colour, along(line.values, from, to).map(([k, v]) => [X(k), Y(v)]))
      }
      pen.globalAlpha = 1
      pen.setLineDash([])
      const now = valueAt(line.values, at), end = line.values.findLast(v => v !== null)
      if (now !== null) dot(pen, X(at), Y(now), 5, line.colour, look.ground)
      if (end !== undefined) labels.push({ y: Y(end), line, value: line.written[frame] })
    }
    apart(labels, 32, edge[2] + 8, size[1] - edge[3])
    pen.textAlign = "left"
    for (const { y, line, value } of labels) {
      pen.fillStyle = mix(line.colour, look.text, 0.8)
      pen.font = look.bold
      pen.fillText(line.name, X(stage.last) + 10, y - 3)
      pen.font = look.font
      pen.fillText(value, X(stage.last) + 10, y + 13)
    }
  }
  const seek = event => {
    const share = (event.offsetX - edge[0]) / (size[0] - edge[0] - edge[1])
    stage.seek(Math.round(Math.min(1, Math.max(0, share)) * stage.last))
  }
  canvas.onpointerdown = event => { canvas.setPointerCapture(event.pointerId); seek(event) }
  canvas.onpointermove = event => event.buttons && seek(event)
  return { node, draw, fresh, take: more => (panel = more) }
}
