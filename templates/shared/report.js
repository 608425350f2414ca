"use strict";
(() => {
  const root = document.documentElement;
  const specs = JSON.parse(document.getElementById("charts").textContent);
  const rows = new Map([...document.querySelectorAll("tr[data-id]")].map((row) => [row.dataset.id, row]));
  const views = new Map();
  root.classList.add("js");

  /* Tooltips: a point tells what its table row tells. */
  const tip = document.body.appendChild(document.createElement("div"));
  tip.id = "tip";
  tip.hidden = true;

  function facts(item, value) {
    const row = item && item.datum && rows.get(item.datum.id);
    if (!row) return typeof value === "object" ? Object.entries(value) : [["", String(value)]];
    const heads = [...row.closest("table").tHead.rows[0].cells].map((cell) => cell.textContent);
    return [...row.cells].map((cell, i) => [heads[i], [...cell.childNodes].map((n) => n.textContent.trim()).filter(Boolean).join(", ")]);
  }

  function tooltip(_handler, event, item, value) {
    tip.hidden = value === null || value === undefined || value === "";
    if (tip.hidden) return;
    const list = document.createElement("dl");
    for (const [key, text] of facts(item, value)) {
      list.appendChild(document.createElement("dt")).textContent = key.trim();
      list.appendChild(document.createElement("dd")).textContent = text;
    }
    tip.replaceChildren(list);
    const box = tip.getBoundingClientRect();
    const left = Math.min(event.clientX + 14, innerWidth - box.width - 8);
    const below = event.clientY + 16 + box.height < innerHeight;
    tip.style.left = `${Math.max(8, left)}px`;
    tip.style.top = `${below ? event.clientY + 16 : Math.max(8, event.clientY - 16 - box.height)}px`;
  }

  /* Tables that are wider than their box say so. */
  const boxes = [...document.querySelectorAll(".scroll")];
  const widths = new ResizeObserver((entries) => {
    for (const { target: box } of entries) box.classList.toggle("wide", box.scrollWidth > box.clientWidth + 1);
  });
  boxes.forEach((box) => widths.observe(box));

  /* Selecting: the address names a configuration, its row and its point light up. */
  function find(id) {
    if (rows.has(id)) return rows.get(id);
    const found = [...rows.values()].filter((row) => row.dataset.id.startsWith(id));
    return id && found.length === 1 ? found[0] : null;
  }

  function select() {
    const match = /^#config=([^&]*)/.exec(location.hash);
    let id = "";
    try { id = match ? decodeURIComponent(match[1]) : ""; } catch { id = ""; }
    const row = find(id);
    document.querySelectorAll("tr.here").forEach((other) => {
      other.classList.remove("here");
      other.removeAttribute("aria-current");
    });
    if (row) {
      row.hidden = false;
      row.classList.add("here");
      row.setAttribute("aria-current", "true");
      reveal(row);
    }
    const view = views.get("front");
    if (view) view.signal("selected", row ? row.dataset.id : "").runAsync();
  }

  function reveal(row) {
    const box = row.closest(".scroll");
    const head = row.closest("table").tHead.offsetHeight;
    const top = row.getBoundingClientRect().top - box.getBoundingClientRect().top + box.scrollTop;
    box.scrollTop = Math.max(0, top - head - box.clientHeight / 3);
    box.scrollIntoView({ block: "nearest" });
  }

  /* Sorting: numbers by data-v, unknown last; words by their text. */
  function sortable(table) {
    const body = table.tBodies[0];
    [...table.tHead.rows[0].cells].forEach((head, column) => {
      const button = document.createElement("button");
      button.type = "button";
      button.append(...head.childNodes);
      head.append(button);
      button.addEventListener("click", () => {
        const down = head.getAttribute("aria-sort") === "ascending";
        table.tHead.querySelectorAll("[aria-sort]").forEach((other) => other.removeAttribute("aria-sort"));
        head.setAttribute("aria-sort", down ? "descending" : "ascending");
        const keyed = [...body.rows].map((row, place) => {
          const cell = row.cells[column];
          const text = cell.dataset.v;
          return { row, place, key: text === undefined ? cell.textContent.trim() : text === "" ? NaN : Number(text) };
        });
        const sign = down ? -1 : 1;
        keyed.sort((a, b) => {
          if (Number.isNaN(a.key) || Number.isNaN(b.key)) return Number.isNaN(a.key) - Number.isNaN(b.key) || a.place - b.place;
          return (a.key < b.key ? -sign : a.key > b.key ? sign : 0) || a.place - b.place;
        });
        const sorted = document.createDocumentFragment();
        keyed.forEach((entry) => sorted.append(entry.row));
        body.append(sorted);
        refresh();
      });
    });
  }
  document.querySelectorAll("table[data-sortable]").forEach(sortable);

  /* Filtering: every word must occur in the row. A long front shows some rows until asked for all. */
  const FIRST = 300;
  const input = document.getElementById("filter");
  const body = document.querySelector("#front tbody");
  let everything = false;
  let refresh = () => {};
  if (input && body) {
    const count = document.getElementById("count");
    const more = document.getElementById("more");
    const chosen = body.querySelectorAll("tr[data-first]").length;
    const texts = new Map([...body.rows].map((row) => [row, row.textContent.toLowerCase()]));
    refresh = () => {
      const words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
      const thin = chosen && !words.length && !everything;
      let fitting = 0;
      for (const row of body.rows) {
        const fits = words.every((word) => texts.get(row).includes(word));
        fitting += fits;
        const wanted = thin ? "first" in row.dataset : fits && (everything || fitting <= FIRST);
        const shown = wanted || row.classList.contains("here");
        if (row.hidden === shown) row.hidden = !shown;
      }
      const total = texts.size.toLocaleString("en");
      count.textContent = words.length ? `${fitting.toLocaleString("en")} of ${total} rows` : `${total} rows`;
      more.hidden = everything || fitting <= FIRST;
      more.textContent = `${thin ? chosen : FIRST} shown; show all ${fitting.toLocaleString("en")}`;
    };
    input.addEventListener("input", refresh);
    more.addEventListener("click", () => { everything = true; refresh(); });
    refresh();
  }

  /* Charts: the picture in the page gives way to the live one; where that fails it stays. */
  async function draw(box) {
    const name = box.dataset.chart;
    const spec = specs[name];
    if (!spec || !window.vegaEmbed) return;
    const still = [...box.childNodes];
    const many = Object.values(spec.datasets || {}).some((data) => data.length > 1500);
    try {
      const { view } = await vegaEmbed(box, spec, {
        mode: "vega-lite", actions: false, ast: true, defaultStyle: false, renderer: many ? "canvas" : "svg", tooltip,
      });
      views.set(name, view);
      view.addEventListener("click", (_event, item) => {
        const id = item && item.datum && item.datum.id;
        if (rows.has(id)) location.hash = `config=${encodeURIComponent(id)}`;
      });
    } catch (error) {
      box.replaceChildren(...still);
      console.error(`chart ${name}: ${error}`);
    }
  }

  addEventListener("hashchange", select);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => views.forEach((view) => view.resize().runAsync()));
  Promise.all([...document.querySelectorAll("[data-chart]")].map(draw)).then(() => {
    select();
    root.dataset.ready = "true";
  });
})();
