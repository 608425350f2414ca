"use strict";
(() => {
  const root = document.documentElement;
  const json = (id) => JSON.parse(document.getElementById(id)?.textContent || "null");
  const specs = json("charts") || {};
  const terms = json("configurations");
  const panel = document.getElementById("details");
  /* Rows that are not shown are out of the page, so a row is found here and never by its place. */
  const rows = new Map([...document.querySelectorAll("tr[data-id]")].map((row) => [row.dataset.id, row]));
  const tables = new Map([...rows.values()].map((row) => [row, row.closest("table")]));
  const views = new Map();
  const linked = [];
  let selected = "";
  const element = (name, className, text = "") => {
    const made = document.createElement(name);
    if (className) made.className = className;
    made.textContent = text;
    return made;
  };
  root.classList.add("js");

  /* What happened, for who does not see it. */
  const said = document.body.appendChild(element("p", "unseen"));
  said.setAttribute("role", "status");
  const say = (text) => { said.textContent = text; };

  /* On a phone a row of these tables is a card, where each figure names itself. */
  for (const table of document.querySelectorAll("table.cards")) {
    const heads = [...table.tHead.rows[0].cells].map((cell) => cell.textContent);
    for (const row of table.tBodies[0].rows) [...row.cells].forEach((cell, i) => { cell.dataset.label = cell.colSpan > 1 ? "" : heads[i]; });
  }

  /* A point tells what its table row tells. */
  const tip = document.body.appendChild(element("div"));
  tip.id = "tip";
  tip.hidden = true;

  const told = (cell) => [...cell.childNodes].filter((node) => !node.classList?.contains("copy"))
    .map((node) => node.textContent.trim()).filter(Boolean).join(", ");

  function facts(item, value) {
    const row = item && item.datum && rows.get(item.datum.id);
    if (!row) return typeof value === "object" ? Object.entries(value) : [["", String(value)]];
    const heads = [...tables.get(row).tHead.rows[0].cells].map((cell) => cell.textContent);
    return [...row.cells].map((cell, i) => [heads[i], told(cell)]);
  }

  function tooltip(_handler, event, item, value) {
    tip.hidden = value === null || value === undefined || value === "";
    if (tip.hidden) return;
    const list = element("dl");
    for (const [key, text] of facts(item, value)) list.append(element("dt", "", key.trim()), element("dd", "", text));
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

  /* Copying: the old command first. It works wherever a click does, the new interface not in every file. */
  function copied(text) {
    const area = element("textarea", "unseen", text);
    const before = document.activeElement;
    area.setAttribute("aria-hidden", "true");
    document.body.append(area);
    area.select();
    const done = document.execCommand("copy");
    area.remove();
    before?.focus({ preventScroll: true });
    return done ? Promise.resolve() : navigator.clipboard?.writeText(text) ?? Promise.reject();
  }

  const texts = (id) => {
    const values = terms.found[id].slice(terms.titles.length).map((at) => terms.texts[at]);
    const rule = `{${terms.keys.map((key, i) => `${key}: ${values[i]}`).join(", ")}}`;
    const axes = terms.axes.map((path, i) => [path, values[terms.keys.length + i]]).filter(([, value]) => value);
    return {
      id: id,
      scenario: [`include: [${rule}]`, ...(axes.length ? ["axes:"] : []), ...axes.map(([path, value]) => `  ${path}: [${value}]`), ""].join("\n"),
      command: [terms.command, `'include=[${rule}]'`, ...axes.map(([path, value]) => `'axes.${path}=[${value}]'`)].join(" --set "),
    };
  };

  function copier(id, what, words, label) {
    const button = Object.assign(element("button", "copy", words), { type: "button" });
    Object.assign(button.dataset, { copy: what, of: id });
    if (label) button.setAttribute("aria-label", label);
    return button;
  }

  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("button[data-copy]");
    if (!button) return;
    const words = button.dataset.words || (button.dataset.words = button.textContent);
    const tell = (short, long) => {
      button.textContent = short;
      say(long);
      setTimeout(() => { button.textContent = words; }, 1600);
    };
    copied(button.dataset.copy === "text" ? document.getElementById(button.dataset.of).textContent : texts(button.dataset.of)[button.dataset.copy])
      .then(() => tell("copied", `Copied: ${button.getAttribute("aria-label") || words}`), () => tell("not copied", "The browser does not let this page copy."));
  });

  for (const lines of document.querySelectorAll("pre[id]")) lines.after(copier(lines.id, "text", "Copy"));

  /* Links to a configuration have a button beside them, made when they are first shown. */
  function equip(row) {
    for (const link of row.querySelectorAll("a[href^='#config=']:not([data-equipped])")) {
      const id = link.hash.slice(8);
      link.dataset.equipped = "";
      if (terms?.keys.length && terms.found[id]) link.parentNode.append(" ", copier(id, "scenario", "copy", `copy the lines of a scenario that keep ${id.slice(0, 8)}`));
    }
  }
  document.querySelectorAll("table:not([data-sortable]) tr").forEach(equip);

  /* Selecting: the address names a configuration; its row and its point light up, and its terms are told. */
  let opener = null;
  let here = null;
  const grids = [];

  function find(id) {
    if (rows.has(id)) return rows.get(id);
    const found = [...rows.values()].filter((row) => row.dataset.id.startsWith(id));
    return id && found.length === 1 ? found[0] : null;
  }

  function select(opened) {
    const match = /^#config=([^&]*)/.exec(location.hash);
    let id = "";
    try { id = match ? decodeURIComponent(match[1]) : ""; } catch { id = ""; }
    const row = find(id);
    here?.classList.remove("here");
    here?.removeAttribute("aria-current");
    here = row;
    row?.classList.add("here");
    row?.setAttribute("aria-current", "true");
    grids.forEach((grid) => grid.refresh());
    if (row) reveal(row, opened);
    else missing(id);
    selected = row ? row.dataset.id : "";
    linked.forEach((view) => view.signal("selected", selected).runAsync());
  }

  /* An address that names what is not here is told; any other closes the panel. */
  function missing(id) {
    const text = Object.assign(element("p", "name"), { id: "details-name" });
    text.append(`No such configuration here: ${id.slice(0, 80)}. The plan may have been made anew since the link was.`);
    if (id) say(text.textContent);
    if (!panel) return;
    panel.hidden = !id;
    panel.replaceChildren(closer(), text);
    if (id) panel.scrollIntoView({ block: "nearest" });
  }

  function closer() {
    const close = Object.assign(element("button", "close", "Close"), { type: "button" });
    close.addEventListener("click", leave);
    return close;
  }

  function reveal(row, opened) {
    const box = row.closest(".scroll");
    const table = tables.get(row);
    const top = row.getBoundingClientRect().top - box.getBoundingClientRect().top + box.scrollTop;
    box.scrollTop = Math.max(0, top - table.tHead.offsetHeight - box.clientHeight / 3);
    if (panel && terms) {
      if (opened) opener = document.activeElement;
      describe(row);
      panel.hidden = false;
      if (opened) panel.focus({ preventScroll: true });
      panel.scrollIntoView({ block: "nearest" });
    } else {
      box.scrollIntoView({ block: "nearest" });
    }
  }

  function describe(row) {
    const id = row.dataset.id;
    const heads = [...tables.get(row).tHead.rows[0].cells].map((cell) => cell.textContent.trim());
    const roles = [...row.querySelectorAll(".badge")].map((badge) => badge.textContent).join(", ");
    const head = Object.assign(element("p", "name"), { id: "details-name" });
    head.append(element("code", "", id), roles ? ` ${roles}` : "");
    const close = closer();
    const what = element("p", "what");
    [...row.cells].slice(1, 4).forEach((cell, i) => what.append(i ? " · " : "", element("bdi", "", told(cell))));
    const found = terms.found[id];
    if (!found) {
      const figures = [...row.cells].slice(4).map((cell, i) => `${heads[i + 4]} ${told(cell)}`).join("; ");
      panel.replaceChildren(head, close, what, element("p", "", figures), element("p", "muted", terms.text));
    } else {
      const splits = element("div", "splits");
      terms.titles.forEach((title, i) => splits.append(split(title, terms.terms[i], terms.splits[found[i]])));
      const buttons = element("p", "buttons");
      buttons.append(copier(id, "id", "Copy the id"), ...(terms.keys.length ? [copier(id, "scenario", "Copy the lines for its scenario")] : []));
      if (terms.keys.length && terms.command) buttons.append(copier(id, "command", "Copy the command that plans it alone"));
      panel.replaceChildren(head, close, what, element("p", "", `${heads[6]} ${told(row.cells[6])}`), splits, buttons);
    }
    say(`${id.slice(0, 8)} ${roles}: ${told(row.cells[1])}; ${heads[4]} ${told(row.cells[4])}`);
  }

  function split(title, names, [total, note, ...pairs]) {
    const part = element("div");
    const list = element("dl");
    names.map((name, i) => [name, i]).filter(([, i]) => terms.texts[pairs[2 * i]]).forEach(([name, i]) => {
      const [track, bar, text] = [element("span", "track"), element("i"), element("dd")];
      bar.style.width = `${pairs[2 * i + 1]}%`;
      track.append(bar);
      text.append(track, element("span", "", terms.texts[pairs[2 * i]]));
      list.append(element("dt", "", name), text);
    });
    part.append(element("h3", "", `${title}: ${terms.texts[total]}`), list, element("p", "muted", terms.texts[note]));
    return part;
  }

  /* Without a new entry in the history, and without the leap to the top that an empty address makes. */
  function leave() {
    const back = opener?.isConnected && opener !== document.body ? opener : here?.querySelector("a");
    history.replaceState(null, "", "#");
    select(false);
    if (back?.isConnected) back.focus();
  }

  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && panel && !panel.hidden) leave();
  });

  /* Tables: sorted by data-v, unknown last, or by text; filtered by words that must all occur in a row. Of a long one
     some rows are in the page at a time: what is not there costs no layout. */
  const STEP = 300;

  const CONDITION = /^(cost|time|latency|replicas|q|quality|memory|carbon|co2e)(<=|>=|<|>)\$?([\d,]*\.?\d+)(ms|s|min|h|d|gib|kg)?$/;
  const UNITS = { time: { s: 1 / 3600, min: 1 / 60, d: 24 }, latency: { ms: 1 / 1000, min: 60, h: 3600 } };

  class Grid {
    constructor(table) {
      this.table = table;
      this.body = table.tBodies[0];
      this.all = [...this.body.rows];
      this.order = this.all;
      this.first = this.all.filter((row) => "first" in row.dataset);
      this.texts = new Map(this.all.map((row) => [row, row.textContent.toLowerCase()]));
      this.keys = [];
      this.words = [];
      this.limits = [];
      this.most = STEP;
      this.input = table.id ? document.querySelector(`input[data-filter="${CSS.escape(table.id)}"]`) : null;
      this.tools = this.input?.closest(".tools") || (this.all.length > STEP ? this.toolbox() : null);
      this.count = this.tools?.querySelector(".count");
      this.more = this.tools?.querySelector(".more");
      this.input?.addEventListener("input", () => this.filter());
      this.more?.addEventListener("click", () => { this.most *= 2; this.refresh(); });
      if (this.all.length > 1) [...table.tHead.rows[0].cells].forEach((head, column) => this.sortable(head, column));
    }

    toolbox() {
      const tools = element("p", "tools");
      const more = Object.assign(element("button", "more"), { type: "button" });
      const count = element("span", "count muted");
      count.setAttribute("role", "status");
      tools.append(count, " ", more);
      (this.table.closest(".scroll") || this.table).before(tools);
      return tools;
    }

    filter() {
      const asked = this.input.value.toLowerCase().replace(/\s*([<>]=?)\s*/g, "$1").split(/\s+/).filter(Boolean);
      this.limits = asked.map((word) => this.limit(word)).filter(Boolean);
      this.words = asked.filter((word) => !/[<>]/.test(word));
      this.most = STEP;
      this.refresh();
    }

    /* `time<2h`: which rows keep it, an unknown figure never; null for what is no condition, or half of one. */
    limit(word) {
      const [, name, sign, number, unit] = CONDITION.exec(word) || [];
      const start = { q: "quality", carbon: "co2e" }[name] || name;
      const column = [...this.table.tHead.rows[0].cells].findIndex((head) => name && head.textContent.toLowerCase().startsWith(start));
      if (column < 0) return null;
      const [keys, bound] = [this.keysOf(column), Number(number.replaceAll(",", "")) * (UNITS[name]?.[unit] || 1)];
      return (row) => {
        const apart = sign[0] === "<" ? bound - keys.get(row) : keys.get(row) - bound;
        return sign[1] ? apart >= 0 : apart > 0;
      };
    }

    sortable(head, column) {
      const button = Object.assign(element("button"), { type: "button" });
      button.append(...head.childNodes);
      head.append(button);
      button.addEventListener("click", () => this.sort(head, column));
    }

    keysOf(column) {
      return this.keys[column] || (this.keys[column] = new Map(this.all.map((row) => {
        const cell = row.cells[column];
        const text = cell?.dataset.v;
        return [row, text === undefined ? (cell ? told(cell).toLowerCase() : NaN) : text === "" ? NaN : Number(text)];
      })));
    }

    sort(head, column) {
      const down = head.getAttribute("aria-sort") === "ascending";
      this.table.tHead.querySelectorAll("[aria-sort]").forEach((other) => other.removeAttribute("aria-sort"));
      head.setAttribute("aria-sort", down ? "descending" : "ascending");
      const keys = this.keysOf(column);
      const sign = down ? -1 : 1;
      this.order = [...this.all].sort((a, b) => {
        const [x, y] = [keys.get(a), keys.get(b)];
        if (Number.isNaN(x) || Number.isNaN(y)) return Number.isNaN(x) - Number.isNaN(y);
        return x < y ? -sign : x > y ? sign : 0;
      });
      this.sorted = true;
      this.most = STEP;
      this.refresh();
      say(`Sorted by ${head.textContent}, ${down ? "descending" : "ascending"}`);
    }

    refresh() {
      const narrowed = this.words.length + this.limits.length > 0;
      const fits = (row) => this.words.every((word) => this.texts.get(row).includes(word)) && this.limits.every((keeps) => keeps(row));
      const fitting = narrowed ? this.order.filter(fits) : this.order;
      const chosen = this.first.length && !narrowed && !this.sorted;
      const wanted = new Set(chosen ? this.first : []);
      if (!chosen || this.most > STEP) fitting.slice(0, this.most).forEach((row) => wanted.add(row));
      if (here && tables.get(here) === this.table) wanted.add(here);
      const shown = this.order.filter((row) => wanted.has(row));
      if (shown.length !== this.body.rows.length || shown.some((row, i) => row !== this.body.rows[i])) {
        this.body.replaceChildren(...shown);
      }
      shown.forEach(equip);
      this.tell(fitting.length, shown.length);
    }

    tell(fitting, shown) {
      if (!this.tools) return;
      const text = (number) => number.toLocaleString("en");
      const all = this.words.length + this.limits.length ? `${text(fitting)} of ${text(this.all.length)} rows` : `${text(fitting)} rows`;
      this.count.textContent = shown < fitting ? `${all}, ${text(shown)} shown` : all;
      this.more.hidden = shown >= fitting;
      this.more.textContent = "show more";
    }
  }

  grids.push(...[...document.querySelectorAll("table[data-sortable]")].map((table) => new Grid(table)));
  grids.forEach((grid) => grid.refresh());

  /* Charts: the picture in the page gives way to the live one; where that fails it stays. */
  async function draw(box) {
    const name = box.dataset.chart;
    const spec = specs[name];
    if (!spec || !window.vegaEmbed) return;
    const still = [...box.childNodes];
    const many = Object.values(spec.datasets || {}).some((data) => data.length > 600);
    try {
      const { view } = await vegaEmbed(box, spec, {
        mode: "vega-lite", actions: false, ast: true, defaultStyle: false, renderer: many ? "canvas" : "svg", tooltip,
      });
      views.set(name, view);
      /* The box says what the picture shows; marks by the hundred, most without a name, say nothing. */
      [...box.children].forEach((child) => child.setAttribute("aria-hidden", "true"));
      if ((spec.params || []).some((param) => param.name === "selected")) {
        linked.push(view);
        if (selected) view.signal("selected", selected).runAsync();
      }
      view.addEventListener("click", (_event, item) => {
        const id = item && item.datum && item.datum.id;
        if (rows.has(id)) location.hash = `config=${encodeURIComponent(id)}`;
      });
    } catch (error) {
      box.replaceChildren(...still);
      console.error(`chart ${name}: ${error}`);
    }
  }

  addEventListener("hashchange", () => select(true));
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => views.forEach((view) => view.resize().runAsync()));
  /* What a reader sees first comes first; the rest one by one, so that the page answers in between. */
  async function drawAll() {
    const boxes = [...document.querySelectorAll("[data-chart]")];
    // Whoever is led to a row shall not see it move away.
    const near = location.hash ? boxes : boxes.filter((box) => box.getBoundingClientRect().top < innerHeight);
    await Promise.all(near.map(draw));
    select(false);
    for (const box of boxes.filter((other) => !near.includes(other))) {
      await new Promise((go) => setTimeout(go));
      await draw(box);
    }
    root.dataset.ready = "true";
    performance.mark("ready");
  }
  drawAll();
})();
