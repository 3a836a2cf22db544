"use strict";

/* What scripts add: the patients behind a number beside it, the place in the contents.
   All of it is there without them, so that a failure here takes nothing away. */

/* One box for all numbers. Without it a number leads to its list at the end of the
   page. */
const box = document.createElement("div");
box.className = "box";
box.popover = "auto";
box.tabIndex = -1;
box.setAttribute("role", "dialog");
document.body.append(box);

function showPatients(number) {
  const list = document.getElementById(number.getAttribute("href").slice(1));
  box.replaceChildren(...Array.from(list.childNodes, (part) => part.cloneNode(true)));
  box.setAttribute("aria-label", `Patients behind ${number.textContent}`);
  box.showPopover();
  const near = number.getBoundingClientRect();
  const room = document.documentElement.clientWidth - box.offsetWidth - 8;
  const below = near.bottom + 4;
  const isTight = below + box.offsetHeight > window.innerHeight;
  const above = Math.max(8, near.top - box.offsetHeight - 4);
  box.style.left = `${Math.max(8, Math.min(near.left, room))}px`;
  box.style.top = `${isTight ? above : below}px`;
  box.focus({ preventScroll: true });
}

document.addEventListener("click", (event) => {
  const number = event.target.closest('a[href^="#_"]');
  if (!number) return;
  event.preventDefault();
  showPatients(number);
});

/* The contents mark the chapter in view. */
const entries = new Map();
for (const link of document.querySelectorAll("nav a")) {
  entries.set(link.getAttribute("href").slice(1), link);
}
const watcher = new IntersectionObserver(
  (seen) => {
    for (const { target, isIntersecting } of seen) {
      const link = entries.get((target.querySelector("section") ?? target).id);
      if (!link) continue;
      if (isIntersecting) link.setAttribute("aria-current", "true");
      else link.removeAttribute("aria-current");
    }
  },
  { rootMargin: "-30% 0px -65% 0px" },
);
for (const chapter of document.querySelectorAll("main > section, main > details")) {
  watcher.observe(chapter);
}

/* A link into something folded opens it. */
function openTarget() {
  const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  for (let part = target; part; part = part.parentElement) {
    if (part.tagName === "DETAILS") part.open = true;
  }
}
window.addEventListener("hashchange", openTarget);
openTarget();
