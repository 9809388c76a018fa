/* Adds one entry to the browser's history for each action of the learner.

A click may set several parameters of the URL, and a run that ends may set one too. Without this script each of them would
be an entry, and Back would seem to do nothing. An action therefore allows one new entry. Every other change of the URL
replaces the current entry. Parameters of the page that opens next are written together with the address of that page. */
function oneEntryEach() {
  const VALID = 10_000 // milliseconds in which an action may change the URL
  const BURST = 100 // milliseconds in which one action may set several parameters
  const { pushState } = history
  let actions = [performance.now()] // a click may have happened before this script was loaded
  let acted = 0, pushed = 0 // the times of the last action and of the last new entry
  let opened = false // a page was opened, and the learner has not done anything there yet
  const act = event => {
    if (event.type === "click" && event.detail) return // the pointerup event was counted already
    actions.push((acted = performance.now()))
    opened = false
  }
  for (const kind of ["pointerup", "keydown", "click", "change", "drop"]) window.addEventListener(kind, act, true)

  /* Returns whether every new parameter in this address belongs to a page with another name. */
  const isOfNextPage = next => {
    const page = next.pathname.split("/").pop()
    const now = new URLSearchParams(location.search)
    const added = [...next.searchParams].filter(([name, value]) => now.get(name) !== value)
    return added.length > 0 && added.every(([name]) => name.includes(".") && name.split(".")[0] !== page)
  }
  history.pushState = function (state, title, address) {
    const now = performance.now(), next = new URL(address, location.href)
    const moves = next.pathname !== location.pathname
    if (!moves && isOfNextPage(next)) return
    if (next.href === location.href) return // the server repeats the address after a request with an older one
    actions = actions.filter(time => now - time < VALID)
    const isSameAction = now - pushed < BURST && acted < pushed
    const isNew = moves || (!opened && !isSameAction && actions.length > 0)
    if (!isSameAction) actions.shift()
    if (moves) opened = true
    pushed = now
    return (isNew ? pushState : history.replaceState).call(history, state, title, address)
  }
}
