// Where a link of a model really leads.

/** What to say beside a link: its host, unless the text is its address already. */
export function hostBeside(href: string, text: string): string {
  let url: URL;
  try {
    url = new URL(href);
  } catch {
    return "";
  }
  if (url.protocol === "mailto:") return text === url.pathname ? "" : url.pathname;
  const plain = text.trim().replace(/\/$/, "");
  return plain === href.replace(/\/$/, "") ? "" : url.host;
}

/** Only the web and mail; anything else stays text. */
export function safeAddress(href: string | undefined): string | null {
  if (!href) return null;
  try {
    const url = new URL(href);
    return ["http:", "https:", "mailto:"].includes(url.protocol) ? url.href : null;
  } catch {
    return null;
  }
}
