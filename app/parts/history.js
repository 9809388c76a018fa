/* Gives the browser's history one entry for each thing that a learner does.

A click may set two things in the URL, a run that ends may note something there, and a page that is opened again writes
what was set there before: Back would then seem to do nothing. So every action allows one new entry; whatever changes
the URL beyond that belongs to the entry that is there. */
function oneEntryEach() {
  const VALID = 10_000 // milliseconds in which an action may change the URL
  const { pushState } = history
  let actions = [performance.now()] // a click may have come before this script
  let opened = false // a page was gone to, and nothing was done there yet
  const act = event => {
    if (event.type === "click" && event.detail) return // the pointer has come up already
    actions.push(performance.now())
    opened = false
  }
  for (const kind of ["pointerup", "keydown", "click", "change", "drop"]) window.addEventListener(kind, act, true)
  history.pushState = function (state, title, address) {
    actions = actions.filter(time => performance.now() - time < VALID)
    const moves = new URL(address, location.href).pathname !== location.pathname
    const isNew = moves || (!opened && actions.length > 0)
    actions.shift()
    if (moves) opened = true
    return (isNew ? pushState : history.replaceState).call(history, state, title, address)
  }
}
