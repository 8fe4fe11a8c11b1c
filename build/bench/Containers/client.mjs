// The real JS SDK, told what to do line by line; each answer is a line, too. It runs in a folder whose node_modules has it.
import { createInterface } from 'node:readline';
import { createRequire } from 'node:module';

const { ModalClient } = createRequire(`${process.cwd()}/`)('modal');
const modal = new ModalClient();
const app = await modal.apps.fromName('bench', { createIfMissing: true });
const image = await modal.images.fromRegistry('bench:latest').build(app);
const create = (command, resources = {}) => modal.sandboxes.create(app, image, { command, timeoutMs: 3_600_000, ...resources });
// As little as may be asked for: the machine must be able to promise it to 200 of them at once.
const small = { cpu: 0.01, memoryMiB: 16 };
const sandboxes = [];

const firstByte = async (stream, begun) => {
  const reader = stream.getReader();
  const { done } = await reader.read();
  const ms = performance.now() - begun;
  if (done) throw new Error('no output');
  while (!(await reader.read()).done);
  return ms;
};

const operations = {
  // Milliseconds to the first byte that a new sandbox writes.
  async start() {
    const begun = performance.now();
    const sandbox = await create(['echo', 'x']);
    const ms = await firstByte(sandbox.stdout, begun);
    await sandbox.wait();
    return ms;
  },

  // A sandbox for what follows; its id.
  async open() {
    sandboxes.push(await create(['sleep', '1000000']));
    return sandboxes[0].sandboxId;
  },

  // Milliseconds to the first byte that a command writes.
  async exec() {
    const begun = performance.now();
    const command = await sandboxes[0].exec(['echo', 'x']);
    const ms = await firstByte(command.stdout, begun);
    await command.wait();
    return ms;
  },

  // Milliseconds in which a line of shell runs to its end.
  async run(...line) {
    const begun = performance.now();
    const command = await sandboxes[0].exec(['sh', '-c', line.join(' ')]);
    if (await command.wait() !== 0) throw new Error(await command.stderr.readText());
    return performance.now() - begun;
  },

  // Milliseconds in which all bytes of a file have come through cat.
  async read(path, bytes) {
    const begun = performance.now();
    const command = await sandboxes[0].exec(['cat', path], { mode: 'binary' });
    let read = 0;
    for await (const chunk of command.stdout) read += chunk.length;
    if (read !== Number(bytes)) throw new Error(`${read} bytes came`);
    return performance.now() - begun;
  },

  // Milliseconds in which so many sandboxes have written their first byte, so many of them at a time.
  async many(count, parallel) {
    const begun = performance.now();
    let wanted = 0;
    await Promise.all(Array.from({ length: Number(parallel) }, async () => {
      while (wanted++ < Number(count)) {
        const sandbox = await create(['sh', '-c', 'echo x; exec sleep 1000000'], small);
        sandboxes.push(sandbox);
        const reader = sandbox.stdout.getReader();
        await reader.read();
        await reader.cancel();
      }
    }));
    return performance.now() - begun;
  },

  async end() {
    await Promise.all(sandboxes.splice(0).map((sandbox) => sandbox.terminate({ wait: true })));
    return 0;
  },
};

console.log('ready');
for await (const line of createInterface({ input: process.stdin })) {
  const [name, ...words] = line.split(' ');
  console.log(await operations[name](...words));
}
modal.close();
