// Draws a suppression curve: means with standard errors, single wells, the fitted curve.
"use strict";

(async function () {
  const place = document.getElementById("msc-chart");
  if (!place || !window.echarts) return;
  const curve = await (await fetch(place.dataset.source, { headers: { Accept: "application/json" } })).json();
  const labels = new Map(curve.doses.map((dose) => [dose.dose, dose.label]));
  const doses = curve.doses.map((dose) => dose.dose);
  const means = curve.doses.map((dose) => [dose.dose, dose.suppression_percent, dose.se_percent, dose.label]);
  // Single wells stand beside the mean of their dose, so that neither hides the other.
  const beside = (dose, index, count) => dose * Math.pow(1.035, index - (count - 1) / 2 + (index >= count / 2 ? 1 : -1));
  const wells = curve.doses.flatMap((dose) =>
    dose.replicates.map((well, index) => ({
      value: [beside(dose.dose, index, dose.replicates.length), well.suppression_percent],
      well: well,
      dose: dose.label,
    })),
  );
  const values = wells.map((well) => well.value[1]).concat(means.map((mean) => mean[1]));
  const lowest = Math.min(0, ...values);
  const highest = Math.max(100, ...values);
  const percent = (value) => value.toFixed(1).replace("-", "−") + " %";
  const blue = "#0072B2";

  function errorBar(_parameters, api) {
    const se = api.value(2);
    if (se === null || Number.isNaN(se)) return null;
    const top = api.coord([api.value(0), api.value(1) + se]);
    const bottom = api.coord([api.value(0), api.value(1) - se]);
    const line = (x1, y1, x2, y2) => ({ type: "line", shape: { x1, y1, x2, y2 }, style: { stroke: blue, lineWidth: 1.5 } });
    return {
      type: "group",
      children: [
        line(top[0], top[1], bottom[0], bottom[1]),
        line(top[0] - 5, top[1], top[0] + 5, top[1]),
        line(bottom[0] - 5, bottom[1], bottom[0] + 5, bottom[1]),
      ],
    };
  }

  const guides = [{ yAxis: 0 }, { yAxis: 50 }];
  if (curve.r50 !== null) guides.push({ xAxis: curve.r50, lineStyle: { color: "#D55E00" }, label: { show: true, formatter: "R50", color: "#a04600", position: "end" } });

  const chart = window.echarts.init(place, null, { renderer: "svg" });
  chart.setOption({
    animation: false,
    textStyle: { fontFamily: "Arimo, Arial, Helvetica, sans-serif" },
    grid: { left: 64, right: 24, top: 28, bottom: 64 },
    tooltip: { trigger: "item", confine: true },
    xAxis: {
      type: "log",
      min: Math.min(...doses) / 1.35,
      max: Math.max(...doses) * 1.35,
      name: "MSC:responder",
      nameLocation: "middle",
      nameGap: 36,
      nameTextStyle: { color: "#1c2a31", fontSize: 13 },
      axisTick: { customValues: doses },
      axisLabel: { customValues: doses, formatter: (value) => labels.get(value) ?? nearest(value), color: "#1c2a31", hideOverlap: false },
      splitLine: { show: false },
      axisLine: { onZero: false },
    },
    yAxis: {
      type: "value",
      min: Math.floor(lowest / 10) * 10 - (lowest < 0 ? 0 : 10),
      max: Math.ceil(highest / 10) * 10,
      name: "Suppression (%), mode " + curve.mode,
      nameLocation: "middle",
      nameGap: 44,
      nameTextStyle: { color: "#1c2a31", fontSize: 13 },
      axisLabel: { color: "#1c2a31", formatter: (value) => String(value).replace("-", "−") },
      splitLine: { show: false },
      axisLine: { show: true },
      axisTick: { show: true },
    },
    series: [
      {
        type: "line", name: "fitted curve", data: curve.fit, showSymbol: false, silent: true,
        lineStyle: { color: "#D55E00", type: "dashed", width: 1.5 }, z: 1,
      },
      {
        type: "line", name: "means", data: means.map((mean) => [mean[0], mean[1]]), silent: true, showSymbol: false,
        lineStyle: { color: blue, width: 1.5 }, z: 2,
        markLine: { silent: true, symbol: "none", lineStyle: { color: "#8a979e", type: "dotted" }, label: { show: false }, data: guides },
      },
      { type: "custom", name: "standard error", renderItem: errorBar, data: means, silent: true, z: 3 },
      {
        type: "scatter", name: "mean of the wells", data: means, symbolSize: 11, itemStyle: { color: blue }, z: 6,
        tooltip: { formatter: (point) => point.value[3] + "<br>suppression " + percent(point.value[1]) + (point.value[2] === null ? "" : " ± " + percent(point.value[2])) },
      },
      {
        type: "scatter", name: "single well", data: wells, symbolSize: 8, cursor: "pointer", z: 5,
        itemStyle: { color: "#ffffff", borderColor: "#3a4a52", borderWidth: 1.3 },
        tooltip: {
          formatter: (point) => {
            const well = point.data.well;
            const cell = well.sheet ? well.sheet + "!" + well.cell : "line " + well.cell;
            return "Well " + well.well + ", " + point.data.dose + "<br>signal " + well.signal + "<br>suppression " + percent(well.suppression_percent) + "<br>" + window.echarts.format.encodeHTML(cell) + " (select to see)";
          },
        },
      },
    ],
  });
  chart.on("click", { seriesName: "single well" }, (point) => {
    const query = new URLSearchParams({ sheet: point.data.well.sheet, cell: point.data.well.cell });
    window.mscShowSourceCell(place.dataset.cells + "?" + query);
  });
  window.addEventListener("resize", () => chart.resize());
  place.dataset.drawn = "yes";
  // Where a single well is drawn, for tests and for keyboards that jump: the table below lists all.
  window.mscWellPixel = (name) => {
    const found = wells.find((well) => well.well.well === name);
    return found ? chart.convertToPixel({ gridIndex: 0 }, found.value) : null;
  };

  function nearest(value) {
    let best = doses[0];
    for (const dose of doses) if (Math.abs(Math.log(dose / value)) < Math.abs(Math.log(best / value))) best = dose;
    return labels.get(best);
  }
})();
