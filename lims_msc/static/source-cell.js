// Opens a cell of the source file in a dialog; without script the link opens it as a page.
"use strict";

(function () {
  const dialog = document.getElementById("msc-cell-dialog");
  const content = document.getElementById("msc-cell-content");

  async function show(address) {
    content.textContent = "Opening the file …";
    dialog.showModal();
    try {
      const answer = await fetch(address, { headers: { "X-Requested-With": "lims-msc" } });
      if (!answer.ok) throw new Error(String(answer.status));
      content.innerHTML = await answer.text();
      document.getElementById("msc-target")?.scrollIntoView({ block: "nearest", inline: "center" });
    } catch (problem) {
      content.textContent = "The file cannot be shown now (" + problem.message + ").";
    }
  }

  window.mscShowSourceCell = show;
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a.msc-cell");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    show(link.href);
  });
})();
