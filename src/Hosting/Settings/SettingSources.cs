using Appliance.Core.Errors;

namespace Appliance.Hosting.Settings;

/// <summary>The three places a setting may come from, in the order of their weight: flag, variable, file.</summary>
public sealed class SettingSources
{
    public const string DefaultConfigurationFile = "/etc/appliance.conf";

    public const string ConfigurationVariable = "APPLIANCE_CONFIG";

    private readonly IReadOnlyDictionary<string, string> flags;
    private readonly Func<string, string?> readVariable;
    private readonly IReadOnlyDictionary<string, string> file;

    private SettingSources(
        IReadOnlyDictionary<string, string> flags, Func<string, string?> readVariable, IReadOnlyDictionary<string, string> file)
    {
        this.flags = flags;
        this.readVariable = readVariable;
        this.file = file;
    }

    /// <param name="flags">Values given on the command line, by key name.</param>
    /// <param name="readVariable">Reads an environment variable.</param>
    /// <param name="configurationFile">Given explicitly; null for the variable's or the default one, if it exists.</param>
    /// <exception cref="ApplianceException">The file is named and missing, or a line of it is not understood.</exception>
    public static SettingSources Open(
        IReadOnlyDictionary<string, string> flags, Func<string, string?> readVariable, string? configurationFile)
    {
        string? named = configurationFile ?? readVariable(ConfigurationVariable);
        string path = named ?? DefaultConfigurationFile;
        IReadOnlyDictionary<string, string> file = named is not null || File.Exists(path)
            ? ConfigurationFile.Read(path)
            : new Dictionary<string, string>();
        return new SettingSources(flags, readVariable, file);
    }

    /// <summary>The value that counts, with where it came from for messages; null when nobody set it and it has no default.</summary>
    public (string Text, string Origin)? Find(SettingKey key)
    {
        if (flags.TryGetValue(key.Name, out string? flag))
        {
            return (flag, key.Flag);
        }

        if (readVariable(key.Variable) is { Length: > 0 } variable)
        {
            return (variable, key.Variable);
        }

        if (file.TryGetValue(key.Name, out string? line))
        {
            return (line, $"'{key.Name}' in the configuration file");
        }

        return key.Default is null ? null : (key.Default, $"default of {key.Flag}");
    }
}
