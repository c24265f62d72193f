// A scroll that stays at its end while that grows, unless one has scrolled away from it.

import { type ReactNode, useEffect, useRef, useState } from "react";
import { Button } from "../design/parts.tsx";

const NEAR = 80; // pixels

export function Scroller({ children, onTop }: { children: ReactNode; onTop?: () => void }) {
  const box = useRef<HTMLDivElement>(null);
  const inside = useRef<HTMLDivElement>(null);
  const top = useRef<HTMLDivElement>(null);
  const stays = useRef(true);
  const [away, setAway] = useState(false);

  const toEnd = () => box.current?.scrollTo({ top: box.current.scrollHeight });
  useEffect(() => {
    const watcher = new ResizeObserver(() => stays.current && toEnd());
    if (inside.current) watcher.observe(inside.current);
    if (box.current) watcher.observe(box.current);
    return () => watcher.disconnect();
  }, []);

  const hasMore = onTop !== undefined;
  const latest = useRef(onTop);
  latest.current = onTop;
  useEffect(() => {
    if (!hasMore || !top.current) return;
    const watcher = new IntersectionObserver(([seen]) => seen?.isIntersecting && latest.current?.(), {
      root: box.current,
      rootMargin: "600px",
    });
    watcher.observe(top.current);
    return () => watcher.disconnect();
  });

  const scrolled = () => {
    const { scrollTop, scrollHeight, clientHeight } = box.current as HTMLDivElement;
    stays.current = scrollHeight - scrollTop - clientHeight < NEAR;
    setAway(!stays.current);
  };
  return (
    <div className="scroller" ref={box} onScroll={scrolled} tabIndex={0} role="region" aria-label="Conversation">
      {hasMore ? <div ref={top} className="more" /> : null}
      <div ref={inside}>{children}</div>
      {away ? <Button className="to-end" onClick={toEnd}>Latest</Button> : null}
    </div>
  );
}
