// The real JS SDK: calls of a deployed app whose containers the test plays.
import assert from 'node:assert/strict';
import { FunctionTimeoutError, ModalClient, NotFoundError, RemoteError } from 'modal';

const modal = new ModalClient();
const echo = await modal.functions.fromName('js-functions', 'echo');

// Arguments go there and back.
assert.deepEqual(await echo.remote(['six', 6], { more: true }), [['six', 6], { more: true }]);

// A spawned call is fetched later, by its id, and again.
const spawned = await echo.spawn(['later']);
assert.deepEqual(await spawned.get(), [['later'], {}]);
assert.deepEqual(await (await modal.functionCalls.fromId(spawned.functionCallId)).get({ timeoutMs: 30_000 }), [['later'], {}]);

// What a function raises has its class and message here.
await assert.rejects(echo.remote(['raise']), (error) => error instanceof RemoteError && /ValueError\('no'\)/.test(error.message));
await assert.rejects(echo.remote(['hang']), (error) => error instanceof FunctionTimeoutError && /hit its timeout of 2s/.test(error.message));
await assert.rejects(modal.functions.fromName('js-functions', 'cube'), NotFoundError);

// Methods of a class that is bound with parameters.
const counter = await (await modal.cls.fromName('js-functions', 'Counter')).instance({ start: 50 });
assert.deepEqual(await counter.method('inc').remote([2]), [[2], {}]);

// Numbers, and others from now on.
const stats = await echo.getCurrentStats();
assert.deepEqual(stats, { backlog: 0, numTotalRunners: 1 });
await echo.updateAutoscaler({ maxContainers: 2, scaledownWindowMs: 60_000 });

// What the app has, and how it lives.
const app = await modal.apps.fromName('js-functions');
const info = await app.info();
assert.equal(info.functions.echo, echo.functionId);
assert.deepEqual([info.lifecycle.state, info.lifecycle.version, info.description], ['deployed', 1, 'js-functions']);
assert.ok(info.lifecycle.deployedAt.getTime() > Date.now() - 3_600_000);

modal.close();
console.log('all checks passed');
