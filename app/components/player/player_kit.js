
// Everything that all players share: these scripts and their style. The page receives it once, and the players find it here.

const kit = (globalThis.headstartPlayer ??= { waiting: [], parts: new Map() })

export default function ({ data }) {
  speak(data)
  kit.mount ??= mount
  kit.style = data.style
  kit.waiting.splice(0).forEach(act => act())
}
