using System.Globalization;
using Appliance.Core.Errors;
using Appliance.Native.Directories;

namespace Appliance.Containers.Runtime;

/// <summary>Who a process runs as, looked up in a container's own files.</summary>
/// <param name="UserId">Its number.</param>
/// <param name="GroupId">Of its main group.</param>
/// <param name="Groups">Of the other groups it is in.</param>
internal sealed record ContainerUser(uint UserId, uint GroupId, IReadOnlyList<uint> Groups)
{
    private static readonly ContainerUser Root = new(0, 0, []);

    /// <param name="root">The container's root, mounted.</param>
    /// <param name="text">A user and perhaps a group, as names or numbers: "1000:1000". Empty for root.</param>
    /// <exception cref="ApplianceException">InvalidArgument: the container knows no such name.</exception>
    public static ContainerUser Find(string root, string text)
    {
        if (text.Length == 0 || text == "0" || text == "root")
        {
            return Root;
        }

        string[] parts = text.Split(':', 2);
        string[][] users = ReadTable(root, "/etc/passwd");
        string[]? user = users.FirstOrDefault(row => row.Length > 3 && (row[0] == parts[0] || row[2] == parts[0]));
        uint userId = ReadNumber(user?[2] ?? parts[0]) ?? throw Unknown("user", parts[0], text);
        string[][] groups = ReadTable(root, "/etc/group");
        uint groupId = parts.Length > 1 ? FindGroup(groups, parts[1], text) : ReadNumber(user?[3] ?? "0") ?? 0;
        uint[] others = user is null || parts.Length > 1
            ? []
            : [.. groups.Where(row => row.Length > 3 && row[3].Split(',').Contains(user[0])).Select(row => ReadNumber(row[2]) ?? groupId).Distinct()];
        return new ContainerUser(userId, groupId, others);
    }

    private static uint FindGroup(string[][] groups, string name, string text)
    {
        string[]? group = groups.FirstOrDefault(row => row.Length > 2 && (row[0] == name || row[2] == name));
        return ReadNumber(group?[2] ?? name) ?? throw Unknown("group", name, text);
    }

    /// <summary>The file is looked up as the container itself would: its links lead nowhere outside.</summary>
    private static string[][] ReadTable(string root, string path) => RootedPath.TryResolve(root, path) is { } found && File.Exists(root + found)
        ? [.. File.ReadLines(root + found).Select(line => line.Split(':'))]
        : [];

    private static uint? ReadNumber(string text) =>
        uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out uint number) ? number : null;

    private static ApplianceException Unknown(string what, string name, string text) =>
        new(ErrorKind.InvalidArgument, $"User '{text}': the image has no {what} '{name}'.");
}
