/* Two states side by side: left of the divider the one, right of it the other. */
(function (YRD) {
  "use strict";
  const { el } = YRD;

  YRD.buildSwipe = function (page) {
    const s = page.spec.swipe;
    if (!s) return;
    page.split = 0.5;
    const bar = (page.swipeBar = el("div", "yrd-swipe", page.stage));
    for (const side of ["left", "right"]) page[side + "Tag"] = el("span", "yrd-swipe-" + side, bar);
    const grip = el("div", "yrd-grip", bar, "◂ ▸");
    grip.tabIndex = 0;
    grip.setAttribute("role", "slider");
    grip.setAttribute("aria-valuemin", "0");
    grip.setAttribute("aria-valuemax", "100");
    L.DomEvent.disableClickPropagation(bar);
    const move = (x) => {
      page.split = Math.max(0.02, Math.min(0.98, x));
      bar.style.left = 100 * page.split + "%";
      grip.setAttribute("aria-valuenow", String(Math.round(100 * page.split)));
      page.canvas.refresh();
    };
    page.moveSplit = move;
    grip.addEventListener("pointerdown", (ev) => {
      grip.setPointerCapture(ev.pointerId);
      ev.preventDefault();
      grip.focus();
    });
    grip.addEventListener("pointermove", (ev) => {
      if (!grip.hasPointerCapture(ev.pointerId)) return;
      const box = page.stage.getBoundingClientRect();
      move((ev.clientX - box.left) / box.width);
    });
    grip.addEventListener("keydown", (ev) => {
      const step = { ArrowLeft: -0.02, ArrowRight: 0.02 }[ev.key];
      if (!step) return;
      ev.preventDefault();
      move(page.split + step);
    });
    page.map.on("move", () => page.swiping && page.canvas.refresh());
    page.gripNode = grip;
  };

  YRD.fillSwipe = function (page) {
    if (!page.swipeBar) return;
    page.swipeBar.hidden = !page.swiping;
    page.root.classList.toggle("swiping", page.swiping);
    page.leftTag.textContent = YRD.say(page, page.byId(page.spec.swipe.left).title);
    page.rightTag.textContent = YRD.say(page, page.byId(page.spec.swipe.right).title);
    page.gripNode.setAttribute("aria-label", YRD.word(page, "ui.swipe"));
    if (page.swiping) page.moveSplit(page.split);
  };

  /* Which side of the divider a group belongs to: -1 left, 1 right, 0 both. */
  YRD.sideOf = function (page, g) {
    if (!page.swiping) return 0;
    return g.id === page.spec.swipe.left ? -1 : g.id === page.spec.swipe.right ? 1 : 0;
  };
  YRD.splitX = (page) => page.map.containerPointToLayerPoint([page.split * page.map.getSize().x, 0]).x;

  YRD.clip = function (ctx, f, page, side) {
    const x = YRD.splitX(page);
    ctx.beginPath();
    if (side < 0) ctx.rect(f.min.x, f.min.y, x - f.min.x, f.max.y - f.min.y);
    else ctx.rect(x, f.min.y, f.max.x - x, f.max.y - f.min.y);
    ctx.clip();
  };
})(window.YRD);
