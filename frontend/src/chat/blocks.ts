// A streaming text in pieces: those that are complete aren't read again with every word that comes.

const FENCE = /^ {0,3}(`{3,}|~{3,})/;
const LIST = /^ {0,3}([-*+]|\d{1,9}[.)])\s/;

/** Cut at blank lines, but never inside a fence, a list or something indented. */
export function blocksOf(text: string): string[] {
  const blocks: string[] = [];
  let block: string[] = [];
  let fence = "";
  let blank = false;
  const close = () => {
    if (block.length) blocks.push(block.join("\n"));
    block = [];
  };
  for (const line of text.split("\n")) {
    const mark = FENCE.exec(line)?.[1] ?? "";
    if (!fence && blank && block.length && !goesOn(block, line)) close();
    block.push(line);
    if (!fence && mark) fence = mark;
    else if (fence && mark[0] === fence[0] && mark.length >= fence.length && line.trim() === mark) fence = "";
    blank = line.trim() === "";
  }
  close();
  return blocks;
}

function goesOn(block: string[], line: string): boolean {
  return line.trim() === "" || /^\s/.test(line) || (LIST.test(line) && block.some((one) => LIST.test(one)));
}
