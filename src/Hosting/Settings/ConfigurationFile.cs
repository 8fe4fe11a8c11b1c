using Appliance.Core.Errors;

namespace Appliance.Hosting.Settings;

/// <summary>Lines of <c>key = value</c>; <c>#</c> starts a comment line.</summary>
public static class ConfigurationFile
{
    /// <exception cref="ApplianceException">The file cannot be read, or names a key that does not exist.</exception>
    public static IReadOnlyDictionary<string, string> Read(string path)
    {
        string[] lines;
        try
        {
            lines = File.ReadAllLines(path);
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
        {
            throw new ApplianceException(ErrorKind.InvalidArgument, $"Configuration file '{path}' cannot be read: {cause.Message}", cause);
        }

        var values = new Dictionary<string, string>();
        var faults = new List<string>();
        for (int index = 0; index < lines.Length; index++)
        {
            string line = lines[index].Trim();
            if (line.Length == 0 || line.StartsWith('#'))
            {
                continue;
            }

            int equals = line.IndexOf('=');
            string key = equals < 0 ? line : line[..equals].Trim();
            if (equals < 0 || !SettingKeys.All.Any(known => known.Name == key))
            {
                faults.Add($"line {index + 1}: '{key}' is not a setting; known are {string.Join(", ", SettingKeys.All.Select(known => known.Name))}");
            }
            else if (!values.TryAdd(key, line[(equals + 1)..].Trim()))
            {
                faults.Add($"line {index + 1}: '{key}' is set twice");
            }
        }

        return faults.Count == 0
            ? values
            : throw new ApplianceException(ErrorKind.InvalidArgument, $"Configuration file '{path}': {string.Join("; ", faults)}.");
    }
}
