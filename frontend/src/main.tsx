// The page's first lines.

import { createRoot } from "react-dom/client";
import "./design/tokens.css";
import "./design/page.css";
import { showTheme, themeNow } from "./settings/theme.ts";
import { App } from "./shell/App.tsx";

showTheme(themeNow());
createRoot(document.getElementById("page") as HTMLElement).render(<App />);
