/* What lies under the pointer, and the sheet that tells about it. Data enters as text only. */
(function (YRD) {
  "use strict";
  const { el } = YRD;

  function lineHit(parts, x, y, tol) {
    for (const p of parts) {
      for (let i = 2; i < p.length; i += 2) {
        const ax = p[i - 2], ay = p[i - 1], dx = p[i] - ax, dy = p[i + 1] - ay, len = dx * dx + dy * dy;
        const t = len ? Math.max(0, Math.min(1, ((x - ax) * dx + (y - ay) * dy) / len)) : 0;
        const ex = ax + t * dx - x, ey = ay + t * dy - y;
        if (ex * ex + ey * ey <= tol * tol) return true;
      }
    }
    return false;
  }

  function polygonHit(parts, x, y) {
    let inside = false;
    for (const p of parts) {
      for (let i = 0, j = p.length - 2; i < p.length; j = i, i += 2) {
        if (p[i + 1] > y !== p[j + 1] > y && x < ((p[j] - p[i]) * (y - p[i + 1])) / (p[j + 1] - p[i + 1]) + p[i]) inside = !inside;
      }
    }
    return inside;
  }

  const RANK = { point: 0, line: 1, polygon: 2 };

  /* Features under a place, the topmost first: points, lines, then areas. */
  YRD.hits = function (page, latlng, px, limit) {
    const zoom = page.map.getZoom(), s = 256 * Math.pow(2, zoom);
    const x = YRD.mercX(latlng.lng), y = YRD.mercY(latlng.lat), found = [];
    for (let k = page.groups.length - 1; k >= 0; k--) {
      const g = page.groups[k];
      if (!g.popup || !page.isOn(g) || zoom < (g.minzoom || 0)) continue;
      const t = g.table, list = page.rowsNow(g).list, side = YRD.sideOf(page, g);
      if (side && side * (page.map.latLngToLayerPoint(latlng).x - YRD.splitX(page)) < 0) continue;
      for (let i = list.length - 1; i >= 0; i--) {
        const row = list[i], st = g.styles[g.style[row]];
        if (t.kind === "point") {
          if (zoom < (st.minzoom || 0)) continue;
          const r = (g.radius ? g.radius[row] : YRD.lerp(st.size, zoom)) + px - 2, ex = (t.x[row] - x) * s, ey = (t.y[row] - y) * s;
          if (ex * ex + ey * ey <= r * r) found.push({ g, row, rank: 0, d: ex * ex + ey * ey });
          continue;
        }
        const b = t.boxes[row], tol = t.kind === "line" ? (px + YRD.lerp(st.width, zoom) / 2) / s : 0;
        if (x < b[0] - tol || x > b[2] + tol || y < b[1] - tol || y > b[3] + tol) continue;
        const hit = t.kind === "line" ? lineHit(t.parts[row], x, y, tol) : polygonHit(t.parts[row], x, y);
        if (hit) found.push({ g, row, rank: RANK[t.kind], d: 0 });
      }
    }
    return found.sort((a, b) => a.rank - b.rank || a.d - b.d).slice(0, limit || 12);
  };

  /* A year, a month or a day, as exactly as it is known. */
  function dateText(page, value) {
    const m = /^(\d{4})(?:-(\d{2}))?(?:-(\d{2}))?$/.exec(String(value));
    if (!m || page.lang !== "zh") return String(value);
    return m[1] + "年" + (m[2] ? Number(m[2]) + "月" : "") + (m[3] ? Number(m[3]) + "日" : "");
  }

  function valueText(page, item, table, row) {
    const v = item.pair ? YRD.named(page, table, item.pair, row) : table.get(item.field, row);
    if (v === null || v === "" || (typeof v === "number" && !isFinite(v))) {
      return item.blank ? YRD.say(page, item.blank) : null;
    }
    if (item.kind === "number") {
      const unit = YRD.unit(page, item.unit);
      return YRD.number(v, item.digits) + (unit ? (page.lang === "zh" && /^[一-鿿]/.test(unit) ? "" : " ") + unit : "");
    }
    if (item.kind === "date") return dateText(page, v);
    if (item.kind === "word") return YRD.word(page, item.ns + "." + v);
    if (item.kind === "flag") return YRD.word(page, v ? "yes" : "no");
    return item.list ? String(v).split(";").join(page.lang === "zh" ? "、" : ", ") : String(v);
  }

  YRD.popupNode = function (page, g, row) {
    const t = g.table, p = g.popup, box = el("div", "yrd-pop");
    el("p", "yrd-pop-kind", box, YRD.say(page, p.kind || g.title));
    el("h2", null, box, YRD.named(page, t, p.title, row) || "—");
    const other = p.title.length > 1 ? t.get(p.title[page.lang === "zh" ? 1 : 0], row) : null;
    if (other && other !== YRD.named(page, t, p.title, row)) el("p", "yrd-pop-alt", box, other);
    const dl = el("dl", null, box);
    for (const item of p.rows) {
      if (item.kind === "quote") continue;
      const text = valueText(page, item, t, row);
      if (text === null) continue;
      el("dt", null, dl, YRD.say(page, item.label));
      const dd = el("dd", item.strong ? "strong" : null, dl);
      if (item.ns === "status") dd.appendChild(YRD.statusSample(page, t.get(item.field, row)));
      dd.appendChild(document.createTextNode(text));
    }
    for (const item of p.rows) {
      if (item.kind !== "quote") continue;
      const text = t.get(item.field, row);
      if (!text) continue;
      const q = el("figure", "yrd-quote", box);
      el("blockquote", null, q, text);
      const where = item.cite ? t.get(item.cite, row) : null;
      el("figcaption", null, q, YRD.say(page, item.label) + (where ? " · " + where : ""));
    }
    return box;
  };

  YRD.tipText = function (page, g, row) {
    const parts = [YRD.named(page, g.table, g.popup.title, row)];
    for (const item of g.popup.rows) {
      if (!item.tip) continue;
      const text = valueText(page, item, g.table, row);
      if (text !== null) parts.push(text);
    }
    return parts.filter(Boolean).join(" · ");
  };

  function outline(page, g, row) {
    const t = g.table, geo = (p) => {
      const out = [];
      for (let i = 0; i < p.length; i += 2) {
        out.push([(Math.atan(Math.exp((0.5 - p[i + 1]) * 2 * Math.PI)) * 360) / Math.PI - 90, p[i] * 360 - 180]);
      }
      return out;
    };
    const style = { color: "#111827", weight: 2.5, opacity: 0.9, fill: false, interactive: false, renderer: page.svgRenderer };
    if (t.kind === "point") {
      const c = t.centre(row), r = g.radius ? g.radius[row] : YRD.lerp(g.styles[g.style[row]].size, page.map.getZoom());
      return L.circleMarker([c[1], c[0]], Object.assign(style, { radius: r + 3 }));
    }
    if (t.kind === "line") return L.polyline(t.parts[row].map(geo), Object.assign(style, { weight: 7, opacity: 0.35 }));
    return L.polygon(t.parts[row].map(geo), style);
  }

  /* Opens the sheet of one feature; several hits can be paged through. */
  YRD.openPopup = function (page, hits, at) {
    let k = 0;
    const holder = el("div"), map = page.map;
    const pop = L.popup({ maxWidth: Math.min(340, map.getSize().x - 60), minWidth: 200, maxHeight: Math.max(180, map.getSize().y * 0.55), autoPanPaddingTopLeft: [map.getSize().x > 720 ? 290 : 10, 14], autoPanPaddingBottomRight: [map.getSize().x > 720 ? 56 : 10, (page.slider ? page.slider.offsetHeight + 14 : 0) + 14] });
    const show = () => {
      holder.replaceChildren();
      if (hits.length > 1) {
        const nav = el("div", "yrd-pop-nav", holder);
        const prev = el("button", null, nav, "‹"), label = el("span", null, nav, k + 1 + " / " + hits.length), next = el("button", null, nav, "›");
        prev.setAttribute("aria-label", YRD.word(page, "ui.previous"));
        next.setAttribute("aria-label", YRD.word(page, "ui.next"));
        prev.onclick = (e) => { L.DomEvent.stop(e); k = (k + hits.length - 1) % hits.length; show(); };
        next.onclick = (e) => { L.DomEvent.stop(e); k = (k + 1) % hits.length; show(); };
        label.setAttribute("aria-live", "polite");
      }
      holder.appendChild(YRD.popupNode(page, hits[k].g, hits[k].row));
      if (page.mark) page.mark.remove();
      page.mark = outline(page, hits[k].g, hits[k].row).addTo(map);
      if (pop.isOpen()) pop.update();
    };
    show();
    page.root.classList.remove("panel-open");
    page.root.classList.add("with-popup");
    pop.setLatLng(at).setContent(holder).openOn(map);
    page.popup = { pop, show };
    pop.on("remove", () => {
      if (page.mark) page.mark.remove();
      page.mark = page.popup = null;
      page.root.classList.remove("with-popup");
    });
  };

  YRD.bindPointer = function (page) {
    const map = page.map, coarse = window.matchMedia("(pointer: coarse)").matches;
    const tip = el("div", "yrd-tip", page.stage);
    tip.setAttribute("aria-hidden", "true");
    map.on("click", (e) => {
      const place = YRD.under(page, e);
      if (!place) return;
      if (place.cell) page.setOn(place.cell, true);
      const hits = YRD.hits(page, place.latlng, coarse ? 12 : 6);
      if (hits.length) YRD.openPopup(page, hits, place.latlng);
    });
    if (coarse) return;
    let waiting = null;
    map.on("mousemove", (e) => {
      const first = waiting === null;
      waiting = e;
      if (first) requestAnimationFrame(() => {
        const ev = waiting;
        waiting = null;
        if (!ev || map._animatingZoom) return;
        const place = YRD.under(page, ev);
        page.cell = place ? place.cell : null;
        const hit = place ? YRD.hits(page, place.latlng, 4, 1)[0] : undefined;
        page.cell = null;
        YRD.hover(page, hit);
        map.getContainer().style.cursor = hit ? "pointer" : "";
        tip.textContent = hit ? YRD.tipText(page, hit.g, hit.row) : "";
        tip.classList.toggle("on", Boolean(hit));
        if (hit) {
          const p = ev.containerPoint, flip = p.x > map.getSize().x - 260;
          tip.style.transform = "translate(" + (p.x + (flip ? -12 : 14)) + "px," + (p.y + 14) + "px)" + (flip ? " translateX(-100%)" : "");
        }
      });
    });
    map.on("mouseout movestart zoomstart", () => { waiting = null; tip.classList.remove("on"); YRD.hover(page); });
  };

  /* In small multiples the feature under the pointer is outlined in every cell. */
  YRD.hover = function (page, hit) {
    const was = page.hovered;
    page.hovered = page.tiled && hit ? hit : null;
    if ((was && was.row) !== (page.hovered && page.hovered.row) || (was && was.g.table) !== (page.hovered && page.hovered.g.table)) page.canvas.refresh();
  };
})(window.YRD);
