/* A box that finds a feature by either of its names, goes there and opens its sheet. */
(function (YRD) {
  "use strict";
  const { el } = YRD;
  const plain = (s) => s.toLowerCase().normalize("NFKD").replace(/[\u0300-\u036f\s]/g, "");

  function entries(page) {
    const out = [], seen = new Set();
    for (const g of page.listed) {
      if (!g.popup || !g.popup.title.length || g.choice) continue;
      const n = g.rows ? g.rows.length : g.table.n;
      for (let k = 0; k < n; k++) {
        const row = g.rows ? g.rows[k] : k;
        const names = g.popup.title.map((f) => g.table.get(f, row)).filter(Boolean).map(String), key = g.id + names.join("|");
        if (!names.length || seen.has(key)) continue;
        seen.add(key);
        out.push({ g, row, names, keys: names.map(plain) });
      }
    }
    return out;
  }

  /* Those that begin with the text, then those that hold it; shorter names first. */
  YRD.find = function (page, text, limit) {
    const want = plain(text);
    if (!want) return [];
    page.index = page.index || entries(page);
    const rank = (e) => Math.min(...e.keys.map((k) => (k.startsWith(want) ? 0 : k.includes(want) ? 1 : 9)));
    return page.index
      .map((e) => ({ e, r: rank(e) }))
      .filter((x) => x.r < 9)
      .sort((a, b) => a.r - b.r || a.e.names[0].length - b.e.names[0].length)
      .slice(0, limit || 8)
      .map((x) => x.e);
  };

  YRD.goTo = function (page, g, row) {
    const t = g.table, map = page.map, c = t.centre(row);
    if (!page.isOn(g)) page.setOn(g.id, true);
    if (t.kind === "point") map.setView([c[1], c[0]], Math.max(map.getZoom(), page.nearest(g), 11), { animate: false });
    else {
      const b = t.boxes[row], lat = (y) => (Math.atan(Math.exp((0.5 - y) * 2 * Math.PI)) * 360) / Math.PI - 90;
      const box = [[lat(b[3]), b[0] * 360 - 180], [lat(b[1]), b[2] * 360 - 180]];
      map.fitBounds(box, { animate: false, maxZoom: 12, padding: [60, 60] });
    }
    page.select(g.id, row);
  };

  YRD.buildSearch = function (page) {
    const box = (page.searchBox = el("div", "yrd-search")), input = (page.searchInput = el("input", null, box));
    page.tools.insertBefore(box, page.tools.firstChild);
    const list = el("ul", null, box);
    input.type = "search";
    input.setAttribute("role", "combobox");
    input.setAttribute("aria-expanded", "false");
    input.setAttribute("aria-controls", (list.id = page.id + "_found"));
    input.setAttribute("autocomplete", "off");
    list.setAttribute("role", "listbox");
    list.hidden = true;
    let found = [], at = -1;
    const mark = (k) => {
      at = k;
      [...list.children].forEach((li, i) => li.setAttribute("aria-selected", String(i === at)));
      if (list.children[at]) input.setAttribute("aria-activedescendant", list.children[at].id);
    };
    const close = () => { list.hidden = true; input.setAttribute("aria-expanded", "false"); };
    const take = (k) => {
      if (!found[k]) return;
      close();
      input.value = "";
      YRD.goTo(page, found[k].g, found[k].row);
    };
    input.addEventListener("input", () => {
      found = YRD.find(page, input.value);
      list.replaceChildren();
      found.forEach((e, i) => {
        const li = el("li", null, list);
        li.id = list.id + i;
        li.setAttribute("role", "option");
        el("b", null, li, YRD.named(page, e.g.table, e.g.popup.title, e.row));
        el("span", null, li, YRD.say(page, e.g.popup.kind || e.g.title));
        li.onmousedown = (ev) => { ev.preventDefault(); take(i); };
      });
      if (input.value.trim() && !found.length) el("li", "none", list, YRD.word(page, "ui.nothing"));
      list.hidden = !input.value.trim();
      input.setAttribute("aria-expanded", String(!list.hidden));
      mark(found.length ? 0 : -1);
    });
    input.addEventListener("keydown", (ev) => {
      if (ev.key === "ArrowDown" || ev.key === "ArrowUp") {
        ev.preventDefault();
        if (found.length) mark((at + (ev.key === "ArrowDown" ? 1 : found.length - 1)) % found.length);
      } else if (ev.key === "Enter") take(at);
      else if (ev.key === "Escape") { close(); input.value = ""; }
    });
    input.addEventListener("blur", close);
  };
})(window.YRD);
