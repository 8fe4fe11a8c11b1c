// The real JS SDK: sandboxes, what runs in them, what they mount, how they end.
import assert from 'node:assert/strict';
import { ModalClient, AlreadyExistsError, NotFoundError } from 'modal';

const modal = new ModalClient();
const app = await modal.apps.fromName('js-sandboxes', { createIfMissing: true });
const image = modal.images.fromRegistry('alpine:3.21');
const create = (options) => modal.sandboxes.create(app, image, options);
const output = async (sandbox, command, options) => {
  const process = await sandbox.exec(command, options);
  const [stdout, stderr] = await Promise.all([process.stdout.readText(), process.stderr.readText()]);
  return { stdout, stderr, code: await process.wait() };
};

// Commands: output, errors, exit codes, input, variables, directories, time limits.
const sandbox = await create({ timeoutMs: 120_000, env: { OWN: 'sandbox', BOTH: 'sandbox' }, tags: { kind: 'first' } });
assert.match(sandbox.sandboxId, /^sb-[0-9A-HJKMNP-TV-Z]{26}$/);
assert.equal(await sandbox.poll(), null);
assert.deepEqual(await output(sandbox, ['sh', '-c', 'echo out; echo err >&2; exit 42']), { stdout: 'out\n', stderr: 'err\n', code: 42 });
assert.deepEqual(
  await output(sandbox, ['sh', '-c', 'echo $OWN $BOTH; pwd'], { env: { BOTH: 'exec' }, workdir: '/tmp' }),
  { stdout: 'sandbox exec\n/tmp\n', stderr: '', code: 0 });
const missing = await output(sandbox, ['no-such-program']);
assert.equal(missing.code, 127);
assert.match(missing.stderr, /no-such-program/);
const cat = await sandbox.exec(['cat']);
await cat.stdin.writeText('first ');
await cat.stdin.writeText('second');
await cat.stdin.close();
assert.equal(await cat.stdout.readText(), 'first second');
assert.equal(await cat.wait(), 0);
assert.equal(await (await sandbox.exec(['sleep', '100'], { timeoutMs: 1000 })).wait(), 137);
const large = await sandbox.exec(['sh', '-c', 'yes 0123456789 | head -c 20000000']);
assert.equal(await large.wait(), 0, 'output that nobody reads does not stop a command');
assert.equal((await large.stdout.readBytes()).length, 20_000_000);

// Files.
await sandbox.filesystem.writeText('written by the client', '/data/deep/file.txt');
assert.equal(await sandbox.filesystem.readText('/data/deep/file.txt'), 'written by the client');
assert.deepEqual((await sandbox.filesystem.listFiles('/data/deep')).map((file) => [file.name, file.size]), [['file.txt', 21]]);
await assert.rejects(sandbox.filesystem.readText('/no/such/file'), /no\/such\/file/);

// Found by id, by tag, in lists.
assert.equal((await modal.sandboxes.fromId(sandbox.sandboxId)).sandboxId, sandbox.sandboxId);
const found = [];
for await (const each of modal.sandboxes.list({ appId: app.appId, tags: { kind: 'first' } })) found.push(each.sandboxId);
assert.deepEqual(found, [sandbox.sandboxId]);
for await (const each of modal.sandboxes.list({ appId: app.appId, tags: { kind: 'other' } })) assert.fail(each.sandboxId);

// Names are unique among running sandboxes, and free again afterwards.
const named = await create({ name: 'the-one' });
await assert.rejects(create({ name: 'the-one' }), (error) => error instanceof AlreadyExistsError && /already exists/.test(error.message));
assert.equal((await modal.sandboxes.fromName('js-sandboxes', 'the-one')).sandboxId, named.sandboxId);
await named.terminate();
assert.equal(await named.wait(), 137);
await assert.rejects(modal.sandboxes.fromName('js-sandboxes', 'the-one'), NotFoundError);
const again = await create({ name: 'the-one' });
await again.terminate();

// A command of its own: streams, input, exit code, and its output after the end.
const own = await create({ command: ['sh', '-c', 'read line; echo got $line; echo problem >&2; exit 3'] });
await own.stdin.writeText('a line\n');
assert.equal(await own.wait(), 3);
assert.equal(await own.stdout.readText(), 'got a line\n');
assert.equal(await own.stderr.readText(), 'problem\n');
assert.equal(await own.poll(), 3);

// Time limits.
const short = await create({ timeoutMs: 1000 });
assert.equal(await short.wait(), 124);

// Secrets and volumes: what one sandbox writes, another one reads after the first has ended.
const secret = await modal.secrets.fromObject({ FROM_SECRET: 's3cret' });
const volume = await modal.volumes.fromName('js-sandbox-volume', { createIfMissing: true });
const writer = await create({ volumes: { '/mnt/data': volume }, secrets: [secret], command: ['sh', '-c', 'echo $FROM_SECRET > /mnt/data/file'] });
assert.equal(await writer.wait(), 0);
const reader = await create({ volumes: { '/mnt/data': volume }, command: ['cat', '/mnt/data/file'] });
assert.equal(await reader.stdout.readText(), 's3cret\n');
assert.equal(await reader.wait(), 0);

// Images of one's own, and what cannot be built.
const built = await image.dockerfileCommands(['RUN echo made > /made && echo building', 'ENV BUILT=yes']).build(app);
const ofBuilt = await modal.sandboxes.create(app, built, { command: ['sh', '-c', 'cat /made; echo $BUILT'] });
assert.equal(await ofBuilt.stdout.readText(), 'made\nyes\n');
await assert.rejects(image.dockerfileCommands(['RUN echo reason >&2; exit 9']).build(app), /reason|9/);
await assert.rejects(modal.images.fromRegistry('no-such:1').build(app), /no-such:1.*appliance image import/s);

await sandbox.terminate();
assert.equal(await sandbox.wait(), 137);
await assert.rejects(sandbox.exec(['true']));

// Many at once.
const many = await Promise.all(Array.from({ length: 30 }, () => create()));
const codes = await Promise.all(many.map(async (each) => (await output(each, ['true'])).code));
assert.deepEqual(codes, many.map(() => 0));
await Promise.all(many.map((each) => each.terminate({ wait: true })));

modal.close();
console.log('all checks passed');
