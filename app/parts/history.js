/* Gives the browser's history one entry for each thing that a learner does.

A click may set two things in the URL, and a page that is opened again writes what was set there before: Back would
then seem to do nothing. So what follows the first change by itself belongs to the same entry. */
function oneEntryEach() {
  const { pushState } = history
  let acted = true // a click may have come before this script
  for (const kind of ["pointerdown", "keydown", "click", "change", "drop"]) {
    window.addEventListener(kind, () => { acted = true }, true)
  }
  history.pushState = function (...entry) {
    const change = acted ? pushState : history.replaceState
    acted = false
    return change.apply(history, entry)
  }
}
