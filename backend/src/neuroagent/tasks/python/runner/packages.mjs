// The packages as a read-only filesystem over one blob; a file is read when it is first opened.

const EROFS = 69;
const ENOENT = 44;
const EINVAL = 28;
const BLOCK = 4096;

// index: [[path, offset, length], …]; read(target, offset) fills the target.
export function mountPackages(FS, { path, index, read }) {
  FS.mkdirTree(path);
  FS.mount(filesystem(FS, tree(index), read), {}, path);
}

function tree(index) {
  const root = { children: new Map() };
  for (const [path, offset, length] of index) {
    const parts = path.split("/");
    let folder = root;
    for (const name of parts.slice(0, -1)) {
      if (!folder.children.has(name)) folder.children.set(name, { children: new Map() });
      folder = folder.children.get(name);
    }
    folder.children.set(parts.at(-1), { offset, length });
  }
  return root;
}

function filesystem(FS, root, read) {
  const fail = (code) => { throw new FS.ErrnoError(code); };
  const refuse = () => fail(EROFS);
  const node = (parent, name, entry) => {
    const made = FS.createNode(parent, name, entry.children ? 0o40555 : 0o100444, 0);
    return Object.assign(made, { entry, contents: null, node_ops: nodes, stream_ops: streams });
  };
  const nodes = {
    getattr: (of) => attributes(of),
    lookup: (parent, name) => node(parent, name, parent.entry.children.get(name) ?? fail(ENOENT)),
    readdir: (of) => [".", "..", ...of.entry.children.keys()],
    setattr: refuse, mknod: refuse, rename: refuse, unlink: refuse, rmdir: refuse, symlink: refuse,
  };
  const streams = {
    read: ({ node: of }, buffer, at, length, position) => {
      of.contents ??= contents(of.entry, read);
      const part = of.contents.subarray(position, position + length);
      buffer.set(part, at);
      return part.length;
    },
    llseek: (stream, offset, whence) => {
      const target = offset + [0, stream.position, stream.node.entry.length][whence];
      return target < 0 ? fail(EINVAL) : target;
    },
    close: (stream) => { stream.node.contents = null; },
    write: refuse,
  };
  return { mount: () => node(null, "/", root) };
}

function contents({ offset, length }, read) {
  const bytes = new Uint8Array(length);
  if (length) read(bytes, offset);
  return bytes;
}

function attributes({ id, mode, entry }) {
  const size = entry.children ? BLOCK : entry.length;
  const [atime, mtime, ctime] = [new Date(0), new Date(0), new Date(0)];
  return { dev: 1, ino: id, mode, nlink: 1, uid: 0, gid: 0, rdev: 0, size, atime, mtime, ctime, blksize: BLOCK, blocks: Math.ceil(size / BLOCK) };
}
