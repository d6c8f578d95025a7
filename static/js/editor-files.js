// More than one file: their names become tabs over one editor each. A single file's name stays a plain label.
export function offerFiles(form, views) {
  const labels = [...form.querySelectorAll("[data-files] .file")];
  const names = [...views.keys()];
  if (labels.length < 2) return () => {};

  const tabs = labels.map((label, index) => tabFor(label, views.get(names[index]), index));
  const show = (name) => {
    names.forEach((other, index) => {
      const chosen = other === name;
      tabs[index].setAttribute("aria-selected", chosen);
      tabs[index].tabIndex = chosen ? 0 : -1;
      views.get(other).dom.hidden = !chosen;
    });
  };
  const list = document.createElement("div");
  list.className = "file-tabs";
  list.setAttribute("role", "tablist");
  list.setAttribute("aria-label", "Files of the answer");
  labels[0].before(list);
  list.append(...tabs);
  for (const label of labels) label.remove();

  tabs.forEach((tab, index) => tab.addEventListener("click", () => show(names[index])));
  list.addEventListener("keydown", (event) => {
    const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    const here = tabs.indexOf(document.activeElement);
    if (!by || here < 0) return;
    const there = (here + by + tabs.length) % tabs.length;
    show(names[there]);
    tabs[there].focus();
  });
  show(names[0]);
  return show;
}

function tabFor(label, view, index) {
  const tab = document.createElement("button");
  tab.type = "button";
  tab.className = "file";
  tab.id = `file-tab-${index + 1}`;
  tab.textContent = label.textContent;
  tab.setAttribute("role", "tab");
  view.dom.id = `editor-${index + 1}`;
  view.dom.setAttribute("role", "tabpanel");
  view.dom.setAttribute("aria-labelledby", tab.id);
  tab.setAttribute("aria-controls", view.dom.id);
  return tab;
}
