using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using Appliance.Containers.Networks.Namespaces;

namespace Appliance.Containers.Networks.Names;

/// <summary>The host's own name servers, which are asked on behalf of containers.</summary>
internal sealed class UpstreamServers(HostStack host, string? resolverFile, TimeProvider clock)
{
    private const int NamePort = 53;
    private const int RoundsMax = 2;
    private const int DatagramBytesMax = 4096;
    private static readonly TimeSpan ServerTimeout = TimeSpan.FromSeconds(1.5);

    // Programs that ask us wait five seconds as a rule.
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(4.5);
    private static readonly TimeSpan FileAgeMax = TimeSpan.FromSeconds(5);

    private readonly Lock gate = new();
    private IReadOnlyList<IPAddress> servers = [];
    private long? readAt;

    /// <summary>Asks one server after the other until one has an answer.</summary>
    /// <returns>Null when there is no server, or none that answers.</returns>
    public async Task<byte[]?> AskAsync(ReadOnlyMemory<byte> query, NameQuestion question, ProtocolType protocol, CancellationToken cancellation)
    {
        byte[]? failure = null;
        long start = clock.GetTimestamp();
        IReadOnlyList<IPAddress> asked = ReadServers();
        for (int round = 0; round < RoundsMax; round++)
        {
            foreach (IPAddress server in asked.Where(_ => clock.GetElapsedTime(start) < Timeout))
            {
                byte[]? reply = await TryAskAsync(server, query, question, protocol, cancellation).ConfigureAwait(false);
                if (reply is not null && NameReply.CodeOf(reply) is not (NameReply.ServerFailure or NameReply.Refused))
                {
                    return reply;
                }

                failure ??= reply;
            }
        }

        return failure;
    }

    private async Task<byte[]?> TryAskAsync(
        IPAddress server, ReadOnlyMemory<byte> query, NameQuestion question, ProtocolType protocol, CancellationToken cancellation)
    {
        using var timeout = new CancellationTokenSource(ServerTimeout, clock);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellation);
        byte[] own = query.ToArray();

        // A number of our own and a port of the kernel's choice: both must be guessed to slip us a wrong answer.
        RandomNumberGenerator.Fill(own.AsSpan(0, 2));
        try
        {
            using Socket socket = host.OpenSocket(
                server.AddressFamily, protocol == ProtocolType.Udp ? SocketType.Dgram : SocketType.Stream, protocol);
            await socket.ConnectAsync(new IPEndPoint(server, NamePort), both.Token).ConfigureAwait(false);
            byte[]? reply = protocol == ProtocolType.Udp
                ? await ExchangeDatagramsAsync(socket, own, question, both.Token).ConfigureAwait(false)
                : await ExchangeStreamAsync(socket, own, question, both.Token).ConfigureAwait(false);
            if (reply is not null)
            {
                query[..2].CopyTo(reply);
            }

            return reply;
        }
        catch (Exception failure) when (failure is SocketException || (failure is OperationCanceledException && !cancellation.IsCancellationRequested))
        {
            return null;
        }
    }

    private static async Task<byte[]?> ExchangeDatagramsAsync(Socket socket, byte[] query, NameQuestion question, CancellationToken cancellation)
    {
        await socket.SendAsync(query, cancellation).ConfigureAwait(false);
        byte[] buffer = new byte[DatagramBytesMax];
        while (true)
        {
            int length = await socket.ReceiveAsync(buffer, cancellation).ConfigureAwait(false);
            if (NameReply.Answers(buffer.AsSpan(0, length), query, question))
            {
                return buffer[..length];
            }
        }
    }

    private static async Task<byte[]?> ExchangeStreamAsync(Socket socket, byte[] query, NameQuestion question, CancellationToken cancellation)
    {
        await NameStream.WriteAsync(socket, query, cancellation).ConfigureAwait(false);
        byte[]? reply = await NameStream.ReadAsync(socket, cancellation).ConfigureAwait(false);
        return reply is not null && NameReply.Answers(reply, query, question) ? reply : null;
    }

    // The file changes with the host's network, and reading it takes microseconds.
    private IReadOnlyList<IPAddress> ReadServers()
    {
        lock (gate)
        {
            if (readAt is null || clock.GetElapsedTime(readAt.Value) > FileAgeMax)
            {
                servers = ResolverFile.Read(resolverFile).Servers;
                readAt = clock.GetTimestamp();
            }

            return servers;
        }
    }
}
