/* The furniture: title, layers with their legends, figures, source line, scale, north arrow. */
(function (YRD) {
  "use strict";
  const { el, svg } = YRD;

  function lineSample(page, style, state) {
    const s = svg("svg", { width: 34, height: 14, viewBox: "0 0 34 14", "aria-hidden": "true" });
    const w = Math.max(1.2, Math.min(5, Array.isArray(style.width) ? (style.width[0] + style.width[1]) / 2 : style.width));
    const base = { x1: 2, x2: 32, y1: 7, y2: 7 };
    if (style.casing) svg("line", Object.assign({ stroke: style.casing, "stroke-width": w + 1.6 }, base), s);
    const dash = style.dash || (page.spec.status[state] || {}).dash;
    const main = Object.assign({ stroke: style.color, "stroke-width": w }, base);
    if (dash) {
      main["stroke-dasharray"] = dash.map((d) => d * Math.max(1.2, w * 0.62)).join(" ");
      if (dash[0] < 1) main["stroke-linecap"] = "round";
    }
    svg("line", main, s);
    if (style.pattern === "rail") svg("line", Object.assign({ stroke: "#fff", "stroke-width": Math.max(0.8, w - 1.3), "stroke-dasharray": "5 5" }, base), s);
    return s;
  }

  function areaSample(style) {
    const s = svg("svg", { width: 22, height: 14, viewBox: "0 0 22 14", "aria-hidden": "true" });
    const r = { x: 0.5, y: 0.5, width: 21, height: 13, fill: style.fill || "#fff", "fill-opacity": style.opacity === undefined ? 1 : style.opacity, stroke: style.stroke || "#8a94a3", "stroke-width": 0.7 };
    if (style.dash) r["stroke-dasharray"] = style.dash.join(" ");
    svg("rect", r, s);
    if (style.hatch) {
      for (let d = -8; d < 22; d += 6) svg("line", { x1: d, y1: 14, x2: d + 14, y2: 0, stroke: style.hatch, "stroke-width": 1.4 }, s);
    }
    return s;
  }

  function pointSample(style) {
    const s = svg("svg", { width: 22, height: 16, viewBox: "0 0 22 16", "aria-hidden": "true" });
    const r = Math.max(3, Math.min(6.5, Array.isArray(style.size) ? style.size[1] : style.size));
    const cmd = [];
    const p = {
      moveTo: (x, y) => cmd.push("M" + x + " " + y), lineTo: (x, y) => cmd.push("L" + x + " " + y), closePath: () => cmd.push("Z"),
      rect: (x, y, w, h) => cmd.push("M" + x + " " + y + "h" + w + "v" + h + "h" + -w + "Z"),
      arc: (x, y, q) => cmd.push("M" + (x - q) + " " + y + "a" + q + " " + q + " 0 1 0 " + 2 * q + " 0a" + q + " " + q + " 0 1 0 " + -2 * q + " 0Z"),
    };
    (YRD.SIGNS[style.sign] || YRD.SIGNS.circle)(p, 11, 8, r);
    svg("path", { d: cmd.join(""), fill: style.fill, "fill-opacity": style.opacity === undefined ? 1 : style.opacity, stroke: style.stroke || "none", "stroke-width": style.width || 1 }, s);
    return s;
  }

  const STATE_OF = { operating: 1, under_construction: 2, planned: 3, preliminary: 3, closed: 4, unknown: 5 };
  YRD.statusSample = function (page, status) {
    return lineSample(page, { color: "#374151", width: 2.6 }, STATE_OF[status] || 5);
  };
  YRD.sample = (page, g, style, state) =>
    g.kind === "line" ? lineSample(page, style, state || 1) : g.kind === "polygon" ? areaSample(style) : pointSample(style);

  function button(parent, cls, text, label) {
    const b = el("button", cls, parent, text);
    b.type = "button";
    if (label) b.setAttribute("aria-label", label);
    return b;
  }

  YRD.buildFrame = function (page) {
    const box = page.map.getContainer(), spec = page.spec;
    const root = (page.root = el("div", "yrd-page"));
    root.classList.toggle("with-slider", Boolean(spec.slider));
    root.classList.toggle("with-figures", spec.figures.length > 0);
    root.dataset.lang = page.lang;
    box.parentNode.insertBefore(root, box);
    const head = (page.head = el("header", "yrd-head", root));
    if (spec.home) page.homeLink = el("a", "yrd-home", head, "←");
    const names = el("div", "yrd-titles", head);
    page.titleNode = el("h1", null, names);
    page.subNode = el("p", null, names);
    const tools = (page.tools = el("div", "yrd-tools", head));
    page.panelButton = button(tools, "yrd-only-small");
    page.infoButton = button(tools, "yrd-info");
    page.langBox = el("div", "yrd-lang", tools);
    page.langBox.setAttribute("role", "group");
    for (const code of spec.langs) {
      const b = button(page.langBox, null, code === "zh" ? "中文" : "English");
      b.lang = code === "zh" ? "zh-CN" : "en";
      b.dataset.lang = code;
      b.onclick = () => page.setLang(code);
    }
    if (spec.langs.length < 2) page.langBox.hidden = true;
    if (spec.banner) page.bannerNode = el("p", "yrd-banner", root);
    page.stage = el("main", "yrd-stage", root);
    page.stage.appendChild(box);
    page.foot = el("footer", "yrd-foot", root);
    page.panel = el("section", "yrd-panel", page.stage);
    page.panelButton.onclick = () => page.root.classList.toggle("panel-open");
    page.about = el("section", "yrd-about", page.stage);
    page.about.hidden = true;
    page.infoButton.onclick = () => { page.about.hidden = !page.about.hidden; };
    if (spec.figures.length) page.figures = el("section", "yrd-figures", page.stage);
    const north = el("div", "yrd-north", page.stage);
    const s = svg("svg", { width: 26, height: 40, viewBox: "0 0 26 40" }, north);
    svg("path", { d: "M13 12 L20 36 L13 30.5 Z", fill: "#1f2a37" }, s);
    svg("path", { d: "M13 12 L6 36 L13 30.5 Z", fill: "#fff", stroke: "#1f2a37", "stroke-width": 1 }, s);
    svg("text", { x: 13, y: 9, "text-anchor": "middle", "font-size": 11, "font-weight": 700, fill: "#1f2a37" }, s).textContent = "N";
    page.northNode = north;
    for (const n of [page.panel, page.about, page.figures]) {
      if (!n) continue;
      L.DomEvent.disableClickPropagation(n);
      L.DomEvent.disableScrollPropagation(n);
    }
  };

  function legendOf(page, g, parent) {
    const ul = el("ul", "yrd-legend" + (g.legend === "ramp" ? " ramp" : ""), parent);
    const seen = page.stylesNow(g), states = page.statesNow(g);
    g.styles.forEach((st, i) => {
      if (!st.label || (!seen[i] && (g.legend !== "ramp" || st.special))) return;
      const li = el("li", null, ul);
      li.appendChild(YRD.sample(page, g, st, states[i]));
      el("span", null, li, YRD.say(page, st.label));
      if (g.counted) el("span", "yrd-count", li, seen[i]);
    });
    if (!ul.children.length) ul.remove();
  }

  function groupRow(page, g, parent) {
    const box = el("div", "yrd-group", parent), label = el("label", null, box);
    const input = el("input", null, label);
    input.type = g.choice ? "radio" : "checkbox";
    if (g.choice) input.name = page.id + "-" + g.choice;
    input.checked = page.isOn(g) && !((page.swiping || page.tiled) && g.choice);
    input.dataset.group = g.id;
    input.onchange = () => page.setOn(g.id, input.checked);
    const single = (g.styles.length === 1 || g.legend === "one") && g.legend !== "none";
    const far = page.map.getZoom() < page.nearest(g);
    if (single) label.appendChild(YRD.sample(page, g, g.styles[0], page.statesNow(g)[0]));
    el("span", "yrd-name", label, YRD.say(page, g.title));
    if (YRD.unit(page, g.unit)) el("span", "yrd-unit", label, YRD.unit(page, g.unit));
    if (far && input.checked) el("span", "yrd-unit", label, YRD.word(page, "ui.zoom_in"));
    if (g.note && input.checked) el("p", "yrd-note", box, YRD.say(page, g.note));
    if (!single && input.checked && !far && g.legend !== "none") legendOf(page, g, box);
  }

  /* A row that switches on a view of several groups; it stands among the themes that it excludes. */
  function viewRow(page, parent, name, first, on, set) {
    const g = page.byId(first), label = el("label", null, el("div", "yrd-group", parent)), input = el("input", null, label);
    input.type = "radio";
    input.name = page.id + "-" + g.choice;
    input.checked = on;
    input.dataset.group = name;
    input.onchange = set;
    el("span", "yrd-name", label, YRD.word(page, name === "swipe" ? "ui.side_by_side" : "ui.multiples"));
    if (on) legendOf(page, g, label.parentNode);
  }

  function statusLegend(page, parent) {
    const states = new Set();
    for (const g of page.groups) {
      if (g.kind !== "line" || !page.isOn(g)) continue;
      for (const s of page.rowsNow(g).state) states.add(s);
    }
    if (states.size < 2) return;
    const box = el("div", "yrd-section", parent);
    el("h2", null, box, YRD.word(page, "ui.line_state"));
    const ul = el("ul", "yrd-legend", box);
    for (const s of [1, 2, 3, 4, 5]) {
      if (!states.has(s)) continue;
      const li = el("li", null, ul);
      li.appendChild(lineSample(page, { color: "#374151", width: 2.6 }, s));
      el("span", null, li, YRD.say(page, page.spec.status[s].label));
    }
  }

  /* A heading and its groups; the background's is folded until asked for. */
  function section(page, g, name, body) {
    const s = el(g.fold ? "details" : "div", "yrd-section", body);
    if (g.fold) {
      el("summary", null, s, name);
      s.open = page.unfolded;
      s.ontoggle = () => { page.unfolded = s.open; };
    } else if (name) el("h2", null, s, name);
    return s;
  }

  YRD.fillPanel = function (page) {
    const focus = document.activeElement && document.activeElement.dataset ? document.activeElement.dataset.group : null;
    const p = page.panel, top = p.scrollTop;
    p.replaceChildren();
    const head = el("div", "yrd-panel-head", p);
    el("h2", null, head, YRD.word(page, "ui.layers"));
    const b = button(head, "yrd-fold", page.root.classList.contains("panel-shut") ? "+" : "−", YRD.word(page, "ui.fold"));
    b.onclick = () => {
      page.root.classList.remove("panel-open");
      page.root.classList.toggle("panel-shut");
      b.textContent = page.root.classList.contains("panel-shut") ? "+" : "−";
    };
    const body = el("div", "yrd-panel-body", p), sections = new Map();
    for (const g of page.listed) {
      const name = YRD.say(page, g.section);
      if (!sections.has(name)) sections.set(name, section(page, g, name, body));
      groupRow(page, g, sections.get(name));
      const sw = page.spec.swipe, mu = page.spec.multiples;
      if (sw && g.id === sw.right) viewRow(page, sections.get(name), "swipe", sw.left, page.swiping, () => page.setSwipe(true));
      if (mu && g.id === mu.ids[mu.ids.length - 1]) viewRow(page, sections.get(name), "multiples", mu.ids[0], page.tiled, () => page.setTiled(true));
    }
    statusLegend(page, body);
    for (const [name, s] of sections) if (s.tagName === "DETAILS" && name) body.appendChild(s);
    for (const extra of page.foreign) {
      const s = sections.get("") || body, label = el("label", null, el("div", "yrd-group", s)), input = el("input", null, label);
      input.type = "checkbox";
      input.checked = page.map.hasLayer(extra.layer);
      input.onchange = () => (input.checked ? extra.layer.addTo(page.map) : extra.layer.remove());
      el("span", "yrd-name", label, extra.name);
    }
    p.scrollTop = top;
    if (focus) {
      const again = p.querySelector('[data-group="' + CSS.escape(focus) + '"]');
      if (again) again.focus({ preventScroll: true });
    }
  };

  YRD.fillFigures = function (page) {
    if (!page.figures) return;
    const box = page.figures;
    box.replaceChildren();
    el("h2", null, box, YRD.say(page, page.spec.figuresTitle) + (page.step ? " · " + page.stepLabel() : ""));
    const dl = el("dl", null, box);
    page.figureValues = {};
    for (const f of page.spec.figures) {
      const v = page.figureNow(f);
      page.figureValues[f.id] = v;
      const row = el("div", null, dl);
      el("dt", null, row, YRD.say(page, f.label));
      const dd = el("dd", null, row, YRD.number(v, f.digits));
      el("small", null, dd, " " + YRD.unit(page, f.unit));
    }
    if (page.spec.figuresNote) el("p", "yrd-note", box, YRD.say(page, page.spec.figuresNote));
  };

  /* On a narrow screen the panels at the foot are stacked; the scale stands on top of them. */
  YRD.layout = function (page) {
    const narrow = page.stage.clientWidth <= 720, below = page.slider ? page.slider.offsetHeight + 8 : 0;
    const panel = page.figures || page.askPanel, figures = panel && narrow ? panel.offsetHeight + 8 : 0;
    page.root.style.setProperty("--above-slider", 8 + below + "px");
    page.low = narrow ? below + figures : 0;
    page.root.style.setProperty("--low", page.low + "px");
  };

  YRD.fillFrame = function (page) {
    const spec = page.spec, say = (x) => YRD.say(page, x), w = (k) => YRD.word(page, k);
    page.titleNode.textContent = say(spec.title);
    document.title = say(spec.title);
    document.documentElement.lang = page.lang === "zh" ? "zh-CN" : "en";
    page.root.dataset.lang = page.lang;
    if (page.homeLink) {
      page.homeLink.href = spec.home + "#lang=" + page.lang;
      page.homeLink.setAttribute("aria-label", w("ui.home"));
      page.homeLink.title = w("ui.home");
    }
    const sub = [say(spec.subtitle), spec.asOf ? w("ui.as_of") + " " + spec.asOf : "", YRD.unit(page, spec.unit) ? w("ui.unit") + " " + YRD.unit(page, spec.unit) : ""];
    page.subNode.textContent = sub.filter(Boolean).join(" · ");
    page.panelButton.textContent = w("ui.layers_short");
    page.infoButton.textContent = w("ui.about");
    page.searchInput.placeholder = w(page.stage.clientWidth > 720 ? "ui.search" : "ui.search_short");
    page.searchInput.setAttribute("aria-label", w("ui.search"));
    page.langBox.setAttribute("aria-label", w("ui.language"));
    for (const b of page.langBox.children) b.setAttribute("aria-pressed", String(b.dataset.lang === page.lang));
    if (page.bannerNode) page.bannerNode.textContent = say(spec.banner);
    for (const [sign, key] of [["in", "ui.zoom_closer"], ["out", "ui.zoom_away"]]) {
      const b = page.stage.querySelector(".leaflet-control-zoom-" + sign);
      if (b) { b.title = w(key); b.setAttribute("aria-label", w(key)); }
    }
    page.northNode.title = w("ui.north");
    page.foot.replaceChildren();
    el("span", "yrd-review", page.foot, w("ui.review") + " " + (spec.review || w("ui.not_reviewed")));
    el("span", "yrd-source", page.foot, w("ui.source") + " " + spec.credits.map(say).join("; "));
    page.about.replaceChildren();
    const close = button(page.about, "yrd-close", "×", w("ui.close"));
    close.onclick = () => { page.about.hidden = true; page.infoButton.focus(); };
    for (const [head, list] of [["ui.notes", spec.notes], ["ui.source", spec.sources]]) {
      if (!list.length) continue;
      el("h2", null, page.about, w(head).replace(/[:：]\s*$/, ""));
      const ul = el("ul", null, page.about);
      for (const item of list) el("li", null, ul, say(item));
    }
    if (page.canvas._container) page.canvas._container.setAttribute("aria-label", say(spec.title));
  };
})(window.YRD);
