namespace Appliance.Containers.Networks.Filtering;

/// <summary>A set of values that rules look packets up in.</summary>
/// <param name="KeyType">What a listing shows the values as; the kernel only carries it.</param>
/// <param name="KeyBytes">Length of a value, each of its parts padded to four bytes.</param>
internal sealed record SetDefinition(string Name, uint KeyType, int KeyBytes, SetFlags Flags)
{
    private const int BitsOfPart = 6;
    private const uint Address4 = 7;
    private const uint Protocol = 12;
    private const uint Port = 13;
    private const uint InterfaceName = 41;

    public static SetDefinition Addresses(string name, SetFlags flags = SetFlags.None) => new(name, Address4, 4, flags);

    public static SetDefinition InterfacesWithAddress(string name) =>
        new(name, (InterfaceName << BitsOfPart) | Address4, RuleWriter.InterfaceNameBytes + 4, SetFlags.None);

    public static SetDefinition ProtocolsWithPort(string name) => new(name, (Protocol << BitsOfPart) | Port, 8, SetFlags.None);
}
