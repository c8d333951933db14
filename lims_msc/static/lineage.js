// Brings the record that a lineage is drawn around into view where the drawing is wider than the page.
"use strict";

(function () {
  const box = document.querySelector(".msc-node-focus");
  const region = box && box.closest(".msc-scroll");
  if (!region) return;
  const place = box.getBoundingClientRect();
  const frame = region.getBoundingClientRect();
  region.scrollLeft += place.left + place.width / 2 - (frame.left + frame.width / 2);
})();
