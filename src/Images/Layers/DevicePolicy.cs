using Appliance.Native.Directories;

namespace Appliance.Images.Layers;

/// <summary>Which devices an image may hold: those that every container has anyway, and that reach no hardware.</summary>
internal static class DevicePolicy
{
    public static bool IsHarmless(NodeKind kind, DeviceNumber device) => kind == NodeKind.CharacterDevice && device switch
    {
        // null, zero, full, random, urandom
        { Major: 1, Minor: 3 or 5 or 7 or 8 or 9 } => true,
        // tty, console, ptmx
        { Major: 5, Minor: 0 or 1 or 2 } => true,
        _ => false,
    };
}
