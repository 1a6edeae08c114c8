/* Labels: candidates by rank, each placed only where none stands already. */
(function (YRD) {
  "use strict";

  const FONT = '"Noto Sans CJK SC","Source Han Sans SC","PingFang SC","Microsoft YaHei","Hiragino Sans GB",system-ui,sans-serif';
  const widths = new Map();

  function measure(ctx, font, text) {
    const key = font + "|" + text;
    let w = widths.get(key);
    if (w === undefined) {
      if (widths.size > 20000) widths.clear();
      ctx.font = font;
      w = ctx.measureText(text).width;
      widths.set(key, w);
    }
    return w;
  }

  function candidates(f, page) {
    const out = [];
    for (const g of page.groups) {
      const lab = g.label;
      if (!lab || !page.isOn(g)) continue;
      const t = g.table, rows = page.rowsNow(g), seen = new Set(), side = YRD.sideOf(page, g);
      for (let k = 0; k < rows.list.length; k++) {
        const row = rows.list[k], rank = lab.rank ? lab.rank[row] : 0;
        const level = lab.levels[rank];
        if (!level || f.zoom < level.minzoom || f.zoom > (level.maxzoom || 99)) continue;
        let text = YRD.named(page, t, lab.fields, row);
        if (!text) continue;
        if (lab.value) {
          const v = t.get(lab.value, row);
          if (v !== null) text += " " + YRD.number(v, lab.digits);
        }
        let wx, wy;
        if (lab.xy) { wx = YRD.mercX(lab.xy[2 * row]); wy = YRD.mercY(lab.xy[2 * row + 1]); }
        else if (t.kind === "point") { wx = t.x[row]; wy = t.y[row]; }
        else { const c = t.centre(row); wx = YRD.mercX(c[0]); wy = YRD.mercY(c[1]); }
        if (wx < f.box[0] || wx > f.box[2] || wy < f.box[1] || wy > f.box[3]) continue;
        if (side && side * (wx * f.s - f.ox - YRD.splitX(page)) < 0) continue;
        if (lab.once) { if (seen.has(text)) continue; seen.add(text); }
        out.push({
          text, level, x: wx * f.s - f.ox, y: wy * f.s - f.oy, order: level.order, weight: lab.weight ? lab.weight[row] : 0,
          beside: t.kind === "point" && !lab.centred, gap: t.kind === "point" ? YRD.lerp(g.styles[g.style[row]].size, f.zoom) + 3 : 0,
        });
      }
    }
    return out.sort((a, b) => a.order - b.order || b.weight - a.weight || (a.text < b.text ? -1 : 1));
  }

  class Shelf {
    constructor() { this.cells = new Map(); }
    keys(b) {
      const out = [];
      for (let i = Math.floor(b[0] / 80); i <= Math.floor(b[2] / 80); i++) {
        for (let j = Math.floor(b[1] / 40); j <= Math.floor(b[3] / 40); j++) out.push(i + "," + j);
      }
      return out;
    }
    free(b) {
      for (const k of this.keys(b)) {
        for (const o of this.cells.get(k) || []) {
          if (b[0] < o[2] && b[2] > o[0] && b[1] < o[3] && b[3] > o[1]) return false;
        }
      }
      return true;
    }
    put(b) {
      for (const k of this.keys(b)) {
        if (!this.cells.has(k)) this.cells.set(k, []);
        this.cells.get(k).push(b);
      }
    }
  }

  function places(c, w, h) {
    /* the name of a city gives way a little before it is left out */
    if (!c.beside && c.order > 0) return [[c.x - w / 2, c.y - h / 2]];
    if (!c.beside) return [[0, 0], [0, -0.7], [0, 0.7], [0.35, 0], [-0.35, 0], [0.35, 0.9], [-0.35, 0.9], [0, 1.4], [0, -1.4]].map(([a, b]) => [c.x + (a - 0.5) * w, c.y + (b - 0.5) * h]);
    const g = c.gap;
    return [[c.x + g, c.y - h / 2], [c.x - g - w, c.y - h / 2], [c.x - w / 2, c.y - g - h], [c.x - w / 2, c.y + g]];
  }

  /* Signs that no name may cover. */
  function keepClear(shelf, f, page) {
    for (const g of page.groups) {
      if (!g.clear || !page.isOn(g) || f.zoom < (g.minzoom || 0)) continue;
      for (const row of page.rowsNow(g).list) {
        const x = g.table.x[row] * f.s - f.ox, y = g.table.y[row] * f.s - f.oy, r = YRD.lerp(g.styles[g.style[row]].size, f.zoom);
        shelf.put([x - r, y - r, x + r, y + r]);
      }
    }
  }

  YRD.drawLabels = function (ctx, f, page) {
    const shelf = new Shelf(), signs = new Shelf(), placed = [];
    keepClear(signs, f, page);
    ctx.textBaseline = "middle";
    ctx.textAlign = "left";
    ctx.lineJoin = "round";
    for (const c of candidates(f, page)) {
      /* a map from a city names it at its mark */
      if (c.order <= 0 && placed.some((p) => p.c.text === c.text)) continue;
      const size = YRD.lerp(c.level.size, f.zoom) * (page.cell ? 0.8 : 1), pad = c.level.box ? 3 : 2;
      const font = (c.level.italic ? "italic " : "") + (c.level.bold ? "600 " : "400 ") + size + "px " + FONT;
      const spacing = c.level.spacing && page.lang === "zh" ? c.level.spacing : 0;
      const w = measure(ctx, font, c.text) + spacing * (c.text.length - 1), h = size * 1.2;
      const boxes = places(c, w, h).map(([x, y]) => ({ x, y, box: [x - pad, y - pad + 1, x + w + pad, y + h + pad - 1] }));
      /* a name that the edge would cut is left out */
      const open = boxes.filter(({ box: b }) => shelf.free(b) && b[0] >= f.view[0] && b[1] >= f.view[1] && b[2] <= f.view[2] && b[3] <= f.view[3]);
      // a city is named even where it has to stand on a sign
      const spot = open.find((b) => signs.free(b.box)) || (c.order <= 0 ? open[0] : undefined);
      if (!spot) continue;
      shelf.put(spot.box);
      placed.push({ c, font, x: spot.x, y: spot.y, w, h, spacing, box: spot.box });
    }
    for (const p of placed.reverse()) {
      const lv = p.c.level, mid = p.y + p.h / 2;
      ctx.font = p.font;
      if ("letterSpacing" in ctx) ctx.letterSpacing = p.spacing + "px";
      if (lv.box) {
        ctx.fillStyle = lv.box;
        ctx.beginPath();
        if (ctx.roundRect) ctx.roundRect(p.x - 3, p.y, p.w + 6, p.h, 3); else ctx.rect(p.x - 3, p.y, p.w + 6, p.h);
        ctx.fill();
      } else {
        ctx.strokeStyle = lv.halo || "rgba(255,255,255,.92)";
        ctx.lineWidth = 3;
        ctx.strokeText(p.c.text, p.x, mid);
      }
      ctx.fillStyle = lv.color;
      ctx.fillText(p.c.text, p.x, mid);
    }
    if ("letterSpacing" in ctx) ctx.letterSpacing = "0px";
    placed.reverse();
    page.labelled = placed.map((p) => p.c.text);
    page.labelBoxes = placed.map((p) => p.box);
  };
})(window.YRD);
