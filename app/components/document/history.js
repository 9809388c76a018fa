/* Gives the browser's history one entry for each thing that a learner does.

A click may set several things in the URL, and a run that ends may note something there: Back would then seem to do
nothing. So an action allows one new entry; whatever changes the URL beyond that belongs to the entry that is there. And
what belongs to the page that is gone to next is written with that page's own address. */
function oneEntryEach() {
  const VALID = 10_000 // milliseconds: so late may an action change the URL
  const BURST = 100 // milliseconds: so fast does one action set several things
  const { pushState } = history
  let actions = [performance.now()] // a click may have come before this script
  let acted = 0, pushed = 0 // when that was last
  let opened = false // a page was gone to, and nothing was done there yet
  const act = event => {
    if (event.type === "click" && event.detail) return // the pointer has come up already
    actions.push((acted = performance.now()))
    opened = false
  }
  for (const kind of ["pointerup", "keydown", "click", "change", "drop"]) window.addEventListener(kind, act, true)

  /* Whether all that is new in this address belongs to a page of another name. */
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
    actions = actions.filter(time => now - time < VALID)
    const isSameAction = now - pushed < BURST && acted < pushed
    const isNew = moves || (!opened && !isSameAction && actions.length > 0)
    if (!isSameAction) actions.shift()
    if (moves) opened = true
    pushed = now
    return (isNew ? pushState : history.replaceState).call(history, state, title, address)
  }
}
