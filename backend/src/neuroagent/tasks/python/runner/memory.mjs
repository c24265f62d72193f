// Memory as it is written down: the base without its empty parts, and a session as what differs from the base.

const EMPTY_RUN = 65536; // bytes; the base leaves out whatever is empty for so long
const PAGE = 4096; // bytes; a session's changes are kept by pages of this size

// → [[offset, length], …] of what isn't empty
export function ranges(heap) {
  const words = new BigUint64Array(heap.buffer, heap.byteOffset, heap.byteLength / 8);
  const step = EMPTY_RUN / 8;
  const found = [];
  for (let at = 0; at < words.length; at += step) {
    if (words.subarray(at, at + step).every((word) => word === 0n)) continue;
    const last = found.at(-1);
    if (last && last[0] + last[1] === at * 8) last[1] += EMPTY_RUN;
    else found.push([at * 8, EMPTY_RUN]);
  }
  return found;
}

export function fill(heap, base, parts) {
  let at = 0;
  for (const [offset, length] of parts) {
    heap.set(base.subarray(at, at + length), offset);
    at += length;
  }
}

// → {pages, bytes}: the numbers of the pages that differ from the base, and each XORed with it, one behind the other
export function difference(heap, base, parts) {
  const pages = [];
  const now = words(heap);
  eachPage(heap, base, parts, (page, before) => { if (differs(now, (page * PAGE) / 4, before)) pages.push(page); });
  const bytes = new Uint8Array(pages.length * PAGE);
  pages.forEach((page, place) => bytes.set(heap.subarray(page * PAGE, (page + 1) * PAGE), place * PAGE));
  xor(words(bytes), pages, base, parts);
  return { pages, bytes };
}

// Two numbers a page: enough to find the pages that have changed without having the base at hand.
export function fingerprints(heap) {
  const now = words(heap);
  const prints = new Int32Array((heap.length / PAGE) * 2);
  for (let page = 0; page < heap.length / PAGE; page++) print(now, (page * PAGE) / 4, prints, page * 2);
  return prints;
}

// → {pages, bytes}: the pages that differ from the fingerprints, as they are
export function changedSince(heap, prints) {
  const [now, found, empty] = [words(heap), new Int32Array(2), fingerprints(new Uint8Array(PAGE))];
  const pages = [];
  for (let page = 0; page < heap.length / PAGE; page++) {
    print(now, (page * PAGE) / 4, found, 0);
    const [old, at] = page * 2 < prints.length ? [prints, page * 2] : [empty, 0];
    if (found[0] !== old[at] || found[1] !== old[at + 1]) pages.push(page);
  }
  const bytes = new Uint8Array(pages.length * PAGE);
  pages.forEach((page, place) => bytes.set(heap.subarray(page * PAGE, (page + 1) * PAGE), place * PAGE));
  return { pages, bytes };
}

// Four lanes side by side keep the processor busy.
function print(now, at, prints, to) {
  let [a, b, c, d] = [1, 2, 3, 4];
  for (let word = at; word < at + PAGE / 4; word += 4) {
    a = Math.imul(a ^ now[word], 0x9e3779b1);
    b = Math.imul(b ^ now[word + 1], 0x85ebca6b);
    c = Math.imul(c ^ now[word + 2], 0xc2b2ae35);
    d = Math.imul(d ^ now[word + 3], 0x27d4eb2f);
    a ^= a >>> 15;
    b ^= b >>> 15;
    c ^= c >>> 15;
    d ^= d >>> 15;
  }
  prints[to] = Math.imul(a, 31) ^ b;
  prints[to + 1] = Math.imul(c, 31) ^ d;
}

// XOR the pages, which lie one behind the other, with the base; `read(target, offset)` reads the base as it lies in its file.
export function xorWithBase(bytes, pages, parts, read) {
  for (let first = 0; first < pages.length;) {
    const [start, end] = whereItLies(pages[first] * PAGE, parts);
    let last = first + 1;
    while (last < pages.length && pages[last] === pages[last - 1] + 1 && (start === null || pages[last] * PAGE < end)) last += 1;
    if (start !== null) xorRun(bytes.subarray(first * PAGE, last * PAGE), start, read);
    first = start === null ? first + 1 : last;
  }
}

function xorRun(run, start, read) {
  const old = new Uint8Array(run.length);
  read(old, start);
  const [target, source] = [words(run), words(old)];
  for (let word = 0; word < target.length; word++) target[word] ^= source[word];
}

// → [where in the base's file, where in memory its part ends], or nulls where the base is empty
function whereItLies(address, parts) {
  let start = 0;
  for (const [offset, length] of parts) {
    if (address < offset) break;
    if (address < offset + length) return [start + address - offset, offset + length];
    start += length;
  }
  return [null, null];
}

// Onto a heap that holds the base.
export function apply(heap, pages, bytes) {
  const target = words(heap);
  const source = words(bytes);
  pages.forEach((page, place) => xorPage(target, (page * PAGE) / 4, source, (place * PAGE) / 4));
}

function xorPage(target, to, source, from) {
  for (let word = 0; word < PAGE / 4; word++) target[to + word] ^= source[from + word];
}

// Back to the base and what `steps` made of it. Only where it must: a page that was never touched takes no room.
export function putBack(heap, base, parts, steps) {
  const [now, then] = [words(heap), words(steps.bytes)];
  const places = new Map(steps.pages.map((page, place) => [page, place]));
  eachPage(heap, base, parts, (page, before) => {
    const at = (page * PAGE) / 4;
    if (!places.has(page) && !differs(now, at, before)) return;
    if (before) now.set(before[0].subarray(before[1], before[1] + PAGE / 4), at); else now.fill(0, at, at + PAGE / 4);
    if (places.has(page)) xorPage(now, at, then, (places.get(page) * PAGE) / 4);
  });
}

// Not against anybody: it tells whether two boots have left the same behind.
export function checksum({ pages, bytes }) {
  let sum = pages.length;
  for (const page of pages) sum = (Math.imul(sum, 31) + page) | 0;
  for (const word of words(bytes)) sum = (Math.imul(sum, 31) + word) | 0;
  return sum;
}

function words(bytes) {
  return new Int32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 4);
}

// `before` is the base's page as [words, offset], or null where the base is empty.
function eachPage(heap, base, parts, look) {
  const old = words(base);
  const count = heap.length / PAGE;
  let [part, start, page] = [0, 0, 0];
  for (; page < count; page++) {
    while (part < parts.length && page * PAGE >= parts[part][0] + parts[part][1]) start += parts[part++][1];
    const inside = part < parts.length && page * PAGE >= parts[part][0];
    look(page, inside ? [old, (start + page * PAGE - parts[part][0]) / 4] : null);
  }
}

function differs(now, at, before) {
  if (!before) {
    for (let word = at; word < at + PAGE / 4; word++) if (now[word] !== 0) return true;
    return false;
  }
  const [old, from] = before;
  for (let word = 0; word < PAGE / 4; word++) if (now[at + word] !== old[from + word]) return true;
  return false;
}

function xor(target, pages, base, parts) {
  const old = words(base);
  let [part, start] = [0, 0];
  pages.forEach((page, place) => {
    while (part < parts.length && page * PAGE >= parts[part][0] + parts[part][1]) start += parts[part++][1];
    if (part >= parts.length || page * PAGE < parts[part][0]) return;
    xorPage(target, (place * PAGE) / 4, old, (start + page * PAGE - parts[part][0]) / 4);
  });
}
