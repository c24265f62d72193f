// The line to the worker process: frames of a JSON header and bytes; those that go out begin with a secret.

const LARGEST_HEADER = 4 << 20;
const LARGEST_PAYLOAD = 512 << 20;

export function writer(secret, to) {
  return (header, payload = new Uint8Array()) => {
    const text = new TextEncoder().encode(JSON.stringify(header));
    const lead = new Uint8Array(secret.length + 8);
    lead.set(secret);
    new DataView(lead.buffer).setUint32(secret.length, text.length);
    new DataView(lead.buffer).setUint32(secret.length + 4, payload.length);
    const small = new Uint8Array(lead.length + text.length);
    small.set(lead);
    small.set(text, lead.length);
    write(to, small);
    write(to, payload);
  };
}

function write(to, bytes) {
  for (let at = 0; at < bytes.length;) at += to.writeSync(bytes.subarray(at));
}

// A reader takes exactly what it asks for, and ends the process when there is no more: nobody is there to work for.
export function reader(from) {
  const source = from.getReader({ mode: "byob" });
  const take = async (length) => {
    let bytes = new Uint8Array(length);
    for (let filled = 0; filled < length;) {
      const { value, done } = await source.read(bytes.subarray(filled));
      if (done || !value) Deno.exit(0);
      bytes = new Uint8Array(value.buffer);
      filled += value.byteLength;
    }
    return bytes;
  };
  const frame = async () => {
    const lead = new DataView((await take(8)).buffer);
    const [header, payload] = [lead.getUint32(0), lead.getUint32(4)];
    if (header > LARGEST_HEADER || payload > LARGEST_PAYLOAD) Deno.exit(3);
    return [JSON.parse(new TextDecoder().decode(await take(header))), payload ? await take(payload) : new Uint8Array()];
  };
  return { take, frame };
}
