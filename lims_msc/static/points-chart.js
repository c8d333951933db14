// Draws charts of points: each element names its chart in data-chart, as the page wrote it.
"use strict";

(function () {
  const COLOURS = ["#0072B2", "#D55E00", "#007A5E", "#A3457C", "#7A5C00", "#3A4A52", "#5B4B9A", "#8C2D04"];
  const encode = (text) => window.echarts.format.encodeHTML(String(text));
  const minus = (text) => text.replace("-", "−");
  const plain = (value) => minus(String(Number(value.toPrecision(4))));
  const ratio = (value) => (value > 1 ? plain(value) + ":1" : "1:" + plain(1 / value));
  const written = (axis, value) => (axis.is_ratio ? ratio(value) : plain(value));

  // A title that is longer than its side of the chart is set in several lines.
  function inLines(text, length) {
    const most = Math.max(12, Math.floor(length / 6.2));
    const lines = [""];
    for (const word of text.split(" ")) {
      const longer = (lines[lines.length - 1] + " " + word).trim();
      if (longer.length > most && lines[lines.length - 1]) lines.push(word);
      else lines[lines.length - 1] = longer;
    }
    return lines;
  }

  function axisOf(axis, values, isX, title) {
    const low = Math.min(...values);
    const high = Math.max(...values);
    const common = {
      name: title.join("\n"), nameLocation: "middle", nameGap: isX ? 32 : 52,
      nameTextStyle: { color: "#1c2a31", fontSize: 12, lineHeight: 15 },
      axisLabel: { color: "#1c2a31", formatter: (value) => written(axis, value) },
      splitLine: { show: !isX, lineStyle: { color: "#e2e8eb" } },
      axisLine: { show: true, onZero: false }, axisTick: { show: true },
    };
    if (axis.is_log) {
      // Ticks at one, two and five of each decade: readers know such ratios.
      const ticks = [];
      for (let power = Math.floor(Math.log10(low)) - 1; power <= Math.ceil(Math.log10(high)); power += 1)
        for (const step of [1, 2, 5]) ticks.push(step * Math.pow(10, power));
      const from = Math.max(...ticks.filter((tick) => tick <= low * 0.95));
      const to = Math.min(...ticks.concat(Math.pow(10, Math.ceil(Math.log10(high)) + 1)).filter((tick) => tick >= high * 1.05));
      const shown = ticks.filter((tick) => tick >= from * 0.999 && tick <= to * 1.001);
      return { ...common, type: "log", min: from, max: to, axisTick: { customValues: shown }, axisLabel: { ...common.axisLabel, customValues: shown } };
    }
    if (axis.is_whole) return { ...common, type: "value", minInterval: 1, min: Math.floor(low) - 1, max: Math.ceil(high) + 1 };
    return { ...common, type: "value", scale: true };
  }

  function interval(colour) {
    return (_parameters, api) => {
      const x = api.value(0);
      const line = (a, b) => ({ type: "line", shape: { x1: a[0], y1: a[1], x2: b[0], y2: b[1] }, style: { stroke: colour, lineWidth: 1.5 } });
      const children = [];
      for (const end of [api.value(2), api.value(3)]) {
        if (end === null || Number.isNaN(end)) continue;
        const tip = api.coord([x, end]);
        children.push(line(api.coord([x, api.value(1)]), tip), line([tip[0] - 4, tip[1]], [tip[0] + 4, tip[1]]));
      }
      return { type: "group", children: children };
    };
  }

  // Results of one passage would hide each other: they stand side by side around it.
  function beside(chart) {
    const taken = new Map();
    const places = chart.series.map((series) => series.points.map((point) => {
      const count = taken.get(point.x) ?? 0;
      taken.set(point.x, count + 1);
      return count;
    }));
    return (seriesIndex, pointIndex, point) => {
      if (!chart.x.is_whole || chart.series[seriesIndex].is_joined) return point.x;
      const count = taken.get(point.x);
      return point.x + Math.min(0.12, 0.7 / count) * (places[seriesIndex][pointIndex] - (count - 1) / 2);
    };
  }

  function draw(place) {
    const chart = JSON.parse(place.dataset.chart);
    const points = chart.series.flatMap((series) => series.points);
    if (points.length === 0) return;
    const ends = points.flatMap((point) => [point.y, point.low, point.high]).filter((value) => value !== null && (!chart.y.is_log || value > 0));
    const xOf = beside(chart);
    const top = chart.series.length > 1 ? 44 : 20;
    const title = { x: inLines(chart.x.name, place.clientWidth - 112), y: inLines(chart.y.name, place.clientHeight - top - 52) };
    const grid = { left: 61 + 15 * title.y.length, right: 20, top: top, bottom: 37 + 15 * title.x.length };
    const drawn = window.echarts.init(place, null, { renderer: "svg" });
    drawn.setOption({
      animation: false,
      textStyle: { fontFamily: "Arimo, Arial, Helvetica, sans-serif" },
      grid: grid,
      legend: { show: chart.series.length > 1, type: "scroll", top: 0, icon: "circle", textStyle: { color: "#1c2a31" } },
      tooltip: { trigger: "item", confine: true },
      xAxis: axisOf(chart.x, points.map((point) => point.x), true, title.x),
      yAxis: axisOf(chart.y, ends, false, title.y),
      series: chart.series.flatMap((series, index) => {
        const colour = COLOURS[index % COLOURS.length];
        const data = series.points.map((point, number) => ({
          value: [xOf(index, number, point), point.y, point.low, point.high],
          point: point,
          itemStyle: point.is_filled ? { color: colour } : { color: "#ffffff", borderColor: colour, borderWidth: 2 },
        }));
        const marks = {
          name: series.name, type: series.is_joined ? "line" : "scatter", data: data, symbol: "circle",
          symbolSize: series.is_joined ? 7 : 11, itemStyle: { color: colour }, z: 5,
          lineStyle: { color: colour, width: 1.5, type: series.is_dashed ? "dashed" : "solid" },
          tooltip: {
            formatter: (shown) => encode(shown.data.point.label || series.name) + "<br>" + encode(chart.x.name) + ": " + written(chart.x, shown.data.point.x) +
              "<br>" + encode(chart.y.name) + ": " + written(chart.y, shown.data.point.y),
          },
        };
        const bars = { name: series.name, type: "custom", renderItem: interval(colour), data: data.map((one) => one.value), itemStyle: { color: colour }, silent: true, z: 3 };
        return series.points.some((point) => point.low !== null || point.high !== null) ? [bars, marks] : [marks];
      }),
    });
    window.addEventListener("resize", () => drawn.resize());
    place.dataset.drawn = "yes";
  }

  if (window.echarts) document.querySelectorAll(".msc-points-chart").forEach(draw);
})();
