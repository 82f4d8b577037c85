(function () {
  "use strict";
  var box = document.querySelector(".find"), field = box.querySelector("input"), shown = box.querySelector("output");
  var rows = Array.prototype.slice.call(document.querySelectorAll(".row"));
  var texts = rows.map(function (row) {
    var title = row.closest(".group").querySelector("h3 .dot").textContent;
    return [row.querySelector("summary").textContent, row.dataset.state, title].join(" ").toLowerCase();
  });
  field.addEventListener("input", function () {
    var words = field.value.toLowerCase().split(/\s+/), count = 0;
    rows.forEach(function (row, number) {
      var fits = words.every(function (word) { return texts[number].indexOf(word) >= 0; });
      row.hidden = !fits;
      count += fits ? 1 : 0;
    });
    document.querySelectorAll(".group").forEach(function (group) {
      group.hidden = !group.querySelector(".row:not([hidden])");
    });
    shown.textContent = count + " / " + rows.length;
  });
  box.hidden = false;
})();
