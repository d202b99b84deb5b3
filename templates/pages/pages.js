// What pages gain where scripts run: a list follows what is typed, and addresses say only what was
// asked for. Without it every form has its button, and every head of a column is a link.
(function () {
  "use strict";
  var form = document.getElementById("filters"), result = document.getElementById("result");
  var told = document.getElementById("told");
  if (!form || !result || !told || !window.fetch) { return; }
  var waiting = 0, running = null;

  function address() {
    var query = new URLSearchParams();
    new FormData(form).forEach(function (value, name) {
      if (String(value).trim()) { query.append(name, value); }
    });
    var text = query.toString();
    return form.getAttribute("action").split("?")[0] + (text ? "?" + text : "");
  }

  function show(text, where) {
    var page = new DOMParser().parseFromString(text, "text/html");
    var fresh = page.getElementById("result"), says = page.getElementById("told");
    if (!fresh || !says) { throw new Error("another page"); }
    result.replaceChildren.apply(result, Array.from(fresh.childNodes));
    told.textContent = says.textContent;
    var others = page.querySelectorAll(".when-form");  // which go to another day with what is asked
    document.querySelectorAll(".when-form").forEach(function (own, place) {
      if (others[place]) { own.replaceChildren.apply(own, Array.from(others[place].childNodes)); }
    });
    history.replaceState(null, "", where);
  }

  function ask() {
    window.clearTimeout(waiting);
    if (running) { running.abort(); }
    var own = running = new AbortController(), where = address();
    result.setAttribute("aria-busy", "true");
    fetch(where, { signal: own.signal, credentials: "same-origin" })
      .then(function (answer) { return answer.text(); })
      .then(function (text) { if (own === running) { show(text, where); result.removeAttribute("aria-busy"); } })
      .catch(function () { if (!own.signal.aborted) { window.location.assign(where); } });
  }

  form.addEventListener("input", function (event) {
    window.clearTimeout(waiting);
    if (!event.isComposing) { waiting = window.setTimeout(ask, 200); }
  });
  form.addEventListener("compositionend", function () { waiting = window.setTimeout(ask, 200); });
  form.addEventListener("submit", function (event) { event.preventDefault(); ask(); });
})();
