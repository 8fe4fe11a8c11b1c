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
        IReadOnlyDictionary<string, string> flags,
        Func<string, string?> readVariable,
        IReadOnlyDictionary<string, string> file,
        string? namedFile)
    {
        NamedFile = namedFile;
        this.flags = flags;
        this.readVariable = readVariable;
        this.file = file;
    }

    /// <summary>The configuration file that a flag or variable names; null when the default one is looked for.</summary>
    public string? NamedFile { get; }

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
        return new SettingSources(flags, readVariable, file, named);
    }

    /// <summary>The value that counts, with where it came from for messages; null when nobody set it and it has no default.</summary>
    public (string Text, string Origin)? Find(SettingKey key)
    {
        if (FindGiven(key) is { } given)
        {
            return given;
        }

        if (file.TryGetValue(key.Name, out string? line))
        {
            return (line, $"'{key.Name}' in the configuration file");
        }

        return key.Default is null ? null : (key.Default, $"default of {key.Flag}");
    }

    /// <summary>The value of a flag or variable: what belongs to this one start of the program.</summary>
    public (string Text, string Origin)? FindGiven(SettingKey key)
    {
        if (flags.TryGetValue(key.Name, out string? flag))
        {
            return (flag, key.Flag);
        }

        return readVariable(key.Variable) is { Length: > 0 } variable ? (variable, key.Variable) : null;
    }
}
