/** What the page does: sliders, choices, tips over marks, and all details open on paper. */
export const SCRIPT = `
for (const slider of document.querySelectorAll(".slider")) {
  const stage = slider.querySelector(".stage"), range = stage.querySelector("input");
  range.addEventListener("input", () => stage.style.setProperty("--cut", range.value + "%"));
  for (const select of slider.querySelectorAll("select")) {
    const side = select.dataset.side, picture = stage.querySelector("." + side);
    select.addEventListener("change", () => picture.className = "pic " + side + " " + select.value);
  }
}
for (const mark of document.querySelectorAll("svg path[aria-label]")) {
  const tip = document.createElementNS("http://www.w3.org/2000/svg", "title");
  tip.textContent = mark.getAttribute("aria-label");
  mark.append(tip);
}
addEventListener("beforeprint", () => {
  for (const details of document.querySelectorAll("details")) details.open = true;
});
`;
