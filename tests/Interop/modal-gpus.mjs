// The real JS SDK: sandboxes with GPUs, on a machine with two H100.
import assert from 'node:assert/strict';
import { ModalClient } from 'modal';

const warnings = [];
const nothing = () => {};
const modal = new ModalClient({ logger: { debug: nothing, info: nothing, warn: (text) => /has not started/.test(text) && warnings.push(text), error: nothing } });
const app = await modal.apps.fromName('js-gpus', { createIfMissing: true });
const image = modal.images.fromRegistry('busybox:test');
const create = (options) => modal.sandboxes.create(app, image, options);
const look = ['sh', '-c', "ls /dev | grep 'nvidia[0-9]'; nvidia-smi"];

// What cannot be had is refused, with what can be.
await assert.rejects(create({ gpu: 'H1000' }), /Not a valid GPU type: 'H1000'; this machine has 2 × NVIDIA H100/);
await assert.rejects(create({ gpu: 'T4' }), /gpu="T4" cannot be had: this machine has 2 × NVIDIA H100/);
await assert.rejects(create({ gpu: 'H100:3' }), /Ask for at most 2/);

// Its commands see what it leased.
const both = await create({ gpu: 'H100:2' });
const process = await both.exec(look);
assert.equal(await process.stdout.readText(), 'nvidia0\nnvidia1\nsmi\n');
assert.equal(await process.wait(), 0);

// Another one waits, says why, and goes on when the first has ended.
let hasStarted = false;
const waiting = create({ gpu: 'any', command: look }).then((sandbox) => { hasStarted = true; return sandbox; });
while (warnings.length === 0) await new Promise((resolve) => setTimeout(resolve, 100));
assert.match(warnings[0], /has not started yet\. It waits for gpu="ANY" until tasks that have the GPUs end/);
assert.equal(hasStarted, false);
await both.terminate();
const next = await waiting;
assert.equal(await next.stdout.readText(), 'nvidia0\nsmi\n');
assert.equal(await next.wait(), 0);

modal.close();
console.log('all checks passed');
