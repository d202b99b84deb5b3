// 清单 without a server: finds, filters, sorts and pages the rows of rows.js. What is shown stands
// behind the # of the address, with the words that a server's 清单 has, so it can be kept and sent.
(function () {
  "use strict";
  var PAGE = 100, LETTERS = 2, LONGEST = 30;
  var LISTS = ["lead", "assist", "tag"], ONES = ["leader", "source", "kind", "status", "nature", "light", "section"];
  var COLUMNS = [
    ["light", "亮灯"], ["id", "编号"], ["title", "事项"], ["lead", "牵头部门"], ["due", "时限"], ["", "余期"], ["status", "状态"]
  ];
  var CALLED = {
    dept: "部门", lead: "牵头", assist: "配合", tag: "标签", leader: "责任领导", source: "来源", kind: "类别", status: "状态",
    nature: "性质", light: "亮灯", section: "部分", due_before: "不晚于", due_after: "不早于", text: "含有"
  };
  var MARKS = { overdue: "■", due_soon: "▲", lagging: "◆", normal: "●", waiting: "○", closed: "✓", cancelled: "–" };
  var data = window.ledgerRows, rows = data.rows, script = document.currentScript;
  var form = document.getElementById("filters"), find = document.getElementById("q");
  var table = document.getElementById("tasks"), head = table.tHead.rows[0], body = table.tBodies[0];
  var count = document.getElementById("count"), more = document.getElementById("more");
  var pager = document.getElementById("pager"), asked = false;

  function element(name, text, attributes) {
    var made = document.createElement(name);
    if (text !== undefined) { made.textContent = text; }
    Object.keys(attributes || {}).forEach(function (key) { made.setAttribute(key, attributes[key]); });
    return made;
  }

  // The choice that an address names, and an address that names one.
  function chosen() { return new URLSearchParams(location.hash.slice(1)); }
  function named(choice) { return "#" + choice.toString(); }
  function changed(name, values) {
    var choice = chosen();
    choice.delete(name);
    if (name !== "page") { choice.delete("page"); }
    values.forEach(function (value) { choice.append(name, value); });
    return choice;
  }

  // Texts as search compares them; letters as pinyin is typed: see model/search and model/pinyin.
  function plain(text) { return (text || "").normalize("NFKC").toLowerCase(); }
  function spoken(text) { return plain(text).replace(/[^\p{L}\p{N}]/gu, ""); }
  function typed(word) {
    var letters = spoken(word);
    return /^[a-z0-9]+$/.test(letters) && /[a-z]/.test(letters) && letters.length >= LETTERS && letters.length <= LONGEST ? letters : "";
  }
  function steps(letters, character) {
    var counts = {};
    (data.readings[character] || character).split(" ").forEach(function (syllable) {
      if (letters[0] !== syllable[0]) { return; }
      counts[1] = true;
      if (letters.startsWith(syllable)) { counts[syllable.length] = true; }
      else if (syllable.startsWith(letters)) { counts[letters.length] = true; }
    });
    return Object.keys(counts).map(Number);
  }
  // Whether letters spell a part of a text, or its beginning.
  function speller(letters) {
    var known = new Map();
    function moves(character) {
      if (!known.has(character)) {
        known.set(character, Array.from(letters, function (_, used) { return steps(letters.slice(used), character); }));
      }
      return known.get(character);
    }
    return function (text, fromStart) {
      var reached = new Set([0]);
      for (var character of spoken(text)) {
        var next = new Set(), move = moves(character);
        reached.forEach(function (used) { move[used].forEach(function (taken) { next.add(used + taken); }); });
        if (next.has(letters.length)) { return true; }
        if (!fromStart) { next.add(0); }
        reached = next;
      }
      return false;
    };
  }

  // What a word finds: names of departments that it means, leaders, titles, and texts that have it.
  function finder(word) {
    var letters = typed(word), spells = letters && speller(letters);
    var departments = new Set(Object.keys(data.names).filter(function (each) {
      return data.names[each].some(function (name) { return plain(name).includes(word) || (letters && spells(name, true)); });
    }));
    return function (row, place) {
      var texts = window.ledgerTexts ? window.ledgerTexts[place] : row.id + " \n" + row.title;
      return (row.lead || []).concat(row.assist || []).some(function (each) { return departments.has(each); }) ||
        plain(row.leader).includes(word) || plain(texts).includes(word) ||
        Boolean(letters) && (spells(row.title, false) || spells(row.leader, false));
    };
  }
  function canonical(name) {
    return Object.keys(data.names).find(function (each) { return each === name || data.names[each].includes(name); }) || name;
  }
  function tests(choice) {
    var made = [];
    function given(name, test) {
      var values = choice.getAll(name).filter(Boolean);
      if (values.length) { made.push(function (row, place) { return values.some(function (value) { return test(row, value, place); }); }); }
    }
    given("dept", function (row, value) { return (row.lead || []).concat(row.assist || []).includes(canonical(value)); });
    LISTS.forEach(function (name) {
      given(name, function (row, value) { return (row[name] || []).includes(name === "tag" ? value : canonical(value)); });
    });
    ONES.forEach(function (name) {
      given(name, function (row, value) { return name === "leader" ? plain(row.leader).includes(plain(value)) : row[name] === value; });
    });
    given("due_before", function (row, value) { return Boolean(row.due) && row.due <= value; });
    given("due_after", function (row, value) { return Boolean(row.due) && row.due >= value; });
    given("text", function (row, value, place) {
      return plain(window.ledgerTexts ? window.ledgerTexts[place] : row.title).includes(plain(value));
    });
    words(choice).forEach(function (word) { made.push(finder(word)); });
    return made;
  }
  function words(choice) { return plain(choice.getAll("q").join(" ")).split(/\s+/).filter(Boolean); }

  function key(row, name) {
    if (name === "status") { return row.rank[0]; }
    if (name === "light") { return row.rank[1]; }
    if (name === "kind") { return row.rank[2]; }
    if (name === "lead") { return (row.lead || []).join("\u0000") || null; }
    return row[name] || null;
  }
  function sorted(list, order) {
    var down = order.startsWith("-"), name = down ? order.slice(1) : order;
    function by(one, other) { return one < other ? -1 : one > other ? 1 : 0; }
    return list.map(function (row) { return [key(row, name), row]; }).sort(function (a, b) {
      if (a[0] === null || b[0] === null) { return (a[0] === null) - (b[0] === null) || by(a[1].id, b[1].id); }
      return by(a[0], b[0]) * (down ? -1 : 1) || by(a[1].id, b[1].id);
    }).map(function (each) { return each[1]; });
  }

  function cell(row, label, name, text) {
    var made = element("td", text, { "data-label": label });
    if (name) { made.className = name; }
    row.append(made);
    return made;
  }
  function shown(row) {
    var line = element("tr"), light = element("span", undefined, { class: "light " + row.state });
    light.append(element("span", MARKS[row.state], { "aria-hidden": "true" }), " " + row.light);
    cell(line, "亮灯", "").append(light);
    var id = cell(line, "编号", "id"), title = cell(line, "事项", "what");
    if (row.file) {
      id.append(element("a", row.id, { href: row.file }));
      title.append(element("a", row.title, { href: row.file }));
    } else { id.textContent = row.id; title.textContent = row.title; }
    cell(line, "牵头部门", "", (row.lead || []).join("、"));
    cell(line, "时限", "k", row.due || row.dueText || "");
    cell(line, "余期", row.state === "overdue" ? "k late" : "k", row.left || "");
    cell(line, "状态", "k", row.status);
    return line;
  }
  function heads(choice) {
    var order = choice.get("sort") || "";
    head.replaceChildren.apply(head, COLUMNS.map(function (column) {
      var made = element("th", column[0] ? undefined : column[1], { scope: "col" });
      if (column[0]) {
        var down = order === column[0];
        var name = down ? "-" + column[0] : column[0];
        made.append(element("a", column[1], { href: named(changed("sort", [name])) }));
        made.setAttribute("aria-sort", down ? "ascending" : order === "-" + column[0] ? "descending" : "none");
      }
      return made;
    }));
  }
  function turn(choice, page, pages) {
    pager.replaceChildren();
    pager.hidden = pages < 2;
    if (pager.hidden) { return; }
    function to(text, number) {
      if (number >= 1 && number <= pages) {
        pager.append(element("a", text, { class: "button", href: named(changed("page", [String(number)])) }));
      }
    }
    to("上一页", page - 1);
    pager.append(element("span", "第 " + page + " 页，共 " + pages + " 页"));
    to("下一页", page + 1);
  }
  // What is chosen beside the selects, each to be taken away.
  function besides(choice) {
    more.replaceChildren();
    Object.keys(CALLED).forEach(function (name) {
      var values = choice.getAll(name).filter(Boolean), select = form.elements[name];
      if (!values.length || (select && values.length === 1 && select.value === values[0])) { return; }
      more.append(element("a", CALLED[name] + "：" + values.join("、") + " ×", {
        class: "button", href: named(changed(name, [])), "aria-label": "不再按" + CALLED[name] + "筛选：" + values.join("、")
      }), " ");
    });
  }

  function show() {
    var choice = chosen(), needed = tests(choice);
    Array.from(form.elements).forEach(function (each) {
      var values = choice.getAll(each.name);
      if (each.name === "q") {
        if (words(choice).join(" ") !== plain(each.value).trim().split(/\s+/).join(" ")) { each.value = values.join(" "); }
      } else { each.value = values.length === 1 ? (each.name === "dept" ? canonical(values[0]) : values[0]) : ""; }
    });
    var fitting = rows.filter(function (row, place) { return needed.every(function (test) { return test(row, place); }); });
    if (choice.get("sort")) { fitting = sorted(fitting, choice.get("sort")); }
    var pages = Math.max(1, Math.ceil(fitting.length / PAGE));
    var page = Math.min(Math.max(1, parseInt(choice.get("page"), 10) || 1), pages);
    heads(choice);
    body.replaceChildren.apply(body, fitting.slice((page - 1) * PAGE, page * PAGE).map(shown));
    count.textContent = fitting.length === rows.length ? "共 " + rows.length + " 项" : "共 " + rows.length + " 项，符合 " + fitting.length + " 项";
    turn(choice, page, pages);
    besides(choice);
    if ((words(choice).length || choice.getAll("text").length) && !asked) { fetchTexts(); }
  }
  function fetchTexts() {
    asked = true;
    var source = element("script", undefined, { src: script.dataset.texts });
    source.addEventListener("load", show);
    document.head.append(source);
  }

  var waiting = 0;
  find.addEventListener("input", function () {
    clearTimeout(waiting);
    waiting = setTimeout(function () { location.replace(named(changed("q", find.value.trim() ? [find.value.trim()] : []))); }, 120);
  });
  form.addEventListener("change", function (event) {
    if (event.target !== find) { location.hash = named(changed(event.target.name, event.target.value ? [event.target.value] : [])); }
  });
  form.addEventListener("submit", function (event) { event.preventDefault(); });
  window.addEventListener("hashchange", show);
  show();
})();
