namespace Appliance.Images.Building;

/// <summary>Environments in the form in which images keep them: "NAME=value" each.</summary>
public static class EnvironmentList
{
    public static string? Find(IReadOnlyList<string>? list, string name)
    {
        string? entry = list?.LastOrDefault(one => one.Length > name.Length && one[name.Length] == '=' && one.StartsWith(name, StringComparison.Ordinal));
        return entry?[(name.Length + 1)..];
    }

    public static IReadOnlyList<string> Set(IReadOnlyList<string>? list, string name, string value)
    {
        string entry = $"{name}={value}";
        List<string> changed = [.. list ?? []];
        int index = changed.FindIndex(one => one.StartsWith(name + "=", StringComparison.Ordinal));
        if (index < 0)
        {
            changed.Add(entry);
        }
        else
        {
            changed[index] = entry;
        }

        return changed;
    }

    public static Dictionary<string, string> ToDictionary(IReadOnlyList<string>? list)
    {
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (string entry in list ?? [])
        {
            int equals = entry.IndexOf('=');
            if (equals > 0)
            {
                values[entry[..equals]] = entry[(equals + 1)..];
            }
        }

        return values;
    }
}
