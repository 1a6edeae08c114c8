/* The year slider: real features come and go by their own dates. */
(function (YRD) {
  "use strict";
  const { el } = YRD;

  YRD.buildSlider = function (page) {
    const s = page.spec.slider;
    if (!s) return;
    const bar = (page.slider = el("section", "yrd-slider", page.stage));
    L.DomEvent.disableClickPropagation(bar);
    L.DomEvent.disableScrollPropagation(bar);
    const play = (page.playButton = el("button", "yrd-play", bar, "▶"));
    play.type = "button";
    const year = (page.yearNode = el("output", "yrd-year", bar));
    const track = el("div", "yrd-track", bar), input = (page.rangeInput = el("input", null, track));
    input.type = "range";
    input.min = 0;
    input.max = s.steps.length - 1;
    input.step = 1;
    const last = s.steps.length - 1, first = s.steps.findIndex((x) => x.forecast);
    if (first > 0) input.style.setProperty("--split", (100 * (first - 0.5)) / last + "%");
    const ticks = el("div", "yrd-ticks", track);
    s.steps.forEach((step, i) => {
      if (!step.tick) return;
      const t = el("span", step.forecast ? "forecast" : null, ticks, step.tick);
      if (i < last && last - i < 8) t.classList.add("crowded");
      t.style.left = (100 * i) / last + "%";
    });
    input.addEventListener("input", () => page.setStep(Number(input.value)));
    let timer = null;
    const stop = () => {
      clearInterval(timer);
      timer = null;
      play.textContent = "▶";
      play.setAttribute("aria-label", YRD.word(page, "ui.play"));
    };
    play.onclick = () => {
      if (timer) return stop();
      if (page.stepIndex === last) page.setStep(0);
      play.textContent = "❚❚";
      play.setAttribute("aria-label", YRD.word(page, "ui.pause"));
      const calm = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
      timer = setInterval(() => (page.stepIndex < last ? page.setStep(page.stepIndex + 1) : stop()), calm ? 1600 : 700);
    };
    input.addEventListener("pointerdown", stop);
    page.stopPlaying = stop;
  };

  YRD.fillSlider = function (page) {
    if (!page.slider) return;
    const step = page.step;
    page.rangeInput.value = page.stepIndex;
    page.rangeInput.setAttribute("aria-label", YRD.word(page, "ui.year"));
    page.rangeInput.setAttribute("aria-valuetext", page.stepLabel());
    if (page.playButton.textContent === "▶") page.playButton.setAttribute("aria-label", YRD.word(page, "ui.play"));
    page.yearNode.replaceChildren();
    el("b", null, page.yearNode, step.label);
    const tail = step.forecast ? YRD.word(page, "ui.forecast") : step.note ? YRD.say(page, step.note) : "";
    el("span", step.forecast ? "forecast" : null, page.yearNode, tail);
  };
})(window.YRD);
