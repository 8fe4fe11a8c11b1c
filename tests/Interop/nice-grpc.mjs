// The nice-grpc client against the echo server at argv[2]; argv[3] is the proto file.
import grpc from '@grpc/grpc-js';
import loader from '@grpc/proto-loader';
import { createChannel, createClient, Metadata, Status } from 'nice-grpc';
import { checkAll } from './echo-checks.mjs';

const [address, proto] = process.argv.slice(2);
const service = grpc.loadPackageDefinition(loader.loadSync(proto, { longs: Number, defaults: true })).appliance.tests.Echo.service;
const methods = Object.fromEntries(Object.values(service).map((method) => [method.originalName, method]));
const missing = { ...methods.unary, path: '/appliance.tests.Echo/Missing' };
const channel = createChannel(`http://${address}`, undefined, {
  'grpc.max_receive_message_length': -1,
  'grpc.max_send_message_length': -1,
});
const stub = createClient({ ...methods, missing }, channel);

async function* each(requests) {
  yield* requests;
}

async function collect(replies) {
  const all = [];
  for await (const reply of replies) {
    all.push(reply);
  }
  return all;
}

async function unary(request, { headers = {}, deadlineMs } = {}) {
  let received;
  let trailers;
  const reply = await stub.unary(request, {
    metadata: Metadata(headers),
    signal: deadlineMs ? AbortSignal.timeout(deadlineMs) : undefined,
    onHeader: (metadata) => { received = metadata; },
    onTrailer: (metadata) => { trailers = metadata; },
  });
  return { reply, headers: received, trailers };
}

// An abort is no call status to nice-grpc, and its errors cannot be given one.
async function abortedAs(code, call) {
  try {
    return await call;
  } catch (thrown) {
    throw ['TimeoutError', 'AbortError'].includes(thrown.name) ? Object.assign(new Error(thrown.message), { code }) : thrown;
  }
}

// nice-grpc leaves deadlines to the abort signal and sends none, so that here they are cancellations.
async function unaryWithDeadline(request, options = {}) {
  if (!options.deadlineMs) {
    return unary(request, options);
  }

  const answer = await abortedAs(Status.DEADLINE_EXCEEDED, unary(request, options));
  return { ...answer, reply: { ...answer.reply, deadlineMs: options.deadlineMs } };
}

await checkAll({
  unary: unaryWithDeadline,
  serverStream: (request) => collect(stub.serverStream(request)),
  clientStream: (requests) => stub.clientStream(each(requests)),
  duplex: (requests) => collect(stub.duplex(each(requests))),
  cancelled: (request) => {
    const abort = new AbortController();
    setTimeout(() => abort.abort(), 200);
    return abortedAs(Status.CANCELLED, stub.unary(request, { signal: abort.signal }));
  },
  unknown: () => stub.missing({}),
}, Status);
channel.close();
console.log('all checks passed');
