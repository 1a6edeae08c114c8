/* Times under any set of projects, from the matrices of the page: exact, in whole milliseconds. */
(function (YRD) {
  "use strict";
  const FAR = 2000000000;

  /* Numbers of seven bits a byte, the count first; 0 and n stand for n cells without a way. */
  function ints(text) {
    const raw = atob(text);
    let at = 0;
    const next = () => {
      let value = 0, step = 1, byte;
      do { byte = raw.charCodeAt(at++); value += (byte & 127) * step; step *= 128; } while (byte > 127);
      return value;
    };
    const out = new Int32Array(next());
    for (let i = 0; i < out.length;) {
      const value = next();
      if (value) { out[i++] = value - 1; continue; }
      const n = next();
      out.fill(FAR, i, i + n);
      i += n;
    }
    return out;
  }

  class Way {
    constructor(raw, targets) {
      this.name = raw.name;
      this.title = raw.title;
      this.nd = targets;
      this.nt = raw.tails;
      this.nh = raw.heads;
      this.requires = raw.requires;
      for (const k of ["base", "toTails", "between", "fromHeads", "links"]) this[k] = ints(raw[k]);
    }
    /* New links of a set of projects, by tail: [head, milliseconds, head, milliseconds, ...]. */
    active(on) {
      const open = this.requires.map((need) => need.every((p) => on[p])), by = new Map(), heads = new Set(), l = this.links;
      for (let i = 0; i < l.length; i += 4) {
        if (!open[l[i + 3]]) continue;
        if (!by.has(l[i])) by.set(l[i], []);
        by.get(l[i]).push(l[i + 1], l[i + 2]);
        heads.add(l[i + 1]);
      }
      return { by, tails: [...by.keys()], heads: [...heads] };
    }
    /* Times from one origin: the nearest end first, each end once. */
    row(o, links) {
      const { nd, nt } = this, out = Float64Array.from(this.base.subarray(o * nd, (o + 1) * nd)), tails = links.tails, heads = links.heads;
      if (!tails.length) return out;
      const x = new Float64Array(nt).fill(FAR), y = new Float64Array(this.nh).fill(FAR);
      for (const t of tails) x[t] = this.toTails[o * nt + t];
      const left = new Set(tails), due = new Set();
      for (;;) {
        let best = FAR, at = -1, head = false;
        for (const t of left) if (x[t] < best) { best = x[t]; at = t; }
        for (const h of due) if (y[h] < best) { best = y[h]; at = h; head = true; }
        if (at < 0) break;
        if (head) {
          due.delete(at);
          const b = at * nt;
          for (const t of left) { const v = best + this.between[b + t]; if (v < x[t]) x[t] = v; }
        } else {
          left.delete(at);
          const list = links.by.get(at);
          for (let i = 0; i < list.length; i += 2) {
            const v = best + list[i + 1];
            if (v < y[list[i]]) { y[list[i]] = v; due.add(list[i]); }
          }
        }
      }
      for (const h of heads) {
        if (y[h] >= FAR) continue;
        for (let d = 0; d < nd; d++) { const v = y[h] + this.fromHeads[h * nd + d]; if (v < out[d]) out[d] = v; }
      }
      return out;
    }
  }

  YRD.Kernel = class {
    constructor(raw) {
      this.n = raw.projects.length;
      this.ways = raw.ways.map((w) => new Way(w, raw.targets));
    }
    /* Milliseconds from an origin under a set (one flag per project), by all ways or by one; `Infinity`: no way. */
    times(o, on, name) {
      let best = null;
      for (const w of this.ways) {
        if (name && w.name !== name) continue;
        const row = w.row(o, w.active(on));
        best = best === null ? row : best.map((v, d) => Math.min(v, row[d]));
      }
      return best.map((v) => (v >= FAR ? Infinity : v));
    }
  };
})(window.YRD);
