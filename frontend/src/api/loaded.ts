// A value of the app, loaded when a view opens and again as often as the view asks for it.

import { useCallback, useEffect, useRef, useState } from "react";

export type Loaded<T> = { value: T | null; error: unknown; reload: () => Promise<void> };

export function useLoaded<T>(load: (signal: AbortSignal) => Promise<T>, key: string, every = 0): Loaded<T> {
  const [held, setHeld] = useState<{ key: string; value: T | null; error: unknown }>({ key, value: null, error: null });
  const latest = useRef(load);
  latest.current = load;

  const look = useCallback(async (signal: AbortSignal) => {
    try {
      const value = await latest.current(signal);
      if (!signal.aborted) setHeld({ key, value, error: null });
    } catch (error) {
      if (!signal.aborted) setHeld((before) => ({ key, value: before.key === key ? before.value : null, error }));
    }
  }, [key]);

  useEffect(() => {
    const leaving = new AbortController();
    let timer = 0;
    const round = async () => {
      if (!document.hidden) await look(leaving.signal);
      if (every && !leaving.signal.aborted) timer = setTimeout(round, every);
    };
    round();
    return () => {
      leaving.abort();
      clearTimeout(timer);
    };
  }, [look, every]);

  const reload = useCallback(() => look(new AbortController().signal), [look]);
  return held.key === key ? { ...held, reload } : { value: null, error: null, reload };
}
