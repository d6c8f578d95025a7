// Times are sent in UTC with their moment in `datetime`; here they become the clock on the wall of whoever reads them.
const clock = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit" });

export function clockTime(moment) {
  return clock.format(new Date(moment));
}

export function showLocalTimes(root) {
  for (const time of root.querySelectorAll("time[data-clock]")) {
    if (!Number.isNaN(Date.parse(time.dateTime))) time.textContent = clockTime(time.dateTime);
    time.removeAttribute("data-clock");
  }
}
