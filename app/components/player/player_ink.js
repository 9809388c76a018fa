// Drawing tools of the player's panels: the colours of the theme, the marks of classes and states, and small helpers.

// After Okabe and Ito (2008). With any one kind of cone missing, the first five colours stay 0.06 apart in OKLab. Shapes
// distinguish the others.
const LIGHT = ["#0072b2", "#e69f00", "#009e73", "#cc79a7", "#6b2a5b", "#56b4e9", "#d9cc2b", "#b5400a", "#4a4fc4", "#50565e"]
const DARK = ["#3a8ee0", "#f5bd2e", "#2fb58c", "#de90c0", "#9350a0", "#a5dbff", "#f2ea80", "#e0602a", "#7a6cf0", "#d5dade"]
const SHAPES = [[24, 0], [4, 45], [3, -90], [4, 0], [4, 0, 0.38], [3, 90], [4, 45, 0.38], [5, -90, 0.45], [6, 0], [5, -90]] // corners, rotation, waist
const SIGNED = ["#1660a7", "#c96208"] // the colours below and above zero; zero is nearly white
const STATES = [null, ["--right", "✓"], ["--lost", "✕"], ["--won", "↺"]] // colour, mark
const DASHES = { solid: [], dashed: [8, 5], dotted: [2, 5] }
const WAYS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }
const ICONS = {
  play: "M8 5v14l11-7z",
  pause: "M7 5h4v14H7zM13 5h4v14h-4z",
  back: "M17 6v12l-8-6zM6 6h2v12H6z",
  next: "M7 6v12l8-6zM16 6h2v12h-2z",
}
const SMOOTH = 4, SHADES = 34 // each cell of an area is drawn as 4 * 4, so that borders can be slanted

const bytes = text => Uint8Array.from(atob(text), letter => letter.charCodeAt(0))

function el(tag, props, ...children) {
  const node = Object.assign(document.createElement(tag), props)
  node.append(...children)
  return node
}

function icon(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg")
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path")
  svg.setAttribute("viewBox", "0 0 24 24")
  svg.setAttribute("aria-hidden", "true")
  path.setAttribute("d", ICONS[name])
  svg.append(path)
  return svg
}

function dress(button, name, label) {
  button.replaceChildren(icon(name))
  button.title = button.ariaLabel = label
}

/** Returns the current colours of the page. */
function looks(root) {
  const style = getComputedStyle(root)
  const rgb = name => { root.style.color = `var(${name})`; const found = hex(style.color); root.style.color = ""; return found }
  const ground = rgb("--st-background-color"), text = rgb("--st-text-color")
  const dark = parts(ground).reduce((a, b) => a + b) < 380
  const family = style.fontFamily
  root.dataset.theme = dark ? "dark" : "light"
  return {
    ground, text, family, palette: dark ? DARK : LIGHT,
    soft: mix(text, ground, 0.7), rule: mix(text, ground, 0.16),
    states: STATES.map(state => state && rgb(state[0])),
    font: `13px ${family}`, bold: `600 13px ${family}`,
  }
}

const parts = colour => [1, 3, 5].map(k => parseInt(colour.slice(k, k + 2), 16))
const hex = css => "#" + css.match(/[\d.]+/g).slice(0, 3).map(v => Math.round(v).toString(16).padStart(2, "0")).join("")
const abgr = colour => (([r, g, b]) => (255 << 24 | b << 16 | g << 8 | r) >>> 0)(parts(colour))

/** Mixes two colours by the share of one of them. */
function mix(one, other, share) {
  const b = parts(other)
  return "#" + parts(one).map((v, k) => Math.round(v * share + b[k] * (1 - share)).toString(16).padStart(2, "0")).join("")
}

const density = () => Math.min(3, devicePixelRatio || 1)

/** Gives a canvas as many pixels as the screen has in its box. Returns its size in CSS pixels. */
function fit(canvas, box) {
  const dense = density(), width = Math.max(1, box.clientWidth), height = Math.max(1, box.clientHeight)
  canvas.width = Math.round(width * dense)
  canvas.height = Math.round(height * dense)
  canvas.getContext("2d").setTransform(dense, 0, 0, dense, 0, 0)
  return [width, height]
}

function stroke(pen, colour, points) {
  pen.strokeStyle = colour
  pen.beginPath()
  for (const [x, y] of points) pen.lineTo(x, y)
  pen.stroke()
}

function dot(pen, x, y, radius, fill, edge) {
  pen.beginPath()
  pen.arc(x, y, radius, 0, 7)
  pen.fillStyle = fill
  pen.fill()
  pen.lineWidth = 2
  pen.strokeStyle = edge
  pen.stroke()
}

/** Returns the mark of a class, which is drawn once and copied many times. */
function sprite(kind, radius, look) {
  const dense = density(), half = Math.ceil((radius * 1.35 + 2) * dense) / dense
  const canvas = el("canvas", { width: Math.round(2 * half * dense), height: Math.round(2 * half * dense), half })
  const pen = canvas.getContext("2d")
  const [corners, turn, waist] = SHAPES[kind]
  const reach = radius * (corners > 8 ? 1 : 1.3), count = waist ? 2 * corners : corners
  pen.scale(dense, dense)
  pen.beginPath()
  for (let k = 0; k < count; k++) {
    const angle = ((turn + (360 * k) / count) * Math.PI) / 180, r = waist && k % 2 ? reach * waist : reach
    pen.lineTo(half + r * Math.cos(angle), half + r * Math.sin(angle))
  }
  pen.closePath()
  pen.lineJoin = "round"
  pen.fillStyle = look.palette[kind]
  pen.fill()
  pen.lineWidth = radius > 3.5 ? 1.4 : 0.8
  pen.strokeStyle = mix(look.palette[kind], look.text, 0.35)
  pen.stroke()
  return canvas
}

/** Draws the state of a point: a slashed ring if it is lost, a dashed ring if it is won back. Colour is never the only sign. */
function ring(pen, x, y, radius, state, look) {
  const r = radius + 3
  pen.lineWidth = 2.2
  pen.setLineDash(state === 3 ? [3, 2.5] : [])
  pen.strokeStyle = look.states[state]
  pen.beginPath()
  pen.arc(x, y, r, 0, 7)
  if (state === 2) { pen.moveTo(x - r * 0.7, y + r * 0.7); pen.lineTo(x + r * 0.7, y - r * 0.7) }
  pen.stroke()
  pen.setLineDash([])
}

function halo(pen, x, y, radius, look) {
  for (const [width, colour] of [[5, look.ground], [2.5, look.text]]) {
    pen.lineWidth = width
    pen.strokeStyle = colour
    pen.beginPath()
    pen.arc(x, y, radius, 0, 7)
    pen.stroke()
  }
}

/** Returns areas of side * side classes on a grid that is SMOOTH times finer, as SHADES * class + shade. Neighbouring cells vote
 with quadratic B-spline weights. */
function smooth(area, sure, side) {
  const fine = side * SMOOTH, kinds = new Uint8Array(fine * fine), found = new Uint16Array(fine * fine)
  const near = Array.from({ length: side }, (_, k) => [Math.max(0, k - 1), k, Math.min(side - 1, k + 1)])
  const weights = Array.from({ length: SMOOTH }, (_, k) => (t => [(1 - t) ** 2 / 2, 0.5 + t * (1 - t), t * t / 2])((k + 0.5) / SMOOTH))
  const votes = new Float32Array(10), cells = new Uint16Array(9)
  for (let y = 0; y < side; y++)
    for (let x = 0; x < side; x++) {
      let torn = false
      for (let k = 0; k < 9; k++) {
        cells[k] = near[y][Math.floor(k / 3)] * side + near[x][k % 3]
        torn ||= area[cells[k]] !== area[cells[4]]
      }
      for (let p = 0; p < SMOOTH * SMOOTH; p++) {
        const down = weights[Math.floor(p / SMOOTH)], across = weights[p % SMOOTH]
        const place = (fine - 1 - y * SMOOTH - Math.floor(p / SMOOTH)) * fine + x * SMOOTH + (p % SMOOTH)
        let best = area[cells[4]], shade = 0
        if (torn) {
          votes.fill(0)
          for (let k = 0; k < 9; k++) votes[area[cells[k]]] += down[(k / 3) | 0] * across[k % 3]
          for (let kind = 0; kind < 10; kind++) if (votes[kind] > votes[best]) best = kind
        }
        if (sure) for (let k = 0; k < 9; k++) shade += sure[cells[k]] * down[(k / 3) | 0] * across[k % 3]
        kinds[place] = best
        found[place] = best * SHADES + (sure ? shade >> 3 : 20)
      }
    }
  for (let y = 0; y < fine - 1; y++) // a border is a line with its own shade
    for (let x = 0; x < fine - 1; x++) {
      const p = y * fine + x
      if (kinds[p] !== kinds[p + 1] || kinds[p] !== kinds[p + fine]) found[p] = kinds[p] * SHADES + SHADES - 1
    }
  return found
}

/** Returns a colour for every class and shade in the format of ImageData. The last shade is the border. */
function inksOf({ palette, ground }) {
  const share = shade => (shade === SHADES - 1 ? 0.8 : 0.1 + (0.36 * shade) / (SHADES - 2))
  return Uint32Array.from(palette.flatMap(colour => Array.from({ length: SHADES }, (_, shade) => abgr(mix(colour, ground, share(shade))))))
}

/** Returns bytes as grey, or as blue below the middle and orange above it. A data URL is a picture in colour. */
function paint(canvas, values, { width, height, signed }) {
  if (typeof values === "string") {
    canvas.style.imageRendering = "auto"
    const picture = new Image()
    picture.onload = () => canvas.getContext("2d").drawImage(picture, 0, 0, width, height)
    picture.src = values
    return
  }
  const sheet = new ImageData(width, height)
  values.forEach((value, k) => {
    const s = Math.min(1, Math.abs(value - 128) / 127), end = parts(SIGNED[value < 128 ? 0 : 1])
    sheet.data.set(signed ? [...end.map(v => v * s + 247 * (1 - s)), 255] : [value, value, value, 255], 4 * k)
  })
  canvas.getContext("2d").putImageData(sheet, 0, 0)
}

/** Returns the points of a curve between two places, whose ends may lie between frames. */
function along(values, from, to) {
  const inner = values.map((v, k) => [k, v]).filter(([k]) => k > from && k < to)
  return [[from, valueAt(values, from)], ...inner, [to, valueAt(values, to)]].filter(([, v]) => v !== null)
}

function valueAt(values, at) {
  const a = values[Math.floor(at)], b = values[Math.ceil(at)], t = at % 1
  return a === null || b === null ? null : a * (1 - t) + b * t
}

/** Draws a flag at the moment that the learner has marked. */
function flagged(pen, x, top, bottom, look) {
  pen.lineWidth = 1.5
  pen.setLineDash([4, 4])
  stroke(pen, look.states[2], [[x, top], [x, bottom]])
  pen.setLineDash([])
  pen.beginPath()
  for (const [dx, dy] of [[0, 0], [13, 5], [0, 10]]) pen.lineTo(x + dx, top + dy)
  pen.fillStyle = look.states[2]
  pen.fill()
}

/** Moves labels until none covers another and all are between top and bottom. */
function apart(labels, gap, top, bottom) {
  labels.sort((a, b) => a.y - b.y)
  labels.forEach((one, k) => (one.y = Math.max(one.y, k ? labels[k - 1].y + gap : top)))
  labels.reduceRight((limit, one) => (one.y = Math.min(one.y, limit)) - gap, bottom - 14)
}

/** Returns the first and the last mark as they fit below a plot: the last one loses its words if both would touch, and then the first one too. */
function endMarks(pen, marks, room) {
  const first = marks[0], last = marks.at(-1), bare = text => text.match(/[-\u2212]?\d[\d.,]*$/)?.[0] ?? text
  const fits = ([a, b]) => pen.measureText(a).width + pen.measureText(b).width + 8 <= room
  return [[first, last], [first, bare(last)], [bare(first), bare(last)]].find(fits) ?? [bare(first), ""]
}

const stamp = (pen, made) => pen.drawImage(made, 11 - made.half, 11 - made.half, 2 * made.half, 2 * made.half)

function swatch(pen, colour) {
  pen.fillStyle = colour
  pen.fillRect(4, 4, 14, 14)
}

function letter(pen, state, look) {
  Object.assign(pen, { fillStyle: look.states[state], font: `700 16px ${look.family}`, textAlign: "center", textBaseline: "middle" })
  pen.fillText(STATES[state][1], 11, 12)
}
