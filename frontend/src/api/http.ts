// How the page speaks to the app: JSON both ways, and errors that say what happened.

export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly requestId: string,
  ) {
    super(message);
  }
}

type ErrorBody = { error?: { code?: string; message?: string; request_id?: string } };

export function errorOf(status: number, body: string): ApiError {
  try {
    const { error } = JSON.parse(body) as ErrorBody;
    if (error?.message) return new ApiError(status, error.code ?? "", error.message, error.request_id ?? "");
  } catch {
    // not ours: a proxy's page
  }
  return new ApiError(status, "", `The server answered with status ${status}.`, "");
}

/** Fired on the window when the sign-in has run out. */
export const SIGNED_OUT = "neuroagent:signed-out";

export async function call<T>(method: string, path: string, body?: unknown, signal?: AbortSignal): Promise<T> {
  const answer = await fetch(path, {
    method,
    signal,
    headers: body === undefined ? {} : { "content-type": "application/json" },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  if (answer.ok) return (answer.status === 204 ? undefined : await answer.json()) as T;
  if (answer.status === 401) globalThis.dispatchEvent(new Event(SIGNED_OUT));
  throw errorOf(answer.status, await answer.text());
}

export const get = <T>(path: string, signal?: AbortSignal): Promise<T> => call<T>("GET", path, undefined, signal);
export const post = <T>(path: string, body: unknown = {}): Promise<T> => call<T>("POST", path, body);

/** What the app said, or that nobody answered. */
export function said(error: unknown): string {
  if (error instanceof ApiError) return error.message;
  if (error instanceof TypeError) return "The server can't be reached.";
  return error instanceof Error ? error.message : String(error);
}
