// Finds words in the manual where its pages lie in a folder. Browsers let no page of a folder start
// the worker of the theme's own search, and that knows no words in Chinese.
(() => {
  "use strict";
  const MOST = 30; // results
  const BEFORE = 16, AFTER = 56; // characters shown around what was found
  const root = new URL("..", document.currentScript.src);

  const make = (name, properties, ...inside) => {
    const element = Object.assign(document.createElement(name), properties);
    element.append(...inside);
    return element;
  };
  // Full-width letters as the plain ones, character by character, so that places stay the same.
  const narrow = (letter) => String.fromCharCode(letter.charCodeAt(0) - 0xfee0);
  const plain = (text) => text.replace(/[！-～]/g, narrow).replace(/\u3000/g, " ").toLowerCase();

  const input = make("input", { type: "search", placeholder: "查找", autocomplete: "off" });
  input.setAttribute("aria-label", "在手册里查找");
  const told = make("p", { className: "find-told" });
  told.setAttribute("role", "status");
  const list = make("ol", {});
  const panel = make("div", { className: "find-panel", hidden: true }, told, list);
  const form = make("form", { className: "find" }, input, panel);
  form.setAttribute("role", "search");

  let loading = null;
  const load = () =>
    (loading ??= new Promise((done, failed) => {
      const script = make("script", { src: new URL("web/index.js", root).href });
      script.addEventListener("load", () => done(window.manual));
      script.addEventListener("error", failed);
      document.head.append(script);
    }));

  // How near a section comes to what is asked: words in its heading, in the page's title, below it.
  const rank = ([, page, heading, text], words) => {
    const [title, own, below] = [plain(page), plain(heading), plain(text)];
    if (!words.every((word) => title.includes(word) || own.includes(word) || below.includes(word)))
      return -1;
    if (words.every((word) => own.includes(word))) return 0;
    return words.some((word) => own.includes(word) || title.includes(word)) ? 1 : 2;
  };

  const excerpt = (text, words) => {
    const low = plain(text);
    const places = words.map((word) => low.indexOf(word)).filter((at) => at >= 0);
    const first = places.length ? Math.max(0, Math.min(...places) - BEFORE) : 0;
    const last = Math.min(text.length, first + BEFORE + AFTER);
    const part = make("span", { className: "find-text" }, first ? "…" : "");
    for (let at = first; at < last; ) {
      const word = words.find((each) => low.startsWith(each, at));
      if (word) {
        part.append(make("mark", {}, text.slice(at, at + word.length)));
        at += word.length;
      } else part.append(text[at++]);
    }
    part.append(last < text.length ? "…" : "");
    part.normalize();
    return part;
  };

  const result = ([where, page, heading, text], words) => {
    const name = heading && heading !== page ? `${page} › ${heading}` : page;
    const link = make("a", { href: new URL(where, root).href }, make("strong", {}, name));
    link.append(excerpt(text, words));
    link.addEventListener("click", close);
    return make("li", {}, link);
  };

  const close = () => {
    panel.hidden = true;
  };

  const find = async () => {
    const words = plain(input.value).split(/\s+/).filter(Boolean);
    if (!words.length) return close();
    let rows;
    try {
      rows = await load();
    } catch {
      told.textContent = "读不了 web/index.js，请把手册的文件夹拷全。";
      panel.hidden = false;
      return;
    }
    const near = rows.map((row) => [rank(row, words), row]).filter(([rank]) => rank >= 0);
    near.sort(([one], [other]) => one - other);
    list.replaceChildren(...near.slice(0, MOST).map(([, row]) => result(row, words)));
    const more = near.length > MOST ? `，先列 ${MOST} 处` : "";
    told.textContent = near.length ? `找到 ${near.length} 处${more}` : "没有找到，换个说法试试";
    panel.hidden = false;
  };

  const links = () => [...list.querySelectorAll("a")];
  const step = (by) => {
    const all = [input, ...links()];
    all[Math.max(0, Math.min(all.length - 1, all.indexOf(document.activeElement) + by))].focus();
  };
  form.addEventListener("keydown", (event) => {
    if (event.isComposing) return; // the keys are the input method's
    if (event.key === "Escape") {
      input.focus();
      close();
    } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      step(event.key === "ArrowDown" ? 1 : -1);
    } else return;
    event.preventDefault();
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    links()[0]?.click();
  });
  form.addEventListener("focusout", (event) => {
    if (event.relatedTarget && !form.contains(event.relatedTarget)) close();
  });
  document.addEventListener("pointerdown", (event) => {
    if (!form.contains(event.target)) close();
  });
  document.addEventListener("keydown", (event) => {
    const typing = event.target.closest?.("input, textarea, select, [contenteditable]");
    if (event.key !== "/" || typing || event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
    input.focus();
  });
  input.addEventListener("input", find);
  input.addEventListener("focus", () => {
    load().catch(() => {}); // it is told when something is looked for
    if (input.value && panel.hidden) find();
  });
  document.querySelector(".md-header__inner").append(form);
})();
