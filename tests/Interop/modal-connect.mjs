// The real JS SDK: connect tokens, identity tokens, and options of sandboxes.
import assert from 'node:assert/strict';
import { createPublicKey, verify } from 'node:crypto';
import { ModalClient } from 'modal';

const modal = new ModalClient();
const app = await modal.apps.fromName('js-connect', { createIfMissing: true });
const image = modal.images.fromRegistry('alpine:3.21');
const create = (options) => modal.sandboxes.create(app, image, { timeoutMs: 120_000, ...options });

// A script of a web server tells what it was asked; it is reached with nothing but the token.
const script = `#!/bin/sh
printf 'Content-Type: text/plain\\r\\n\\r\\n%s %s|%s|%s|%s|' "$REQUEST_METHOD" "$REQUEST_URI" "$HTTP_X_VERIFIED_USER_DATA" "$HTTP_AUTHORIZATION" "$HTTP_COOKIE"
[ "$REQUEST_METHOD" = POST ] && wc -c
exit 0
`;
const sandbox = await create({
  command: ['sh', '-c', 'mkdir -p /www/cgi-bin && printf %s "$SCRIPT" > /www/cgi-bin/tell && chmod +x /www/cgi-bin/tell && exec httpd -f -p 8080 -h /www'],
  env: { SCRIPT: script },
});
const { url, token } = await sandbox.createConnectToken({ userMetadata: 'user-7' });
const ask = async (path, headers, more) => {
  for (let attempt = 0; ; attempt++) {
    const response = await fetch(url + path, { headers, redirect: 'manual', ...more });
    if (response.status !== 503 || attempt === 100) return { status: response.status, text: (await response.text()).trim(), headers: response.headers };
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
};
const bearer = { Authorization: `Bearer ${token}` };
assert.equal((await ask('/cgi-bin/tell?a=b%2Fc', { ...bearer, 'X-Verified-User-Data': 'forged' })).text, 'GET /cgi-bin/tell?a=b%2Fc|user-7|||');
assert.equal((await ask('/cgi-bin/tell', bearer, { method: 'POST', body: new Uint8Array(100_000) })).text, 'POST /cgi-bin/tell|user-7|||100000');

// A path of the appliance's own means the sandbox, too, where a token is shown.
assert.equal((await ask('/healthz', bearer)).status, 404);
assert.match((await ask('/healthz', bearer)).text, /not found/i);

// A browser shows the token once; then its cookie does, and the server behind sees neither.
const first = await ask(`/cgi-bin/tell?x=1&_modal_connect_token=${token}`);
assert.equal(first.text, 'GET /cgi-bin/tell?x=1|user-7|||');
const cookie = first.headers.get('set-cookie').split(';')[0];
assert.equal((await ask('/cgi-bin/tell', { cookie: `mine=1; ${cookie}` })).text, 'GET /cgi-bin/tell|user-7||mine=1|');

// What is no token, or one for a port on which nobody listens, and what is no port or no metadata.
assert.equal((await ask('/', { Authorization: `Bearer ${token.slice(0, -2)}AA` })).status, 401);
const silent = await sandbox.createConnectToken({ port: 9 });
const refused = await fetch(silent.url, { headers: { Authorization: `Bearer ${silent.token}` } });
assert.equal(refused.status, 503);
assert.match(await refused.text(), /Nothing listens on port 9 of the container/);
await assert.rejects(sandbox.createConnectToken({ port: 70_000 }));
await assert.rejects(sandbox.createConnectToken({ userMetadata: 'a\r\nb' }), /INVALID_ARGUMENT.*header/s);
await sandbox.terminate({ wait: true });
assert.equal((await ask('/cgi-bin/tell', bearer)).status, 409);
await assert.rejects(sandbox.createConnectToken(), /FAILED_PRECONDITION.*has ended/s);

// A token by which others know what the sandbox is, checked with the published key.
const proven = await create({ command: ['sh', '-c', 'echo "$MODAL_IDENTITY_TOKEN"'], includeOidcIdentityToken: true });
const [header, claims, signature] = (await proven.stdout.readText()).trim().split('.');
const read = (part) => JSON.parse(Buffer.from(part, 'base64url'));
const { issuer, jwks_uri } = await (await fetch(`${url}/.well-known/openid-configuration`)).json();
const key = (await (await fetch(jwks_uri)).json()).keys.find((each) => each.kid === read(header).kid);
assert.ok(verify('RSA-SHA256', Buffer.from(`${header}.${claims}`), createPublicKey({ key, format: 'jwk' }), Buffer.from(signature, 'base64url')));
assert.equal(read(claims).iss, issuer);
assert.equal(read(claims).app_name, 'js-connect');
assert.match(read(claims).sub, /^modal:workspace_id:ac-.*:app_name:js-connect:container_id:ta-/);
const unproven = await create({ command: ['sh', '-c', 'echo "${MODAL_IDENTITY_TOKEN-none}"'] });
assert.equal(await unproven.stdout.readText(), 'none\n');

// Clouds and regions that exist do not matter here; others are mistakes.
assert.equal(await (await create({ command: ['true'], cloud: 'aws', regions: ['us-east-1', 'eu'] })).wait(), 0);
await assert.rejects(create({ cloud: 'invalid-cloud' }), /INVALID_ARGUMENT.*invalid-cloud/s);
await assert.rejects(create({ regions: ['invalid-region'] }), /INVALID_ARGUMENT.*invalid-region/s);

// A container engine inside has a plain directory for its layers.
const engine = await create({ command: ['sh', '-c', 'touch /var/lib/docker/x && grep -c " /var/lib/docker " /proc/mounts'], experimentalOptions: { enable_docker: true } });
assert.equal(await engine.stdout.readText(), '1\n');
assert.equal(await (await create({ command: ['test', '-d', '/var/lib/docker'] })).wait(), 1);
modal.close();
console.log('all checks passed');
