using System.Globalization;

namespace Appliance.Images.Building.Copying;

/// <summary>Users and groups of an image by their names.</summary>
internal static class OwnerNames
{
    private const int NumberField = 2;
    private const int GroupField = 3;

    /// <summary>"user", "user:group", with names or numbers. A user without a group has its own, or the one of its number.</summary>
    /// <exception cref="FormatException">The image knows no such user or group.</exception>
    public static (uint User, uint Group) Resolve(ImageRoot root, string text)
    {
        string[] parts = text.Split(':');
        if (parts.Length > 2 || parts.Any(part => part.Length == 0))
        {
            throw new FormatException($"'{text}' is no USER[:GROUP]");
        }

        string[]? entry = FindEntry(root, "/etc/passwd", parts[0]);
        uint user = Number(parts[0]) ?? Number(entry?.ElementAtOrDefault(NumberField)) ?? throw new FormatException($"the image has no user '{parts[0]}'");
        if (parts.Length == 1)
        {
            return (user, Number(entry?.ElementAtOrDefault(GroupField)) ?? user);
        }

        uint group = Number(parts[1]) ?? Number(FindEntry(root, "/etc/group", parts[1])?.ElementAtOrDefault(NumberField))
            ?? throw new FormatException($"the image has no group '{parts[1]}'");
        return (user, group);
    }

    private static uint? Number(string? text) => uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out uint number) ? number : null;

    private static string[]? FindEntry(ImageRoot root, string file, string name) =>
        root.TryReadText(file)?.Split('\n').Select(line => line.Split(':')).FirstOrDefault(fields => fields[0] == name);
}
