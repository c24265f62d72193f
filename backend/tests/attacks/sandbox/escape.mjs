// What a script could do that had broken out of its interpreter and out of its isolate, with every permission of Deno's:
// only the operating system is left. Each attack says what it got; whatever it gets must be harmless to the machine.
const given = JSON.parse(Deno.args[0]); // the things around: {secret, folder, tcp, udp, unix, parent, decoy, libc, image}
const results = {};
const patience = (promise) => Promise.race([promise, new Promise((_, no) => setTimeout(() => no(new Error("no answer")), 2000))]);
const attack = async (name, act) => {
  try {
    results[name] = `got: ${String(await patience(act())).slice(0, 300)}`;
  } catch (error) {
    results[name] = `denied: ${String(error).slice(0, 200)}`;
  }
};
const text = (bytes) => new TextEncoder().encode(`${bytes}\0`);
const native = (name, parameters, result = "i32") => Deno.dlopen(given.libc, { [name]: { parameters, result } }).symbols[name];
const refusedBelow = (value) => { if (Number(value) < 0) throw new Error(`it returned ${value}`); return value; };

// files
await attack("read the passwords", () => Deno.readTextFileSync("/etc/passwd"));
await attack("read the shadow passwords", () => Deno.readTextFileSync("/etc/shadow"));
await attack("read the neighbour's file", () => Deno.readTextFileSync(given.secret));
await attack("read it over a detour", () => Deno.readTextFileSync(`${given.image}/../../../../../../..${given.secret}`));
await attack("read it through /proc/self/root", () => Deno.readTextFileSync(`/proc/self/root${given.secret}`));
await attack("read it through the parent's root", () => Deno.readTextFileSync(`/proc/${given.parent}/root${given.secret}`));
await attack("see that it exists", () => Deno.statSync(given.secret).size);
await attack("find out where it really is", () => Deno.realPathSync(given.secret));
await attack("list the machine's root", () => [...Deno.readDirSync("/")].map((one) => one.name));
await attack("list the neighbour's folder", () => [...Deno.readDirSync(given.folder)].map((one) => one.name));
await attack("list what temporary files there are", () => [...Deno.readDirSync("/tmp")].map((one) => one.name));
await attack("import the neighbour's file as a module", () => import(`file://${given.secret}.json`, { with: { type: "json" } }));
await attack("write into the neighbour's folder", () => Deno.writeTextFileSync(`${given.folder}/planted`, "planted"));
await attack("write over the neighbour's file", () => Deno.writeTextFileSync(given.secret, "changed"));
await attack("delete the neighbour's file", () => Deno.removeSync(given.secret));
await attack("move the neighbour's file", () => Deno.renameSync(given.secret, `${given.secret}.moved`));
await attack("make the neighbour's file everybody's", () => Deno.chmodSync(given.secret, 0o777));
await attack("own the neighbour's file", () => Deno.chownSync(given.secret, Deno.uid(), Deno.gid()));
await attack("write into the image", () => Deno.writeTextFileSync(`${given.image}/planted.mjs`, "evil()"));
await attack("write over the image", () => Deno.writeTextFileSync(given.host, "evil()"));
await attack("shorten the image", () => Deno.truncateSync(given.host, 0));
await attack("put a link into the image", () => Deno.symlinkSync("/etc/passwd", `${given.image}/link`));
await attack("put a hard link into the image", () => Deno.linkSync(given.host, `${given.image}/hard`));
await attack("write over Deno itself", () => Deno.openSync(Deno.execPath(), { write: true }).close());
await attack("make a temporary file", () => Deno.makeTempFileSync());
await attack("make a folder", () => Deno.mkdirSync(`${given.folder}/made`));
await attack("read the machine's memory", () => Deno.openSync("/dev/mem").close());
await attack("read the kernel's log", () => Deno.openSync("/dev/kmsg").close());
await attack("write into its own memory from outside", () => Deno.openSync("/proc/self/mem", { write: true }).close());
await attack("choose who receives core dumps", () => Deno.openSync("/proc/sys/kernel/core_pattern", { write: true }).close());
await attack("become dearer to the kernel", () => Deno.writeTextFileSync("/proc/self/oom_score_adj", "-1000"));
await attack("change its control group", () => Deno.openSync("/sys/fs/cgroup/cgroup.procs", { write: true }).close());
await attack("watch the neighbour's folder", () => Deno.watchFs(given.folder).close());

// network
await attack("connect over TCP", async () => (await Deno.connect({ hostname: "127.0.0.1", port: given.tcp })).close());
await attack("connect to the world", async () => (await Deno.connect({ hostname: "1.1.1.1", port: 443 })).close());
await attack("connect over TCP from Node's side", async () => {
  const net = await import("node:net");
  await new Promise((yes, no) => net.connect(given.tcp, "127.0.0.1", yes).on("error", no));
});
await attack("listen on a port", () => Deno.listen({ port: 0 }).close());
await attack("send a datagram", async () => {
  const dgram = await import("node:dgram");
  const socket = dgram.createSocket("udp4");
  await new Promise((yes, no) => { socket.on("error", no); socket.send("leak", given.udp, "127.0.0.1", (error) => error ? no(error) : yes()); });
});
await attack("fetch from the machine", async () => (await fetch(`http://127.0.0.1:${given.tcp}/`)).status);
await attack("fetch from the cloud's neighbourhood", async () => (await fetch("http://169.254.169.254/latest/meta-data/")).status);
await attack("look a name up", () => Deno.resolveDns("example.com", "A"));
await attack("ask a name server itself", () => Deno.resolveDns("leak.example.com", "A", { nameServer: { ipAddr: "127.0.0.1", port: given.udp } }));
await attack("open a web socket", () => new Promise((yes, no) => {
  const socket = new WebSocket(`ws://127.0.0.1:${given.tcp}/`);
  socket.onopen = yes;
  socket.onerror = (event) => no(new Error(event.message));
}));
await attack("import a module from the network", () => import(`http://127.0.0.1:${given.tcp}/leak.mjs`));
await attack("import a package", () => import("npm:left-pad"));
await attack("connect to a socket file", async () => (await Deno.connect({ transport: "unix", path: given.unix })).close());
await attack("listen on a socket file", () => Deno.listen({ transport: "unix", path: `${given.folder}/listening` }).close());
await attack("list the network's cards", () => { const all = Deno.networkInterfaces(); if (!all.length) throw new Error("none"); return JSON.stringify(all); });

// processes
await attack("run a shell", () => new Deno.Command("/bin/sh", { args: ["-c", "id"] }).outputSync().code);
await attack("run Deno once more", () => new Deno.Command(Deno.execPath(), { args: ["--version"] }).outputSync().code);
await attack("run a shell from Node's side", async () => (await import("node:child_process")).execSync("id"));
await attack("fork from Node's side", async () => {
  const child = (await import("node:child_process")).fork(given.host);
  await new Promise((yes, no) => { child.on("error", no); if (child.pid) yes(); });
});
await attack("signal the worker", () => Deno.kill(given.parent, "SIGCONT"));
await attack("signal the neighbour", () => Deno.kill(given.decoy, "SIGCONT"));
await attack("signal the machine's first process", () => Deno.kill(1, "SIGCONT"));
await attack("read the worker's environment", () => Deno.readTextFileSync(`/proc/${given.parent}/environ`));
await attack("read the worker's command", () => Deno.readTextFileSync(`/proc/${given.parent}/cmdline`));
await attack("list the processes", () => {
  const others = [...Deno.readDirSync("/proc")].filter((one) => /^\d+$/.test(one.name) && Number(one.name) !== Deno.pid);
  if (!others.length) throw new Error("nobody but itself");
  return others.length;
});
await attack("become root from Node's side", async () => (await import("node:process")).default.setuid(0));
await attack("load machine code from Node's side", async () => (await import("node:process")).default.dlopen({ exports: {} }, given.secret));

// machine code, called directly
await attack("call system", () => { const code = native("system", ["buffer"])(text("id")); if (code !== 0) throw new Error(`it returned ${code}`); return code; });
await attack("call fork", () => refusedBelow(native("fork", [])()));
await attack("call vfork through the kernel", () => refusedBelow(native("syscall", ["i64"], "i64")(given.machine === "x86_64" ? 58n : 1079n)));
await attack("call execv", () => refusedBelow(native("execv", ["buffer", "pointer"])(text("/bin/sh"), null)));
await attack("call socket", () => refusedBelow(native("socket", ["i32", "i32", "i32"])(2, 1, 0)));
await attack("call open on the neighbour's file", () => refusedBelow(native("open", ["buffer", "i32"])(text(given.secret), 0)));
await attack("call kill on the neighbour", () => refusedBelow(native("kill", ["i32", "i32"])(given.decoy, 0)));
await attack("call ptrace on the neighbour", () => refusedBelow(native("ptrace", ["i64", "i32", "pointer", "pointer"], "i64")(0x4206n, given.decoy, null, null)));
await attack("call unshare", () => refusedBelow(native("unshare", ["i32"])(0x10000000)));
await attack("call chroot", () => refusedBelow(native("chroot", ["buffer"])(text("/"))));
await attack("call setuid", () => refusedBelow(native("setuid", ["u32"])(0)));
await attack("call memfd_create", () => refusedBelow(native("memfd_create", ["buffer", "u32"])(text("x"), 0)));
await attack("call shmget", () => refusedBelow(native("shmget", ["i32", "u64", "i32"])(1516, 4096n, 0o1666)));
await attack("call prctl to outlive the worker", () => refusedBelow(native("prctl", ["i32", "u64", "u64", "u64", "u64"])(1, 0n, 0n, 0n, 0n)));
await attack("call personality", () => refusedBelow(native("personality", ["u64"])(0x0040000n)));
await attack("call setpriority", () => refusedBelow(native("setpriority", ["i32", "u32", "i32"])(0, 0, -20)));
await attack("call the kernel with the other numbering", () => refusedBelow(native("syscall", ["i64"], "i64")(0x40000000n + 39n)));
await attack("call io_uring_setup", () => refusedBelow(native("syscall", ["i64", "i64", "buffer"], "i64")(425n, 1n, new Uint8Array(120))));
await attack("call add_key", () => refusedBelow(native("syscall", ["i64", "buffer", "buffer", "buffer", "i64", "i64"], "i64")(given.machine === "x86_64" ? 248n : 217n, text("user"), text("x"), text("y"), 1n, -1n)));

// what it knows
await attack("its environment", () => JSON.stringify(Object.entries(Deno.env.toObject()).sort()));
await attack("who it is", () => Deno.uid());
await attack("the machine's name", () => Deno.hostname());

console.log(JSON.stringify(results));
Deno.exit(0);
