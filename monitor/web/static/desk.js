// Keys for those who clear a queue: j k o t f e x u. Every one of them presses something that is on the page anyway.
"use strict";

document.documentElement.classList.add("js");

const rows = Array.from(document.querySelectorAll(".hit"));
let current = Math.max(0, rows.findIndex((row) => "#" + row.id === location.hash));

function select(index, scroll) {
  if (!rows.length) return;
  current = Math.min(Math.max(index, 0), rows.length - 1);
  rows.forEach((row, at) => row.classList.toggle("current", at === current));
  if (scroll) {
    rows[current].querySelector(".open").focus({ preventScroll: true });
    rows[current].scrollIntoView({ block: "nearest" });
  }
}

function press(key) {
  const within = (rows.length && key !== "u") ? rows[current] : document;
  const target = within.querySelector('[data-key="' + key + '"]');
  if (!target) return false;
  if (target.tagName === "SUMMARY") {
    target.parentElement.open = true;
    target.parentElement.querySelector("input[name=reason]").focus();
  } else if (key === "f") { // on a hit's own page: the reason is asked for first
    const reason = target.form.elements.reason;
    if (reason.value.trim()) target.click();
    else reason.focus();
  } else {
    target.click();
  }
  return true;
}

document.addEventListener("keydown", (event) => {
  const typing = event.target.closest("input:not([type=checkbox]), select, textarea");
  if (event.key === "Escape" && typing) {
    const details = typing.closest("details");
    if (details) details.open = false;
    typing.blur();
    return;
  }
  if (typing || event.ctrlKey || event.metaKey || event.altKey || event.repeat && event.key !== "j" && event.key !== "k") return;
  const does = {
    j: () => select(current + 1, true),
    k: () => select(current - 1, true),
    o: () => rows.length && rows[current].querySelector(".open").click(),
    Enter: () => {
      if (rows.length && event.target === document.body) rows[current].querySelector(".open").click();
      else return false;
    },
    q: () => !rows.length && location.assign("/"),
  }[event.key] || ("tfeux".includes(event.key) && (() => press(event.key)));
  if (does && does() !== false) event.preventDefault();
});

rows.forEach((row, at) => row.addEventListener("focusin", () => select(at, false)));
select(current, false);
