// What one sees of a page, measured in the page: text that is cut off, text upon text, a page that scrolls sideways, targets that are too
// small, and what is drawn without its styles.

import { AxeBuilder } from "@axe-core/playwright";
import type { Page } from "@playwright/test";

/** Something that does not look as it should. */
export interface Fault {
  /** What is wrong: *cut off*, *upon another*, *sideways*, *small target*, *no style*, or a rule of accessibility. */
  what: string;
  /** The element. */
  at: string;
  /** What it says, or what else there is to know. */
  text: string;
}

/** The smallest side of what is clicked or touched, in pixels. */
const SMALLEST_TARGET = 24;

/** Everything that is wrong with a page as it stands. */
export async function faultsOf(page: Page): Promise<Fault[]> {
  const seen = await page.evaluate(look, SMALLEST_TARGET);
  // Without frames nothing has to be gathered from several of them, and what passes is not asked for: half the time.
  const options = { rules: { "label-content-name-mismatch": { enabled: true } }, resultTypes: ["violations" as const] };
  const { violations } = await new AxeBuilder({ page }).setLegacyMode(true).options(options).analyze();
  const told = violations.flatMap(({ id, help, nodes }) =>
    nodes.map((node) => ({ what: `${id}: ${help}`, at: node.target.join(" "), text: `${node.html.slice(0, 120)} ${node.any[0]?.message ?? node.all[0]?.message ?? ""}` })),
  );
  return [...seen, ...told];
}

/** The faults as lines, the same one once. */
export function lines(faults: Fault[]): string[] {
  return [...new Set(faults.map(({ what, at, text }) => `${what}: ${at} "${text.replace(/\s+/g, " ").trim()}"`))];
}

/** Runs in the page. */
function look(smallest: number): Fault[] {
  const faults: Fault[] = [];

  const named = (element: Element): string => {
    const names: string[] = [];
    for (let at: Element | null = element; at && at !== document.body && names.length < 4; at = at.parentElement) {
      const classes = [...at.classList].map((name) => `.${name}`).join("");
      const label = at.getAttribute("aria-label");
      names.unshift(`${at.tagName.toLowerCase()}${at.id ? `#${at.id}` : classes}${label ? `[${label.slice(0, 30)}]` : ""}`);
      if (at.id) break;
    }
    return names.join(" > ");
  };
  const said = (element: Element) => (element.textContent ?? "").replace(/\s+/g, " ").trim().slice(0, 80);
  const tell = (what: string, element: Element, text = said(element)) => faults.push({ what, at: named(element), text });

  // A dialog that is open makes the page behind it a background.
  const root: Element = [...document.querySelectorAll("dialog[open]")].pop() ?? document.body;

  /** Whether somebody can see it, as far as its own style says. */
  const isShown = (element: Element): boolean => {
    if (!element.checkVisibility({ opacityProperty: true, visibilityProperty: true, contentVisibilityAuto: true })) return false;
    // What only assistive technology reads, and what comes forward with the focus, is in a box that is cut away.
    for (let at: Element | null = element; at; at = at.parentElement) {
      if (getComputedStyle(at).clipPath === "inset(50%)") return false;
      if (at === root) break;
    }
    return true;
  };

  /** The elements that have text of their own, with it. */
  const texts: { element: Element; node: Text }[] = [];
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode() as Text | null; node; node = walker.nextNode() as Text | null) {
    const element = node.parentElement;
    if (!element || !node.data.trim() || element.closest("script, style, noscript, option, svg > :is(title, desc), [hidden]")) continue;
    if (isShown(element)) texts.push({ element, node });
  }

  // Sideways.
  const width = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth > width + 1 || document.body.scrollWidth > width + 1) {
    const outside = [...document.body.querySelectorAll("*")].filter((element) => element.getBoundingClientRect().right > width + 1);
    tell("the page scrolls sideways", outside.find((element) => !outside.some((other) => other !== element && other.contains(element))) ?? document.body);
  }

  // Cut off.
  const isCut = (value: string) => value === "hidden" || value === "clip";
  const cut = new Set<Element>();
  for (const { element, node } of texts) {
    const range = document.createRange();
    range.selectNodeContents(node);
    const rects = [...range.getClientRects()].filter((rect) => rect.width > 1 && rect.height > 1);
    if (rects.length === 0) continue;
    const right = Math.max(...rects.map((rect) => rect.right));
    const left = Math.min(...rects.map((rect) => rect.left));
    const bottom = Math.max(...rects.map((rect) => rect.bottom));
    for (let box: Element | null = element; box && box !== root.parentElement; box = box.parentElement) {
      const style = getComputedStyle(box);
      // What scrolls can be reached, whatever is around it.
      if (/auto|scroll/.test(style.overflowX) && /auto|scroll/.test(style.overflowY)) break;
      const inside = box.getBoundingClientRect();
      const sideways = isCut(style.overflowX) && (right > inside.right + 1.5 || left < inside.left - 1.5);
      const below = isCut(style.overflowY) && bottom > inside.bottom + 4;
      if (!sideways && !below) continue;
      if (cut.has(box)) break;
      const isShortened = style.textOverflow === "ellipsis" || style.webkitLineClamp !== "none";
      // A title says the whole of it; a link leads to where the whole of it stands, and so does what unfolds.
      const isToldElsewhere = element.closest("[title], a[href], summary, tr:has(a[href])") ?? box.querySelector("[title], a[href]");
      if (!(isShortened && isToldElsewhere)) {
        cut.add(box);
        tell(isShortened ? "cut off without a title" : "cut off", element);
      }
      break;
    }
  }

  // A choice that its field has no room for.
  const pen = document.createElement("canvas").getContext("2d")!;
  for (const select of root.querySelectorAll("select")) {
    const style = getComputedStyle(select);
    if (!isShown(select) || style.textOverflow === "ellipsis") continue;
    const words = select.selectedOptions[0]?.text ?? "";
    pen.font = style.font;
    const room = select.clientWidth - Number.parseFloat(style.paddingLeft) - Number.parseFloat(style.paddingRight);
    if (pen.measureText(words).width > room + 1) tell("cut off", select, words);
  }

  // Upon another. Lines are as high as their letters: what stands above and below them is air.
  const layer = (element: Element): Element => {
    for (let at: Element = element; at !== root && at.parentElement; at = at.parentElement) {
      const style = getComputedStyle(at);
      const isLifted = style.position === "fixed" || style.position === "sticky" || (style.position === "absolute" && style.zIndex !== "auto");
      if (isLifted || at.matches("dialog, [popover]")) return at;
    }
    return root;
  };
  const isScroller = (style: CSSStyleDeclaration) => /auto|scroll/.test(`${style.overflowX} ${style.overflowY}`);
  const isClipper = (style: CSSStyleDeclaration) => style.overflowX !== "visible" || style.overflowY !== "visible";
  /** What scrolls an element, if anything does. */
  const scroller = (element: Element, of: Element): Element => {
    for (let at: Element | null = element; at && at !== of; at = at.parentElement) if (isScroller(getComputedStyle(at))) return at;
    return of;
  };
  /** The part of a line that nothing cuts away up to `within`, which is what scrolls it where it can be scrolled to. */
  const seenPart = (element: Element, rect: DOMRect, within: Element | null): DOMRect | null => {
    let [left, top, right, bottom] = [rect.left, rect.top + rect.height * 0.25, rect.right, rect.bottom - rect.height * 0.25];
    for (let box: Element | null = element; box && box !== within; box = box.parentElement) {
      const style = getComputedStyle(box);
      if (isClipper(style)) {
        const inside = box.getBoundingClientRect();
        [left, top, right, bottom] = [Math.max(left, inside.left), Math.max(top, inside.top), Math.min(right, inside.right), Math.min(bottom, inside.bottom)];
      }
      if (style.position === "fixed" || box === root) break;
    }
    return right - left > 1 && bottom - top > 1 ? new DOMRect(left, top, right - left, bottom - top) : null;
  };
  const drawn = texts.flatMap(({ element, node }) => {
    const range = document.createRange();
    range.selectNodeContents(node);
    const of = layer(element);
    const within = scroller(element, of);
    return [...range.getClientRects()].flatMap((rect) => {
      const whole = seenPart(element, rect, within);
      return whole ? [{ element, of, within, whole, part: seenPart(element, rect, null) }] : [];
    });
  });
  drawn.sort((one, other) => one.whole.top - other.whole.top);
  const told = new Set<Element>();
  drawn.forEach((one, place) => {
    for (let next = place + 1; next < drawn.length; next += 1) {
      const other = drawn[next]!;
      if (other.whole.top >= one.whole.bottom - 1) break;
      if (one.of !== other.of || one.element.contains(other.element) || other.element.contains(one.element) || told.has(one.element)) continue;
      // What one scroller holds is compared also where it is scrolled away; the rest as it is seen now.
      const [upper, lower] = one.within === other.within ? [one.whole, other.whole] : [one.part, other.part];
      if (!upper || !lower) continue;
      const across = Math.min(upper.right, lower.right) - Math.max(upper.left, lower.left);
      const along = Math.min(upper.bottom, lower.bottom) - Math.max(upper.top, lower.top);
      if (across > 2 && along > 1) {
        told.add(one.element);
        tell("upon another", one.element, `${said(one.element)} | ${named(other.element)}: ${said(other.element)}`);
      }
    }
  });

  // Small targets: what a finger meets around the middle of each.
  const targets = "a[href], button, input:not([type=hidden]), select, textarea, summary, [role=button], [role=option], [role=slider], [role=separator][tabindex]";
  for (const target of root.querySelectorAll(targets)) {
    if (!isShown(target) || target.matches(":disabled")) continue;
    const box = target.getBoundingClientRect();
    if (box.width >= smallest - 0.5 && box.height >= smallest - 0.5) continue;
    if (box.bottom < 0 || box.right < 0 || (box.width <= 1 && box.height <= 1)) continue;
    // A link in a sentence is as high as its line.
    const around = target.parentElement;
    const isInSentence = getComputedStyle(target).display === "inline" && around && [...around.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.textContent!.trim());
    if (isInSentence) continue;
    // So is a line of JSON that folds: it stands among lines that do not.
    if (target.matches(".json summary")) continue;
    const label = target instanceof HTMLInputElement ? (target.closest("label") ?? target.labels?.[0]) : null;
    if (label) {
      const whole = label.getBoundingClientRect();
      if (whole.width >= smallest - 0.5 && whole.height >= smallest - 0.5) continue;
    }
    target.scrollIntoView({ block: "center", inline: "nearest" });
    const now = target.getBoundingClientRect();
    const [x, y] = [now.left + now.width / 2, now.top + now.height / 2];
    const reach = smallest / 2 - 0.5;
    const meets = ([dx, dy]: readonly [number, number]) => {
      const hit = document.elementFromPoint(x + dx * reach, y + dy * reach);
      return hit !== null && (target.contains(hit) || (label?.contains(hit) ?? false));
    };
    if (!([[1, 0], [-1, 0], [0, 1], [0, -1]] as const).every(meets)) {
      tell("small target", target, `${Math.round(box.width)} × ${Math.round(box.height)} ${target.getAttribute("aria-label") ?? said(target)}`);
    }
  }

  // Drawn without its styles: a sheet that did not come with its part.
  const styled = new Set<string>();
  const read = (rules: CSSRuleList) => {
    for (const rule of rules) {
      if (rule instanceof CSSStyleRule) for (const [, name] of rule.selectorText.matchAll(/\.([\w-]+)/g)) styled.add(name!);
      if ("cssRules" in rule) read((rule as CSSGroupingRule).cssRules);
    }
  };
  for (const sheet of document.styleSheets) read(sheet.cssRules);
  const bare = new Map<string, Element>();
  for (const element of document.body.querySelectorAll("[class]")) for (const name of element.classList) if (!styled.has(name) && !bare.has(name)) bare.set(name, element);
  for (const [name, element] of bare) tell(`no style for .${name}`, element);
  return faults;
}
