/* The page of questions: a place, a set of projects, and at once the times, the gains and the ranking. */
(function (YRD) {
  "use strict";
  const { el } = YRD;
  const word = (page, key) => YRD.word(page, "ask." + key);

  class Ask {
    constructor(page, spec) {
      this.page = page;
      this.spec = spec;
      this.kernel = new YRD.Kernel(spec);
      this.on = new Uint8Array(spec.projects.length);
      this.from = spec.start;
      this.way = "";
      for (const i of spec.chosen) this.add(i);
      this.read(new URLSearchParams(location.hash.replace(/^#/, "")));
    }
    read(q) {
      const at = this.spec.origins.findIndex((o) => o.id === q.get("from"));
      if (at >= 0) this.from = at;
      if (["", ...this.kernel.ways.map((w) => w.name)].includes(q.get("by") || "")) this.way = q.get("by") || "";
      if (!q.has("with")) return;
      const ids = new Set(q.get("with").split(","));
      this.on.fill(0);
      this.spec.projects.forEach((p, i) => { if (ids.has(p.id)) this.add(i); });
    }
    address() {
      const ids = this.spec.projects.filter((p, i) => this.on[i]).map((p) => encodeURIComponent(p.id));
      return ["from=" + encodeURIComponent(this.spec.origins[this.from].id), "with=" + ids.join(",")].concat(this.way ? ["by=" + this.way] : []);
    }
    /* A project comes with all that it requires, and its rivals go. */
    add(i, on) {
      const set = on || this.on;
      if (set[i]) return set;
      set[i] = 1;
      for (const j of this.spec.projects[i].conflicts) this.drop(j, set);
      for (const j of this.spec.projects[i].requires) this.add(j, set);
      return set;
    }
    /* A project goes with all that require it. */
    drop(i, on) {
      const set = on || this.on;
      if (!set[i]) return set;
      set[i] = 0;
      this.spec.projects.forEach((p, j) => { if (p.requires.includes(i)) this.drop(j, set); });
      return set;
    }
    times(on) { return this.kernel.times(this.from, on, this.way); }
    /* Mean minutes over the people of the places that the base reaches. */
    mean(times, base) {
      let sum = 0, people = 0;
      times.forEach((v, d) => {
        if (!isFinite(base[d]) || d === this.own()) return;
        sum += (this.spec.people[d] * v) / 60000;
        people += this.spec.people[d];
      });
      return people ? sum / people : NaN;
    }
    own() { return this.spec.origins[this.from].row; }
    kindOf(d, before, after) {
      if (d === this.own()) return "origin";
      if (!isFinite(after)) return "not connected";
      if (!isFinite(before)) return "newly connected";
      if ((before - after) / 60000 < this.spec.least) return "no measurable change";
      if (this.way !== "public" && this.spec.near[this.from].includes(d)) return "below resolution";
      return "faster";
    }
    answer() {
      const none = new Uint8Array(this.on.length), before = this.times(none), after = this.times(this.on);
      const kinds = Array.from(after, (v, d) => this.kindOf(d, before[d], v));
      const m0 = this.mean(before, before), m1 = this.mean(after, before);
      return { before, after, kinds, m0, m1 };
    }
    /* What each project means for this place: taken out of the set, or put into it. */
    ranking(answer) {
      return this.spec.projects.map((p, i) => {
        const other = this.on[i] ? this.drop(i, this.on.slice()) : this.add(i, this.on.slice());
        const m = this.mean(this.times(other), answer.before);
        return { i, gain: this.on[i] ? m - answer.m1 : answer.m1 - m };
      }).filter((r) => r.gain > 0.005).sort((a, b) => b.gain - a.gain || a.i - b.i);
    }
  }

  const least = (breaks, v) => { let c = 0; while (c < breaks.length && v >= breaks[c]) c++; return c; };

  function draw(page, a) {
    const s = page.spec.ask, t = page.tables[s.table], saved = page.byId("ask_saved"), time = page.byId("ask_time"), lines = page.byId("ask_projects");
    const minutes = (v) => (isFinite(v) ? Math.round(v / 600) / 100 : null);
    for (let d = 0; d < s.targets; d++) {
      const kind = a.kinds[d], gain = (a.before[d] - a.after[d]) / 60000;
      t.fields.before_min[d] = minutes(a.before[d]);
      t.fields.after_min[d] = minutes(a.after[d]);
      t.fields.saved_min[d] = kind === "faster" ? Math.round(gain * 100) / 100 : null;
      t.fields.change_zh[d] = s.kinds[kind].zh;
      t.fields.change_en[d] = s.kinds[kind].en;
      saved.style[d] = kind === "faster" ? least(s.savedBreaks, gain) : s.savedBreaks.length + 2 + s.order.indexOf(kind);
      time.style[d] = isFinite(a.after[d]) ? least(s.timeBreaks, a.after[d] / 60000) : s.timeBreaks.length + 1;
    }
    if (lines) s.projects.forEach((p, i) => { for (const row of p.rows) lines.style[row] = page.ask.on[i] ? p.style : s.off; });
    page.cache.clear();
    YRD.fillPanel(page);
    page.canvas.refresh();
  }

  function listed(parent, rows, make) {
    const ol = el("ol", null, parent);
    for (const r of rows) make(el("li", null, ol), r);
    return ol;
  }

  function results(page, a) {
    const s = page.spec.ask, box = page.askResults, w = (k) => word(page, k), one = (v) => YRD.number(v, 1);
    box.replaceChildren();
    const dl = el("dl", null, box);
    const row = (label, value) => { const d = el("div", null, dl); el("dt", null, d, label); el("dd", null, d, value); };
    const faster = a.kinds.map((k, d) => d).filter((d) => a.kinds[d] === "faster"), fresh = a.kinds.filter((k) => k === "newly connected").length;
    row(w("mean_before"), one(a.m0) + " " + w("min"));
    row(w("mean_after"), one(a.m1) + " " + w("min"));
    row(w("faster"), faster.length + " / " + s.targets);
    if (fresh) row(w("new"), String(fresh));
    row(w("people"), YRD.number(faster.reduce((sum, d) => sum + s.people[d], 0) / 10000, 0) + " " + w("wan"));
    const gain = (d) => (a.before[d] - a.after[d]) / 60000;
    el("h3", null, box, w("top"));
    const top = faster.slice().sort((x, y) => gain(y) - gain(x) || x - y).slice(0, 8), t = page.tables[s.table];
    if (!top.length) el("p", "yrd-note", box, w("nothing"));
    listed(box, top, (li, d) => {
      el("span", null, li, YRD.named(page, t, ["name_zh", "name"], d));
      el("b", null, li, "−" + one(gain(d)) + " " + w("min"));
    });
    el("h3", null, box, w("rank"));
    el("p", "yrd-note", box, w("rank_note"));
    const ranked = page.ask.ranking(a), most = ranked.length ? ranked[0].gain : 1;
    page.ask.ranked = ranked;
    if (!ranked.length) el("p", "yrd-note", box, w("nothing"));
    listed(box, ranked.slice(0, 12), (li, r) => {
      const p = s.projects[r.i], bar = el("i", page.ask.on[r.i] ? "in" : null, li);
      bar.style.width = (100 * r.gain) / most + "%";
      el("span", null, li, YRD.say(page, p.name));
      el("b", null, li, YRD.number(r.gain, 2) + " " + w("min"));
    });
    if (ranked.length > 12) el("p", "yrd-note", box, w("more") + " " + (ranked.length - 12));
    box.setAttribute("aria-busy", "false");
  }

  YRD.answerNow = function (page) {
    const a = (page.ask.last = page.ask.answer());
    draw(page, a);
    results(page, a);
    if (page.ready) page.writeAddress();
  };

  function pickers(page, box) {
    const s = page.spec.ask, ask = page.ask, w = (k) => word(page, k);
    const label = el("label", null, box), from = el("select", null, label);
    label.insertBefore(document.createTextNode(w("from")), from);
    const groups = new Map();
    s.origins.forEach((o, i) => {
      const name = YRD.say(page, o.group);
      if (!groups.has(name)) { const g = el("optgroup", null, from); g.label = name; groups.set(name, g); }
      const option = el("option", null, groups.get(name), YRD.say(page, o.name));
      option.value = i;
    });
    from.value = ask.from;
    from.name = "from";
    from.onchange = () => { ask.from = Number(from.value); YRD.answerNow(page); };
    const by = el("label", null, box), way = el("select", null, by);
    by.insertBefore(document.createTextNode(w("way")), way);
    for (const [value, text] of [["", YRD.word(page, "mode.door")], ...ask.kernel.ways.map((x) => [x.name, YRD.say(page, x.title)])]) el("option", null, way, text).value = value;
    way.value = ask.way;
    way.name = "by";
    way.onchange = () => { ask.way = way.value; YRD.answerNow(page); };
  }

  function presets(page, box) {
    const s = page.spec.ask, ask = page.ask, row = el("div", "yrd-presets", box);
    const pick = (key, test) => {
      const b = el("button", null, row, word(page, key));
      b.type = "button";
      b.dataset.preset = key;
      b.onclick = () => {
        ask.on.fill(0);
        s.projects.forEach((p, i) => { if (test(p)) ask.add(i); });
        YRD.fillAsk(page);
      };
    };
    pick("in_plan", (p) => p.inPlan);
    pick("open", (p) => p.status === "operating");
    pick("coming", (p) => p.status !== "operating");
    pick("all", () => true);
    pick("none", () => false);
  }

  YRD.buildAsk = function (page) {
    const spec = page.spec.ask;
    if (!spec) return;
    page.ask = new Ask(page, spec);
    page.askPanel = el("section", "yrd-ask", page.stage);
    page.root.classList.add("with-ask");
    L.DomEvent.disableClickPropagation(page.askPanel);
    L.DomEvent.disableScrollPropagation(page.askPanel);
  };

  YRD.fillAsk = function (page) {
    if (!page.ask) return;
    const s = page.spec.ask, ask = page.ask, box = page.askPanel, held = document.activeElement, top = page.askList ? page.askList.scrollTop : 0;
    const focus = held && box.contains(held) ? held.dataset.project || held.dataset.preset || held.name : null;
    box.replaceChildren();
    box.setAttribute("aria-label", word(page, "title"));
    el("h2", null, box, word(page, "title"));
    pickers(page, box);
    const set = el("fieldset", null, box);
    el("legend", null, set, word(page, "projects") + " (" + ask.on.reduce((a, b) => a + b, 0) + " / " + ask.on.length + ")");
    presets(page, set);
    const list = (page.askList = el("div", "yrd-asked", set));
    s.projects.forEach((p, i) => {
      const label = el("label", null, list), input = el("input", null, label);
      input.type = "checkbox";
      input.checked = Boolean(ask.on[i]);
      input.dataset.project = p.id;
      input.onchange = () => { if (input.checked) ask.add(i); else ask.drop(i); YRD.fillAsk(page); };
      el("span", "yrd-name", label, YRD.say(page, p.name));
      el("span", "yrd-unit", label, (p.inPlan ? "★ " : "") + YRD.word(page, "status." + p.status));
    });
    list.tabIndex = -1;
    list.scrollTop = top;
    el("p", "yrd-note", set, word(page, "star"));
    page.askResults = el("div", "yrd-results", box);
    page.askResults.setAttribute("role", "status");
    YRD.answerNow(page);
    if (focus) {
      const again = [...box.querySelectorAll("input, select, button")].find((e) => focus === (e.dataset.project || e.dataset.preset || e.name));
      if (again) again.focus({ preventScroll: true });
    }
  };
})(window.YRD);
