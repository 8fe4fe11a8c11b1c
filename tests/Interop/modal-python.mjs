// The real JS SDK with an image that has Python: packages from the appliance's own index, in builds and in sandboxes.
import assert from 'node:assert/strict';
import { ModalClient } from 'modal';

const modal = new ModalClient();
const app = await modal.apps.fromName('js-python', { createIfMissing: true });
const base = modal.images.fromRegistry('python:3.11');
const greet = ['python', '-c', 'import greeting; print(greeting.hello("box"))'];

// A build installs a package without a network; what it makes is an image like any other.
const built = await base.dockerfileCommands(['RUN python -m pip install greeting==1.0']).build(app);
const sandbox = await modal.sandboxes.create(app, built, { command: greet, timeoutMs: 120_000 });
assert.equal(await sandbox.stdout.readText(), 'hello, box\n');
assert.equal(await sandbox.wait(), 0);

// So does a sandbox that runs; what the index does not have is said at once.
const open = await modal.sandboxes.create(app, base, { timeoutMs: 120_000 });
const run = async (command) => {
  const process = await open.exec(command);
  const [output, errors] = await Promise.all([process.stdout.readText(), process.stderr.readText()]);
  return { status: await process.wait(), output, errors };
};
assert.equal((await run(greet)).status, 1);
const installed = await run(['pip', 'install', 'Greeting']);
assert.equal(installed.status, 0, installed.errors);
assert.equal((await run(greet)).output, 'hello, box\n');
const missing = await run(['pip', 'install', 'greeting==2.0']);
assert.equal(missing.status, 1);
assert.match(missing.errors, /No matching distribution found for greeting==2\.0/);

// A server in Python, behind a connect token and a readiness probe.
const { Probe } = await import('modal');
const server = await modal.sandboxes.create(app, base, {
  command: ['python', '-m', 'http.server', '8080'],
  workdir: '/etc',
  readinessProbe: Probe.withTcp(8080),
  timeoutMs: 120_000,
});
await server.waitUntilReady(60_000);
const { url, token } = await server.createConnectToken();
const response = await fetch(`${url}/hostname`, { headers: { Authorization: `Bearer ${token}` } });
assert.equal(response.status, 200);
assert.equal(await response.text(), (await (await server.exec(['cat', '/etc/hostname'])).stdout.readText()));
await Promise.all([open.terminate(), server.terminate()]);
modal.close();
console.log('all checks passed');
