/* Keeps the focus where one can go on: a button that is pressed by a key may leave the page, as Train does for Stop.

The focus goes to what takes the button's place: in the nearest container that is still there, to the main button, or
else to the first thing that can have the focus. */
function keepFocus() {
  const FOCUSABLE = "button, a[href], input, select, textarea, summary, [tabindex='0']"
  const MAIN = "[data-testid=stBaseButton-primary]"
  const PATIENCE = 20_000 // milliseconds, after which a learner has gone on otherwise
  let byKey = false, last = null, around = [], since = 0

  const usable = node =>
    !node.disabled && !node.closest("[inert], [hidden], [data-stale=true]") && node.getClientRects().length > 0
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
    since = 0
  })

  new MutationObserver(() => {
    if (!byKey || !last || last.isConnected || document.activeElement !== document.body) return
    since ||= performance.now()
    if (performance.now() - since > PATIENCE) { last = null; return }
    for (const [node, name] of around) {
      const there = node.isConnected ? node : name && document.querySelector(`.${CSS.escape(name)}`)
      const next = there && (first(there, MAIN) ?? first(there, FOCUSABLE))
      if (next) { next.focus(); return }
    }
  }).observe(document.body, { childList: true, subtree: true, attributes: true, attributeFilter: ["disabled"] })
}
