// Saves the picture on the stage as a file with its title, on the background of the page. The file contains every canvas
// at its place, or every chart that is drawn as SVG.

const SHARP = 2 // pixels in the file for each pixel on the screen
const EDGE = 16, HEAD = 40 // the margin around the picture, and the height of the title, in pixels

export default function ({ data, parentElement }) {
  const root = parentElement.querySelector(".save_figure")
  const says = el("span", { role: "status" })
  const button = el("button", { type: "button", title: data.help }, data.label)
  button.onclick = () => {
    const stage = document.querySelector(`.${data.of}`)
    const seen = stage ? framed(stage, data.vector ? stage.querySelectorAll(`${CHART} svg`) : canvases(stage)) : null
    says.textContent = seen ? "" : data.nothing
    if (seen) el("a", { href: data.vector ? vector(seen) : shot(seen), download: data.name }).click()
  }
  root.replaceChildren(button, says)
}

/** Returns everything on the stage with its place from the top left, the total size, the title and the style. */
function framed(stage, nodes) {
  const drawn = [...nodes].filter(node => node.width && node.getBoundingClientRect().width > 8)
  if (!drawn.length) return null
  const boxes = drawn.map(node => node.getBoundingClientRect())
  const left = Math.min(...boxes.map(box => box.left)), top = Math.min(...boxes.map(box => box.top))
  const look = getComputedStyle(pageRoot()), title = stage.querySelector("strong")?.textContent ?? ""
  const pen = el("canvas").getContext("2d")
  pen.font = heading(look)
  const wide = Math.max(pen.measureText(title).width, Math.max(...boxes.map(box => box.right)) - left)
  return {
    parts: drawn.map((node, k) => ({
      node, x: EDGE + boxes[k].left - left, y: HEAD + boxes[k].top - top, width: boxes[k].width, height: boxes[k].height,
    })),
    wide: wide + 2 * EDGE,
    high: Math.max(...boxes.map(box => box.bottom)) - top + HEAD + EDGE,
    title, look,
  }
}

const heading = look => `600 15px ${look.fontFamily}`

function shot({ parts, wide, high, title, look }) {
  const file = el("canvas", { width: Math.ceil(SHARP * wide), height: Math.ceil(SHARP * high) })
  const pen = file.getContext("2d")
  pen.scale(SHARP, SHARP)
  pen.fillStyle = look.backgroundColor
  pen.fillRect(0, 0, wide, high)
  pen.fillStyle = look.color
  pen.font = heading(look)
  pen.fillText(title, EDGE, HEAD - 14)
  parts.forEach(({ node, x, y, width, height }) => pen.drawImage(node, x, y, width, height))
  return file.toDataURL("image/png")
}

function vector({ parts, wide, high, title, look }) {
  const file = svg("svg", { width: wide, height: high, viewBox: `0 0 ${wide} ${high}` })
  const head = svg("text", { x: EDGE, y: HEAD - 14, fill: look.color, style: `font: ${heading(look)}` })
  head.append(title)
  file.append(svg("rect", { width: wide, height: high, fill: look.backgroundColor }), head)
  for (const { node, ...place } of parts) file.append(set(node.cloneNode(true), { ...place, style: null }))
  const text = new XMLSerializer().serializeToString(file)
  return "data:image/svg+xml;charset=utf-8," + encodeURIComponent(text)
}

/** Returns all canvases inside a node, also in shadow trees. */
function* canvases(node) {
  for (const one of node.querySelectorAll("*")) {
    if (one.tagName === "CANVAS") yield one
    if (one.shadowRoot) yield* canvases(one.shadowRoot)
  }
}
