/* Makes the page work while a translator changes it. The translator may be part of the browser or an extension.

A translator replaces every text node with an element that has the translated words. React still holds the text node.
When React removes the node, it raises an error, because the node has left the page. When React changes the node, the old
caption stays on the page. With this script, React reaches the element that replaced the text node. */
function bearTranslators() {
  const standIns = new WeakMap() // maps a node that a translator removed to the element that replaced it
  const { removeChild, insertBefore, appendChild } = Node.prototype
  const value = Object.getOwnPropertyDescriptor(Node.prototype, "nodeValue")

  const latest = node => {
    let now = node
    while (!now.isConnected && standIns.has(now)) now = standIns.get(now)
    return now
  }
  /* Returns the child of this parent that now contains the node, if there is one. */
  const standing = (parent, node) => {
    let now = node.parentNode === parent ? node : latest(node)
    while (now && now.parentNode !== parent) now = now.parentNode
    return now
  }
  /* Removes the replacement of a text, because the text itself is back. */
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
      if (there !== this && there.isConnected) there.replaceWith(this) // so that the translator sees a new text
      standIns.delete(this)
    },
  })

  new MutationObserver(records => {
    const added = new Set(records.flatMap(record => [...record.addedNodes]).filter(node => node.nodeType === 1))
    for (const record of records) {
      const near = [...record.addedNodes, record.nextSibling, record.previousSibling]
      const standIn = near.find(node => added.has(node))
      for (const gone of record.removedNodes) {
        const isText = gone.nodeType === 3 || gone.nodeName === "FONT" // a text, or an earlier translation of one
        if (standIn && isText && !gone.isConnected) standIns.set(gone, standIn)
      }
    }
  }).observe(document.body, { childList: true, subtree: true })
}
