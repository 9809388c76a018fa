// Functions that all components of this folder share: they make nodes, and wait before they send a value to the server.

const WAYS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] }

/** Creates a node with its attributes. Attributes whose value is null or false are left out. */
function el(tag, attributes = {}, ...children) {
  const node = document.createElement(tag)
  node.append(...children)
  return set(node, attributes)
}
function svg(tag, attributes) {
  return set(document.createElementNS("http://www.w3.org/2000/svg", tag), attributes)
}
function set(node, attributes) {
  for (const [name, value] of Object.entries(attributes))
    if (value === null || value === false) node.removeAttribute(name)
    else node.setAttribute(name, value)
  return node
}

/** Returns a function that acts once it was not called for this many milliseconds. Until then `waits` is true. */
function pause(act) {
  let timer = 0
  return {
    get waits() { return timer !== 0 },
    call(milliseconds) {
      clearTimeout(timer)
      timer = setTimeout(() => { timer = 0; act() }, milliseconds)
    },
  }
}

/** Returns a canvas with a grey picture of side * side bytes in base64. */
function pixels(image, label, side = 28) {
  const canvas = el("canvas", { width: side, height: side, role: label ? "img" : null, "aria-label": label, "aria-hidden": label ? null : "true" })
  const pen = canvas.getContext("2d"), drawn = pen.createImageData(side, side)
  ;[...atob(image)].forEach((byte, k) => drawn.data.set([...Array(3).fill(byte.charCodeAt(0)), 255], 4 * k))
  pen.putImageData(drawn, 0, 0)
  return canvas
}
