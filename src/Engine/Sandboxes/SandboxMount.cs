using System.Globalization;
using Appliance.Core.Ids;
using Appliance.Images.Catalog;
using Appliance.Native.Directories;

namespace Appliance.Engine.Sandboxes;

/// <summary>An image mounted into a running sandbox.</summary>
/// <param name="Room">Where what is written through it goes, and what a new process must know of it.</param>
/// <param name="Path">Absolute, without links, in the container.</param>
/// <param name="Device">Tells the mount from all others of the machine.</param>
/// <param name="ImageId">Empty for none.</param>
/// <param name="Hold">Keeps the image.</param>
public sealed record SandboxMount(string Room, string Path, DeviceNumber Device, string ImageId, IDisposable? Hold)
{
    private const string FileName = "mount";

    /// <summary>Survives this process; nothing of it is needed when the machine boots again.</summary>
    public SandboxMount Save()
    {
        string text = string.Create(CultureInfo.InvariantCulture, $"{ImageId}\n{Device.Major}\n{Device.Minor}\n{Path}");
        File.WriteAllText(System.IO.Path.Combine(Room, FileName), text);
        return this;
    }

    /// <summary>Null where an earlier process mounted nothing in the end.</summary>
    public static SandboxMount? TryLoad(string room, ImagePins pins)
    {
        string file = System.IO.Path.Combine(room, FileName);
        if (!File.Exists(file))
        {
            return null;
        }

        string[] parts = File.ReadAllText(file).Split('\n', 4);
        var device = new DeviceNumber(uint.Parse(parts[1], CultureInfo.InvariantCulture), uint.Parse(parts[2], CultureInfo.InvariantCulture));
        IDisposable? hold = parts[0].Length == 0 ? null : pins.Hold(Core.Ids.ImageId.FromText(parts[0]));
        return new SandboxMount(room, parts[3], device, parts[0], hold);
    }
}
