"use strict";
(() => {
  const data = JSON.parse(document.getElementById("report-data").textContent);
  // Of tones other than plain, which are classes too.
  const SIGNS = {good: "\u2714 ", warning: "\u25b2 ", bad: "\u2716 "};

  const make = (name, attributes = {}, ...children) => {
    const element = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) {
      if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
      else element.setAttribute(key, value);
    }
    element.append(...children);
    return element;
  };

  // ---- Numbers of charts.
  const significant = (value) => String(Number(value.toPrecision(4)));
  const prefixed = (value, unit) => {
    const size = Math.abs(value);
    for (const [factor, prefix] of [[1e12, "T"], [1e9, "G"], [1e6, "M"], [1e3, "k"]]) {
      if (size >= factor) return significant(value / factor) + " " + prefix + unit;
    }
    return (significant(value) + " " + unit).trim();
  };
  const time = (ns) => {
    for (const [factor, unit] of [[1e9, "s"], [1e6, "ms"], [1e3, "us"]]) {
      if (Math.abs(ns) >= factor) return significant(ns / factor) + " " + unit;
    }
    return significant(ns) + " ns";
  };
  const text_of = (value, unit) => {
    switch (unit) {
      case "bps": return prefixed(value, "bps");
      case "pps": return prefixed(value, "pps");
      case "ns": return time(value);
      case "bytes": return prefixed(value, "B");
      case "count": return value.toLocaleString("en");
      case "share": return significant(value * 100) + " %";
      default: return significant(value);
    }
  };

  // ---- Tables: sorted, filtered, and of long ones only the rows in sight.
  const SMALL_ROWS = 6;     // as many need neither sorting nor filtering
  const ROWS_AROUND = 12;   // drawn above and below those in sight
  const PRINTED_ROWS = 1000;
  const tables = [];

  // Digits weigh as numbers: web[2] before web[10].
  const sort_key = (text) => text.toLowerCase().replace(/\d+/g, (digits) => digits.padStart(12, "0"));

  const is_figure = (column) => column.role === "figure";

  const from_page = (box) => {
    const heads = [...box.querySelectorAll("thead th")];
    const rows = [...box.querySelectorAll("tbody tr")].map((row) => [...row.children]);
    const tones = new Map();
    rows.forEach((cells, y) => cells.forEach((cell, x) => {
      const tone = Object.keys(SIGNS).find((name) => cell.classList.contains(name));
      if (tone) tones.set(y * heads.length + x, tone);
    }));
    return {
      columns: heads.map((head) => ({title: head.textContent,
                                     role: head.classList.contains("figure") ? "figure" : "words"})),
      texts: heads.map((_, x) => rows.map((cells) => {
        const text = cells[x].querySelector("bdi");
        return (text || cells[x]).textContent;
      })),
      numbers: heads.map((_, x) => rows.map((cells) => {
        const number = cells[x].dataset.n;
        return number === undefined ? null : Number(number);
      })),
      tones,
    };
  };

  class TableView {
    constructor(box) {
      this.box = box;
      const big = data.tables[box.dataset.table];
      this.fixed = Boolean(big);
      this.table = big || from_page(box);
      if (big) {
        this.table.tones = new Map(
            big.tones.map(([y, x, tone]) => [y * big.columns.length + x, tone]));
      }
      this.rows = this.table.texts[0].length;
      this.order = Uint32Array.from({length: this.rows}, (_, i) => i);
      this.sorted = -1;
      this.down = false;
      this.all = false;
      this.row_height = 31;
      // Words that stay in one line.
      this.short = this.table.texts.map((texts) => texts.every((text) => text.length <= 26));
      this.build();
    }

    build() {
      const title = this.box.dataset.title;
      this.count = make("span", {class: "count", "aria-live": "polite"});
      this.filter = make("input", {type: "search", placeholder: "Filter rows",
                                   "aria-label": "Filter rows of " + title,
                                   oninput: () => this.later(() => this.select())});
      this.heads = this.table.columns.map((column, x) => make("th",
          {scope: "col", class: is_figure(column) ? "figure" : ""},
          make("button", {type: "button", title: "Sort", onclick: () => this.sort(x)},
               column.title)));
      this.body = make("tbody");
      this.grid = make("table", {"aria-rowcount": this.rows + 1, "aria-label": title});
      if (this.fixed) this.grid.append(this.widths());
      this.grid.append(make("thead", {}, make("tr", {}, ...this.heads)), this.body);
      this.view = make("div", {class: this.fixed ? "view fixed" : "view", tabindex: "0",
                               role: "region", "aria-label": title}, this.grid);
      if (this.fixed) this.view.addEventListener("scroll", () => this.later(() => this.draw()));
      this.box.replaceChildren(make("div", {class: "tools"}, this.filter, this.count), this.view);
      this.select();
    }

    // Of a table whose rows come and go, so that columns stay where they are.
    widths() {
      const group = make("colgroup");
      let all = 0;
      this.table.columns.forEach((column, x) => {
        let letters = Math.min(24, column.title.length + 1);
        for (const text of this.table.texts[x]) letters = Math.max(letters, text.length);
        letters = Math.min(42, letters + 2);
        all += letters;
        const col = make("col");
        col.style.width = letters + "ch";
        group.append(col);
      });
      this.grid.style.width = "max(100%, " + all + "ch)";
      return group;
    }

    later(work) {
      this.work = work;
      if (this.waiting) return;
      this.waiting = true;
      requestAnimationFrame(() => {
        this.waiting = false;
        this.work();
      });
    }

    // All cells of a row as one text to look for words in.
    words() {
      if (!this.lines) {
        this.lines = [];
        for (let y = 0; y < this.rows; ++y) {
          let line = "";
          for (const column of this.table.texts) line += column[y] + "\n";
          this.lines.push(line.toLowerCase());
        }
      }
      return this.lines;
    }

    select() {
      const wanted = this.filter.value.toLowerCase().split(/\s+/).filter((word) => word);
      const lines = wanted.length > 0 ? this.words() : null;
      this.shown = lines ? this.order.filter((y) => wanted.every((word) => lines[y].includes(word)))
                         : this.order;
      this.count.textContent = this.shown.length === this.rows
          ? this.rows.toLocaleString("en") + " rows"
          : this.shown.length.toLocaleString("en") + " of " + this.rows.toLocaleString("en") +
            " rows";
      this.view.scrollTop = 0;
      this.draw();
    }

    sort(x) {
      this.down = this.sorted === x ? !this.down : is_figure(this.table.columns[x]);
      this.sorted = x;
      const sign = this.down ? -1 : 1;
      const keys = is_figure(this.table.columns[x]) ? this.table.numbers[x]
                                                    : this.table.texts[x].map(sort_key);
      // Rows without a figure stay behind in either direction.
      this.order.sort((a, b) => {
        const one = keys[a];
        const other = keys[b];
        if (one === other) return a - b;
        if (one === null) return 1;
        if (other === null) return -1;
        return one < other ? -sign : sign;
      });
      this.heads.forEach((head, at) => {
        if (at === x) head.setAttribute("aria-sort", this.down ? "descending" : "ascending");
        else head.removeAttribute("aria-sort");
        head.firstChild.textContent =
            this.table.columns[at].title + (at !== x ? "" : this.down ? " \u25bc" : " \u25b2");
      });
      this.select();
    }

    draw() {
      let from = 0;
      let to = this.shown.length;
      if (this.fixed && this.all) to = Math.min(to, PRINTED_ROWS);
      if (this.fixed && !this.all) {
        const first = Math.floor(this.view.scrollTop / this.row_height);
        const sight = Math.ceil((this.view.clientHeight || 540) / this.row_height);
        from = Math.max(0, first - ROWS_AROUND);
        to = Math.min(to, first + sight + ROWS_AROUND);
      }
      const rows = [];
      if (from > 0) rows.push(this.spacer(from));
      for (let i = from; i < to; ++i) rows.push(this.row(this.shown[i], i));
      if (to < this.shown.length && !this.all) rows.push(this.spacer(this.shown.length - to));
      this.body.replaceChildren(...rows);
    }

    spacer(rows) {
      const cell = make("td", {colspan: this.heads.length});
      cell.style.height = rows * this.row_height + "px";
      return make("tr", {class: "spacer", "aria-hidden": "true"}, cell);
    }

    row(y, position) {
      const row = make("tr", {"aria-rowindex": position + 2});
      this.table.columns.forEach((column, x) => {
        const tone = this.table.tones.get(y * this.heads.length + x);
        const text = this.table.texts[x][y];
        const cell = document.createElement("td");
        cell.className = (is_figure(column) ? "figure " : this.short[x] ? "short " : "") +
                         (tone || "");
        const words = document.createElement("bdi");
        words.textContent = text;
        if (tone) cell.append(SIGNS[tone]);
        cell.append(words);
        if (this.fixed && text.length > 40) cell.title = text;
        row.append(cell);
      });
      return row;
    }

    print(all) {
      this.all = all;
      this.draw();
    }
  }

  // ---- Charts. A pixel that stands for several bins shows their mean, in a band from the
  // least to the most.
  const COLORS = {
    light: ["#0a5fa8", "#b3541e", "#14746f", "#8a2c7c", "#5d6b00", "#444f5a"],
    dark: ["#6db6f2", "#f2a56b", "#5ccfc4", "#dd8ad2", "#c5d162", "#b9c4cf"],
  };
  const DASHES = [[], [9, 4], [3, 3], [12, 3, 3, 3], [6, 2, 2, 2, 2, 2], [1, 4]];
  const charts = [];

  const style_of = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const is_dark = () => {
    const theme = document.documentElement.dataset.theme;
    return theme ? theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  };

  // Points of values[from..to), at most `most` of them.
  const thinned = (x, line, from, to, most) => {
    const step = Math.max(1, Math.ceil((to - from) / most));
    const points = {mean: [], low: [], high: [], has_band: step > 1 || Boolean(line.low)};
    for (let at = from; at < to; at += step) {
      const end = Math.min(to, at + step);
      let sum = 0;
      let count = 0;
      let low = Infinity;
      let high = -Infinity;
      for (let i = at; i < end; ++i) {
        const value = line.values[i];
        if (value === null) continue;
        sum += value;
        ++count;
        low = Math.min(low, line.low ? line.low[i] : value);
        high = Math.max(high, line.high ? line.high[i] : value);
      }
      const middle = (x[at] + x[end - 1]) / 2;
      points.mean.push({x: middle, y: count > 0 ? sum / count : null});
      points.low.push({x: middle, y: count > 0 ? low : null});
      points.high.push({x: middle, y: count > 0 ? high : null});
    }
    return points;
  };

  // Of lines, with their dashes, which Chart.js leaves out of points.
  const names = (chart) =>
      Chart.defaults.plugins.legend.labels.generateLabels(chart)
          .filter((item) => !chart.data.datasets[item.datasetIndex].is_band)
          .map((item) => {
            const line = chart.data.datasets[item.datasetIndex];
            return {...item, pointStyle: "line", lineDash: line.borderDash,
                    strokeStyle: line.borderColor, lineWidth: 2.5};
          });

  class ChartView {
    constructor(figure) {
      this.spec = data.charts[figure.dataset.chart];
      this.figure = figure;
      this.from = 0;
      this.to = this.spec.x.length;
      this.build();
    }

    build() {
      const button = (label, title, act) =>
          make("button", {type: "button", title, "aria-label": title, onclick: act}, label);
      this.canvas = make("canvas", {role: "img", "aria-label": this.summary()});
      this.frame = make("div", {class: "canvas"}, this.canvas);
      this.shown = make("span", {class: "count", "aria-live": "polite"});
      const tools = make("div", {class: "tools"},
          button("+", "Zoom in", () => this.zoom(0.5)),
          button("\u2212", "Zoom out", () => this.zoom(2)),
          button("\u25c0", "Earlier", () => this.move(-0.5)),
          button("\u25b6", "Later", () => this.move(0.5)),
          button("All", "Show all of it", () => this.show(0, this.spec.x.length)),
          this.shown);
      const details = make("details", {ontoggle: () => this.fill(details)},
                           make("summary", {}, "The chart as a table"));
      this.figure.querySelector("noscript").replaceWith();
      if (this.spec.x.length > 2) this.figure.append(tools);
      this.figure.append(this.frame, details);
      this.listen();
      this.draw();
    }

    summary() {
      const parts = this.spec.lines.map((line) => {
        const values = line.values.filter((value) => value !== null);
        if (values.length === 0) return line.name;
        const low = values.reduce((a, b) => Math.min(a, b));
        const high = values.reduce((a, b) => Math.max(a, b));
        return line.name + " " + text_of(low, this.spec.unit) +
            (low === high ? "" : " to " + text_of(high, this.spec.unit));
      });
      return this.spec.title + ": " + parts.join("; ");
    }

    // Dragged over the picture: what was marked fills it.
    listen() {
      let start = null;
      const mark = make("div", {class: "selection", hidden: ""});
      this.frame.append(mark);
      const at = (event) => event.clientX - this.frame.getBoundingClientRect().left;
      this.canvas.style.touchAction = "pan-y";
      this.canvas.addEventListener("pointerdown", (event) => {
        start = at(event);
        this.canvas.setPointerCapture(event.pointerId);
      });
      this.canvas.addEventListener("pointermove", (event) => {
        if (start === null) return;
        mark.hidden = Math.abs(at(event) - start) < 4;
        mark.style.left = Math.min(start, at(event)) + "px";
        mark.style.width = Math.abs(at(event) - start) + "px";
      });
      this.canvas.addEventListener("pointerup", (event) => {
        const end = at(event);
        const begin = start;
        start = null;
        mark.hidden = true;
        if (begin === null || Math.abs(end - begin) < 4) return;
        const axis = this.chart.scales.x;
        const values = [axis.getValueForPixel(Math.min(begin, end)),
                        axis.getValueForPixel(Math.max(begin, end))];
        this.show(this.index(values[0]), this.index(values[1]) + 1);
      });
      this.canvas.addEventListener("pointercancel", () => {
        start = null;
        mark.hidden = true;
      });
      this.canvas.addEventListener("dblclick", () => this.show(0, this.spec.x.length));
    }

    index(value) {
      const at = this.spec.x.findIndex((x) => x >= value);
      return at < 0 ? this.spec.x.length - 1 : at;
    }

    show(from, to) {
      const length = this.spec.x.length;
      const wide = Math.min(length, Math.max(3, Math.round(to - from)));
      this.from = Math.max(0, Math.min(length - wide, Math.round(from)));
      this.to = this.from + wide;
      this.draw();
    }

    zoom(factor) {
      const middle = (this.from + this.to) / 2;
      const half = (this.to - this.from) * factor / 2;
      this.show(middle - half, middle + half);
    }

    move(share) {
      const step = (this.to - this.from) * share;
      this.show(this.from + step, this.to + step);
    }

    datasets() {
      const colors = COLORS[is_dark() ? "dark" : "light"];
      const most = Math.max(50, this.frame.clientWidth || 600);
      const sets = [];
      let color_at = 0;
      for (const line of this.spec.lines) {
        const points = thinned(this.spec.x, line, this.from, this.to, most);
        const at = color_at % colors.length;
        const color = line.limit ? style_of("--bad") : colors[at];
        if (!line.limit) ++color_at;
        const common = {pointRadius: 0, borderColor: color, spanGaps: false, stepped: false};
        if (points.has_band && !line.limit) {
          sets.push({...common, label: line.name + ", least", data: points.low, borderWidth: 0,
                     is_band: true},
                    {...common, label: line.name + ", most", data: points.high, borderWidth: 0,
                     fill: "-1", backgroundColor: color + "33", is_band: true});
        }
        const dots = points.mean.length <= 24 && !line.limit;
        sets.push({...common, label: line.name, data: points.mean, borderWidth: line.limit ? 2 : 1.75,
                   pointRadius: dots ? 2.5 : 0, backgroundColor: color,
                   borderDash: line.limit ? [2, 3] : DASHES[at]});
      }
      return sets;
    }

    draw() {
      if (this.chart) this.chart.destroy();
      const ink = style_of("--ink");
      const grid = style_of("--line");
      const {unit} = this.spec;
      const axis = (title, format) => ({
        type: "linear",
        title: {display: Boolean(title), text: title, color: ink},
        ticks: {color: ink, maxRotation: 0, autoSkipPadding: 12, callback: format},
        grid: {color: grid, borderColor: grid},
      });
      this.chart = new Chart(this.canvas, {
        type: "line",
        data: {datasets: this.datasets()},
        options: {
          animation: false, parsing: false, normalized: true, responsive: true,
          maintainAspectRatio: false, interaction: {mode: "index", intersect: false},
          scales: {
            x: {...axis(this.spec.x_title, significant),
                min: this.spec.x[this.from], max: this.spec.x[this.to - 1]},
            y: {...axis("", (value) => text_of(value, unit)), beginAtZero: true},
          },
          plugins: {
            legend: {labels: {color: ink, usePointStyle: true, boxWidth: 40, generateLabels: names}},
            tooltip: {callbacks: {
              title: (items) => items.length > 0 ? significant(items[0].parsed.x) + " " +
                                                   this.spec.x_title : "",
              label: (item) => item.dataset.label + ": " + text_of(item.parsed.y, unit),
            }},
          },
        },
      });
      this.shown.textContent = this.to - this.from === this.spec.x.length ? "Drag to zoom"
          : significant(this.spec.x[this.from]) + " to " +
            significant(this.spec.x[this.to - 1]);
    }

    fill(details) {
      if (!details.open || details.querySelector("table")) return;
      const head = make("tr", {}, make("th", {scope: "col"}, this.spec.x_title));
      for (const line of this.spec.lines) {
        head.append(make("th", {scope: "col", class: "figure"}, line.name));
      }
      const body = make("tbody");
      this.spec.x.forEach((x, at) => {
        const row = make("tr", {}, make("td", {}, significant(x)));
        for (const line of this.spec.lines) {
          const value = line.values[at];
          row.append(make("td", {class: "figure"},
                          value === null ? "-" : text_of(value, this.spec.unit)));
        }
        body.append(row);
      });
      details.append(make("div", {class: "view", tabindex: "0"},
                          make("table", {}, make("thead", {}, head), body)));
    }
  }

  // ---- The page.
  for (const box of document.querySelectorAll(".table")) {
    const rows = data.tables[box.dataset.table] ? Infinity
                                                : box.querySelectorAll("tbody tr").length;
    if (rows > SMALL_ROWS) tables.push(new TableView(box));
  }
  if (typeof Chart !== "undefined") {
    for (const figure of document.querySelectorAll(".chart")) charts.push(new ChartView(figure));
  }
  const redraw = () => charts.forEach((chart) => chart.draw());
  const theme = document.getElementById("theme");
  theme.hidden = false;
  theme.addEventListener("click", () => {
    document.documentElement.dataset.theme = is_dark() ? "light" : "dark";
    redraw();
  });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redraw);

  // Paper is white.
  let theme_before;
  addEventListener("beforeprint", () => {
    theme_before = document.documentElement.dataset.theme;
    document.documentElement.dataset.theme = "light";
    redraw();
    tables.forEach((table) => table.print(true));
  });
  addEventListener("afterprint", () => {
    if (theme_before) document.documentElement.dataset.theme = theme_before;
    else delete document.documentElement.dataset.theme;
    redraw();
    tables.forEach((table) => table.print(false));
  });
  document.documentElement.dataset.ready = "yes";
})();
