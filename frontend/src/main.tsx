// The page's first lines.

import { createRoot } from "react-dom/client";
import "./design/tokens.css";
import "./design/base.css";
import "./design/controls.css";
import "./design/signs.css";
import "./design/frame.css";
import "./design/views.css";
import "./design/chat.css";
import "./design/results.css";
import "./design/phone.css";
import { showTheme, themeNow } from "./settings/theme.ts";
import { App } from "./shell/App.tsx";

showTheme(themeNow());
createRoot(document.getElementById("page") as HTMLElement).render(<App />);
