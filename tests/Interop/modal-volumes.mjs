// The real JS SDK: volumes, with every error that its users can see.
import assert from 'node:assert/strict';
import { ModalClient, NotFoundError } from 'modal';

const modal = new ModalClient();
const rpc = modal.cpClient;

const fails = (promise, type, message) =>
  assert.rejects(promise, (error) => {
    assert.ok(error instanceof type, `${error} is no ${type.name}`);
    assert.match(error.message, message);
    return true;
  });

await fails(modal.volumes.fromName('no-such'), NotFoundError, /^Volume 'no-such' not found/);
const volume = await modal.volumes.fromName('js-volume', { createIfMissing: true });
assert.match(volume.volumeId, /^vo-[0-9A-Za-z]{22}$/);
assert.equal(volume.name, 'js-volume');
assert.equal((await modal.volumes.fromName('js-volume')).volumeId, volume.volumeId);
assert.equal((await modal.volumes.fromName('js-volume', { createIfMissing: true })).volumeId, volume.volumeId);
for (const name of ['with space', 'with/slash', 'x'.repeat(65)]) {
  await fails(modal.volumes.fromName(name, { createIfMissing: true }), Error, /Invalid volume name/);
}
await fails(modal.volumes.fromName('js-volume', { environment: 'no-such' }), NotFoundError, /^Environment 'no-such' not found/);

// Formats: both are served, the one asked for is answered, and it stays.
for (const version of [1, 2]) {
  const created = await rpc.volumeGetOrCreate({ deploymentName: `js-v${version}`, objectCreationType: 2, version });
  assert.equal(created.metadata.version, version);
  assert.equal((await rpc.volumeGetOrCreate({ deploymentName: `js-v${version}` })).metadata.version, version);
}
await assert.rejects(
  rpc.volumeGetOrCreate({ deploymentName: 'js-v1', objectCreationType: 2 }),
  (error) => error.code === 6 && /^Volume 'js-v1' already exists/.test(error.details));

const ephemeral = await modal.volumes.ephemeral();
assert.match(ephemeral.volumeId, /^vo-/);
ephemeral.closeEphemeral();

await modal.volumes.delete('js-volume');
await fails(modal.volumes.fromName('js-volume'), NotFoundError, /^Volume 'js-volume' not found/);
await fails(modal.volumes.delete('js-volume'), NotFoundError, /^Volume 'js-volume' not found/);
await modal.volumes.delete('js-volume', { allowMissing: true });

modal.close();
console.log('all checks passed');
