/* A page: what is on, which year, which language; and the address that brings it back. */
(function (YRD) {
  "use strict";

  class Page {
    constructor(map, spec, foreign) {
      this.map = map;
      this.spec = spec;
      this.foreign = foreign || [];
      this.id = map.getContainer().id;
      this.lang = spec.lang;
      this.tables = {};
      for (const id in spec.tables) this.tables[id] = new YRD.Table(Object.assign({ today: spec.today }, spec.tables[id]));
      this.listed = spec.groups.map((g) => Object.assign(g, { table: this.tables[g.table], kind: this.tables[g.table].kind }));
      for (const g of this.listed) if (!Array.isArray(g.style)) g.style = new Uint8Array(g.table.n).fill(g.style || 0);
      this.groups = this.listed.map((g, i) => [g, i]).sort((a, b) => a[0].z - b[0].z || a[1] - b[1]).map((p) => p[0]);
      this.listed = this.listed.filter((g) => !g.hidden);
      this.on = {};
      for (const g of this.groups) this.on[g.id] = g.on;
      this.stepIndex = spec.slider ? spec.slider.value : null;
      this.counts = {};
      this.cache = new Map();
      this.swiping = false;
      this.tiled = Boolean(spec.multiples && spec.multiples.first);
      this.cell = null;
      this.readAddress();
    }
    get step() { return this.stepIndex === null ? null : this.spec.slider.steps[this.stepIndex]; }
    stepLabel() {
      const s = this.step;
      return s.label + (s.forecast ? " " + YRD.word(this, "ui.forecast") : s.note ? " " + YRD.say(this, s.note) : "");
    }
    isOn(g) {
      const many = this.spec.multiples;
      if (this.tiled && g.choice && g.choice === this.byId(many.ids[0]).choice) return this.cell ? g.id === this.cell : many.ids.includes(g.id);
      const s = this.spec.swipe;
      if (this.swiping && g.choice && g.choice === this.byId(s.left).choice) return g.id === s.left || g.id === s.right;
      return this.on[g.id];
    }
    setTiled(on) {
      if (on === this.tiled) return;
      this.tiled = on;
      if (on) this.swiping = false;
      this.hovered = this.view = null;
      this.map.closePopup();
      YRD.fillPanel(this);
      YRD.fillSwipe(this);
      YRD.fillCells(this);
      this.fit();
      this.canvas.refresh();
      this.writeAddress();
    }
    setSwipe(on) {
      this.setTiled(false);
      this.swiping = on;
      this.map.closePopup();
      YRD.fillPanel(this);
      YRD.fillSwipe(this);
      this.canvas.refresh();
      this.writeAddress();
    }
    /* The zoom from which a group is drawn. */
    nearest(g) { return Math.max(g.minzoom || 0, Math.min(...g.styles.map((s) => s.minzoom || 0))); }
    byId(id) { return this.groups.find((g) => g.id === id); }

    /* Rows of a group that are there at the date in force, with their states. */
    rowsNow(g) {
      const date = this.step && g.timed ? this.step.date : null, key = g.id + "@" + date;
      if (this.cache.has(key)) return this.cache.get(key);
      const list = [], state = [], styles = {}, states = {}, n = g.rows ? g.rows.length : g.table.n;
      for (let k = 0; k < n; k++) {
        const row = g.rows ? g.rows[k] : k, s = g.table.state(row, date);
        if (s === 0 || g.style[row] === 255) continue;
        list.push(row);
        state.push(s);
        const i = g.style[row];
        styles[i] = (styles[i] || 0) + 1;
        states[i] = states[i] === undefined || states[i] === s ? s : 1;
      }
      const out = { list, state, styles, states, drawn: list.length };
      this.cache.set(key, out);
      return out;
    }
    stylesNow(g) { return this.rowsNow(g).styles; }
    /* For each style, the state that all its features share, else open. */
    statesNow(g) { return this.rowsNow(g).states; }
    drawn() { return Object.assign({}, this.counts); }

    figureNow(f) {
      if (f.value !== undefined) return f.value;
      const t = this.tables[f.table], date = this.step ? this.step.date : null;
      let sum = 0;
      const seen = new Set();
      for (const row of f.rows) {
        const s = t.state(row, date);
        if (!f.states.includes(s)) continue;
        if (f.distinct) { const v = t.get(f.distinct, row); if (seen.has(v)) continue; seen.add(v); }
        sum += f.field ? Number(t.get(f.field, row) || 0) : 1;
      }
      return sum;
    }

    setStep(i) {
      this.stepIndex = Math.max(0, Math.min(this.spec.slider.steps.length - 1, i));
      this.map.closePopup();
      YRD.fillSlider(this);
      YRD.fillFigures(this);
      YRD.fillPanel(this);
      this.canvas.refresh();
      this.writeAddress();
    }
    setOn(id, on) {
      const g = this.byId(id);
      if (g.choice) this.swiping = false;
      if (g.choice && this.tiled && g.choice === this.byId(this.spec.multiples.ids[0]).choice) this.setTiled(false);
      if (g.choice) for (const o of this.groups) if (o.choice === g.choice) this.on[o.id] = false;
      this.on[id] = g.choice ? true : on;
      for (const o of this.groups) if (o.follows) this.on[o.id] = Boolean(this.on[o.follows]);
      this.map.closePopup();
      YRD.fillPanel(this);
      YRD.fillFigures(this);
      YRD.fillSwipe(this);
      this.canvas.refresh();
      this.writeAddress();
    }
    setLang(code) {
      this.lang = code;
      YRD.fillFrame(this);
      YRD.fillPanel(this);
      YRD.fillFigures(this);
      YRD.fillSlider(this);
      YRD.fillSwipe(this);
      YRD.fillCells(this);
      YRD.fillAsk(this);
      YRD.layout(this);
      if (this.popup) this.popup.show();
      this.canvas.refresh();
      this.writeAddress();
    }
    /* Opens the sheet of a row as a click on it would. */
    select(id, row) {
      const g = this.byId(id), c = g.table.centre(row);
      if (!c.every(isFinite)) return;
      YRD.openPopup(this, [{ g, row }], L.latLng(c[1], c[0]));
    }
    afterPaint() {
      this.root.dataset.drawn = Object.values(this.counts).reduce((a, b) => a + b, 0);
    }

    readAddress() {
      const q = new URLSearchParams(location.hash.replace(/^#/, ""));
      if (this.spec.langs.includes(q.get("lang"))) this.lang = q.get("lang");
      if (this.spec.slider && q.has("year")) {
        const i = this.spec.slider.steps.findIndex((s) => s.label === q.get("year"));
        if (i >= 0) this.stepIndex = i;
      }
      if (q.has("layers")) {
        const on = new Set(q.get("layers").split(","));
        for (const g of this.groups) this.on[g.id] = on.has(g.id);
      }
      this.wanted = q.get("find");
      this.swiping = Boolean(this.spec.swipe) && q.get("swipe") === "1";
      if (this.spec.multiples && q.has("many")) this.tiled = q.get("many") === "1";
      const v = (q.get("view") || "").split("/").map(Number);
      if (v.length === 3 && v.every(isFinite)) this.view = v;
    }
    writeAddress() {
      const c = this.map.getCenter(), q = [];
      q.push("lang=" + this.lang);
      if (this.step) q.push("year=" + this.step.label);
      q.push("layers=" + this.groups.filter((g) => this.on[g.id]).map((g) => encodeURIComponent(g.id)).join(","));
      if (this.swiping) q.push("swipe=1");
      if (this.spec.multiples) q.push("many=" + (this.tiled ? 1 : 0));
      if (this.ask) q.push(...this.ask.address());
      q.push("view=" + this.map.getZoom().toFixed(2) + "/" + c.lat.toFixed(4) + "/" + c.lng.toFixed(4));
      try { history.replaceState(null, "", "#" + q.join("&")); } catch (e) { /* a page inside a notebook has no address */ }
    }
    /* A name in the address: go there and open its sheet, once. */
    goToWanted() {
      const hit = this.wanted ? YRD.find(this, this.wanted, 1)[0] : null;
      this.wanted = null;
      if (hit) YRD.goTo(this, hit.g, hit.row);
    }
    fit() {
      const b = this.spec.bounds, wide = this.map.getSize().x > 720;
      if (this.tiled && !this.view) return YRD.fitCells(this);
      if (this.view) return this.map.setView([this.view[1], this.view[2]], this.view[0], { animate: false });
      this.map.fitBounds([[b[1], b[0]], [b[3], b[2]]], {
        animate: false, paddingTopLeft: [wide ? 290 : 6, 10], paddingBottomRight: [wide && this.ask ? 380 : wide && this.figures ? 60 : 10, wide ? (this.slider ? 90 : 24) : this.low + 20],
      });
    }
  }

  /* On paper the page has the size of a sheet, and shows what the screen showed. */
  function bindPrint(page) {
    const map = page.map;
    let before = null;
    const size = () => { map.invalidateSize({ animate: false, pan: false }); YRD.layout(page); YRD.arrangeCells(page); };
    window.addEventListener("beforeprint", () => {
      if (before) return;
      before = { centre: map.getCenter(), zoom: map.getZoom(), size: map.getSize() };
      page.root.classList.add("printing");
      size();
      const now = map.getSize(), share = Math.min(now.x / before.size.x, now.y / before.size.y);
      map.setView(before.centre, Math.floor(4 * (before.zoom + Math.log2(share))) / 4, { animate: false });
      page.canvas._update();
    });
    window.addEventListener("afterprint", () => {
      page.root.classList.remove("printing");
      size();
      if (before) map.setView(before.centre, before.zoom, { animate: false });
      before = null;
    });
  }

  YRD.start = function (map, dataId, foreign) {
    const spec = JSON.parse(document.getElementById(dataId).textContent), page = new Page(map, spec, foreign);
    YRD.pages.push(page);
    YRD.buildFrame(page);
    YRD.buildSearch(page);
    YRD.buildSlider(page);
    YRD.buildAsk(page);
    if (window.matchMedia("(prefers-reduced-motion: reduce)").matches) {
      map._zoomAnimated = false;
      Object.assign(map.options, { zoomAnimation: false, fadeAnimation: false, markerZoomAnimation: false, inertia: false });
    }
    page.svgRenderer = L.svg({ padding: 0.3 });
    page.canvas = new YRD.Canvas(page);
    L.control.zoom({ position: "topright", zoomInTitle: "", zoomOutTitle: "" }).addTo(map);
    L.control.scale({ position: "bottomright", imperial: false, maxWidth: 120 }).addTo(map);
    /* what takes room is filled in before the area is fitted into what is left */
    YRD.fillFrame(page);
    YRD.fillFigures(page);
    YRD.fillSlider(page);
    YRD.fillAsk(page);
    YRD.layout(page);
    map.invalidateSize({ animate: false });
    YRD.buildCells(page);
    YRD.fillCells(page);
    page.fit();
    /* small cells show the area at a smaller scale than the page does */
    const b = spec.bounds, more = spec.multiples ? 3 : 1, w = (b[2] - b[0]) * more, h = (b[3] - b[1]) * more;
    map.setMinZoom(Math.max(3, map.getBoundsZoom([[b[1] - h, b[0] - w], [b[3] + h, b[2] + w]]) - 0.5));
    map.setMaxBounds([[b[1] - h * 1.8, b[0] - w * 1.3], [b[3] + h, b[2] + w * 1.3]]);
    page.canvas.addTo(map);
    YRD.fillFrame(page);
    YRD.fillPanel(page);
    YRD.buildSwipe(page);
    YRD.fillSwipe(page);
    YRD.bindPointer(page);
    bindPrint(page);
    map.on("moveend", () => page.writeAddress());
    let near = null;
    map.on("zoomend", () => {
      const now = page.listed.map((g) => map.getZoom() >= page.nearest(g)).join();
      if (near !== null && now !== near) YRD.fillPanel(page);
      near = now;
    });
    if (window.ResizeObserver) new ResizeObserver(() => { YRD.layout(page); map.invalidateSize({ animate: false }); YRD.arrangeCells(page); }).observe(page.stage);
    window.addEventListener("hashchange", () => {
      page.readAddress();
      if (page.ask) page.ask.read(new URLSearchParams(location.hash.replace(/^#/, "")));
      YRD.fillFrame(page);
      YRD.fillPanel(page);
      YRD.fillFigures(page);
      YRD.fillSlider(page);
      YRD.fillSwipe(page);
      YRD.fillCells(page);
      YRD.fillAsk(page);
      if (page.view) page.fit();
      page.canvas.refresh();
      page.goToWanted();
    });
    page.goToWanted();
    page.ready = true;
    page.root.dataset.ready = "1";
  };
})(window.YRD);
