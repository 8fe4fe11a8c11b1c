using System.ComponentModel;
using System.Runtime.InteropServices;

namespace Appliance.Bench.Objects;

/// <summary>
/// Tells which of many sockets have something to read (epoll), so that one thread can serve them all, as redis-benchmark
/// does it: tasks and a thread pool would cost more than the calls that are measured.
/// </summary>
internal sealed partial class ReadySockets : IDisposable
{
    private const string LibC = "libc.so.6";
    private const int Add = 1;
    private const uint Readable = 1;

    private readonly Event[] events = new Event[64];
    private readonly int poll = Checked(EpollCreate(0));

    /// <param name="descriptor">Of the socket.</param>
    /// <param name="number">What <see cref="Wait"/> names it by.</param>
    public void Watch(int descriptor, int number)
    {
        var wanted = new Event { Events = Readable, Number = number };
        Checked(EpollControl(poll, Add, descriptor, ref wanted));
    }

    /// <summary>Waits until there is something to read; answers the numbers of the sockets, as many as there is room for.</summary>
    public int Wait(Span<int> numbers)
    {
        int count = Checked(EpollWait(poll, events, Math.Min(numbers.Length, events.Length), -1));
        for (int index = 0; index < count; index++)
        {
            numbers[index] = (int)events[index].Number;
        }

        return count;
    }

    public void Dispose() => Close(poll);

    private static int Checked(int result) => result >= 0 ? result : throw new Win32Exception();

    [LibraryImport(LibC, EntryPoint = "epoll_create1", SetLastError = true)]
    private static partial int EpollCreate(int flags);

    [LibraryImport(LibC, EntryPoint = "epoll_ctl", SetLastError = true)]
    private static partial int EpollControl(int poll, int operation, int descriptor, ref Event wanted);

    [LibraryImport(LibC, EntryPoint = "epoll_wait", SetLastError = true)]
    private static partial int EpollWait(int poll, [Out] Event[] events, int countMax, int timeoutMilliseconds);

    [LibraryImport(LibC, EntryPoint = "close")]
    private static partial int Close(int descriptor);

    // Packed on this architecture alone.
    [StructLayout(LayoutKind.Sequential, Pack = 4)]
    private struct Event
    {
        public uint Events;
        public long Number;
    }
}
