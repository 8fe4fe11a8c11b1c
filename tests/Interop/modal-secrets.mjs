// The real JS SDK: secrets, proxies and what it does with blobs, with every error that its users can see.
import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { InvalidError, ModalClient, NotFoundError } from 'modal';

const modal = new ModalClient();
const rpc = modal.cpClient;
const CREATE_FAIL_IF_EXISTS = 2;
const CREATE_OVERWRITE_IF_EXISTS = 3;

const fails = (promise, type, message) =>
  assert.rejects(promise, (error) => {
    assert.ok(error instanceof type, `${error} is no ${type.name}`);
    assert.equal(error.message, message);
    return true;
  });

// The SDK looks secrets up; the dashboard or the CLI makes them.
const make = (envDict, objectCreationType) => rpc.secretGetOrCreate({ deploymentName: 'js-secret', envDict, objectCreationType });
const made = await make({ a: '1', b: '2' }, CREATE_FAIL_IF_EXISTS);
assert.deepEqual(made.metadata.keys, ['a', 'b']);
assert.equal(made.metadata.environmentName, 'main');

const secret = await modal.secrets.fromName('js-secret');
assert.match(secret.secretId, /^st-[0-9A-Za-z]{22}$/);
assert.equal((await modal.secrets.fromName('js-secret', { requiredKeys: ['a', 'b'] })).secretId, secret.secretId);
await fails(
  modal.secrets.fromName('js-secret', { requiredKeys: ['a', 'x', 'b', 'y'] }), NotFoundError, 'Secret is missing key(s): x, y');
await fails(modal.secrets.fromName('no-such'), NotFoundError, "Secret 'no-such' not found in environment 'main'.");
await fails(
  modal.secrets.fromName('js-secret', { environment: 'nowhere' }),
  NotFoundError,
  "Environment 'nowhere' not found: 'modal environment list' shows those that exist, 'modal environment create nowhere' makes it.");

const over = await make({ c: '3' }, CREATE_OVERWRITE_IF_EXISTS);
assert.equal(over.secretId, secret.secretId);
await fails(modal.secrets.fromName('js-secret', { requiredKeys: ['a', 'c'] }), NotFoundError, 'Secret is missing key(s): a');
await rpc.secretUpdate({ secretId: secret.secretId, updates: [{ key: 'd', value: '4' }, { key: 'c' }] });
const info = await rpc.secretGetInfo({ secretId: secret.secretId });
assert.deepEqual([info.metadata.name, info.metadata.keys], ['js-secret', ['d']]);
assert.deepEqual((await rpc.secretList({})).items.map((item) => item.label), ['js-secret']);

// From an object: lazy, and made on the server by what uses it.
const lazy = await modal.secrets.fromObject({ FOO: 'bar' });
assert.equal(lazy.secretId, '');
await lazy._hydrate(modal);
assert.match(lazy.secretId, /^st-[0-9A-Za-z]{22}$/);
assert.deepEqual((await rpc.secretGetInfo({ secretId: lazy.secretId })).metadata.keys, ['FOO']);
await assert.rejects(modal.secrets.fromObject({ 'with-dash': 'x' }), InvalidError);
await assert.rejects(rpc.secretGetOrCreate({ envDict: { 'with-dash': 'x' }, objectCreationType: 5 }), (error) => {
  assert.equal(
    error.details,
    "Secret key 'with-dash' is invalid for environment variables: use letters, digits and underscores, and do not begin with a digit.");
  return true;
});

await modal.secrets.delete('js-secret');
await fails(modal.secrets.delete('js-secret'), NotFoundError, "Secret 'js-secret' not found in environment 'main'.");
await modal.secrets.delete('js-secret', { allowMissing: true });

await fails(modal.proxies.fromName('js-proxy'), NotFoundError, "Proxy 'js-proxy' not found");
const { proxy } = await rpc.proxyCreate({ name: 'js-proxy' });
assert.equal((await modal.proxies.fromName('js-proxy')).proxyId, proxy.proxyId);
assert.deepEqual((await rpc.proxyList({})).proxies.map((item) => item.name), ['js-proxy']);
await rpc.proxyDelete({ proxyId: proxy.proxyId });
await fails(modal.proxies.fromName('js-proxy'), NotFoundError, "Proxy 'js-proxy' not found");

// As the SDK sends the inputs of functions that are too large for a message.
const data = randomBytes(5_000_000);
const base64 = (name) => createHash(name).update(data).digest('base64');
const created = await rpc.blobCreate({
  contentMd5: base64('md5'), contentSha256Base64: base64('sha256'), contentLength: data.length });
assert.equal(created.multipart, undefined);
const put = await fetch(created.uploadUrl, {
  method: 'PUT', headers: { 'Content-Type': 'application/octet-stream', 'Content-MD5': base64('md5') }, body: data });
assert.equal(put.status, 200);
const { downloadUrl } = await rpc.blobGet({ blobId: created.blobId });
assert.ok(Buffer.from(await (await fetch(downloadUrl)).arrayBuffer()).equals(data));

modal.close();
console.log('all checks passed');
