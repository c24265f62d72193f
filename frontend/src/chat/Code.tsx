// A piece of code with its colours, once they are there, and a way to copy it.

import { memo, type ReactNode, useEffect, useState } from "react";
import { CopyButton } from "../design/parts.tsx";

const LONGEST_COLOURED = 50_000; // characters; more would hold up the page

export const Code = memo(function Code({ text, language = "" }: { text: string; language?: string }) {
  const [coloured, setColoured] = useState<{ text: string; shown: ReactNode } | null>(null);
  useEffect(() => {
    if (text.length > LONGEST_COLOURED) return;
    let here = true;
    import("./colours.tsx").then(
      ({ colours }) => here && setColoured({ text, shown: colours(text, language) }),
      () => {}, // it reads well without them
    );
    return () => void (here = false);
  }, [text, language]);
  return (
    <div className="code">
      <div className="code-head">
        <span>{language || "text"}</span>
        <CopyButton text={text} label="Copy the code" />
      </div>
      <pre tabIndex={0}><code>{coloured?.text === text ? coloured.shown : text}</code></pre>
    </div>
  );
});
