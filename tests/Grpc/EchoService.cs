using Appliance.Tests.Grpc.Protos;
using Google.Protobuf;
using Grpc.Core;

namespace Appliance.Tests.Grpc;

// Inside Appliance the bare name means the metadata store.
using Metadata = global::Grpc.Core.Metadata;

/// <summary>Does what each request asks for, and remembers what became of it.</summary>
public sealed class EchoService : Echo.EchoBase
{
    public CallRecord Record { get; } = new();

    public override async Task<EchoReply> Unary(EchoRequest request, ServerCallContext context)
    {
        using IDisposable running = Record.Begin(context);
        await PrepareAsync(request, context);
        await ObeyAsync(request, context);
        if (request.IsReplyPlain)
        {
            context.WriteOptions = new WriteOptions(WriteFlags.NoCompress);
        }

        return ReplyTo(request, context, 1);
    }

    public override async Task<EchoReply> ClientStream(IAsyncStreamReader<EchoRequest> requestStream, ServerCallContext context)
    {
        using IDisposable running = Record.Begin(context);
        var all = new EchoReply();
        while (await requestStream.MoveNext())
        {
            await ObeyAsync(requestStream.Current, context);
            all.Requests++;
            all.Text += requestStream.Current.Text;
            all.Payload = requestStream.Current.Payload;
        }

        return all;
    }

    public override async Task ServerStream(
        EchoRequest request, IServerStreamWriter<EchoReply> responseStream, ServerCallContext context)
    {
        using IDisposable running = Record.Begin(context);
        await PrepareAsync(request, context);
        for (int reply = 1; reply <= Math.Max(request.Replies, 1); reply++)
        {
            await WaitAsync(request, context);
            await responseStream.WriteAsync(ReplyTo(request, context, reply));
        }

        await ObeyAsync(request, context);
    }

    public override async Task Duplex(
        IAsyncStreamReader<EchoRequest> requestStream, IServerStreamWriter<EchoReply> responseStream, ServerCallContext context)
    {
        using IDisposable running = Record.Begin(context);
        int requests = 0;
        await foreach (EchoRequest request in requestStream.ReadAllAsync())
        {
            requests++;
            await ObeyAsync(request, context);
            for (int reply = 0; reply < Math.Max(request.Replies, 1); reply++)
            {
                await responseStream.WriteAsync(ReplyTo(request, context, requests));
            }
        }
    }

    private static async Task PrepareAsync(EchoRequest request, ServerCallContext context)
    {
        var headers = new Metadata();
        foreach (Metadata.Entry entry in context.RequestHeaders)
        {
            if (entry.Key.StartsWith("echo-", StringComparison.Ordinal))
            {
                headers.Add(entry);
            }
            else if (entry.Key.StartsWith("trail-", StringComparison.Ordinal))
            {
                context.ResponseTrailers.Add(entry);
            }
        }

        if (request.SendsHeadersFirst || headers.Count > 0)
        {
            await context.WriteResponseHeadersAsync(headers);
        }
    }

    private static async Task ObeyAsync(EchoRequest request, ServerCallContext context)
    {
        await WaitAsync(request, context);
        if (request.Throws)
        {
            throw new InvalidOperationException("secret of the house");
        }

        if (request.Code != 0)
        {
            var trailers = new Metadata();
            if (!request.Details.IsEmpty)
            {
                trailers.Add("grpc-status-details-bin", request.Details.ToByteArray());
            }

            throw new RpcException(new Status((StatusCode)request.Code, request.Detail), trailers);
        }
    }

    private static Task WaitAsync(EchoRequest request, ServerCallContext context) => request.DelayMs == 0
        ? Task.CompletedTask
        : Task.Delay(request.DelayMs, request.IsDeaf ? CancellationToken.None : context.CancellationToken);

    private static EchoReply ReplyTo(EchoRequest request, ServerCallContext context, int requests) => new()
    {
        Text = request.Text,
        Payload = request.ReplyBytes > 0 ? ByteString.CopyFrom(new byte[request.ReplyBytes]) : request.Payload,
        Requests = requests,
        Peer = context.Peer,
        DeadlineMs = context.Deadline == DateTime.MaxValue ? 0 : (long)(context.Deadline - DateTime.UtcNow).TotalMilliseconds,
    };
}
