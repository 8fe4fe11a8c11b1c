using System.Runtime.InteropServices;
using Appliance.Native.Networks;

namespace Appliance.Containers.Networks.Netlink;

/// <summary>
/// Asks the kernel, and waits for its answers; one request at a time. It speaks for the network namespace in which it
/// was opened.
/// </summary>
public sealed class NetlinkSocket : IDisposable
{
    private const ushort ErrorType = 2;
    private const ushort DoneType = 3;
    private const int DumpAttemptsMax = 10;
    private const ushort InterruptedDumpFlag = 0x10;

    private readonly Lock gate = new();
    private readonly NetlinkHandle handle;
    private byte[] buffer = new byte[32 << 10];
    private uint nextSequence = 1;

    /// <exception cref="IOException">The kernel has no such protocol; HResult is the errno.</exception>
    public NetlinkSocket(NetlinkProtocol protocol) => handle = NetlinkHandle.Open(protocol);

    /// <summary>Has the kernel carry out requests in their order. Each asks for an acknowledgement.</summary>
    /// <param name="what">What is being done, for the error's text.</param>
    /// <param name="write">Writes the messages.</param>
    /// <exception cref="NetlinkException">One was refused. Those before it were carried out, and so may be those behind it.</exception>
    public void Execute(string what, Action<NetlinkWriter> write)
    {
        lock (gate)
        {
            NetlinkWriter writer = Send(write);
            NetlinkException? failure = null;
            for (int missing = writer.AcknowledgementCount; missing > 0;)
            {
                foreach (NetlinkMessage message in Receive(writer).Where(message => message.Type == ErrorType))
                {
                    failure ??= FailureIn(message, what);
                    missing--;
                }
            }

            if (failure is not null)
            {
                throw failure;
            }
        }
    }

    /// <summary>
    /// As <see cref="Execute"/>, for requests that the kernel carries out all or not at all. Only the last may ask for
    /// an acknowledgement: the kernel sends it when all of them are done.
    /// </summary>
    /// <exception cref="NetlinkException">One was refused; nothing was changed.</exception>
    public void ExecuteBatch(string what, Action<NetlinkWriter> write)
    {
        lock (gate)
        {
            NetlinkWriter writer = Send(write);
            NetlinkException? failure = null;
            for (bool isDone = false; !isDone;)
            {
                foreach (NetlinkMessage message in Receive(writer).Where(message => message.Type == ErrorType))
                {
                    failure ??= FailureIn(message, what);

                    // A batch that is refused as a whole is answered at its first message; the end mark is the last.
                    isDone |= message.Sequence == writer.FirstSequence || message.Sequence == writer.LastSequence - 1;
                }
            }

            if (failure is not null)
            {
                throw failure;
            }
        }
    }

    /// <summary>Asks for one thing or for a list.</summary>
    /// <exception cref="NetlinkException">The kernel refused.</exception>
    public IReadOnlyList<NetlinkMessage> Query(string what, Action<NetlinkWriter> write)
    {
        lock (gate)
        {
            // A list that changes while it is read comes with a mark: what it says may be incomplete.
            for (int attempt = 1; ; attempt++)
            {
                if (QueryOnce(what, write, out bool isInterrupted) is { } found && (!isInterrupted || attempt == DumpAttemptsMax))
                {
                    return found;
                }
            }
        }
    }

    public void Dispose() => handle.Dispose();

    private List<NetlinkMessage> QueryOnce(string what, Action<NetlinkWriter> write, out bool isInterrupted)
    {
        NetlinkWriter writer = Send(write);
        var found = new List<NetlinkMessage>();
        isInterrupted = false;
        while (true)
        {
            foreach (NetlinkMessage message in Receive(writer, out bool isMarked))
            {
                isInterrupted |= isMarked;
                if (message.Type is not (ErrorType or DoneType))
                {
                    found.Add(message);
                    continue;
                }

                return FailureIn(message, what) is { } failure ? throw failure : found;
            }
        }
    }

    private NetlinkWriter Send(Action<NetlinkWriter> write)
    {
        var writer = new NetlinkWriter(nextSequence);
        write(writer);
        nextSequence += (uint)writer.MessageCount;
        handle.Send(writer.Finish());
        return writer;
    }

    private List<NetlinkMessage> Receive(NetlinkWriter request) => Receive(request, out _);

    /// <summary>One datagram's messages; what answers an earlier request that was given up is left out.</summary>
    private List<NetlinkMessage> Receive(NetlinkWriter request, out bool isInterrupted)
    {
        int length = handle.Receive(ref buffer);
        var messages = new List<NetlinkMessage>();
        isInterrupted = false;
        for (int offset = 0; offset + NetlinkWriter.HeaderBytes <= length;)
        {
            ReadOnlySpan<byte> header = buffer.AsSpan(offset);
            int messageLength = MemoryMarshal.Read<int>(header);
            if (messageLength < NetlinkWriter.HeaderBytes || offset + messageLength > length)
            {
                break;
            }

            uint sequence = MemoryMarshal.Read<uint>(header[8..]);
            if (sequence >= request.FirstSequence && sequence <= request.LastSequence)
            {
                isInterrupted |= (MemoryMarshal.Read<ushort>(header[6..]) & InterruptedDumpFlag) != 0;
                messages.Add(new NetlinkMessage(
                    MemoryMarshal.Read<ushort>(header[4..]), sequence, buffer[(offset + NetlinkWriter.HeaderBytes)..(offset + messageLength)]));
            }

            offset += (messageLength + 3) & ~3;
        }

        return messages;
    }

    // A list ends with "done", which carries an error number as well.
    private static NetlinkException? FailureIn(NetlinkMessage message, string what)
    {
        const int errorBytes = 4;
        const int cappedErrorBytes = errorBytes + NetlinkWriter.HeaderBytes;
        const int textAttribute = 1;
        int error = message.Payload.Length < errorBytes ? 0 : -message.ReadFixed<int>(0);
        if (error == 0)
        {
            return null;
        }

        int fixedBytes = message.Type == ErrorType ? cappedErrorBytes : errorBytes;
        return new NetlinkException(what, error, message.Attributes(fixedBytes).FindText(textAttribute));
    }
}
