// Panels of frames that follow one scrubber. lessons/kit/figures/player.py makes their data. The script knows no lesson.

const places = new Map() // the frame that each player shows, so that it stays when the page is drawn again
const flags = new Map() // the frame that the learner marked in each player

function mount({ data, parentElement }) {
  const root = parentElement.querySelector(".player")
  if (root.run?.takes(data)) root.run.take(data)
  else { root.run?.end(); root.run = start(root, data) }
  return () => { root.run?.end(); root.run = null }
}

function start(root, data) {
  const calm = matchMedia("(prefers-reduced-motion: reduce)")
  const marksOf = data => data.marks.join("|") + "|"
  const shapeOf = data => JSON.stringify([data.key, data.scrub, data.classes, data.panels.map(p => [p.kind, p.title, p.count ?? p.images?.[0].length ?? (p.texts && [p.texts[0].length, p.prompts]) ?? p.tokens ?? p.names ?? p.lines?.map(l => l.name), p.side, Boolean(p.stories?.length)])])
  const kept = places.get(data.key)
  const shape = shapeOf(data)
  let marks = marksOf(data), last = data.marks.length - 1
  let at = data.live ? last : data.chooses ? data.first : kept && marks.startsWith(kept.marks) ? kept.at : data.first // new frames may have been added at the end
  let playing = 0, leaving = 0

  const stage = { data, last, look: looks(root), at: () => at, seek: to => { seek(to); choose() }, watched: [] }
  if (!data.live || last > 1) stage.flag = flags.get(data.key)
  stage.unveiled = () => stage.flag !== undefined && !stage.data.live
  const pair = data.panels.length === 2 && data.panels.every(panel => panel.kind === "space")
  const panels = data.panels.map(panel => PANELS[panel.kind](panel, stage))
  const range = el("input", { type: "range", min: 0, max: last, step: 1, oninput: () => stage.seek(Number(range.value)) })
  const mark = el("output", { className: "mark" })
  const says = el("p", { className: "says" })
  const goal = el("p", { className: "goal" })
  const button = (name, label, act) => el("button", { type: "button", className: name, onclick: act, ariaLabel: label, title: label }, icon(name))
  const toggle = button("play", translated`Play`, () => (playing ? stage.seek(at) : play()))
  const back = button("back", translated`Back one`, () => stage.seek(Math.max(0, Math.ceil(at) - 1)))
  const next = button("next", translated`Forward one`, () => stage.seek(Math.min(last, Math.floor(at) + 1)))
  const label = el("label", { className: "scrub" }, el("span", {}, data.scrub), range)
  const raise = el("button", { type: "button", className: "flag", onclick: () => { hoist(Math.round(at)); show(at) } }, `⚑ ${data.flag}`)
  const leave = el("button", { type: "button", className: "flag leave", onclick: () => data.leave(Math.round(at)) }, `↪ ${data.leaves}`)
  const controls = el("div", { className: "controls" }, back, toggle, next, label, mark, raise, leave)
  const told = el("p", { className: "flagged", ariaLive: "polite" })
  root.replaceChildren(...legend(stage), el("div", { className: pair ? "panels pair" : "panels" }, ...panels.map(p => p.node)), controls, told, goal, says)
  root.setAttribute("role", "group")

  /** Shows the same panels with other frames or with more of them. The panels stay, and the picture glides to its new state. */
  function take(fresh) {
    const was = data
    if (fresh.id === data.id) return repaint() // the theme may have changed
    data = stage.data = fresh
    last = stage.last = data.marks.length - 1
    const grown = marksOf(data).startsWith(marks)
    if (!grown && data.live) hoist(undefined) // a new run begins
    marks = marksOf(data)
    panels.forEach((panel, k) => panel.take(data.panels[k]))
    dressed()
    if (data.live || (was.live && grown)) glide(last)
    else if (grown && data.chooses && data.first !== was.first && Math.round(at) === was.first) show(data.first) // Back
    else if (grown) show(at)
    else seek(data.first) // this also ends a glide to an earlier frame
  }
  function dressed() {
    range.max = last
    root.ariaLabel = data.alt
    controls.hidden = !last && !data.flag
    controls.classList.toggle("waits", Boolean(data.live))
    raise.hidden = !data.flag || stage.unveiled()
    leave.hidden = !data.leaves || data.live
    const flag = Math.min(stage.flag ?? 0, last)
    if (stage.flag === undefined) told.textContent = ""
    else told.textContent = data.live ? translated`You flagged ${data.marks[flag]}. The truth comes when the run is over.` : data.flagged[flag]
  }
  function hoist(frame) {
    stage.flag = frame
    flags.set(data.key, frame)
    dressed()
  }
  function show(to) {
    at = to
    const frame = Math.round(at)
    places.set(data.key, { marks, at: frame })
    range.value = frame
    range.setAttribute("aria-valuetext", data.marks[frame])
    range.style.setProperty("--done", `${last ? (100 * at) / last : 0}%`)
    if (mark.textContent !== data.marks[frame]) mark.textContent = data.marks[frame]
    if (says.textContent !== data.says[frame]) says.textContent = data.says[frame]
    if (data.goal) {
      goal.textContent = data.reached[frame] ? translated`✓ Done: ${data.goal}` : translated`⚑ Goal: ${data.goal}`
      goal.classList.toggle("reached", data.reached[frame])
    }
    for (const panel of panels) panel.draw(at)
  }
  /** Sends the learner's frame to the server, once the learner stays there. */
  function choose() {
    clearTimeout(leaving)
    if (data.chooses) leaving = setTimeout(() => data.leave(Math.round(at)), 400)
  }
  /** Moves to another frame at an even pace within `time` milliseconds. */
  function run(from, to, time, ended) {
    const began = performance.now()
    cancelAnimationFrame(playing)
    const tick = now => {
      const passed = Math.min(1, Math.max(0, now - began) / Math.max(1, time))
      const here = from + (to - from) * passed
      show(calm.matches ? (passed < 1 ? Math.floor(here) : to) : here)
      if (passed < 1) playing = requestAnimationFrame(tick)
      else ended()
    }
    playing = requestAnimationFrame(tick)
  }
  const glide = to => run(Math.min(at, to), to, calm.matches ? 0 : 380, () => { playing = 0; show(to) })
  function play() {
    const read = data.panels.some(panel => panel.kind === "texts") // text needs time to be read
    const even = read ? Math.min(2600, Math.max(120, 13000 / (last + 1))) : Math.min(700, Math.max(120, 9000 / (last + 1)))
    const pace = calm.matches ? Math.max(1200, even) : even // milliseconds for each frame
    const from = at >= last ? 0 : at
    says.ariaLive = "off"
    dress(toggle, "pause", translated`Pause`)
    run(from, last, (last - from) * pace, () => stage.seek(at))
  }
  function pause() {
    cancelAnimationFrame(playing)
    if (playing) at = Math.round(at)
    playing = 0
    says.ariaLive = "polite"
    dress(toggle, "play", translated`Play`)
    show(at)
  }
  function seek(to) {
    pause()
    show(to)
  }
  function repaint() {
    if (!root.isConnected) return
    stage.look = looks(root)
    for (const act of stage.watched) act()
    for (const panel of panels) panel.fresh?.()
    show(at)
  }
  const sizes = new ResizeObserver(repaint)
  sizes.observe(root)
  dressed()
  repaint()
  pause()
  return { takes: fresh => shapeOf(fresh) === shape, take, end: () => { cancelAnimationFrame(playing); clearTimeout(leaving); sizes.disconnect() } }
}

/** Draws the legend of colours, shapes and marks, for the panels that use them. */
function legend(stage) {
  const { data } = stage
  const keys = []
  const uses = kind => data.panels.some(panel => panel.kind === kind)
  if (uses("space")) data.classes.forEach((name, k) => keys.push([name, (pen, look) => stamp(pen, sprite(k, 6, look))]))
  const states = new Set(data.panels.flatMap(panel => (panel.states ? [...bytes(panel.states)] : [])))
  data.states.forEach((name, k) => {
    if (name && (states.has(k + 1) || data.live)) keys.push([name, (pen, look) => (uses("space") && k > 0 ? ring(pen, 11, 11, 4, k + 1, look) : letter(pen, k + 1, look))])
  })
  if (data.panels.some(panel => panel.signed))
    [translated`below zero`, translated`above zero`].forEach((name, k) => keys.push([name, pen => swatch(pen, SIGNED[k])]))
  if (!keys.length) return []
  return [el("ul", { className: "legend" }, ...keys.map(([name, ink]) => {
    const canvas = el("canvas", { ariaHidden: "true" })
    stage.watched.push(() => { fit(canvas, canvas); ink(canvas.getContext("2d"), stage.look) })
    return el("li", {}, canvas, name)
  }))]
}

/** Writes the line below a panel about the item that was chosen. */
function stories(panel, what) {
  const hint = what === "image" ? translated`Choose an image to read about it.` : translated`Choose a point to read about it.`
  const any = panel().stories?.some(Boolean) ?? false
  const node = el("p", { className: "story", ariaLive: "polite", hidden: !any, textContent: hint })
  const tell = k => { node.textContent = panel().stories[k] || hint; node.classList.toggle("told", Boolean(panel().stories[k])) }
  return { any, node, tell }
}

function accessible(canvas, panel) {
  Object.assign(canvas, { role: "img", ariaLabel: panel.alt })
}
