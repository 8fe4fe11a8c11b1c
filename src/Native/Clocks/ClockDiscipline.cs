using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Appliance.Native.Clocks;

/// <summary>What the kernel knows of its clock.</summary>
/// <param name="IsSynchronized">A time service keeps the clock right.</param>
/// <param name="ErrorMax">How far it may be off; meaningless while nobody keeps it.</param>
public readonly partial record struct ClockDiscipline(bool IsSynchronized, TimeSpan ErrorMax)
{
    private const string LibC = "libc.so.6";

    // struct timex of 64-bit Linux: 208 bytes, of which these are read. All zero, the call only asks.
    private const int TimexBytes = 208;
    private const int ErrorMaxOffset = 24;
    private const int StatusOffset = 40;
    private const int StatusUnsynchronized = 0x40;

    /// <exception cref="IOException">The kernel refuses (a sandbox may); HResult is the errno.</exception>
    public static ClockDiscipline Read()
    {
        Span<byte> timex = stackalloc byte[TimexBytes];
        timex.Clear();
        if (Adjust(ref MemoryMarshal.GetReference(timex)) < 0)
        {
            int error = Marshal.GetLastPInvokeError();
            throw new IOException($"adjtimex: {Marshal.GetPInvokeErrorMessage(error)}", error);
        }

        int status = BinaryPrimitives.ReadInt32LittleEndian(timex[StatusOffset..]);
        long errorMicroseconds = BinaryPrimitives.ReadInt64LittleEndian(timex[ErrorMaxOffset..]);
        return new ClockDiscipline((status & StatusUnsynchronized) == 0, TimeSpan.FromMicroseconds(errorMicroseconds));
    }

    [LibraryImport(LibC, EntryPoint = "adjtimex", SetLastError = true)]
    private static partial int Adjust(ref byte timex);
}
