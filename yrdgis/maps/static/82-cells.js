/* Small multiples: the groups of one choice beside each other, all in one view and with one legend. */
(function (YRD) {
  "use strict";
  const { el } = YRD;
  const GAP = 6, HEAD = 24;

  /* Columns that leave the area the most room. */
  function columnsFor(n, width, height, shape) {
    let best = 1, most = 0;
    for (let c = 1; c <= n; c++) {
      const w = width / c - GAP, h = height / Math.ceil(n / c) - GAP - HEAD, room = Math.min(w / shape, h);
      if (room > most) { most = room; best = c; }
    }
    return best;
  }

  YRD.buildCells = function (page) {
    const s = page.spec.multiples;
    if (!s) return;
    const grid = (page.cells = el("div", "yrd-cells", page.stage));
    page.cellList = s.ids.map((id) => {
      const box = el("figure", "yrd-cell", grid), head = el("button", null, el("figcaption", null, box));
      head.type = "button";
      head.dataset.cell = id;
      head.onclick = () => page.setOn(id, true);
      const canvas = el("canvas", null, box);
      canvas.setAttribute("role", "img");
      return { id, box, head, canvas, ctx: canvas.getContext("2d") };
    });
    L.DomEvent.disableClickPropagation(grid);
    page.map.on("move zoom", () => page.tiled && page.canvas.refresh());
  };

  YRD.fillCells = function (page) {
    if (!page.cells) return;
    page.cells.hidden = !page.tiled;
    page.root.classList.toggle("tiled", page.tiled);
    for (const c of page.cellList) {
      const title = YRD.say(page, page.byId(c.id).title);
      c.head.textContent = title;
      c.head.title = YRD.word(page, "ui.enlarge");
      c.canvas.setAttribute("aria-label", title);
    }
    if (page.tiled) YRD.arrangeCells(page);
  };

  YRD.arrangeCells = function (page) {
    if (!page.tiled) return;
    const grid = page.cells, b = page.spec.bounds, middle = (b[1] + b[3]) / 2;
    const shape = ((b[2] - b[0]) * Math.cos((middle * Math.PI) / 180)) / (b[3] - b[1]);
    grid.style.gridTemplateColumns = "repeat(" + columnsFor(page.cellList.length, grid.clientWidth, grid.clientHeight, shape) + ", 1fr)";
    const stage = page.stage.getBoundingClientRect(), m = Math.min(window.devicePixelRatio || 1, 2);
    for (const c of page.cellList) {
      const r = c.canvas.getBoundingClientRect();
      Object.assign(c, { x: r.left - stage.left, y: r.top - stage.top, w: c.canvas.clientWidth, h: c.canvas.clientHeight });
      c.canvas.width = Math.round(m * c.w);
      c.canvas.height = Math.round(m * c.h);
      c.ctx.setTransform(m, 0, 0, m, 0, 0);
    }
    page.canvas.refresh();
  };

  /* The zoom at which the whole area fits into one cell. */
  YRD.fitCells = function (page) {
    const b = page.spec.bounds, c = page.cellList[0];
    const across = ((b[2] - b[0]) / 360) * 256, down = (YRD.mercY(b[1]) - YRD.mercY(b[3])) * 256;
    const zoom = Math.log2(Math.min((c.w - 8) / across, (c.h - 8) / down));
    page.map.setView([(b[1] + b[3]) / 2, (b[0] + b[2]) / 2], Math.floor(zoom * 4) / 4, { animate: false });
  };

  YRD.paintCells = function (page) {
    const map = page.map, zoom = map.getZoom(), s = 256 * Math.pow(2, zoom), centre = map.getCenter();
    const cx = YRD.mercX(centre.lng) * s, cy = YRD.mercY(centre.lat) * s, counts = {};
    for (const c of page.cellList) {
      const ox = cx - c.w / 2, oy = cy - c.h / 2;
      page.cell = c.id;
      YRD.paintInto(page, c.ctx, {
        zoom, s, ox, oy, view: [0, 0, c.w, c.h], min: { x: 0, y: 0 }, max: { x: c.w, y: c.h },
        box: [(ox - 24) / s, (oy - 24) / s, (ox + c.w + 24) / s, (oy + c.h + 24) / s],
      });
      if (page.hovered) YRD.paintOutline(c.ctx, { s, ox, oy }, page.hovered);
      Object.assign(counts, page.counts);
    }
    page.cell = null;
    page.counts = counts;
    page.afterPaint();
  };

  /* What a place on the stage shows: itself, or its place in the cell under it. */
  YRD.under = function (page, e) {
    if (!page.tiled) return { latlng: e.latlng, cell: null };
    const p = e.containerPoint, c = page.cellList.find((d) => p.x >= d.x && p.x <= d.x + d.w && p.y >= d.y && p.y <= d.y + d.h);
    if (!c) return null;
    const size = page.map.getSize();
    return { cell: c.id, latlng: page.map.containerPointToLatLng([size.x / 2 + p.x - c.x - c.w / 2, size.y / 2 + p.y - c.y - c.h / 2]) };
  };
})(window.YRD);
