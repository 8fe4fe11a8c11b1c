using System.Net;
using System.Security.Cryptography;
using System.Text;

namespace Appliance.Containers.Networks.Wires;

/// <summary>The IPv6 addresses of a cluster's containers: a local network (RFC 4193) that follows from the cluster's id, and the rank.</summary>
public static class WireAddresses
{
    public const int PrefixLength = 64;

    private const byte LocalPrefix = 0xfd;
    private const int GlobalBytes = 5;

    /// <param name="cluster">Its id.</param>
    /// <param name="rank">From 0; rank 0 has the address that ends with 1.</param>
    public static IPAddress Of(string cluster, int rank)
    {
        Span<byte> address = stackalloc byte[16];
        address.Clear();
        address[0] = LocalPrefix;
        SHA256.HashData(Encoding.UTF8.GetBytes(cluster)).AsSpan(0, GlobalBytes).CopyTo(address[1..]);
        System.Buffers.Binary.BinaryPrimitives.WriteUInt16BigEndian(address[14..], checked((ushort)(rank + 1)));
        return new IPAddress(address);
    }
}
