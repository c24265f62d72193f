// Words of a model as Markdown: no HTML of its own, no image from elsewhere, no link in disguise. Loaded when needed.

import { type ComponentProps, memo, type ReactNode } from "react";
import ReactMarkdown, { type Components } from "react-markdown";
import gfm from "remark-gfm";
import { blocksOf } from "./blocks.ts";
import { Code } from "./Code.tsx";
import { hostBeside, safeAddress } from "./links.ts";

const PLUGINS = [gfm];
const COMPONENTS: Components = { a: Anchor, img: Image, pre: Pre, table: Wide };

export default function Markdown({ text, isLive }: { text: string; isLive: boolean }) {
  const blocks = isLive ? blocksOf(text) : [text];
  return (
    <div className="prose">
      {blocks.map((block, place) => <Block key={place} text={block} />)}
    </div>
  );
}

const Block = memo(function Block({ text }: { text: string }) {
  return <ReactMarkdown remarkPlugins={PLUGINS} components={COMPONENTS} skipHtml={false}>{text}</ReactMarkdown>;
});

function wordsOf(node: ReactNode): string {
  if (typeof node === "string" || typeof node === "number") return String(node);
  if (Array.isArray(node)) return node.map(wordsOf).join("");
  if (node && typeof node === "object" && "props" in node) {
    return wordsOf((node.props as { children?: ReactNode }).children);
  }
  return "";
}

function Anchor({ href, children }: ComponentProps<"a">) {
  const address = safeAddress(href);
  if (!address) return <span>{children}</span>;
  const host = hostBeside(address, wordsOf(children));
  return (
    <>
      <a href={address} target="_blank" rel="noopener noreferrer nofollow">{children}</a>
      {host ? <span className="host">({host})</span> : null}
    </>
  );
}

function Image({ src, alt }: ComponentProps<"img">) {
  const address = safeAddress(typeof src === "string" ? src : undefined);
  if (!address) return <span className="host">[image: {alt || "without a name"}]</span>;
  return <Anchor href={address}>{`image: ${alt || "without a name"}`}</Anchor>;
}

function Pre({ node }: ComponentProps<"pre"> & { node?: unknown }) {
  const code = (node as { children?: HastCode[] } | undefined)?.children?.[0];
  const language = code?.properties?.className?.map(String).find((one) => one.startsWith("language-"))?.slice(9) ?? "";
  const text = code?.children?.map((one) => one.value ?? "").join("") ?? "";
  return <Code text={text.replace(/\n$/, "")} language={language} />;
}

type HastCode = { properties?: { className?: (string | number)[] }; children?: { value?: string }[] };

function Wide({ children }: ComponentProps<"table">) {
  return (
    <div className="wide" tabIndex={0} role="region" aria-label="Table">
      <table>{children}</table>
    </div>
  );
}
