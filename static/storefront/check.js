/* The slider moves its piece. Whether it is right, the shop says. */
(() => {
  "use strict";
  const slide = document.querySelector("[data-slide]");
  const piece = document.querySelector("[data-piece]");
  if (!slide || !piece) return;
  const width = 320;
  const move = () => { piece.style.left = `${(100 * slide.value) / width}%`; };
  slide.addEventListener("input", move);
  move();
})();
