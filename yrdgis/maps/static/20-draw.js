/* One canvas that draws every group from the shared tables; Leaflet moves and zooms it. */
(function (YRD) {
  "use strict";

  const TILE = 256;
  const lerp = (pair, zoom) => {
    if (!Array.isArray(pair)) return pair;
    const t = Math.max(0, Math.min(1, (zoom - 7) / 5));
    return pair[0] + (pair[1] - pair[0]) * t;
  };

  YRD.Canvas = L.Renderer.extend({
    options: { padding: 0.15, pane: "overlayPane" },
    initialize: function (page, options) {
      this.page = page;
      L.Renderer.prototype.initialize.call(this, options);
    },
    _initContainer: function () {
      this._container = document.createElement("canvas");
      this._container.setAttribute("role", "img");
      this._ctx = this._container.getContext("2d");
    },
    _destroyContainer: function () {
      cancelAnimationFrame(this._frame);
      this._container.remove();
      delete this._container;
    },
    _update: function () {
      if (this._map._animatingZoom && this._bounds) return;
      L.Renderer.prototype._update.call(this);
      const b = this._bounds, size = b.getSize(), c = this._container;
      const m = Math.min(window.devicePixelRatio || 1, 2);
      L.DomUtil.setPosition(c, b.min);
      c.width = Math.round(m * size.x);
      c.height = Math.round(m * size.y);
      c.style.width = size.x + "px";
      c.style.height = size.y + "px";
      this._ctx.setTransform(m, 0, 0, m, -b.min.x * m, -b.min.y * m);
      this.paint();
    },
    _updatePaths: function () {},
    refresh: function () {
      if (this._frame || !this._map) return;
      this._frame = requestAnimationFrame(() => {
        this._frame = null;
        if (this._container && !this._map._animatingZoom) this.paint();
      });
    },
    /* The canvas's own frame: world (0..1) -> layer points. */
    frame: function () {
      const zoom = this._map.getZoom(), o = this._map.getPixelOrigin(), b = this._bounds;
      const s = TILE * Math.pow(2, zoom), pad = 24, a = this._map.containerPointToLayerPoint([0, 0]), size = this._map.getSize();
      return {
        zoom, s, view: [a.x, a.y, a.x + size.x, a.y + size.y], ox: o.x, oy: o.y, min: b.min, max: b.max,
        box: [(b.min.x + o.x - pad) / s, (b.min.y + o.y - pad) / s, (b.max.x + o.x + pad) / s, (b.max.y + o.y + pad) / s],
      };
    },
    paint: function () {
      if (!this._bounds) return;
      this._frame = null;
      if (this.page.tiled) return YRD.paintCells(this.page);
      YRD.paintInto(this.page, this._ctx, this.frame());
      this.page.afterPaint();
    },
  });

  /* Draws all that is on, and its labels, into a canvas. */
  YRD.paintInto = function (page, ctx, f) {
    ctx.clearRect(f.min.x, f.min.y, f.max.x - f.min.x, f.max.y - f.min.y);
    page.counts = {};
    page.seen = {};
    for (const g of page.groups) {
      if (!page.isOn(g)) continue;
      const rows = page.rowsNow(g);
      page.counts[g.id] = rows.drawn;
      page.seen[g.id] = rows.styles;
      if (f.zoom < (g.minzoom || 0)) continue;
      const side = YRD.sideOf(page, g);
      if (!side) { DRAW[g.kind](ctx, f, g, rows, page); continue; }
      ctx.save();
      YRD.clip(ctx, f, page, side);
      DRAW[g.kind](ctx, f, g, rows, page);
      ctx.restore();
    }
    YRD.drawLabels(ctx, f, page);
  };

  /* A line around one feature. */
  YRD.paintOutline = function (ctx, f, hit) {
    const t = hit.g.table, p = new Path2D();
    if (t.kind === "point") SIGNS.circle(p, t.x[hit.row] * f.s - f.ox, t.y[hit.row] * f.s - f.oy, 9);
    else for (const part of t.parts[hit.row]) trace(p, part, f, t.kind === "polygon");
    ctx.strokeStyle = "#111827";
    ctx.lineWidth = 2;
    ctx.stroke(p);
  };

  function outside(box, view) {
    return box[2] < view[0] || box[0] > view[2] || box[3] < view[1] || box[1] > view[3];
  }

  function trace(ctx, part, f, close) {
    const s = f.s, ox = f.ox, oy = f.oy, n = part.length;
    let px = part[0] * s - ox, py = part[1] * s - oy;
    ctx.moveTo(px, py);
    for (let i = 2; i < n; i += 2) {
      const x = part[i] * s - ox, y = part[i + 1] * s - oy;
      if (Math.abs(x - px) + Math.abs(y - py) < 0.8 && i < n - 2) continue;
      ctx.lineTo(x, y);
      px = x;
      py = y;
    }
    if (close) ctx.closePath();
  }

  /* Rows that share style and state are drawn in one stroke. */
  function buckets(g, rows) {
    const out = new Map();
    for (let k = 0; k < rows.list.length; k++) {
      const row = rows.list[k], key = g.style[row] * 8 + rows.state[k];
      if (!out.has(key)) out.set(key, []);
      out.get(key).push(row);
    }
    return [...out.entries()].sort((a, b) => a[0] - b[0]).map(([key, list]) => ({
      style: g.styles[key >> 3], state: key & 7, list,
    }));
  }

  function drawLines(ctx, f, g, rows, page) {
    const t = g.table;
    const paths = buckets(g, rows).map((b) => {
      const p = new Path2D();
      for (const row of b.list) {
        if (outside(t.boxes[row], f.box)) continue;
        for (const part of t.parts[row]) trace(p, part, f, false);
      }
      return Object.assign(b, { path: p, width: lerp(b.style.width, f.zoom) * (page.cell ? 0.65 : 1) });
    });
    ctx.lineJoin = "round";
    ctx.globalAlpha = g.opacity === undefined ? 1 : g.opacity;
    for (const b of paths) {
      if (!b.style.casing) continue;
      ctx.lineCap = b.state === 1 ? "round" : "butt";
      ctx.setLineDash([]);
      ctx.strokeStyle = b.style.casing;
      ctx.lineWidth = b.width + 1.6;
      ctx.stroke(b.path);
    }
    for (const b of paths) {
      const dash = b.style.dash || (page.spec.status[b.state] || {}).dash;
      ctx.lineCap = dash && dash[0] < 1 ? "round" : "butt";
      ctx.setLineDash(dash ? dash.map((d) => d * Math.max(1.2, b.width * 0.62)) : []);
      ctx.strokeStyle = b.style.color;
      ctx.lineWidth = b.width;
      ctx.stroke(b.path);
      if (b.style.pattern === "rail" && b.state === 1 && b.width > 1.3) {
        ctx.setLineDash([5, 5]);
        ctx.lineCap = "butt";
        ctx.strokeStyle = "#fff";
        ctx.lineWidth = Math.max(0.7, b.width - 1.3);
        ctx.stroke(b.path);
      }
    }
    ctx.setLineDash([]);
    ctx.globalAlpha = 1;
  }

  const hatches = {};
  function hatch(ctx, color) {
    if (hatches[color]) return hatches[color];
    const c = document.createElement("canvas"), x = c.getContext("2d");
    c.width = c.height = 8;
    x.strokeStyle = color;
    x.lineWidth = 1.6;
    for (const d of [-8, 0, 8]) { x.beginPath(); x.moveTo(d, 8); x.lineTo(d + 8, 0); x.stroke(); }
    return (hatches[color] = ctx.createPattern(c, "repeat"));
  }
  YRD.hatch = hatch;

  function drawPolygons(ctx, f, g, rows) {
    const t = g.table;
    /* areas that may overlap are filled one by one: in one path the even-odd rule would cut them out */
    const all = buckets(g, rows), each = g.overlap ? all.flatMap((b) => b.list.map((row) => Object.assign({}, b, { list: [row] }))) : all;
    for (const b of each) {
      const p = new Path2D(), st = b.style;
      for (const row of b.list) {
        if (outside(t.boxes[row], f.box)) continue;
        for (const part of t.parts[row]) trace(p, part, f, true);
      }
      const alpha = (st.opacity === undefined ? 1 : st.opacity) * (g.opacity === undefined ? 1 : g.opacity);
      if (st.fill) {
        ctx.globalAlpha = alpha;
        ctx.fillStyle = st.fill;
        ctx.fill(p, "evenodd");
      }
      if (st.hatch) {
        ctx.globalAlpha = 1;
        ctx.fillStyle = hatch(ctx, st.hatch);
        ctx.fill(p, "evenodd");
      }
      ctx.globalAlpha = 1;
      if (st.stroke) {
        ctx.setLineDash(st.dash || []);
        ctx.lineJoin = "round";
        ctx.strokeStyle = st.stroke;
        ctx.lineWidth = lerp(st.width, f.zoom);
        ctx.stroke(p);
        ctx.setLineDash([]);
      }
    }
  }

  /* Paths of point signs around (x, y), radius r. */
  const SIGNS = {
    circle: (p, x, y, r) => { p.moveTo(x + r, y); p.arc(x, y, r, 0, 6.2832); },
    square: (p, x, y, r) => { const a = r * 0.88; p.rect(x - a, y - a, 2 * a, 2 * a); },
    diamond: (p, x, y, r) => {
      const a = r * 1.2;
      p.moveTo(x, y - a); p.lineTo(x + a, y); p.lineTo(x, y + a); p.lineTo(x - a, y); p.closePath();
    },
    triangle: (p, x, y, r) => {
      const a = r * 1.2;
      p.moveTo(x, y - a); p.lineTo(x + a * 0.95, y + a * 0.75); p.lineTo(x - a * 0.95, y + a * 0.75); p.closePath();
    },
    plane: (p, x, y, r) => {
      const k = r / 9, pts = [0, -10, 1.7, -7, 1.7, -3, 9, 2, 9, 4.2, 1.7, 1.6, 1.4, 6.4, 4.2, 8.6, 4.2, 10, 0, 8.8];
      p.moveTo(x + pts[0] * k, y + pts[1] * k);
      for (let i = 2; i < pts.length; i += 2) p.lineTo(x + pts[i] * k, y + pts[i + 1] * k);
      for (let i = pts.length - 4; i > 0; i -= 2) p.lineTo(x - pts[i] * k, y + pts[i + 1] * k);
      p.closePath();
    },
  };
  YRD.SIGNS = SIGNS;

  function drawPoints(ctx, f, g, rows) {
    const t = g.table;
    ctx.lineJoin = "round";
    for (const b of buckets(g, rows)) {
      const st = b.style;
      if (f.zoom < (st.minzoom || 0)) continue;
      const p = new Path2D(), base = lerp(st.size, f.zoom), sign = SIGNS[st.sign] || SIGNS.circle;
      for (const row of b.list) {
        const wx = t.x[row], wy = t.y[row];
        if (wx < f.box[0] || wx > f.box[2] || wy < f.box[1] || wy > f.box[3]) continue;
        sign(p, wx * f.s - f.ox, wy * f.s - f.oy, g.radius ? g.radius[row] : base);
      }
      const hollow = b.state === 2 || b.state === 3 || b.state === 5;
      ctx.globalAlpha = st.opacity === undefined ? 1 : st.opacity;
      ctx.fillStyle = hollow ? "#fff" : st.fill;
      ctx.fill(p);
      ctx.globalAlpha = 1;
      if (st.stroke || hollow) {
        ctx.strokeStyle = hollow ? st.fill : st.stroke;
        ctx.lineWidth = hollow ? Math.max(1.4, st.width || 1) : st.width || 1;
        ctx.stroke(p);
      }
    }
  }

  const DRAW = { line: drawLines, polygon: drawPolygons, point: drawPoints };
  YRD.lerp = lerp;
})(window.YRD);
