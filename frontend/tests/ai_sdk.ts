// The AI SDK's own client at the app, as somebody else's page would use it: `deno run -A tests/ai_sdk.ts 7 SCENARIO`.
// Address and token come from the environment; what the client has in its hands goes to the standard output.

import type * as Seven from "ai";

type Sdk = Pick<typeof Seven, "AbstractChat" | "DefaultChatTransport">;
type Message = Seven.UIMessage<{ runId?: string }>;

const [version, scenario = ""] = Deno.args;
const sdk: unknown = version === "6" ? await import("ai-6") : await import("ai");
const { AbstractChat, DefaultChatTransport } = sdk as Sdk;
const url = Deno.env.get("APP_URL") ?? "";
const headers = { authorization: `Bearer ${Deno.env.get("APP_TOKEN")}` };
const thread = `sdk-${version}-${scenario}-${crypto.randomUUID()}`;
const NAP = (seconds: number) => `/nap {"seconds": ${seconds}}`;

/** Where the client keeps its messages; it notes each state that a tool call is seen in. */
class State {
  status: Seven.ChatStatus = "ready";
  error: Error | undefined = undefined;
  seen: string[] = [];
  #messages: Message[] = [];
  get messages() {
    return this.#messages;
  }
  set messages(now: Message[]) {
    this.#messages = now;
    this.#note();
  }
  pushMessage = (message: Message) => void (this.messages = [...this.#messages, message]);
  popMessage = () => void (this.messages = this.#messages.slice(0, -1));
  replaceMessage = (place: number, message: Message) => {
    this.messages = this.#messages.map((one, at) => (at === place ? structuredClone(message) : one));
  };
  snapshot = <T>(thing: T): T => structuredClone(thing);
  #note() {
    for (const part of this.#messages.at(-1)?.parts ?? []) {
      const state = part.type.startsWith("tool-")
        ? `${part.type} ${(part as { state: string }).state}`
        : part.type === "data-tool"
        ? `data-tool ${(part as { data: { state: string } }).data.state}`
        : "";
      if (state && this.seen.at(-1) !== state && !this.seen.includes(state)) this.seen.push(state);
    }
  }
}

class Chat extends AbstractChat<Message> {
  readonly held: State;
  constructor(fetching?: typeof fetch) {
    const state = new State();
    const transport = new DefaultChatTransport<Message>({ api: `${url}/api/chat`, headers, fetch: fetching });
    super({ id: thread, transport, state: state as unknown as Seven.ChatState<Message> });
    this.held = state;
  }
  get report() {
    return { status: this.status, error: this.error?.message ?? "", messages: this.messages, seen: this.held.seen };
  }
}

async function until(true_: () => boolean): Promise<void> {
  while (!true_()) await new Promise((go) => setTimeout(go, 20));
}

const isRunning = (chat: Chat) => chat.held.seen.includes("data-tool running");

/** As when the network goes in mid-answer. */
const cut: typeof fetch = async (input, init) => {
  const answer = await fetch(input, init);
  const reader = answer.body?.getReader();
  let text = "";
  const body = new ReadableStream<Uint8Array>({
    async pull(out) {
      const { value, done } = await reader!.read();
      if (value) out.enqueue(value);
      text += value ? new TextDecoder().decode(value) : "";
      if (done) out.close();
      else if (text.includes('"running"')) out.error(new TypeError("network error"));
    },
  });
  return new Response(body, { status: answer.status, headers: answer.headers });
};

const SCENARIOS: Record<string, () => Promise<unknown>> = {
  async text() {
    const chat = new Chat();
    await chat.sendMessage({ text: "hello" });
    return chat.report;
  },
  async tool() {
    const chat = new Chat();
    await chat.sendMessage({ text: NAP(1) });
    return chat.report;
  },
  async wrong() {
    const chat = new Chat();
    await chat.sendMessage({ text: '/nap {"seconds": "many"}' });
    return chat.report;
  },
  async refused() {
    const chat = new Chat();
    await chat.sendMessage({ text: "   " });
    return chat.report;
  },
  async resume() {
    const chat = new Chat();
    const asked = chat.sendMessage({ text: NAP(3) });
    await until(() => isRunning(chat));
    await chat.stop();
    await asked;
    const other = new Chat();
    other.messages = chat.messages.slice(0, 1);
    await other.resumeStream();
    return other.report;
  },
  async drop() {
    const chat = new Chat(cut);
    await chat.sendMessage({ text: NAP(3) });
    const dropped = chat.status;
    const again = new Chat();
    again.messages = chat.messages.slice(0, 1);
    await again.resumeStream();
    return { ...again.report, dropped };
  },
  async idle() {
    const chat = new Chat();
    await chat.sendMessage({ text: "hello" });
    await chat.resumeStream();
    return chat.report;
  },
  async stop() {
    const chat = new Chat();
    const asked = chat.sendMessage({ text: NAP(30) });
    await until(() => isRunning(chat));
    const run = chat.messages.at(-1)?.metadata?.runId;
    const body = JSON.stringify({ run });
    await fetch(`${url}/api/chat/${thread}/stop`, {
      method: "POST",
      headers: { ...headers, "content-type": "application/json" },
      body,
    });
    await asked;
    return chat.report;
  },
  async regenerate() {
    const chat = new Chat();
    await chat.sendMessage({ text: "hello" });
    const first = chat.messages.at(-1)?.id;
    await chat.regenerate();
    return { ...chat.report, first };
  },
  async edit() {
    const chat = new Chat();
    await chat.sendMessage({ text: "hello" });
    const messageId = chat.messages[0]?.id ?? "";
    await chat.sendMessage({ text: "hello again", messageId });
    return chat.report;
  },
};

const result = await SCENARIOS[scenario]?.();
const told = await fetch(`${url}/api/threads/${thread}/messages`, { headers });
console.log(JSON.stringify({ ...(result as object), kept: told.ok ? await told.json() : null }));
Deno.exit(0);
