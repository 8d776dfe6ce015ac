// What scrolls sideways can be scrolled by keyboard.
document.addEventListener("DOMContentLoaded", () => {
  for (const part of document.querySelectorAll("div.highlight pre, .table-wrapper")) {
    if (part.scrollWidth > part.clientWidth) part.tabIndex = 0;
  }
});
