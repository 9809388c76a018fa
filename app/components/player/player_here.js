// The place of a player on the page. It waits for its scripts and for all parts that it names, which may arrive in any order.

export default function ({ data, parentElement, setTriggerValue }) {
  const kit = (globalThis.headstartPlayer ??= { waiting: [], parts: new Map() })
  let end = null
  const here = parentElement.querySelector(".player")
  here.turn = (here.turn ?? 0) + 1
  const turn = here.turn
  function begin() {
    if (here.turn !== turn) return
    if (!kit.mount || data.kept.some(id => !kit.parts.has(id))) return void kit.waiting.push(begin)
    if (!here.dressed) here.before(Object.assign(document.createElement("style"), { textContent: kit.style }))
    here.dressed = true
    for (const id of data.kept) kit.parts.set(id, taken(kit.parts, id)) // the parts used last are removed last
    const leave = frame => setTriggerValue("left", frame)
    end = kit.mount({ data: { ...whole(data, kit.parts), leave }, parentElement: { querySelector: () => here } })
  }
  begin()
  return () => { here.turn += 1; end?.() }
}

function taken(parts, id) {
  const part = parts.get(id)
  parts.delete(id)
  return part
}

/** Joins the parts in their order with the data that came with the player. */
function whole(data, parts) {
  const panels = data.panels.map(panel => ({ ...panel }))
  for (const [k, panel] of panels.entries())
    for (const name of data.split) {
      const kept = data.kept.map(id => parts.get(id)[`${k} ${name}`]).filter(Boolean)
      if (kept.length) panel[name] = [...kept.flat(), ...panel[name]]
    }
  return { ...data, panels }
}
