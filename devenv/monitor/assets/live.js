// Keeps the page as the monitor sees it: parts arrive as HTML, and only what
// has changed in them is changed here, so that focus, selection and the place
// of a screen reader stay.
"use strict";

(() => {
  const link = document.getElementById("link");
  const pause = document.getElementById("pause");
  let source = null;

  const say = (text) => {
    if (link.textContent !== text) link.textContent = text;
  };

  const same = (a, b) => a.nodeType === b.nodeType && a.nodeName === b.nodeName;

  function adopt(from, to) {
    if (from.nodeType !== Node.ELEMENT_NODE) {
      if (from.nodeValue !== to.nodeValue) from.nodeValue = to.nodeValue;
      return;
    }
    for (const { name } of [...from.attributes]) {
      if (!to.hasAttribute(name)) from.removeAttribute(name);
    }
    for (const { name, value } of to.attributes) {
      if (from.getAttribute(name) !== value) from.setAttribute(name, value);
    }
    children(from, to);
  }

  function children(from, to) {
    const now = [...from.childNodes];
    const next = [...to.childNodes];
    next.forEach((node, n) => {
      if (n >= now.length) from.append(node);
      else if (same(now[n], node)) adopt(now[n], node);
      else now[n].replaceWith(node);
    });
    now.slice(next.length).forEach((node) => node.remove());
  }

  function show(event) {
    const part = JSON.parse(event.data);
    const place = document.querySelector(`[data-live="${part.id}"]`);
    if (!place) return;
    const template = document.createElement("template");
    template.innerHTML = part.html;
    children(place, template.content);
  }

  function open() {
    source = new EventSource("/events");
    source.addEventListener("part", show);
    source.addEventListener("version", () => say("Live"));
    source.addEventListener("error", () => {
      if (source.readyState !== EventSource.CLOSED) {
        say("The connection is lost, trying again");
        return;
      }
      // The monitor answers, but does not know this browser any more.
      say("The monitor was started anew: open the address it has printed");
      pause.hidden = true;
    });
  }

  pause.hidden = false;
  pause.addEventListener("click", () => {
    if (source) {
      source.close();
      source = null;
      pause.textContent = "Go on";
      say("Paused");
      return;
    }
    pause.textContent = "Pause";
    open();
  });
  open();
})();
