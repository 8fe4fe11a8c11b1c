// The real JS SDK: when sandboxes are ready, and containers beside their main one.
import assert from 'node:assert/strict';
import { ModalClient, Probe, AlreadyExistsError } from 'modal';

const modal = new ModalClient();
const app = await modal.apps.fromName('js-sidecars', { createIfMissing: true });
const image = await modal.images.fromRegistry('alpine:3.21').build(app);
const create = (options) => modal.sandboxes.create(app, image, { timeoutMs: 120_000, ...options });
const output = async (container, command) => {
  const process = await container.exec(command);
  const [text, code] = [await process.stdout.readText(), await process.wait()];
  assert.equal(code, 0);
  return text;
};

// Ready once a port answers, or a command succeeds; never without a probe, or in time.
const serving = await create({
  command: ['sh', '-c', 'sleep 1; exec httpd -f -p 8000'],
  readinessProbe: Probe.withTcp(8000),
});
await serving.waitUntilReady(20_000);
const waiting = await create({ readinessProbe: Probe.withExec(['test', '-e', '/tmp/ready']) });
await assert.rejects(waiting.waitUntilReady(500));
await output(waiting, ['touch', '/tmp/ready']);
await waiting.waitUntilReady(20_000);
await assert.rejects((await create()).waitUntilReady(5000), /no readiness probe/);
await waiting.terminate();
await serving.terminate();

// Its own files and variables, the sandbox's network; a name is free again after the end.
const sandbox = await create({ command: ['sleep', '100'] });
const sidecars = sandbox.experimentalSidecars;
const web = await sidecars.create('web', image, {
  command: ['sh', '-c', 'mkdir /www; echo "$WHO" > /www/index.html; exec httpd -f -p 9000 -h /www'], env: { WHO: 'sidecar' }, workdir: '/tmp' });
assert.match(web.containerId, /^ctr-[0-9A-Za-z]{22}$/);
await assert.rejects(sidecars.create('web', image), AlreadyExistsError);
assert.equal(await output(web, ['pwd']), '/tmp\n');
assert.equal(await output(sandbox, ['sh', '-c', 'for i in $(seq 50); do wget -q -O - http://127.0.0.1:9000/ && break; sleep 0.1; done']), 'sidecar\n');
assert.equal(await output(sandbox, ['sh', '-c', 'test -e /www || echo apart']), 'apart\n');
await web.filesystem.writeText('from outside', '/tmp/file');
assert.equal(await output(web, ['cat', '/tmp/file']), 'from outside');
assert.deepEqual((await sidecars.list()).map((each) => each.containerName), ['web']);
assert.equal(await web.poll(), null);
assert.equal(await web.terminate({ wait: true }), 137);
assert.deepEqual(await sidecars.list(), []);
assert.equal((await sidecars.list({ includeTerminated: true })).length, 1);
const failing = await sidecars.create('web', image, { command: ['sh', '-c', 'exit 3'] });
assert.equal(await failing.wait(), 3);
await sidecars.create('last', image);
await sandbox.terminate({ wait: true });
modal.close();
console.log('all checks passed');
