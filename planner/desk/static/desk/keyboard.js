/* The theme opens its menus by a click on headings, boxes and icons, which no keyboard
   reaches and no screen reader names as buttons. This gives each a button's manners: the
   click that the theme waits for comes from Enter and Space as well. */
"use strict";

(() => {
  const OWN = "a[href], button, input, select, textarea, label, summary, [tabindex], [role=dialog]";

  /* A heading keeps its rank and holds a button, whose click the heading hears. */
  function buttonWithin(heading) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "desk-toggle";
    button.append(...heading.childNodes);
    heading.append(button);
    const list = heading.parentElement.querySelector("ol");
    if (list === null) return;
    const tell = () => button.setAttribute("aria-expanded", String(list.style.display !== "none"));
    new MutationObserver(tell).observe(list, { attributes: true, attributeFilter: ["style"] });
    tell();
  }

  function actAsButton(box) {
    box.tabIndex = 0;
    box.setAttribute("role", "button");
    box.addEventListener("keydown", (event) => {
      if (event.target !== box || (event.key !== "Enter" && event.key !== " ")) return;
      event.preventDefault();
      box.click();
    });
  }

  /* What a person would call a field: its label, the head of its column, its hint. */
  function labelOf(field) {
    if (field === null) return "";
    const own = field.id && document.querySelector(`label[for="${CSS.escape(field.id)}"]`);
    if (own) return own.textContent.trim();
    const cell = field.closest("td");
    const heads = cell && cell.closest("table").querySelector("thead tr");
    const head = heads && heads.cells[cell.cellIndex];
    return ((head && head.textContent) || field.placeholder || "").trim();
  }

  /* An icon's text is the English name of a picture: it is no name for its button. */
  function nameIcons() {
    for (const icon of document.querySelectorAll(".material-symbols-outlined")) {
      const box = icon.closest("button, a, [role=button]");
      const rest = box && box.textContent.replace(icon.textContent, "").trim();
      if (box === null || rest) icon.setAttribute("aria-hidden", "true");
      if (box === null || rest || box.hasAttribute("aria-label")) continue;
      const row = box.closest(".related-widget-wrapper, form, td, .field-line");
      const name = box.title || labelOf(row && row.querySelector("input, select"));
      box.setAttribute("aria-label", name || "Menu");
    }
  }

  function nameFields() {
    for (const field of document.querySelectorAll("td input, td select, td textarea")) {
      const known = (field.labels && field.labels.length) || field.hasAttribute("aria-label");
      if (!known && field.type !== "hidden") field.setAttribute("aria-label", labelOf(field));
    }
    /* Select2 puts its button that clears all into the list of what is chosen. */
    for (const clear of document.querySelectorAll("ul > .select2-selection__clear")) {
      clear.parentElement.setAttribute("role", "presentation");
    }
    for (const box of document.querySelectorAll(".select2-container")) {
      const name = labelOf(box.previousElementSibling);
      if (!name) continue;
      for (const part of box.querySelectorAll("[role=combobox], [role=searchbox], [role=textbox]")) {
        const chosen = part.querySelector(".select2-selection__rendered");
        const value = chosen === null ? "" : chosen.textContent.replace("×", "").trim();
        part.removeAttribute("aria-labelledby");
        part.setAttribute("aria-label", value ? `${name}: ${value}` : name);
      }
    }
  }

  function name() {
    nameIcons();
    nameFields();
  }

  function reach() {
    for (const element of document.querySelectorAll("[x-on\\:click]")) {
      if (element.matches(OWN) || element.querySelector("form, input, dialog")) continue;
      if (/^H[1-6]$/.test(element.tagName)) buttonWithin(element);
      else actAsButton(element);
    }
    const content = document.getElementById("content");
    if (content !== null && document.querySelector("main, [role=main]") === null) {
      content.setAttribute("role", "main");
      content.tabIndex = -1;
    }
  }

  /* The theme looks beside each file field for a text field of its own, which the
     desk's pages do not have. */
  document.addEventListener("change", (event) => {
    if (event.target.matches(".desk input[type=file]")) event.stopImmediatePropagation();
  }, true);

  window.addEventListener("load", () => window.setTimeout(name, 100));
  document.addEventListener("change", () => window.setTimeout(name, 0));
  document.addEventListener("formset:added", () => window.setTimeout(name, 100));
  document.addEventListener("DOMContentLoaded", () => window.requestAnimationFrame(reach));
})();
