// A part of what a player shows that stays as it is, sent once, kept by its id for the player that names it.

const MOST = 64 // parts of pictures that were seen before

export default function ({ data: bytes }) {
  const data = JSON.parse(new TextDecoder().decode(bytes))
  const kit = (globalThis.headstartPlayer ??= { waiting: [], parts: new Map() })
  kit.parts.delete(data.id)
  kit.parts.set(data.id, data.part)
  for (const old of [...kit.parts.keys()].slice(0, -MOST)) kit.parts.delete(old)
  kit.waiting.splice(0).forEach(act => act())
}
