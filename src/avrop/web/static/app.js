// What the pages do beyond links and forms: a search follows what is typed and ticked, and says how much it found.
// Everything here works without this file too; then a form is sent by its button.
document.documentElement.dataset.script = "on";

const holdsFocus = (element) => element instanceof Element && element.contains(document.activeElement);

document.addEventListener("htmx:config:request", ({ detail: { ctx } }) => {
  // An address says what was asked, not what was left empty or goes without saying.
  const usual = new URLSearchParams(ctx.sourceElement.dataset.usual);
  for (const [name, value] of [...ctx.request.body]) {
    if (value === "" || value === usual.get(name)) ctx.request.body.delete(name);
  }
});

document.addEventListener("htmx:before:response", (event) => {
  // What went wrong is a page of its own.
  const { ctx } = event.detail;
  if (ctx.response.status < 400) return;
  event.preventDefault();
  window.location.assign(ctx.request.action);
});

document.addEventListener("htmx:before:swap", ({ detail: { ctx, tasks } }) => {
  // Nobody loses the control that they are in, nor finds shut what they opened.
  ctx.wasInResults = holdsFocus(document.getElementById("found"));
  const target = (task) => (typeof task.target === "string" ? document.querySelector(task.target) : task.target);
  const wanted = tasks.filter((task) => task.type !== "oob" || !holdsFocus(target(task)));
  tasks.splice(0, tasks.length, ...wanted);
  for (const task of wanted) {
    for (const part of task.fragment.querySelectorAll("details[id]")) {
      if (document.getElementById(part.id)?.open) part.open = true;
    }
  }
});

document.addEventListener("htmx:after:swap", ({ detail: { ctx } }) => {
  const heading = document.getElementById("results");
  const status = document.getElementById("status");
  if (heading && status) status.textContent = heading.textContent;
  if (ctx.wasInResults && heading) heading.focus();
});
