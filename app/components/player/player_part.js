// A part of a player's data that does not change. It is sent once and stored by its id for the players that name it.

const MOST = 64 // the number of parts that are kept for pictures that were shown before

export default function ({ data: bytes }) {
  const data = JSON.parse(new TextDecoder().decode(bytes))
  const kit = (globalThis.headstartPlayer ??= { waiting: [], parts: new Map() })
  kit.parts.delete(data.id)
  kit.parts.set(data.id, data.part)
  for (const old of [...kit.parts.keys()].slice(0, -MOST)) kit.parts.delete(old)
  kit.waiting.splice(0).forEach(act => act())
}
