using System.Globalization;

namespace Appliance.Hosting.Settings;

/// <summary>Ports from one to another, both included.</summary>
public readonly record struct PortRange(int First, int Last)
{
    /// <summary>Each port is a socket that is open all the time.</summary>
    public const int CountMax = 1000;

    public int Count => Last - First + 1;

    public bool Contains(int port) => port >= First && port <= Last;

    /// <summary>Reads <c>8000-8099</c>.</summary>
    public static bool TryRead(string text, out PortRange range)
    {
        string[] parts = text.Split('-');
        range = default;
        if (parts.Length != 2 || !TryReadPort(parts[0], out int first) || !TryReadPort(parts[1], out int last))
        {
            return false;
        }

        range = new PortRange(first, last);
        return range.Count is >= 1 and <= CountMax;
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{First}-{Last}");

    private static bool TryReadPort(string text, out int port) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out port) && port is > 0 and <= ushort.MaxValue;
}
