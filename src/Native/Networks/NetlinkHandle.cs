using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Appliance.Native.Networks;

/// <summary>
/// A netlink socket: the kernel's door to its network configuration. It speaks for the network namespace that the
/// thread was in when it was opened, whichever thread uses it later.
/// </summary>
public sealed class NetlinkHandle : SafeHandleMinusOneIsInvalid
{
    private const int ReceiveTimeoutOption = 20;
    private const int ReceiveBufferForceOption = 33;
    private const int SendBufferForceOption = 32;
    private const int CappedAcknowledgementOption = 10;
    private const int ExtendedAcknowledgementOption = 11;
    private const int ReceiveBufferBytes = 4 << 20;

    // All changes of one transaction are one message, and an allow-list may have tens of thousands of entries.
    private const int SendBufferBytes = 32 << 20;
    private const int ReceiveTimeoutSeconds = 30;
    private const int TruncateFlag = 0x20;
    private const int PeekFlag = 0x2;

    public NetlinkHandle()
        : base(ownsHandle: true)
    {
    }

    /// <exception cref="IOException">The kernel has no such protocol; HResult is the errno.</exception>
    public static NetlinkHandle Open(NetlinkProtocol protocol)
    {
        NetlinkHandle handle = NetworkCalls.Socket(NetworkCalls.NetlinkFamily, NetworkCalls.RawSocketCloseOnExec, (int)protocol);
        if (handle.IsInvalid)
        {
            throw NetworkCalls.LastFailure($"open netlink socket '{protocol}'");
        }

        // Old kernels lack the two acknowledgement options; errors are then numbers without a text.
        handle.TrySet(NetworkCalls.NetlinkLevel, ExtendedAcknowledgementOption, [1]);
        handle.TrySet(NetworkCalls.NetlinkLevel, CappedAcknowledgementOption, [1]);
        handle.TrySet(NetworkCalls.SocketLevel, ReceiveBufferForceOption, [ReceiveBufferBytes]);
        handle.TrySet(NetworkCalls.SocketLevel, SendBufferForceOption, [SendBufferBytes]);
        handle.TrySet(NetworkCalls.SocketLevel, ReceiveTimeoutOption, [ReceiveTimeoutSeconds, 0, 0, 0]);
        return handle;
    }

    /// <exception cref="IOException">The kernel refuses; HResult is the errno.</exception>
    public void Send(ReadOnlySpan<byte> messages)
    {
        while (NetworkCalls.Send(this, messages, messages.Length, 0) < 0)
        {
            if (Marshal.GetLastPInvokeError() != NetworkCalls.Interrupted)
            {
                throw NetworkCalls.LastFailure("send netlink message");
            }
        }
    }

    /// <summary>One datagram; it waits half a minute at most.</summary>
    /// <param name="buffer">Made larger when the datagram does not fit.</param>
    /// <returns>The datagram's length.</returns>
    /// <exception cref="IOException">Nothing came, or messages were lost (ENOBUFS); HResult is the errno.</exception>
    public int Receive(ref byte[] buffer)
    {
        int length = Receive(buffer, PeekFlag | TruncateFlag);
        if (length > buffer.Length)
        {
            buffer = new byte[length];
        }

        return Receive(buffer, 0);
    }

    protected override bool ReleaseHandle() => NetworkCalls.Close(handle) == 0;

    private int Receive(byte[] buffer, int flags)
    {
        while (true)
        {
            nint length = NetworkCalls.Receive(this, buffer, buffer.Length, flags);
            if (length >= 0)
            {
                return (int)length;
            }

            if (Marshal.GetLastPInvokeError() != NetworkCalls.Interrupted)
            {
                throw NetworkCalls.LastFailure("receive netlink message");
            }
        }
    }

    private void TrySet(int level, int option, ReadOnlySpan<int> value)
    {
        ReadOnlySpan<byte> bytes = MemoryMarshal.AsBytes(value);
        _ = NetworkCalls.SetOption(this, level, option, bytes, bytes.Length);
    }
}
