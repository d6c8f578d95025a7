// Buttons that open a dialog stay hidden until this script can open it.
export function offerDialogs() {
  for (const button of document.querySelectorAll("[data-open-dialog]")) button.hidden = false;
  document.addEventListener("click", (event) => {
    const button = event.target instanceof Element && event.target.closest("[data-open-dialog]");
    if (button) openDialog(button.dataset.openDialog);
  });
}

export function openDialog(id) {
  const dialog = document.getElementById(id);
  if (dialog && !dialog.open) dialog.showModal();
}
