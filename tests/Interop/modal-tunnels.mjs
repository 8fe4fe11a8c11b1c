// The real JS SDK: how sandboxes are reached from outside, and what they may reach.
import assert from 'node:assert/strict';
import { get } from 'node:https';
import { ModalClient } from 'modal';

const modal = new ModalClient();
const app = await modal.apps.fromName('js-tunnels', { createIfMissing: true });
const image = modal.images.fromRegistry('alpine:3.21');
const create = (options) => modal.sandboxes.create(app, image, options);
const serve = ['sh', '-c', 'echo hello > /tmp/index.html; exec httpd -f -p 8000 -h /tmp'];
const eventually = async (what) => {
  for (let attempt = 0; ; attempt++) {
    try {
      return await what();
    } catch (failure) {
      if (attempt === 50) throw failure;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
};
const overTls = (url) => new Promise((resolve, reject) => {
  get(url, { rejectUnauthorized: false }, async (response) => resolve((await response.toArray()).join(''))).on('error', reject);
});
const overTcp = async ([host, port]) => (await fetch(`http://${host}:${port}/`, { headers: { connection: 'close' } })).text();

// A port with TLS, and one without as well; nothing for others than those that may connect.
const open = await create({ command: serve, encryptedPorts: [8000], unencryptedPorts: [8001], timeoutMs: 120_000 });
const tunnels = await open.tunnels();
assert.deepEqual(Object.keys(tunnels), ['8000', '8001']);
assert.equal(await eventually(() => overTls(tunnels[8000].url)), 'hello\n');
await open.exec(['httpd', '-f', '-p', '8001', '-h', '/tmp']);
assert.equal(await eventually(() => overTcp(tunnels[8001].tcpSocket)), 'hello\n');
const closed = await create({ command: serve, unencryptedPorts: [8000], inboundCidrAllowlist: ['192.0.2.0/24'], timeoutMs: 120_000 });
await assert.rejects(overTcp((await closed.tunnels())[8000].tcpSocket));
await closed.terminate();

// Malformed lists are refused.
await assert.rejects(create({ inboundCidrAllowlist: ['not-an-ip/8'] }), /Invalid CIDR: not-an-ip\/8/);
await assert.rejects(create({ outboundCidrAllowlist: ['not-an-ip/8'] }), /Invalid CIDR: not-an-ip\/8/);

// What it may reach is changed while it runs: the policy is taken, and connections from outside go on.
await open.updateNetworkPolicy({ outboundCidrAllowlist: [], outboundDomainAllowlist: [] });
assert.equal(await eventually(() => overTls(tunnels[8000].url)), 'hello\n');
await assert.rejects(open.updateNetworkPolicy({ outboundCidrAllowlist: ['not-an-ip/8'], outboundDomainAllowlist: [] }), /Invalid CIDR/);

// With the sandbox its ports go.
await open.terminate({ wait: true });
await eventually(() => assert.rejects(overTcp(tunnels[8001].tcpSocket)));
modal.close();
console.log('all checks passed');
