// Extras: keys, and what a sentence rests on lit up. Every page works without this file.
"use strict";

const typing = (target) => target.closest("input, textarea, select") !== null;

function step(direction) {
  const stops = [...document.querySelectorAll("a.go, .sentence.cited, .sentence.problem")];
  if (stops.length === 0) return;
  const here = stops.indexOf(document.activeElement);
  const next = here < 0 ? (direction > 0 ? 0 : stops.length - 1) : here + direction;
  stops[Math.min(Math.max(next, 0), stops.length - 1)].focus();
}

function goTo(key) {
  const target = document.querySelector(`[data-key="${key}"]`);
  if (!target) return;
  target.closest("details")?.setAttribute("open", "");
  target.scrollIntoView({ block: "center" });
  target.focus();
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
  const actions = { j: () => step(1), k: () => step(-1), a: () => goTo("a"), e: () => goTo("e") };
  const action = actions[event.key];
  if (!action) return;
  event.preventDefault();
  action();
});

function light(sentence, on) {
  for (const link of sentence.nextElementSibling?.querySelectorAll("a[href^='#']") ?? []) {
    document.getElementById(link.getAttribute("href").slice(1))?.classList.toggle("lit", on);
  }
}

for (const sentence of document.querySelectorAll(".sentence.cited")) {
  for (const start of ["focus", "pointerenter"]) sentence.addEventListener(start, () => light(sentence, true));
  for (const end of ["blur", "pointerleave"]) sentence.addEventListener(end, () => light(sentence, false));
}

for (const link of document.querySelectorAll("sup a")) {
  link.addEventListener("click", () => {
    document.getElementById(link.getAttribute("href").slice(1))?.closest("details")?.setAttribute("open", "");
  });
}

for (const hint of document.querySelectorAll(".keys")) hint.hidden = false;

// A second click must not send a form twice; the server would refuse it, with a page nobody wants to see.
for (const form of document.querySelectorAll("form[method=post]")) {
  form.addEventListener("submit", () => setTimeout(() => form.querySelectorAll("button").forEach((b) => (b.disabled = true))));
}

// While a worker is busy with the case, look again, unless somebody is writing.
if (document.querySelector("[data-reload]")) {
  let touched = false;
  document.addEventListener("input", () => (touched = true));
  setInterval(() => {
    if (!touched && !document.hidden && !document.querySelector("details.edit[open]")) {
      location.replace(location.pathname);
    }
  }, 5000);
}
