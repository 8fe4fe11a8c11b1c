using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Appliance.Native.Pipes;

/// <summary>
/// Waits for pipes and other descriptors to become readable or writable: one thread for all of them. .NET itself does
/// that for sockets only, and would hold a thread for each pipe.
/// </summary>
public sealed class Readiness
{
    private const int EventsPerWait = 64;

    // The kernel packs the structure on x86-64 only.
    private static readonly int EventSize = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 12 : 16;
    private static readonly int DataOffset = EventSize - sizeof(ulong);

    private static readonly Lazy<Readiness> OfProcess = new(() => new Readiness());

    private readonly ConcurrentDictionary<ulong, TaskCompletionSource> waiting = new();
    private readonly SafeFileHandle epoll;
    private ulong lastTicket;

    private Readiness()
    {
        epoll = PipeCalls.CreateEpoll(PipeCalls.EpollCloseOnExec);
        if (epoll.IsInvalid)
        {
            throw new IOException($"epoll_create1: {Marshal.GetLastPInvokeErrorMessage()}", Marshal.GetLastPInvokeError());
        }

        new Thread(Run) { IsBackground = true, Name = "Readiness" }.Start();
    }

    /// <summary>The process needs no more than one.</summary>
    public static Readiness Shared => OfProcess.Value;

    internal Task UntilReadableAsync(SafeFileHandle file, CancellationToken cancellation) =>
        UntilAsync(file, PipeCalls.Readable, cancellation);

    internal Task UntilWritableAsync(SafeFileHandle file, CancellationToken cancellation) =>
        UntilAsync(file, PipeCalls.Writable, cancellation);

    private async Task UntilAsync(SafeFileHandle file, uint interest, CancellationToken cancellation)
    {
        ulong ticket = Interlocked.Increment(ref lastTicket);
        var ready = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        waiting[ticket] = ready;
        Control(PipeCalls.ControlAdd, file, interest | PipeCalls.OneShot, ticket);
        try
        {
            await ready.Task.WaitAsync(cancellation);
        }
        finally
        {
            waiting.TryRemove(ticket, out _);
            Control(PipeCalls.ControlRemove, file, 0, 0);
        }
    }

    private unsafe void Control(int operation, SafeFileHandle file, uint interest, ulong ticket)
    {
        Span<byte> entry = stackalloc byte[16];
        MemoryMarshal.Write(entry, interest);
        MemoryMarshal.Write(entry[DataOffset..], ticket);
        fixed (byte* pointer = entry)
        {
            if (PipeCalls.ControlEpoll(epoll, operation, file, pointer) != 0 && operation == PipeCalls.ControlAdd)
            {
                throw new IOException($"epoll_ctl: {Marshal.GetLastPInvokeErrorMessage()}", Marshal.GetLastPInvokeError());
            }
        }
    }

    private unsafe void Run()
    {
        Span<byte> events = new byte[EventsPerWait * 16];
        while (true)
        {
            int count;
            fixed (byte* pointer = events)
            {
                count = PipeCalls.WaitEpoll(epoll, pointer, EventsPerWait, -1);
            }

            for (int index = 0; index < count; index++)
            {
                ulong ticket = BinaryPrimitives.ReadUInt64LittleEndian(events[((index * EventSize) + DataOffset)..]);
                if (waiting.TryGetValue(ticket, out TaskCompletionSource? ready))
                {
                    ready.TrySetResult();
                }
            }
        }
    }
}
