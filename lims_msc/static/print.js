// The button that opens the browser's print dialogue; without this script Ctrl+P does the same.
const button = document.getElementById("msc-print");
button.hidden = false;
button.addEventListener("click", () => window.print());
