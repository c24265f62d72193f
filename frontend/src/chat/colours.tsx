// Colours for code, as elements and never as HTML; loaded with the first piece of code.

import { toJsxRuntime } from "hast-util-to-jsx-runtime";
import bash from "highlight.js/lib/languages/bash";
import javascript from "highlight.js/lib/languages/javascript";
import json from "highlight.js/lib/languages/json";
import python from "highlight.js/lib/languages/python";
import sql from "highlight.js/lib/languages/sql";
import { createLowlight } from "lowlight";
import type { ReactNode } from "react";
import { Fragment, jsx, jsxs } from "react/jsx-runtime";

const lowlight = createLowlight({ bash, javascript, json, python, sql });
lowlight.registerAlias({ bash: ["sh", "shell", "console"], javascript: ["js", "ts", "typescript", "jsx", "tsx"] });

export function colours(text: string, language: string): ReactNode {
  if (!lowlight.registered(language)) return text;
  return toJsxRuntime(lowlight.highlight(language, text), { Fragment, jsx, jsxs });
}
