/* Tables, languages and dates: everything that the other files read. */
window.YRD = window.YRD || { pages: [] };
(function (YRD) {
  "use strict";

  const mercX = (lon) => (lon + 180) / 360;
  const mercY = (lat) => 0.5 - Math.log(Math.tan(Math.PI / 4 + (lat * Math.PI) / 360)) / (2 * Math.PI);

  /* One part: flat [x0, y0, dx, dy, ...] in units of 1/scale degree -> world coordinates (0..1). */
  function decodePart(flat, scale) {
    const out = new Float64Array(flat.length);
    let x = 0, y = 0;
    for (let i = 0; i < flat.length; i += 2) {
      x += flat[i];
      y += flat[i + 1];
      out[i] = mercX(x / scale);
      out[i + 1] = mercY(y / scale);
    }
    return out;
  }

  function boxOf(parts) {
    let a = Infinity, b = Infinity, c = -Infinity, d = -Infinity;
    for (const p of parts) {
      for (let i = 0; i < p.length; i += 2) {
        if (p[i] < a) a = p[i];
        if (p[i] > c) c = p[i];
        if (p[i + 1] < b) b = p[i + 1];
        if (p[i + 1] > d) d = p[i + 1];
      }
    }
    return [a, b, c, d];
  }

  class Table {
    constructor(raw) {
      Object.assign(this, raw);
      if (raw.kind === "point") {
        let x = 0, y = 0;
        this.x = new Float64Array(raw.n);
        this.y = new Float64Array(raw.n);
        for (let i = 0; i < raw.n; i++) {
          x += raw.xy[2 * i];
          y += raw.xy[2 * i + 1];
          this.x[i] = mercX(x / raw.scale);
          this.y[i] = mercY(y / raw.scale);
        }
      } else {
        this.parts = raw.parts.map((f) => f.map((p) => decodePart(p, raw.scale)));
        this.boxes = this.parts.map(boxOf);
      }
      delete this.xy;
    }
    get(field, row) {
      const f = this.fields[field];
      if (f === undefined) return null;
      if (Array.isArray(f)) return f[row];
      const i = f.i[row];
      return i < 0 ? null : f.v[i];
    }
    /* 0 not there, 1 open, 2 being built, 3 planned, 4 closed, 5 not known. */
    state(row, date) {
      const known = this.status ? this.status[row] : 1;
      if (date === null) return known;
      const end = this.end ? this.end[row] : null;
      if (end !== null && date >= end) return 0;
      const start = this.start ? this.start[row] : 0;
      if (start !== null && date >= start) return 1;
      return (known === 2 || known === 3) && date >= this.today ? known : 0;
    }
    /* Middle of a feature as [lon, lat]. */
    centre(row) {
      let x, y;
      if (this.kind === "point") { x = this.x[row]; y = this.y[row]; }
      else if (this.kind === "line") {
        const longest = this.parts[row].reduce((a, b) => (b.length > a.length ? b : a));
        const i = 2 * Math.floor(longest.length / 4);
        x = longest[i]; y = longest[i + 1];
      } else { const b = this.boxes[row]; x = (b[0] + b[2]) / 2; y = (b[1] + b[3]) / 2; }
      return [x * 360 - 180, (Math.atan(Math.exp((0.5 - y) * 2 * Math.PI)) * 360) / Math.PI - 90];
    }
  }

  YRD.Table = Table;
  YRD.mercX = mercX;
  YRD.mercY = mercY;

  /* The text of a pair {zh, en} in the language in force; the other one where it is blank. */
  YRD.say = function (page, pair) {
    if (pair === null || pair === undefined) return "";
    if (typeof pair !== "object") return String(pair);
    const other = page.lang === "zh" ? "en" : "zh";
    return pair[page.lang] || pair[other] || "";
  };
  /* A unit may be blank in one language; it never falls back on the other. */
  YRD.unit = (page, pair) => (pair ? pair[page.lang] || "" : "");
  YRD.word = function (page, key) {
    const pair = page.spec.words[key];
    return pair ? YRD.say(page, pair) : key.slice(key.indexOf(".") + 1).replace(/_/g, " ");
  };
  /* A feature's name: fields [zh, en]. */
  YRD.named = function (page, table, fields, row) {
    const list = page.lang === "zh" ? fields : fields.slice().reverse();
    for (const f of list) {
      const v = table.get(f, row);
      if (v !== null && v !== "") return String(v);
    }
    return "";
  };
  YRD.number = function (value, digits) {
    return Number(value).toLocaleString("en-US", {
      minimumFractionDigits: digits || 0, maximumFractionDigits: digits || 0,
    });
  };

  /* Elements are made here and take text only, never markup. */
  YRD.el = function (tag, cls, parent, text) {
    const e = document.createElement(tag);
    if (cls) e.className = cls;
    if (text !== undefined && text !== null) e.textContent = text;
    if (parent) parent.appendChild(e);
    return e;
  };
  const SVG = "http://www.w3.org/2000/svg";
  YRD.svg = function (tag, attrs, parent) {
    const e = document.createElementNS(SVG, tag);
    for (const k in attrs) e.setAttribute(k, attrs[k]);
    if (parent) parent.appendChild(e);
    return e;
  };
})(window.YRD);
