// The real JS SDK: queues, with every error that its users can see. Configured by MODAL_* variables.
import assert from 'node:assert/strict';
import { ModalClient, NotFoundError, QueueEmptyError, QueueFullError } from 'modal';

const modal = new ModalClient();

async function collect(iterator) {
  const items = [];
  for await (const item of iterator) {
    items.push(item);
  }
  return items;
}

// Names.
for (const name of ['has space', 'has/slash', 'a'.repeat(65)]) {
  await assert.rejects(modal.queues.fromName(name, { createIfMissing: true }), (error) => {
    assert.match(error.message, /Invalid queue name: '.*'\. Names may contain only alphanumeric characters, dashes, periods/);
    return true;
  });
}
await assert.rejects(modal.queues.fromName('missing'), (error) => {
  assert.ok(error instanceof NotFoundError);
  assert.match(error.message, /Queue 'missing' not found/);
  return true;
});

// One by one, many at once, in order.
const queue = await modal.queues.fromName('js-queue', { createIfMissing: true });
assert.match(queue.queueId, /^qu-[0-9A-Za-z]{22}$/);
assert.equal((await modal.queues.fromName('js-queue')).queueId, queue.queueId);
assert.equal(await queue.len(), 0);
await queue.put(123);
await queue.putMany(['a', 'b', { c: 1 }]);
assert.equal(await queue.len(), 4);
assert.equal(await queue.get(), 123);
assert.deepEqual(await queue.getMany(2), ['a', 'b']);
const [last] = await queue.getMany(5, { timeoutMs: 0 });
assert.equal(last instanceof Map ? last.get('c') : last.c, 1);
await assert.rejects(queue.get({ timeoutMs: 0 }), QueueEmptyError);

// A get that waits, until its time is over and until somebody puts.
const begun = performance.now();
await assert.rejects(queue.get({ timeoutMs: 700 }), QueueEmptyError);
assert.ok(performance.now() - begun >= 650);
const waiting = [queue.get({ timeoutMs: 20_000 }), queue.get({ timeoutMs: 20_000 })];
await new Promise((resolve) => setTimeout(resolve, 200));
const put = performance.now();
await queue.putMany([1, 2]);
assert.deepEqual((await Promise.all(waiting)).sort(), [1, 2]);
assert.ok(performance.now() - put < 2_000);

// Partitions.
await queue.put('x', { partition: 'p', partitionTtlMs: 60_000 });
await queue.put('y');
assert.equal(await queue.len({ partition: 'p' }), 1);
assert.equal(await queue.len({ total: true }), 2);
assert.equal(await queue.get({ partition: 'p' }), 'x');
await queue.putMany([1, 2, 3], { partition: 'q' });
assert.deepEqual(await collect(queue.iterate({ partition: 'q' })), [1, 2, 3]);
await queue.clear({ partition: 'q' });
assert.equal(await queue.len({ partition: 'q' }), 0);
assert.equal(await queue.len(), 1);
await queue.clear({ all: true });
assert.equal(await queue.len({ total: true }), 0);
for (const partitionTtlMs of [-1_000, 8 * 86_400_000]) {
  await assert.rejects(queue.put(1, { partition: 'p', partitionTtlMs }), (error) => {
    assert.match(error.message, /Partition TTL must be between 1 second and 7 days/);
    return true;
  });
}

// Looking without taking, while items come.
const seen = collect(queue.iterate({ itemPollTimeoutMs: 1_000 }));
for (let i = 0; i < 5; i++) {
  await queue.put(i);
}
assert.deepEqual(await seen, [0, 1, 2, 3, 4]);
assert.equal(await queue.len(), 5);

// A full queue.
await queue.putMany(Array.from({ length: 4_995 }, (_, i) => i));
// To the SDK no time at all means no limit.
await assert.rejects(queue.put('too many', { timeoutMs: 500 }), (error) => {
  assert.ok(error instanceof QueueFullError, String(error));
  // The SDK words this one itself.
  assert.equal(error.message, `Put failed on ${queue.queueId}.`);
  return true;
});
const room = queue.put('patient', { timeoutMs: 20_000 });
await queue.get();
await room;
assert.equal(await queue.len(), 5_000);
assert.equal((await queue.getMany(5_000)).length, 5_000);

// Ephemeral ones, and ones that are gone.
const ephemeral = await modal.queues.ephemeral();
await ephemeral.put('e');
assert.equal(ephemeral.name, undefined);
assert.equal(await ephemeral.get(), 'e');
ephemeral.closeEphemeral();
await modal.queues.delete('js-queue');
await assert.rejects(queue.put(1), (error) => /Queue 'qu-.*' not found/.test(error.message));
await assert.rejects(modal.queues.delete('js-queue'), NotFoundError);
await modal.queues.delete('js-queue', { allowMissing: true });

modal.close();
console.log('all checks passed');
