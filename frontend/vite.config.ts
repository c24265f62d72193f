// The page lands in the app's package; each file is packed once, here, and not for every reader.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import react from "@vitejs/plugin-react";
import { defineConfig, type Plugin } from "vite";

const built = new URL("../backend/src/neuroagent/app/page/built/", import.meta.url).pathname;

function packed(): Plugin {
  return {
    name: "packed",
    apply: "build",
    closeBundle() {
      for (const name of readdirSync(`${built}assets`).filter((one) => /\.(js|css|svg)$/.test(one))) {
        writeFileSync(`${built}assets/${name}.gz`, gzipSync(readFileSync(`${built}assets/${name}`), { level: 9 }));
      }
    },
  };
}

export default defineConfig({
  plugins: [react(), packed()],
  build: {
    outDir: built,
    emptyOutDir: true,
    manifest: true,
    target: ["chrome123", "firefox121", "safari17.5"],
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 5000,
  },
  server: { proxy: { "/api": "http://127.0.0.1:8078", "/sign-in": "http://127.0.0.1:8078" } },
});
