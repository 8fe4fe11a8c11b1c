// An echo server on grpc-js; argv[2] is the proto file. Says its port and serves until its input ends.
import grpc from '@grpc/grpc-js';
import loader from '@grpc/proto-loader';

const definition = grpc.loadPackageDefinition(loader.loadSync(process.argv[2], { longs: Number, defaults: true }));
const pause = (milliseconds) => new Promise((resolve) => { setTimeout(resolve, milliseconds); });
let cancelled = 0;

function prepare(call) {
  const headers = new grpc.Metadata();
  const trailers = new grpc.Metadata();
  for (const key of Object.keys(call.metadata.getMap())) {
    const target = key.startsWith('echo-') ? headers : key.startsWith('trail-') ? trailers : null;
    call.metadata.get(key).forEach((value) => target?.add(key, value));
  }

  call.on('cancelled', () => { cancelled += 1; });
  call.sendMetadata(headers);
  return trailers;
}

async function obey(request, trailers) {
  await pause(request.delayMs);
  if (request.code !== 0) {
    if (request.details.length > 0) {
      trailers.set('grpc-status-details-bin', request.details);
    }

    throw { code: request.code, details: request.detail, metadata: trailers };
  }
}

function replyTo(request, requests) {
  return {
    // A question that only the server can answer: how many calls were cancelled here?
    text: request.text === 'cancelled?' ? `${cancelled}` : request.text,
    payload: request.replyBytes > 0 ? Buffer.alloc(request.replyBytes) : request.payload,
    requests,
  };
}

const server = new grpc.Server({
  'grpc.max_receive_message_length': -1,
  'grpc.max_send_message_length': -1,
  'grpc.default_compression_algorithm': grpc.compressionAlgorithms.gzip,
});
server.addService(definition.appliance.tests.Echo.service, {
  unary(call, respond) {
    const trailers = prepare(call);
    obey(call.request, trailers).then(() => respond(null, replyTo(call.request, 1), trailers), respond);
  },
  clientStream(call, respond) {
    const trailers = prepare(call);
    let text = '';
    let requests = 0;
    call.on('data', (request) => {
      requests += 1;
      text += request.text;
      if (request.code !== 0) {
        obey(request, trailers).catch(respond);
      }
    });
    call.on('end', () => respond(null, { text, requests }, trailers));
  },
  async serverStream(call) {
    const trailers = prepare(call);
    for (let reply = 1; reply <= Math.max(call.request.replies, 1); reply += 1) {
      await pause(call.request.delayMs);
      call.write(replyTo(call.request, reply));
    }

    await obey(call.request, trailers).then(() => call.end(trailers), (failure) => call.emit('error', failure));
  },
  duplex(call) {
    const trailers = prepare(call);
    let requests = 0;
    let answering = Promise.resolve();
    call.on('data', (request) => {
      answering = answering.then(async () => {
        requests += 1;
        await obey(request, trailers);
        call.write(replyTo(request, requests));
      });
      answering.catch((failure) => call.emit('error', failure));
    });
    call.on('end', () => answering.then(() => call.end(trailers), () => {}));
  },
});
server.bindAsync('127.0.0.1:0', grpc.ServerCredentials.createInsecure(), (failure, port) => {
  if (failure) {
    throw failure;
  }

  console.log(port);
});
process.stdin.on('end', () => process.exit(0)).resume();
