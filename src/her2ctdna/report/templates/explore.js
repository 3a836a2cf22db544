"use strict";

/* Tables to search, sort and filter; they are all there without scripts. */

const MOST_CHOICES = 12;
const MOST_ROWS = 100;

/* Missing comes last whichever way; numbers sort by size, words by alphabet. */
function rank(one, other, way) {
  if (one === "" || other === "") return (one === "") - (other === "");
  const difference = Number(one) - Number(other);
  if (!Number.isNaN(difference)) return way * difference;
  return way * String(one).localeCompare(String(other), "en", { numeric: true });
}

DataTable.type("ranked", {
  detect: () => false,
  order: {
    pre: (value) => value,
    asc: (one, other) => rank(one, other, 1),
    desc: (one, other) => rank(one, other, -1),
  },
});

/* A number is compared, one of a few words is picked, any other text is searched.
   What is said of a control is set as HTML, so a title is given as HTML, escaped. */
function filterOf(table, index) {
  const title = table.tHead.rows[0].cells[index];
  const label = title.innerHTML;
  if (title.classList.contains("number")) {
    return { extend: "searchNumber", title: label, excludeLogic: ["empty", "notEmpty"] };
  }
  const words = Array.from(table.tBodies[0].rows, (row) => row.cells[index].textContent);
  if (new Set(words).size > MOST_CHOICES) return { extend: "searchText", title: label };
  return { extend: "searchList", title: label, search: false, select: false };
}

function explore(table) {
  const scroll = table.parentElement;
  const caption = scroll.getAttribute("aria-label");
  scroll.replaceWith(table);
  const titles = Array.from(table.tHead.rows[0].cells);
  const made = new DataTable(table, {
    autoWidth: false,
    order: [],
    pageLength: MOST_ROWS,
    paging: table.tBodies[0].rows.length > MOST_ROWS,
    layout: { topStart: "info", topEnd: "search", bottomStart: null, bottomEnd: "paging" },
    language: {
      search: "Search all columns",
      info: "_TOTAL_ of _MAX_ patients",
      infoEmpty: "0 of _MAX_ patients",
      infoFiltered: "",
      zeroRecords: "No patient fits these filters.",
      columnControl: { searchClear: "Clear this filter" },
    },
    columns: titles.map((_, index) => ({
      type: "ranked",
      columnControl: [
        {
          extend: "dropdown",
          icon: "search",
          text: `Filter ${titles[index].innerHTML}`,
          content: [filterOf(table, index), "searchClear"],
        },
      ],
    })),
  });
  const holder = table.parentElement;
  holder.classList.add("scroll");
  holder.setAttribute("role", "region");
  holder.setAttribute("aria-label", caption);
  holder.tabIndex = 0;
  const container = made.table().container();
  for (const kind of ["click", "keypress"]) {
    container.addEventListener(kind, () => setTimeout(nameControls, 0, container), true);
  }
}

/* ColumnControl shows by looks alone what a control is for and what is picked. */
function nameControls(container) {
  for (const choice of container.querySelectorAll(".dtcc-list-buttons button")) {
    const isPicked = choice.classList.contains("dtcc-button_active");
    choice.setAttribute("aria-pressed", String(isPicked));
    choice.setAttribute("aria-label", choice.textContent);
  }
  for (const search of container.querySelectorAll(".dtcc-dropdown .dtcc-search")) {
    const title = search.querySelector(".dtcc-search-title").textContent;
    search.querySelector("input").setAttribute("aria-label", title);
    search.querySelector("select").setAttribute("aria-label", `${title}: how to compare`);
  }
}

for (const table of document.querySelectorAll("table.explored")) {
  const details = table.closest("details");
  details.addEventListener("toggle", () => explore(table), { once: true });
}
