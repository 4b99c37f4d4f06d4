/** The page's element with this id and of this class; throws where the page has none. */
export function find<T extends HTMLElement>(id: string, kind: new () => T): T {
  const element = document.getElementById(id);
  if (element instanceof kind) return element;
  throw new Error(`the page has no ${kind.name} #${id}`);
}

/** Makes an element with a CSS class and content. */
export function make<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  className = '',
  ...content: (Node | string)[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  if (className !== '') element.className = className;
  element.append(...content);
  return element;
}

/** The value of a CSS custom property in the present colour scheme. */
export const styled = (name: string): string => getComputedStyle(document.body).getPropertyValue(name).trim();

/** Runs `paint` whenever the colour scheme changes. */
export function whenSchemeChanges(paint: () => void): void {
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', paint);
}
