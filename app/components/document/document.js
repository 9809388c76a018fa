export default function () {
  if (window.headstart) return // runs once in a tab, however many pages the tab draws
  window.headstart = true
  bearTranslators()
  oneEntryEach()
  keepFocus()
}
