using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Appliance.Containers.Networks.Addresses;

/// <summary>
/// Names of the host's ends of container networks: a prefix that no other instance has, and the number of the
/// network's slot. Interface names have 15 letters at most.
/// </summary>
public sealed class InterfaceNames
{
    /// <summary>What the names of all instances begin with.</summary>
    public const string FamilyPrefix = "apl";

    private const string Letters = "abcdefghijkmnpqrstuvwxyz23456789";
    private const int InstanceLetters = 5;

    public InterfaceNames(string instance)
    {
        byte[] digest = SHA256.HashData(Encoding.UTF8.GetBytes(instance));
        Prefix = $"{FamilyPrefix}{string.Concat(digest.Take(InstanceLetters).Select(value => Letters[value % Letters.Length]))}-";
    }

    public string Prefix { get; }

    public string Of(int slot) => Prefix + slot.ToString(CultureInfo.InvariantCulture);

    /// <summary>Null when the interface is none of this instance's.</summary>
    public int? SlotOf(string name) =>
        name.StartsWith(Prefix, StringComparison.Ordinal)
        && int.TryParse(name.AsSpan(Prefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out int slot)
            ? slot
            : null;
}
