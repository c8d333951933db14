// Draws the standard curves of a plate: standards, single wells, the fitted curve and its limits.
"use strict";

(async function () {
  const places = [...document.querySelectorAll(".msc-standard-chart")];
  if (places.length === 0 || !window.echarts) return;
  const answer = await fetch(places[0].dataset.source, { headers: { Accept: "application/json" } });
  const { curves } = await answer.json();
  for (const place of places) draw(place, curves[Number(place.dataset.number)]);

  function draw(place, curve) {
    const ink = "#1c2a31";
    const blue = "#0072B2";
    const held = curve.levels.map((level) => level.concentration);
    if (held.length === 0) {
      place.hidden = true;
      return;
    }
    const lowest = Math.min(...held);
    const highest = Math.max(...held);
    const margin = (highest - lowest || highest || 1) * 0.06;
    const mean = (level) => ({ value: [level.concentration, level.signal_mean], label: level.label });
    const accepted = curve.levels.filter((level) => level.is_accepted).map(mean);
    const rejected = curve.levels.filter((level) => !level.is_accepted).map(mean);
    // Single wells stand beside the mean of their standard, so that neither hides the other.
    const beside = (place, index, count) => {
      const steps = index - (count - 1) / 2 + (index >= count / 2 ? 1 : -1);
      return curve.is_log ? place * Math.pow(1.06, steps) : place + steps * margin * 0.25;
    };
    const wells = curve.levels.flatMap((level) =>
      level.wells
        .filter((well) => well.signal !== null)
        .map((well, index, all) => ({
          value: [beside(level.concentration, index, all.length), well.signal],
          well: well,
          label: level.label,
        })),
    );
    const limit = (name, value) => ({
      xAxis: value,
      label: { show: true, formatter: name, position: "end", color: ink },
    });
    const limits = [];
    if (curve.lowest !== null) limits.push(limit("LLOQ", curve.lowest));
    if (curve.highest !== null) limits.push(limit("ULOQ", curve.highest));
    const unit = curve.unit ? " (" + curve.unit + ")" : "";
    const plain = (value) => Number(value.toPrecision(6)).toString().replace("-", "−");
    const title = { nameLocation: "middle", nameTextStyle: { color: ink, fontSize: 13 } };
    const lines = { axisLabel: { color: ink, formatter: plain, hideOverlap: true }, splitLine: { show: false }, axisTick: { show: true } };

    const chart = window.echarts.init(place, null, { renderer: "svg" });
    chart.setOption({
      animation: false,
      textStyle: { fontFamily: "Arimo, Arial, Helvetica, sans-serif" },
      grid: { left: 64, right: 28, top: 28, bottom: 56 },
      tooltip: { trigger: "item", confine: true },
      xAxis: {
        ...title, ...lines,
        type: curve.is_log ? "log" : "value",
        min: curve.is_log ? lowest / 1.5 : lowest - margin,
        max: curve.is_log ? highest * 1.5 : highest + margin,
        name: "Concentration" + unit,
        nameGap: 32,
        axisTick: { customValues: held },
        axisLabel: { ...lines.axisLabel, customValues: held },
        axisLine: { onZero: false },
      },
      yAxis: { ...title, ...lines, type: "value", name: "Signal", nameGap: 44, axisLine: { show: true, onZero: false } },
      series: [
        {
          type: "line", name: "fitted curve", data: curve.line, showSymbol: false, silent: true, z: 1,
          lineStyle: { color: "#D55E00", type: "dashed", width: 1.5 },
          markLine: { silent: true, symbol: "none", lineStyle: { color: "#44545c", type: "dotted", width: 1.5 }, data: limits },
        },
        mark("accepted standard", accepted, { symbolSize: 11, itemStyle: { color: blue } }),
        mark("standard that is not accepted", rejected, {
          symbol: "path://M0,1 L1,0 L5,4 L9,0 L10,1 L6,5 L10,9 L9,10 L5,6 L1,10 L0,9 L4,5 Z",
          symbolSize: 12,
          itemStyle: { color: "#7a3b00" },
        }),
        {
          type: "scatter", name: "single well", data: wells, symbolSize: 7, cursor: "pointer", z: 6,
          itemStyle: { color: "#ffffff", borderColor: "#3a4a52", borderWidth: 1.3 },
          tooltip: {
            formatter: (point) => {
              const well = point.data.well;
              const cell = well.sheet ? well.sheet + "!" + well.cell : "line " + well.cell;
              return "Well " + well.well + ", " + point.data.label + unit + "<br>signal " + plain(well.signal) + "<br>" + window.echarts.format.encodeHTML(cell) + " (select to see)";
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
    // Where a single well is drawn, for tests and for keyboards that jump: the table lists all.
    window.mscStandardPixel = (name) => {
      const found = wells.find((well) => well.well.well === name);
      return found ? chart.convertToPixel({ gridIndex: 0 }, found.value) : null;
    };

    function mark(name, data, look) {
      return {
        type: "scatter", name: name, data: data, z: 5, ...look,
        tooltip: { formatter: (point) => point.data.label + unit + ", " + name + "<br>mean signal " + plain(point.value[1]) },
      };
    }
  }
})();
