// Searches a vocabulary while a person types, and keeps the key of the term that was chosen.
// Without script the words alone are sent, and the server says what they mean.
"use strict";

(function () {
  const WAIT_MS = 120;

  function element(name, className, text) {
    const made = document.createElement(name);
    if (className) made.className = className;
    if (text) made.textContent = text;
    return made;
  }

  function setUp(field) {
    const key = field.querySelector("input[type=hidden]");
    const input = field.querySelector("input[type=text]");
    const note = field.querySelector(".msc-term-note");
    const list = element("ul", "msc-term-list");
    let matches = [];
    let active = -1;
    let timer = 0;
    let asked = 0;

    list.id = input.id + "-list";
    list.hidden = true;
    list.setAttribute("role", "listbox");
    list.setAttribute("aria-label", field.dataset.title);
    // Below the note, which says why an abbreviation is not taken while the list is open.
    note.after(list);
    input.setAttribute("role", "combobox");
    input.setAttribute("aria-autocomplete", "list");
    input.setAttribute("aria-controls", list.id);
    input.setAttribute("aria-expanded", "false");
    key.value = field.dataset.key;

    // Candidates that the page offers beside the field: whatever was said last counts.
    function forgetOffers() {
      document.getElementsByName(key.name + "_chosen").forEach((offer) => { offer.checked = false; });
    }

    function close() {
      clearTimeout(timer);
      asked += 1;
      list.hidden = true;
      active = -1;
      input.setAttribute("aria-expanded", "false");
      input.removeAttribute("aria-activedescendant");
    }

    function option(match, number) {
      const line = element("li", match.is_choosable ? "" : "msc-term-closed");
      line.id = list.id + "-" + number;
      line.setAttribute("role", "option");
      line.setAttribute("aria-selected", "false");
      if (!match.is_choosable) line.setAttribute("aria-disabled", "true");
      line.append(element("b", "", match.label));
      if (match.matched && match.matched !== match.label) line.append(" – " + match.matched);
      const codes = [match.identifier, ...match.codes].filter((text) => text && text !== match.matched);
      if (codes.length) line.append(element("small", "", codes.join(" · ")));
      if (match.warning) line.append(element("small", "msc-reason", match.warning));
      line.addEventListener("click", () => choose(number));
      return line;
    }

    function open(message) {
      list.replaceChildren(...matches.map(option));
      list.hidden = matches.length === 0;
      active = -1;
      input.setAttribute("aria-expanded", String(!list.hidden));
      input.removeAttribute("aria-activedescendant");
      const found = matches.length === 1 ? "1 term" : matches.length + " terms";
      note.textContent = message || (matches.length ? found + "; choose one." : "Nothing in the list is called so.");
    }

    function mark(number) {
      list.children[active]?.setAttribute("aria-selected", "false");
      active = (number + matches.length) % matches.length;
      const line = list.children[active];
      line.setAttribute("aria-selected", "true");
      line.scrollIntoView({ block: "nearest" });
      input.setAttribute("aria-activedescendant", line.id);
    }

    function choose(number) {
      const match = matches[number];
      if (match.is_choosable) {
        forgetOffers();
        key.value = match.key;
        input.value = match.label;
        note.textContent = [match.identifier, match.warning].filter(Boolean).join(". ");
        close();
      } else {
        const instead = match.replaced_by.length ? " Instead: " + match.replaced_by.join(", ") + "." : "";
        note.textContent = match.label + ": " + match.warning + instead;
      }
    }

    async function search() {
      const mine = (asked += 1);
      try {
        const address = field.dataset.terms + "?q=" + encodeURIComponent(input.value.trim());
        const answer = await fetch(address, { headers: { Accept: "application/json" } });
        if (!answer.ok) throw new Error(answer.status === 401 ? "sign in again" : String(answer.status));
        const found = await answer.json();
        // An answer that a later search or a choice has overtaken says nothing any more.
        if (mine !== asked) return;
        matches = found.matches;
        open(found.message);
      } catch (problem) {
        if (mine !== asked) return;
        close();
        note.textContent = "The list cannot be searched now (" + problem.message + "). Write the name in full; it is looked up when the form is sent.";
      }
    }

    input.addEventListener("input", () => {
      // Words that were typed are no choice, and must not keep the key of an earlier one.
      key.value = "";
      forgetOffers();
      clearTimeout(timer);
      if (input.value.trim()) timer = setTimeout(search, WAIT_MS);
      else close();
      // While the list is open it stays where it is until the next answer.
      if (list.hidden) note.textContent = "";
    });
    input.addEventListener("keydown", (event) => {
      if (event.key === "ArrowDown" || event.key === "ArrowUp") {
        event.preventDefault();
        if (list.hidden) search();
        else mark(event.key === "ArrowDown" ? active + 1 : Math.max(active, 0) - 1);
      } else if (event.key === "Enter" && !list.hidden && active >= 0) {
        event.preventDefault();
        choose(active);
      } else if (event.key === "Escape" && !list.hidden) {
        event.preventDefault();
        close();
      }
    });
    input.addEventListener("blur", close);
    // The field keeps the focus, so that the list is not closed before the click arrives.
    list.addEventListener("mousedown", (event) => event.preventDefault());
  }

  document.querySelectorAll(".msc-term").forEach(setUp);
})();
