// The grpc-js client against the echo server at argv[2]; argv[3] is the proto file, argv[4] "gzip" to compress.
import grpc from '@grpc/grpc-js';
import loader from '@grpc/proto-loader';
import { checkAll } from './echo-checks.mjs';

const [address, proto, compression] = process.argv.slice(2);
const definition = grpc.loadPackageDefinition(loader.loadSync(proto, { keepCase: false, longs: Number, defaults: true }));
const stub = new definition.appliance.tests.Echo(address, grpc.credentials.createInsecure(), {
  'grpc.max_receive_message_length': -1,
  'grpc.max_send_message_length': -1,
  ...(compression === 'gzip' ? { 'grpc.default_compression_algorithm': grpc.compressionAlgorithms.gzip } : {}),
});

function metadataOf(headers = {}) {
  const metadata = new grpc.Metadata();
  Object.entries(headers).forEach(([key, value]) => metadata.set(key, value));
  return metadata;
}

const viewOf = (metadata) => ({ get: (key) => metadata.get(key)[0] });
const optionsOf = ({ deadlineMs } = {}) => (deadlineMs ? { deadline: Date.now() + deadlineMs } : {});

function unary(request, options = {}, begun = () => {}) {
  return new Promise((resolve, reject) => {
    let headers;
    let reply;
    const call = stub.unary(request, metadataOf(options.headers), optionsOf(options), (failure, value) => {
      if (failure) {
        reject(failure);
      }

      reply = value;
    });
    call.on('metadata', (metadata) => { headers = viewOf(metadata); });
    call.on('status', (status) => resolve({ reply, headers, trailers: viewOf(status.metadata) }));
    begun(call);
  });
}

function collect(call) {
  return new Promise((resolve, reject) => {
    const replies = [];
    call.on('data', (reply) => replies.push(reply));
    call.on('error', reject);
    call.on('end', () => resolve(replies));
  });
}

function send(call, requests) {
  requests.forEach((request) => call.write(request));
  call.end();
}

const client = {
  unary,
  serverStream: (request) => collect(stub.serverStream(request)),
  clientStream: (requests) => new Promise((resolve, reject) => {
    send(stub.clientStream((failure, reply) => (failure ? reject(failure) : resolve(reply))), requests);
  }),
  duplex: (requests) => {
    const call = stub.duplex();
    const replies = collect(call);
    send(call, requests);
    return replies;
  },
  cancelled: (request) => unary(request, {}, (call) => setTimeout(() => call.cancel(), 200)),
  unknown: () => new Promise((resolve, reject) => {
    const same = (value) => value;
    stub.makeUnaryRequest(
      '/appliance.tests.Echo/Missing', same, same, Buffer.alloc(0), (failure, reply) => (failure ? reject(failure) : resolve(reply)));
  }),
};

await checkAll(client, grpc.status);
stub.close();
console.log('all checks passed');
