/* What stands behind the # of an address is never sent to a server: the code of the
   link goes from there into the form, and stays in it when the language is changed. */
"use strict";

document.addEventListener("DOMContentLoaded", () => {
  const code = document.querySelector("input[name=code]");
  const hash = window.location.hash.slice(1);
  if (code === null || !/^[0-9A-Za-z-]{16,60}$/.test(hash)) return;
  if (code.value === "") code.value = hash;
  const language = document.querySelector("footer form");
  if (language !== null) language.action += "#" + hash;
  const born = document.querySelector("input[name=birth_date]");
  if (born !== null) born.focus();
});
