export default function () {
  if (window.headstart) return // once for a tab, however many pages it draws
  window.headstart = true
  bearTranslators()
  oneEntryEach()
  keepFocus()
}
