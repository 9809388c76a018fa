// Rows of small photos, one for each class. A click on a photo removes it, and a button removes the whole class.

export default function ({ data, parentElement, setTriggerValue }) {
  speak(data)
  const root = parentElement.querySelector(".photo_rows")
  const all = JSON.stringify(data.rows)
  if (root.shown === all) return
  root.shown = all
  const at = root.querySelector("button:focus") ? root.at : null
  const remove = (name, number) => () => {
    root.at = [name, number]
    setTriggerValue("removed", { name, number })
  }
  root.replaceChildren(...data.rows.map(({ name, count, photos }) => {
    const whole = el("button", { type: "button", class: "whole" }, translated`Remove all photos of ${name}`)
    whole.onclick = remove(name, -1)
    const cells = photos.map(({ number, image }) => {
      const label = translated`Remove photo ${number + 1} of ${name}`
      const cell = el("button", { type: "button", class: "cell", title: label, "aria-label": label }, el("img", { src: image, alt: "" }))
      cell.onclick = remove(name, number)
      return cell
    })
    const head = el("div", { class: "head" }, el("strong", {}, `${name}: ${count}`), whole)
    return el("section", { "aria-label": name, "data-name": name }, head, el("div", { class: "cells" }, ...cells))
  }))
  if (!at) return
  // the photo that was removed had the focus, and now the one at its place has it
  const row = [...root.children].find(one => one.dataset.name === at[0]) ?? root.lastElementChild
  const cells = row ? [...row.querySelectorAll(".cell")] : []
  ;(cells[Math.min(Math.max(at[1], 0), cells.length - 1)] ?? root.querySelector("button"))?.focus()
}
