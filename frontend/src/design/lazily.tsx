// What is loaded when it is needed: tried again while the network is away, and never the end of the whole page.

import { Component, type ComponentType, lazy, type ReactNode } from "react";
import { Button, Problem } from "./parts.tsx";

const PAUSES = [500, 1000, 2000, 4000, 8000, 8000, 8000];

type Module<P> = { default: ComponentType<P> };

export async function persistently<T>(load: () => Promise<T>, pauses: number[] = PAUSES): Promise<T> {
  for (const pause of pauses) {
    try {
      return await load();
    } catch {
      await new Promise((go) => setTimeout(go, pause)); // the network may be back then
    }
  }
  return await load();
}

export function lazily<P extends object>(load: () => Promise<Module<P>>) {
  return lazy(() => persistently(load));
}

type BoundaryProps = { fallback?: ReactNode; children: ReactNode };

/** What breaks below it is shown as broken; all around it goes on. */
export class Boundary extends Component<BoundaryProps, { broken: boolean }> {
  override state = { broken: false };

  static getDerivedStateFromError() {
    return { broken: true };
  }

  override render() {
    if (!this.state.broken) return this.props.children;
    if (this.props.fallback) return this.props.fallback;
    return (
      <Problem action={<Button onClick={() => location.reload()}>Load the page again</Button>}>
        <p>This part of the page could not be shown.</p>
      </Problem>
    );
  }
}
