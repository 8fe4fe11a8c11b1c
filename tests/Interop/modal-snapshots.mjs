// The real JS SDK: images of what sandboxes changed, while they run and when they end.
import assert from 'node:assert/strict';
import { ModalClient, InvalidError } from 'modal';

const modal = new ModalClient();
const app = await modal.apps.fromName('js-snapshots', { createIfMissing: true });
const image = modal.images.fromRegistry('alpine:3.21');
const create = (from, options) => modal.sandboxes.create(app, from, { timeoutMs: 120_000, ...options });
const read = async (sandbox, script) => {
  const process = await sandbox.exec(['sh', '-c', script]);
  const text = await process.stdout.readText();
  assert.equal(await process.wait(), 0, `${script}: ${await process.stderr.readText()}`);
  return text.trim();
};

// The file system of a running sandbox, which goes on.
const first = await create(image);
await read(first, 'echo kept > /kept; mkdir -p /made/deep; echo two > /made/deep/file; ln -s /kept /made/link; rm -r /usr/bin 2>/dev/null; chmod 700 /made');
const snapshot = await first.snapshotFilesystem();
assert.match(snapshot.imageId, /^im-[0-9A-Za-z]{22}$/);
assert.equal(await read(first, 'echo later > /kept; cat /kept'), 'later');
const second = await create(snapshot);
assert.equal(await read(second, 'cat /kept /made/deep/file /made/link; stat -c %a /made'), 'kept\ntwo\nkept\n700');
const third = await create(await second.snapshotFilesystem({ ttlMs: null }));
assert.equal(await read(third, 'cat /kept'), 'kept');
await third.terminate();
console.log('file systems: ok');

// When it ends.
const ending = await create(image, { experimentalOptions: { enable_exit_snapshot: true } });
await read(ending, 'echo at the end > /end');
await ending.terminate();
const last = await create(await ending.experimentalGetExitSnapshot());
assert.equal(await read(last, 'cat /end'), 'at the end');
await last.terminate();
await assert.rejects(first.experimentalGetExitSnapshot(), InvalidError);
console.log('exits: ok');

// Directories, which are mounted elsewhere.
await read(first, 'mkdir -p /tmp/tree/sub /mnt/here; echo one > /tmp/tree/one; ln -s /mnt /link');
const tree = await first.snapshotDirectory('/tmp/tree');
await second.exec(['mkdir', '-p', '/mnt/here']).then((process) => process.wait());
await read(second, 'ln -s /mnt /link; echo below > /mnt/here/below');
await second.mountImage('/link/here', tree);
assert.equal(await read(second, 'ls /mnt/here; cat /mnt/here/one; echo new > /mnt/here/new'), 'one\nsub\none');
const grown = await second.snapshotDirectory('/mnt');
await second.unmountImage('/mnt/here');
assert.equal(await read(second, 'ls /mnt/here'), 'below');
await second.mountImage('/mnt/here', grown);
assert.equal(await read(second, 'cat /mnt/here/here/new'), 'new', 'a mount below belongs to the directory');
await second.unmountImage('/mnt/here');
await second.mountImage('/mnt/here');
assert.equal(await read(second, 'ls /mnt/here; echo x > /mnt/here/x; ls /mnt/here'), 'x');
await assert.rejects(second.mountImage('/nowhere', tree), /no directory/);
console.log('directories: ok');

// Keys.
const key = new Uint8Array(32).fill(7);
const locked = await first.snapshotDirectory('/tmp/tree', { experimentalEncryptionKey: key });
await assert.rejects(second.mountImage('/mnt/here', locked), /key/);
await assert.rejects(second.mountImage('/mnt/here', locked, { experimentalEncryptionKey: new Uint8Array(32).fill(8) }), /key/);
await assert.rejects(create(locked), /key/);
await second.mountImage('/mnt/here', locked, { experimentalEncryptionKey: key });
assert.equal(await read(second, 'cat /mnt/here/one'), 'one');
const unlocked = await second.snapshotDirectory('/mnt/here');
await second.mountImage('/mnt/here', unlocked);
assert.equal(await read(second, 'cat /mnt/here/one'), 'one');

await first.terminate();
await second.terminate();
console.log('all checks passed');
modal.close();
