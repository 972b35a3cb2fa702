"use strict";
// Filter and sort what the page shows. Without this script it shows everything, the newest first.
const form = document.getElementById("filter");
if (form) {
  const rows = [...document.querySelectorAll("#imports tbody tr")];
  const show = () => {
    const [source, state, text] = ["source", "state", "text"].map((name) => form.elements[name].value);
    const wanted = text.trim().toLowerCase();
    for (const row of rows) {
      row.hidden = (source !== "" && row.dataset.source !== source)
        || (state !== "" && row.dataset.state !== state)
        || !row.textContent.toLowerCase().includes(wanted);
    }
    const left = rows.filter((row) => !row.hidden).length;
    form.querySelector("output").textContent = `${left} of ${rows.length} imports`;
  };
  form.addEventListener("input", show);
  form.addEventListener("submit", (event) => event.preventDefault());
  form.hidden = false;
  show();
}
const valueOf = (row, at) => {
  const text = row.cells[at].textContent.trim();
  const number = Number(text.replace(/[,%]/g, ""));
  return text !== "" && !Number.isNaN(number) ? number : text.toLowerCase();
};
for (const table of document.querySelectorAll("table.sortable")) {
  for (const [at, head] of [...table.tHead.rows[0].cells].entries()) {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...head.childNodes);
    head.append(button);
    button.addEventListener("click", () => {
      const down = head.getAttribute("aria-sort") === "ascending";
      for (const other of table.tHead.rows[0].cells) other.removeAttribute("aria-sort");
      head.setAttribute("aria-sort", down ? "descending" : "ascending");
      const sorted = [...table.tBodies[0].rows].sort((one, two) => {
        const [a, b] = [valueOf(one, at), valueOf(two, at)];
        const order = typeof a === typeof b ? (a > b) - (a < b) : typeof a === "number" ? -1 : 1;
        return down ? -order : order;
      });
      table.tBodies[0].append(...sorted);
    });
  }
}
