/* Lets the page bear a translator, a browser's own or an extension.

A translator puts an element with translated words in the place of every text. React remembers the text: it removes a
node that is not there, which ends in an error, or it changes a text that nobody sees, so that an old caption stays.
Here React reaches the element that stands in the text's place. */
function bearTranslators() {
  const standIns = new WeakMap() // a node that a translator took out, and the element that it put there
  const { removeChild, insertBefore, appendChild } = Node.prototype
  const value = Object.getOwnPropertyDescriptor(Node.prototype, "nodeValue")

  const latest = node => {
    let now = node
    while (!now.isConnected && standIns.has(now)) now = standIns.get(now)
    return now
  }
  /* The child of this parent in which the node stands now, if there is one. */
  const standing = (parent, node) => {
    let now = node.parentNode === parent ? node : latest(node)
    while (now && now.parentNode !== parent) now = now.parentNode
    return now
  }
  /* The text comes back itself, so its stand-in leaves. */
  const dismiss = node => {
    const now = standIns.has(node) ? latest(node) : node
    if (now !== node) now.remove()
    standIns.delete(node)
  }

  Node.prototype.removeChild = function (child) {
    const there = standing(this, child)
    if (there) removeChild.call(this, there)
    return child
  }
  Node.prototype.insertBefore = function (node, before) {
    const there = before ? standing(this, before) : null
    dismiss(node)
    return insertBefore.call(this, node, there?.parentNode === this ? there : null)
  }
  Node.prototype.appendChild = function (node) {
    dismiss(node)
    return appendChild.call(this, node)
  }
  Object.defineProperty(Node.prototype, "nodeValue", {
    ...value,
    set(text) {
      value.set.call(this, text)
      const there = standIns.has(this) ? latest(this) : this
      if (there !== this && there.isConnected) there.replaceWith(this) // the translator sees a new text
      standIns.delete(this)
    },
  })

  new MutationObserver(records => {
    const added = new Set(records.flatMap(record => [...record.addedNodes]).filter(node => node.nodeType === 1))
    for (const record of records) {
      const near = [...record.addedNodes, record.nextSibling, record.previousSibling]
      const standIn = near.find(node => added.has(node))
      for (const gone of record.removedNodes) {
        const isText = gone.nodeType === 3 || gone.nodeName === "FONT" // a text, or an earlier translation of it
        if (standIn && isText && !gone.isConnected) standIns.set(gone, standIn)
      }
    }
  }).observe(document.body, { childList: true, subtree: true })
}
