using System.CommandLine;
using Appliance.Hosting.Settings;

namespace Appliance.Cli;

/// <summary>Options that every verb takes.</summary>
public static class GlobalOptions
{
    public static readonly Option<string?> Data = new(SettingKeys.Data.Flag)
    {
        Description = $"{SettingKeys.Data.Help} [default: {SettingKeys.Data.Default}]",
        HelpName = SettingKeys.Data.ValueName,
        Recursive = true,
    };

    public static readonly Option<string?> Config = new("--config")
    {
        Description = $"Configuration file. [default: {SettingSources.DefaultConfigurationFile}, if there is one]",
        HelpName = "FILE",
        Recursive = true,
    };

    public static readonly Option<bool> Json = new("--json")
    {
        Description = "Print JSON: one object, or one a line where a verb goes on printing.",
        Recursive = true,
    };

    /// <summary>The settings as far as every verb needs them.</summary>
    public static SettingSources OpenSources(ParseResult parsed, IReadOnlyDictionary<string, string>? moreFlags = null)
    {
        var flags = new Dictionary<string, string>(moreFlags ?? new Dictionary<string, string>());
        if (parsed.GetValue(Data) is { } data)
        {
            flags[SettingKeys.Data.Name] = data;
        }

        return SettingSources.Open(flags, Environment.GetEnvironmentVariable, parsed.GetValue(Config));
    }

    public static string DataDirectory(ParseResult parsed) => ServeSettingsBinder.DataDirectory(OpenSources(parsed));
}
