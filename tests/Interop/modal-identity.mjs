// The real JS SDK: environments, with every error that its users can see. Configured by MODAL_* variables.
import assert from 'node:assert/strict';
import { AlreadyExistsError, InvalidError, ModalClient, NotFoundError } from 'modal';

const modal = new ModalClient();

async function names() {
  const found = [];
  for await (const environment of modal.environments.objects.list()) {
    assert.match(environment.environmentId, /^en-[0-9A-Za-z]{22}$/);
    found.push(environment.name);
  }
  return found;
}

assert.deepEqual(await names(), ['main']);
assert.equal(await modal.getImageBuilderVersion(), '2025.06');

await modal.environments.objects.create('js-env');
assert.deepEqual((await names()).sort(), ['js-env', 'main']);
const environment = await modal.environments.fromName('js-env');
assert.equal(environment.name, 'js-env');
assert.equal((await modal.environments.fromName('js-env')).environmentId, environment.environmentId);

await assert.rejects(modal.environments.objects.create('js-env'), AlreadyExistsError);
await assert.rejects(modal.environments.fromName('no-such'), NotFoundError);
await assert.rejects(modal.environments.objects.create('-bad'), InvalidError);

await modal.environments.objects.delete('js-env');
assert.deepEqual(await names(), ['main']);
await assert.rejects(modal.environments.fromName('js-env'), NotFoundError);

modal.close();
console.log('all checks passed');
