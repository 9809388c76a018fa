// Saves the picture on the stage as a file: every canvas on it where it stands, on the page's ground, under its title.

const SHARP = 2 // pixels of the file for one on the screen
const EDGE = 16, HEAD = 40 // around the picture, and above it for the title

export default function ({ data, parentElement }) {
  const root = parentElement.querySelector(".camera")
  const says = el("span", { role: "status" })
  const button = el("button", { type: "button", title: data.help }, data.label)
  button.onclick = () => {
    const taken = shot(document.querySelector(`.${data.of}`))
    says.textContent = taken ? "" : data.nothing
    if (taken) el("a", { href: taken.toDataURL("image/png"), download: data.name }).click()
  }
  root.replaceChildren(button, says)
}

function shot(stage) {
  const drawn = stage ? [...canvases(stage)].filter(canvas => canvas.width && canvas.getBoundingClientRect().width > 8) : []
  if (!drawn.length) return null
  const boxes = drawn.map(canvas => canvas.getBoundingClientRect())
  const left = Math.min(...boxes.map(box => box.left)), top = Math.min(...boxes.map(box => box.top))
  const wide = Math.max(...boxes.map(box => box.right)) - left, high = Math.max(...boxes.map(box => box.bottom)) - top
  const file = el("canvas", { width: Math.ceil(SHARP * (wide + 2 * EDGE)), height: Math.ceil(SHARP * (high + HEAD + EDGE)) })
  const pen = file.getContext("2d"), look = getComputedStyle(document.querySelector(".stApp"))
  pen.scale(SHARP, SHARP)
  pen.fillStyle = look.backgroundColor
  pen.fillRect(0, 0, wide + 2 * EDGE, high + HEAD + EDGE)
  pen.fillStyle = look.color
  pen.font = `600 15px ${look.fontFamily}`
  pen.fillText(stage.querySelector("strong")?.textContent ?? "", EDGE, HEAD - 14, wide)
  drawn.forEach((canvas, k) => pen.drawImage(canvas, EDGE + boxes[k].left - left, HEAD + boxes[k].top - top, boxes[k].width, boxes[k].height))
  return file
}

/** All canvases within, also in shadow trees. */
function* canvases(node) {
  for (const one of node.querySelectorAll("*")) {
    if (one.tagName === "CANVAS") yield one
    if (one.shadowRoot) yield* canvases(one.shadowRoot)
  }
}
