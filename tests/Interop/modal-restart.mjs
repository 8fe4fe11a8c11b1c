// The real JS SDK across a server that is killed and started again: sandboxes, their commands, output and limits go on.
import assert from 'node:assert/strict';
import { createInterface } from 'node:readline';
import { ModalClient } from 'modal';

const count = Number(process.argv[2]);
const modal = new ModalClient();
const app = await modal.apps.fromName('js-restart', { createIfMissing: true });
const image = modal.images.fromRegistry('alpine:3.21');
const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();

const sandboxes = await Promise.all(Array.from({ length: count }, (_, n) => modal.sandboxes.create(app, image, { tags: { n: `${n}` } })));
const commands = await Promise.all(sandboxes.map((sandbox, n) => sandbox.exec(['sh', '-c', `echo before ${n}; read line; echo after $line; exit ${n % 100}`])));
const limited = await sandboxes[0].exec(['sleep', '1000'], { timeoutMs: 15_000 });
const brief = await modal.sandboxes.create(app, image, { timeoutMs: 15_000 });
console.log('running');

assert.equal((await lines.next()).value, 'restarted');
await Promise.all(commands.map(async (command, n) => {
  await command.stdin.writeText(`${n}\n`);
  await command.stdin.close();
  assert.equal(await command.stdout.readText(), `before ${n}\nafter ${n}\n`);
  assert.equal(await command.wait(), n % 100);
}));
assert.equal(await limited.wait(), 137, 'a time limit set before the restart holds');
assert.equal(await brief.wait(), 124);
const fresh = await Promise.all(sandboxes.map((sandbox) => sandbox.exec(['echo', 'new'])));
assert.deepEqual(await Promise.all(fresh.map((command) => command.stdout.readText())), sandboxes.map(() => 'new\n'));
await Promise.all(sandboxes.map((sandbox) => sandbox.terminate({ wait: true })));

modal.close();
console.log('all checks passed');
