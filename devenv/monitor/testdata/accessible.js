// Returns what keeps people from using the page, one sentence each.
(() => {
  const problems = [];
  const tell = (what, e) => problems.push(`${what}: ${(e?.outerHTML ?? "").slice(0, 160)}`);
  const all = (selector) => [...document.querySelectorAll(selector)];
  const seen = (e) => e.checkVisibility() && !e.closest(".unseen, .skip");
  const text = (e) => (e?.textContent ?? "").trim();

  // The document and its landmarks.
  if (!document.documentElement.lang) tell("the page has no language");
  if (!document.title.trim()) tell("the page has no title");
  if (all("main").length !== 1) tell("the page has not one main");
  if (all("header").length !== 1) tell("the page has not one header");
  for (const section of all("section, nav")) {
    const label = section.getAttribute("aria-label") ?? text(document.getElementById(section.getAttribute("aria-labelledby")));
    if (!label) tell("a landmark without a name", section);
  }
  let level = 0;
  for (const heading of all("h1, h2, h3, h4")) {
    const next = Number(heading.tagName[1]);
    if (next > level + 1) tell("a heading that skips a level", heading);
    if (!text(heading)) tell("an empty heading", heading);
    level = next;
  }
  if (all("h1").length !== 1) tell("the page has not one h1");

  // Names of what can be used, and references that lead somewhere.
  for (const e of all("a, button, input:not([type=hidden]), select, textarea, meter")) {
    const name = e.getAttribute("aria-label") || [...(e.labels ?? [])].map(text).join(" ") || (e.matches("a, button") ? text(e) : "");
    if (!name) tell("a control without a name", e);
  }
  for (const e of all("[aria-labelledby], [aria-describedby]")) {
    for (const id of `${e.getAttribute("aria-labelledby") ?? ""} ${e.getAttribute("aria-describedby") ?? ""}`.trim().split(/\s+/)) {
      if (!document.getElementById(id)) tell(`a reference to #${id}, which is not there`, e);
    }
  }
  for (const a of all("a[href^='#']")) {
    if (!document.getElementById(a.getAttribute("href").slice(1))) tell("a link to nowhere", a);
  }
  const ids = all("[id]").map((e) => e.id);
  for (const id of new Set(ids.filter((id, n) => ids.indexOf(id) !== n))) tell(`the id ${id} twice`);
  for (const e of all("[tabindex]")) {
    if (e.tabIndex > 0) tell("an order of its own for Tab", e);
  }
  if (all("[role=status], [aria-live]").length === 0 && document.querySelector("[data-live]")) tell("nothing tells of changes");

  // Tables and drawings.
  for (const table of all("table")) {
    if (!text(table.caption)) tell("a table without a caption", table);
    if ([...table.tHead.rows[0].cells].some((c) => c.scope !== "col" || !text(c))) tell("a column without a heading", table.tHead);
    const wide = [...table.tHead.rows[0].cells].length;
    for (const row of table.tBodies[0].rows) {
      if (row.cells[0].scope !== "row") tell("a row without a heading", row);
      const cells = [...row.cells].reduce((sum, c) => sum + c.colSpan, 0);
      if (cells !== wide) tell(`a row of ${cells} cells in a table of ${wide}`, row);
    }
  }
  for (const svg of all("svg")) {
    if (svg.getAttribute("aria-hidden") !== "true" && !(svg.getAttribute("role") === "img" && svg.getAttribute("aria-label"))) tell("a drawing without words", svg);
  }
  for (const scroll of all(".scroll")) {
    if (scroll.tabIndex !== 0 || scroll.getAttribute("role") !== "region" || !scroll.getAttribute("aria-label")) tell("a place that scrolls and cannot be reached", scroll);
  }
  if (all("script:not([src]), style, [style], [onclick]").length > 0) tell("what the policy forbids", document.querySelector("script:not([src]), style, [style]"));

  // Contrast by WCAG 2: 4.5 for text, 3 for lines that mean something.
  const rgb = (value) => (value.match(/[\d.]+/g) ?? []).map(Number);
  const light = (color) => {
    const [r, g, b] = color.slice(0, 3).map((v) => (v /= 255) <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const contrast = (a, b) => (Math.max(light(a), light(b)) + 0.05) / (Math.min(light(a), light(b)) + 0.05);
  const behind = (e) => {
    for (; e; e = e.parentElement) {
      const color = rgb(getComputedStyle(e).backgroundColor);
      if (color.length === 3 || color[3] > 0) return color;
    }
    return [255, 255, 255];
  };
  const poor = new Map();
  const check = (e, color, least) => {
    const ratio = contrast(rgb(color), behind(e));
    if (ratio < least) poor.set(`${e.tagName} ${e.getAttribute("class") ?? ""} ${color}`, `a contrast of ${ratio.toFixed(1)}, want ${least}`);
  };
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const e = node.parentElement;
    if (!node.data.trim() || !seen(e) || e.closest("noscript, button:disabled")) continue;
    check(e, getComputedStyle(e)[e instanceof SVGElement ? "fill" : "color"], 4.5);
  }
  for (const line of all("path.line")) check(line, getComputedStyle(line).stroke, 3);
  for (const [what, why] of poor) problems.push(`${why}: ${what}`);
  return problems;
})()
