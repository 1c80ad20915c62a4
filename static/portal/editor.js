// The editor's extensions, where the package's own would lose something of a stored body, or change what is typed.
import {
  Bold as BaseBold, Italic as BaseItalic, Node, OrderedList as BaseOrderedList, Paragraph as BaseParagraph,
  Strike as BaseStrike, Table as BaseTable, TableHeader as BaseTableHeader, TableRow as BaseTableRow,
  Plugin, createDocument, getHTMLFromFragment, wrappingInputRule,
} from "django-prose-editor/editor";

// Marks of Markdown are none here: in Indonesian newsrooms *x* is WhatsApp's bold, and 5*3 a product.
const NO_RULES = { addInputRules: () => [], addPasteRules: () => [] };
export const Bold = BaseBold.extend(NO_RULES);
export const Italic = BaseItalic.extend(NO_RULES);
export const Strike = BaseStrike.extend(NO_RULES);

export const OrderedList = BaseOrderedList.extend({
  addInputRules() {
    return [wrappingInputRule({
      find: /^(\d{1,2})[.)]\s$/,
      type: this.type,
      getAttributes: ([, number]) => ({ start: Number(number) }),
      joinPredicate: ([, number], list) => list.childCount + list.attrs.start === Number(number),
    })];
  },
});

function kept(name) {
  return { [name]: {
    default: null,
    parseHTML: (element) => element.getAttribute(`data-${name}`),
    renderHTML: ({ [name]: value }) => (value === null ? {} : { [`data-${name}`]: value }),
  } };
}

const withAttributes = (attributes) => ({ addAttributes() { return { ...this.parent?.(), ...attributes }; } });
// In cells and items the editor wants a paragraph around a text: `bare` says that there was none.
export const Paragraph = BaseParagraph.extend(withAttributes(kept("bare")));
// The rows of the editor's tables have no parts, and no caption: they are told as attributes.
export const Table = BaseTable.extend(withAttributes({ ...kept("caption"), ...kept("title") }));
export const TableRow = BaseTableRow.extend(withAttributes(kept("part")));
export const TableHeader = BaseTableHeader.extend(withAttributes({ scope: { default: null } }));

// What the editor has no other form for stands in the text as one block that can be moved and deleted only.
export const Kept = Node.create({
  name: "kept",
  group: "block",
  atom: true,
  draggable: true,
  addAttributes: () => kept("html"),
  parseHTML: () => [{ tag: "div[data-html]" }],
  renderHTML: ({ HTMLAttributes }) => ["div", HTMLAttributes],
  addNodeView: () => ({ node }) => {
    const dom = document.createElement("div");
    dom.className = "kept-block";
    dom.contentEditable = "false";
    dom.title = "Bagian ini disimpan apa adanya. Di sini hanya dapat dipindahkan atau dihapus.";
    dom.append(picture(node.attrs.html ?? ""));
    return { dom };
  },
  addProseMirrorPlugins: () => [new Plugin({ props: { handleTextInput: typedOnPicture, handleKeyDown: deletedPicture } })],
  onBeforeCreate() {
    const { editor } = this;
    const getHTML = editor.getHTML.bind(editor);
    editor.getHTML = () => stored(getHTML());
    editor.storage.kept.editable = (html) => editable(html, editor.schema);
    editor.options.content = editable(editor.options.content, editor.schema);
  },
});

// A click on a photo selects it, and not its figure: the editor would put the letter that is typed next in its place, or
// delete it, and leave a figure with a picture of nothing.
const isOnPicture = ({ node, $from }) => Boolean(node) && $from.parent.type.name === "figure";

function typedOnPicture(view, from, to, text) {
  const { selection, schema, tr } = view.state;
  if (!isOnPicture(selection)) return false;
  const behind = selection.$from.after();
  tr.insert(behind, schema.nodes.paragraph.create(null, schema.text(text)));
  tr.setSelection(selection.constructor.near(tr.doc.resolve(behind + 1 + text.length)));
  view.dispatch(tr.scrollIntoView());
  return true;
}

function deletedPicture(view, { key }) {
  const { selection, tr } = view.state;
  if (!["Backspace", "Delete"].includes(key) || !isOnPicture(selection)) return false;
  view.dispatch(tr.delete(selection.$from.before(), selection.$from.after()).scrollIntoView());
  return true;
}

function parsed(html) {
  const page = new DOMParser().parseFromString(`<body>${html}`, "text/html"); // nothing in it runs or loads
  const fragment = page.createDocumentFragment();
  fragment.append(...page.body.childNodes);
  return fragment;
}

function written(fragment) {
  const box = fragment.ownerDocument.createElement("div");
  box.append(fragment);
  return box.innerHTML;
}

// ---- From a stored body to the editor's HTML

const HOLDERS = "li, td, th, blockquote";
const BLOCKS = "p, h2, h3, hr, blockquote, ul, ol, table, figure, img, div, caption, figcaption, tbody, thead, tr, td, th, li";

function editable(html, schema) {
  if (typeof html !== "string" || !html) return html;
  const body = parsed(html);
  for (const block of [...body.children]) {
    const before = block.outerHTML;
    if (block.matches("a, strong, em, u, s, sub, sup")) { // around a picture
      protect(block, before);
      continue;
    }
    prepare(block);
    const doc = createDocument(block.outerHTML, schema);
    if (meaning(stored(getHTMLFromFragment(doc.content, schema))) !== meaning(before)) protect(block, before);
  }
  return written(body);
}

function protect(block, html) {
  const stand_in = document.createElement("div");
  stand_in.dataset.html = html;
  block.replaceWith(stand_in);
}

function prepare(block) {
  for (const holder of [block, ...block.querySelectorAll(HOLDERS)]) {
    if (holder.matches(HOLDERS)) wrapTexts(holder);
  }
  for (const table of [block, ...block.querySelectorAll("table")]) {
    if (table.matches("table")) flatten(table);
  }
}

function wrapTexts(holder) {
  let paragraph = null;
  if (!holder.children.length && !holder.textContent.trim()) holder.append(bareParagraph());
  for (const node of [...holder.childNodes]) {
    const is_text = node.nodeType === 3 ? paragraph || node.data.trim() : !node.matches(BLOCKS);
    if (!is_text) {
      paragraph = null;
      continue;
    }
    if (!paragraph) {
      paragraph = bareParagraph();
      node.before(paragraph);
    }
    paragraph.append(node);
  }
}

function bareParagraph() {
  const paragraph = document.createElement("p");
  paragraph.dataset.bare = "";
  return paragraph;
}

function flatten(table) {
  const parts = [...table.children].filter((part) => part.matches("thead, tbody"));
  const caption = [...table.children].find((part) => part.matches("caption"));
  if (caption) {
    table.dataset.caption = caption.innerHTML;
    table.dataset.title = caption.textContent;
    caption.remove();
  }
  if (parts.length < 2 && !parts[0]?.matches("thead")) return;
  parts.forEach((part, number) => {
    for (const row of part.children) row.dataset.part = `${part.localName}${number}`;
  });
}

// ---- From the editor's HTML to what is stored

const DROPPED = ["class", "style", "type", "data-type", "colwidth", "target", "rel", "title", "data-file"];

function stored(html) {
  const body = parsed(html);
  for (const element of body.querySelectorAll("*")) {
    for (const name of DROPPED) element.removeAttribute(name);
  }
  for (const paragraph of body.querySelectorAll("p[data-bare]")) {
    paragraph.removeAttribute("data-bare");
    const holder = paragraph.parentNode;
    const alone = holder.matches?.(HOLDERS) && [...holder.children].every((each) => each === paragraph || !each.matches("p, h2, h3"));
    if (alone) paragraph.replaceWith(...paragraph.childNodes);
  }
  for (const table of body.querySelectorAll("table")) restore(table);
  for (const block of body.querySelectorAll("div[data-html]")) block.replaceWith(parsed(block.dataset.html));
  return written(body);
}

function restore(table) {
  const rows = [...table.rows];
  const section = rows[0]?.parentNode;
  const parts = new Map();
  rows.forEach((row, number) => { // a new row belongs to those below it
    row.dataset.part ||= rows.slice(number).find((each) => each.dataset.part)?.dataset.part ?? rows[number - 1]?.dataset.part ?? "";
  });
  for (const row of rows) {
    const name = row.dataset.part;
    row.removeAttribute("data-part");
    if (!name) continue;
    if (!parts.has(name)) parts.set(name, document.createElement(name.startsWith("thead") ? "thead" : "tbody"));
    parts.get(name).append(row);
  }
  if (parts.size) section.replaceWith(...parts.values());
  if ("caption" in table.dataset) {
    const caption = document.createElement("caption");
    caption.append(parsed(table.dataset.caption));
    table.prepend(caption);
  }
  table.removeAttribute("data-caption");
  table.removeAttribute("data-title");
}

// ---- Whether two say the same: blocks with their attributes, and texts with their marks in any order

const MARKS = "strong, em, u, s, sub, sup, a";
const COUNTED = ["href", "src", "alt", "width", "height", "start", "colspan", "rowspan", "scope"];

function meaning(html) {
  const said = [];
  walk(parsed(html), [], said);
  return JSON.stringify(said.map((each) => (Array.isArray(each) ? [each[0], each[1].replace(/[ \n\t]+/g, " ")] : each))
    .map((each, number, all) => (Array.isArray(each) ? [each[0], trimmed(each[1], all[number - 1], all[number + 1])] : each))
    .filter((each) => !Array.isArray(each) || each[1]));
}

const isEdge = (neighbour) => neighbour === undefined || typeof neighbour === "string";

function trimmed(text, before, after) {
  if (isEdge(before)) text = text.replace(/^ /, "");
  return isEdge(after) ? text.replace(/ $/, "") : text;
}

function walk(parent, marks, said) {
  for (const node of parent.childNodes) {
    if (node.nodeType === 3) {
      const last = said.at(-1);
      if (Array.isArray(last) && last[0] === marks.join()) last[1] += node.data;
      else said.push([marks.join(), node.data]);
    } else if (node.nodeType === 1 && node.matches(MARKS)) {
      walk(node, [...new Set([...marks, named(node)])].sort(), said);
    } else if (node.nodeType === 1) {
      said.push(`<${named(node)}>${node.localName === "img" ? marks.join() : ""}`);
      walk(node, marks, said);
      said.push(`</${node.localName}>`);
    }
  }
}

function named(element) {
  const attributes = COUNTED.filter((name) => element.hasAttribute(name)).map((name) => `${name}=${element.getAttribute(name)}`);
  return [element.localName, ...attributes].join(" ");
}

// ---- A kept block as it is shown: what a body may contain and no more, wherever it came from

const SHOWN = new Set(`${MARKS}, ${BLOCKS}, br`.split(", "));
const HARMLESS = ["alt", "width", "height", "start", "colspan", "rowspan", "scope"];

function picture(html) {
  const body = parsed(html);
  for (const element of body.querySelectorAll("*")) {
    if (!SHOWN.has(element.localName)) {
      element.remove();
      continue;
    }
    const source = element.localName === "img" ? element.getAttribute("src") ?? "" : "";
    for (const { name } of [...element.attributes]) {
      if (!HARMLESS.includes(name) && !(name === "src" && /^\/[^/\\]/.test(source))) element.removeAttribute(name);
    }
  }
  return document.importNode(body, true);
}
