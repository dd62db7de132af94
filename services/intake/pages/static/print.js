// Without a script the browser's own menu prints; with one there is a button.
const print = document.getElementById("print");
if (print) {
  print.hidden = false;
  print.addEventListener("click", () => window.print());
}
