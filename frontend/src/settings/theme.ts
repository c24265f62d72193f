// Light, dark, or as the machine says; remembered in this browser.

export type Theme = "system" | "light" | "dark";
export const THEMES: Theme[] = ["system", "light", "dark"];
const KEPT = "neuroagent.theme";
export const THEME_CHANGED = "neuroagent:theme";

export function themeNow(): Theme {
  const kept = localStorage.getItem(KEPT);
  return THEMES.find((one) => one === kept) ?? "system";
}

export function showTheme(theme: Theme): void {
  localStorage.setItem(KEPT, theme);
  if (theme === "system") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
  globalThis.dispatchEvent(new Event(THEME_CHANGED));
}

export function isDark(): boolean {
  const theme = themeNow();
  return theme === "system" ? matchMedia("(prefers-color-scheme: dark)").matches : theme === "dark";
}

/** Calls back whenever light turns to dark or the other way round. */
export function onTheme(changed: () => void): () => void {
  const machine = matchMedia("(prefers-color-scheme: dark)");
  machine.addEventListener("change", changed);
  globalThis.addEventListener(THEME_CHANGED, changed);
  return () => {
    machine.removeEventListener("change", changed);
    globalThis.removeEventListener(THEME_CHANGED, changed);
  };
}
