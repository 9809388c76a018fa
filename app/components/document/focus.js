/* Moves the focus when the button that was pressed with a key leaves the page, as Train does when Stop replaces it.

The focus goes to an element in the nearest container that is still on the page. It is the main button of the container,
or else its first element that can have the focus. */
function keepFocus() {
  const FOCUSABLE = "button, a[href], input, select, textarea, summary, [tabindex='0']"
  const NEAR = 700, PATIENCE = 5000 // milliseconds: until NEAR only the nearest container is searched, and after PATIENCE none
  let byKey = false, last = null, around = [], began = 0, timer = 0

  const usable = node =>
    !node.disabled && !node.closest(`[inert], [hidden], ${OUTDATED}`) && node.getClientRects().length > 0
  const first = (within, what) => [...within.querySelectorAll(what)].find(usable)
  const nameOf = node => [...node.classList].find(name => name.startsWith("st-key-"))

  window.addEventListener("keydown", () => { byKey = true }, true)
  window.addEventListener("pointerdown", () => { byKey = false; last = null }, true)
  document.addEventListener("focusin", event => {
    last = event.target
    around = []
    for (let node = last.parentElement; node && node !== document.body; node = node.parentElement) {
      around.push([node, nameOf(node)])
    }
  })

  const stop = () => { clearInterval(timer); timer = 0 }
  const lost = () =>
    byKey && last && (!last.isConnected || last.disabled) && document.activeElement === document.body
  const look = () => {
    const passed = performance.now() - began
    if (!lost() || passed > PATIENCE) return stop()
    const nearest = around.findIndex(([node, name]) => name && node.isConnected)
    const within = passed < NEAR && nearest >= 0 ? around.slice(0, nearest + 1) : around
    for (const [node, name] of within) {
      const there = node.isConnected ? node : name && document.querySelector(`.${CSS.escape(name)}`)
      const next = there && (first(there, MAIN_BUTTON) ?? first(there, FOCUSABLE))
      if (next) { next.focus(); return stop() }
    }
  }
  new MutationObserver(() => {
    if (timer || !lost()) return
    began = performance.now()
    timer = setInterval(look, 60)
    look()
  }).observe(document.body, { childList: true, subtree: true, attributes: true, attributeFilter: ["disabled"] })
}
