namespace Appliance.Containers.Specs;

/// <summary>Which devices a container may open: none but the harmless ones and those it was given.</summary>
internal static class DeviceRules
{
    private static readonly OciDeviceRule[] Standard =
    [
        new(false, null, null, null, "rwm"),

        // Making a node is not using it.
        new(true, "c", null, null, "m"),
        new(true, "b", null, null, "m"),
        new(true, "c", 1, 3, "rwm"),
        new(true, "c", 1, 5, "rwm"),
        new(true, "c", 1, 7, "rwm"),
        new(true, "c", 1, 8, "rwm"),
        new(true, "c", 1, 9, "rwm"),
        new(true, "c", 5, 0, "rwm"),
        new(true, "c", 5, 2, "rwm"),
        new(true, "c", 136, null, "rwm"),
    ];

    public static IReadOnlyList<OciDeviceRule> For(IReadOnlyList<ContainerDevice> devices) =>
        [.. Standard, .. devices.Select(device => new OciDeviceRule(true, TypeOf(device), device.Major, device.Minor, "rwm"))];

    public static IReadOnlyList<OciDevice> NodesOf(IReadOnlyList<ContainerDevice> devices) =>
        [.. devices.Select(device => new OciDevice(device.Path, TypeOf(device), device.Major, device.Minor, 0x1B6))];

    private static string TypeOf(ContainerDevice device) => device.IsBlock ? "b" : "c";
}
