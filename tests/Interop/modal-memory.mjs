// The real JS SDK: sandboxes under gVisor, whose memory is kept for others to go on from.
import assert from 'node:assert/strict';
import { ModalClient } from 'modal';

const modal = new ModalClient();
const app = await modal.apps.fromName('js-memory', { createIfMissing: true });
const image = modal.images.fromRegistry('alpine:3.21');
const counter = ['sh', '-c', 'i=0; while true; do i=$((i+1)); echo $i; echo $i > /count; sleep 0.1; done'];
const run = async (sandbox, script) => {
  const process = await sandbox.exec(['sh', '-c', script]);
  const text = await process.stdout.readText();
  return { status: await process.wait(), text: text.trim() };
};
const count = async (sandbox) => Number((await run(sandbox, 'cat /count')).text);
const seconds = (time) => new Promise((done) => setTimeout(done, time * 1000));

// Without the option there is neither gVisor nor a snapshot.
const plain = await modal.sandboxes.create(app, image, { timeoutMs: 60_000 });
await assert.rejects(plain.experimentalSnapshot(), /enable_snapshot/);
await plain.terminate();

const first = await modal.sandboxes.create(app, image, {
  command: counter, timeoutMs: 120_000, experimentalEnableSnapshot: true, env: { WORD: 'kept' },
});
assert.match((await run(first, 'dmesg')).text, /gVisor/);
assert.deepEqual(await run(first, 'echo out; exit 3'), { status: 3, text: 'out' });
const killed = await first.exec(['sleep', '60'], { timeoutMs: 1000 });
assert.equal(await killed.wait(), 137);
assert.equal((await run(first, 'mkdir -p /made; echo file > /made/file; echo t > /tmp/file; echo $WORD')).text, 'kept');
console.log('gVisor: ok');

// What a command left behind with its output cannot be restored, and is found before anything is lost.
await run(first, '(sleep 2) & echo');
await assert.rejects(first.experimentalSnapshot(), /hold open/);
await seconds(2);
const before = await count(first);
const snapshot = await first.experimentalSnapshot();
assert.match(snapshot.snapshotId, /^sn-/);
assert.equal(await first.wait(), 137, 'the original ends with its snapshot');
console.log('snapshot: ok');

// Several go on from it, each by itself.
const restored = await Promise.all([1, 2].map(() => modal.sandboxes.experimentalFromSnapshot(snapshot, { name: null })));
assert.notEqual(restored[0].sandboxId, restored[1].sandboxId);
const addresses = new Set();
for (const sandbox of restored) {
  const now = await count(sandbox);
  assert.ok(now >= before && now < before + 600, `${before} went on as ${now}`);
  assert.equal((await run(sandbox, 'cat /made/file /tmp/file; echo $WORD')).text, 'file\nt\nkept');
  addresses.add((await run(sandbox, 'hostname -i')).text);
}
assert.equal(addresses.size, 2, 'each has an address of its own');
await restored[0].terminate();
const then = await count(restored[1]);
await seconds(0.5);
assert.ok((await count(restored[1])) > then, 'it goes on');

// A snapshot of what was restored, by its id.
const second = await restored[1].experimentalSnapshot();
const again = await modal.sandboxes.experimentalFromSnapshot(await modal.sandboxSnapshots.fromId(second.snapshotId));
assert.ok((await count(again)) > then);
await again.terminate();
assert.equal(await again.wait(), 137);
await assert.rejects(modal.sandboxes.experimentalFromSnapshot(await modal.sandboxSnapshots.fromId('sn-0000000000000000000000')), /not found/);
console.log('all checks passed');
