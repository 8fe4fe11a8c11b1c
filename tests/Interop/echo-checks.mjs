// What any JavaScript client of the echo service must see. A client is given as one function for each kind of call.
import assert from 'node:assert/strict';

export const MEBIBYTE = 1024 * 1024;

export async function checkAll(client, codes) {
  await checkKinds(client);
  await checkMetadata(client);
  await checkErrors(client, codes);
  await checkDeadlines(client, codes);
  await checkCancellation(client, codes);
  await checkLargeMessages(client, codes);
}

async function checkKinds(client) {
  assert.equal((await client.unary({ text: 'hello' })).reply.text, 'hello');
  assert.equal((await client.clientStream([{ text: 'a' }, { text: 'b' }, { text: 'c' }])).text, 'abc');
  const replies = await client.serverStream({ text: 'r', replies: 200 });
  assert.deepEqual(replies.map((reply) => reply.requests), Array.from({ length: 200 }, (_, at) => at + 1));
  const answers = await client.duplex([{ text: 'x' }, { text: 'y', replies: 2 }]);
  assert.deepEqual(answers.map((reply) => reply.text), ['x', 'y', 'y']);
}

async function checkMetadata(client) {
  const bytes = Buffer.from([0, 1, 254, 255]);
  const { headers, trailers } = await client.unary(
    {}, { headers: { 'echo-word': 'value', 'echo-some-bin': bytes, 'trail-word': 'end', 'trail-some-bin': bytes } });
  assert.equal(headers.get('echo-word'), 'value');
  assert.deepEqual(Buffer.from(headers.get('echo-some-bin')), bytes);
  assert.equal(trailers.get('trail-word'), 'end');
  assert.deepEqual(Buffer.from(trailers.get('trail-some-bin')), bytes);
}

async function checkErrors(client, codes) {
  const details = Buffer.from('08051203776879', 'hex');
  const failure = await refused(client.unary({ code: codes.NOT_FOUND, detail: 'no "Grüße" 🚀 100%\nhere', details }), codes.NOT_FOUND);
  assert.equal(failure.details, 'no "Grüße" 🚀 100%\nhere');
  if (failure.metadata) {
    assert.deepEqual(Buffer.from(failure.metadata.get('grpc-status-details-bin')[0]), details);
  }

  await refused(client.unary({ throws: true }), codes.UNKNOWN);
  await refused(client.serverStream({ replies: 2, code: codes.DATA_LOSS }), codes.DATA_LOSS);
  await refused(client.clientStream([{ code: codes.ABORTED }]), codes.ABORTED);
  await refused(client.duplex([{ text: 'x' }, { code: codes.OUT_OF_RANGE }]), codes.OUT_OF_RANGE);
  const unknown = await refused(client.unknown(), codes.UNIMPLEMENTED);
  assert.match(unknown.details, /appliance\.tests\.Echo\/Missing/);
}

async function checkDeadlines(client, codes) {
  const { reply } = await client.unary({}, { deadlineMs: 30_000 });
  assert.ok(Number(reply.deadlineMs) > 20_000 && Number(reply.deadlineMs) <= 30_100, `${reply.deadlineMs}`);
  for (const isDeaf of [false, true]) {
    const start = Date.now();
    await refused(client.unary({ delayMs: 4000, isDeaf }, { deadlineMs: 300 }), codes.DEADLINE_EXCEEDED);
    assert.ok(Date.now() - start < 3000);
  }
}

async function checkCancellation(client, codes) {
  await refused(client.cancelled({ delayMs: 60_000 }), codes.CANCELLED);
  assert.equal((await client.unary({ text: 'alive' })).reply.text, 'alive');
}

async function checkLargeMessages(client, codes) {
  const payload = Buffer.alloc(50 * MEBIBYTE);
  for (let at = 0; at < payload.length; at += 4096) {
    payload.writeUInt32BE(at, at);
  }

  const { reply } = await client.unary({ payload });
  assert.ok(payload.equals(reply.payload));
  await refused(client.unary({ payload: Buffer.alloc(70 * MEBIBYTE) }), codes.RESOURCE_EXHAUSTED);
}

async function refused(call, code) {
  let failure;
  await assert.rejects(call, (thrown) => {
    failure = thrown;
    return true;
  });
  assert.equal(failure.code, code, `${failure}`);
  return failure;
}
