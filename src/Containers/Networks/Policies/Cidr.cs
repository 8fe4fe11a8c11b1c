using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Appliance.Core.Errors;

namespace Appliance.Containers.Networks.Policies;

/// <summary>Networks as people write them: an address, a slash, the number of bits that count.</summary>
public static class Cidr
{
    /// <summary>Bits behind those that count are cleared, as routers do.</summary>
    /// <exception cref="ApplianceException">InvalidArgument: it is no network.</exception>
    public static IPNetwork Parse(string text)
    {
        string[] parts = text.Trim().Split('/');
        if (parts.Length != 2
            || !IPAddress.TryParse(parts[0], out IPAddress? address)
            || !IsPlain(address, parts[0])
            || !int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out int bits)
            || bits > address.GetAddressBytes().Length * 8)
        {
            throw new ApplianceException(ErrorKind.InvalidArgument, $"Invalid CIDR: {text}");
        }

        return new IPNetwork(Clear(address, bits), bits);
    }

    // The parser also takes numbers such as "10" or "0x7f.1", which nobody means in a list of networks.
    private static bool IsPlain(IPAddress address, string text) => address.AddressFamily == AddressFamily.InterNetwork
        ? address.ToString() == text
        : address.ScopeId == 0 && !text.Contains('%');

    private static IPAddress Clear(IPAddress address, int bits)
    {
        byte[] bytes = address.GetAddressBytes();
        for (int index = 0; index < bytes.Length; index++)
        {
            int kept = Math.Clamp(bits - (index * 8), 0, 8);
            bytes[index] &= (byte)(0xFF << (8 - kept));
        }

        return new IPAddress(bytes);
    }
}
