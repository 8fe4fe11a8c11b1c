using System.CommandLine;
using Appliance.Hosting.Settings;

namespace Appliance.Cli;

/// <summary>The server's settings as options of a verb.</summary>
public sealed class SettingOptions
{
    private readonly IReadOnlyList<(SettingKey Key, Option<string?> Option)> options;

    private SettingOptions(IReadOnlyList<(SettingKey Key, Option<string?> Option)> options) => this.options = options;

    /// <summary>Gives the verb an option for each of the keys; <c>--data</c> it has already, as every verb.</summary>
    public static SettingOptions AddTo(Command command, IEnumerable<SettingKey> keys)
    {
        var added = new SettingOptions([.. keys.Where(key => key != SettingKeys.Data).Select(key => (key, OptionOf(key)))]);
        foreach ((_, Option<string?> option) in added.options)
        {
            command.Options.Add(option);
        }

        return added;
    }

    public SettingSources OpenSources(ParseResult parsed)
    {
        var flags = new Dictionary<string, string>();
        foreach ((SettingKey key, Option<string?> option) in options)
        {
            if (parsed.GetValue(option) is { } value)
            {
                flags[key.Name] = value;
            }
            else if (key.IsSwitch && parsed.GetResult(option) is { Implicit: false })
            {
                flags[key.Name] = SettingKey.On;
            }
        }

        return GlobalOptions.OpenSources(parsed, flags);
    }

    private static Option<string?> OptionOf(SettingKey key) => new(key.Flag)
    {
        Description = key.Default is null ? key.Help : $"{key.Help} [default: {key.Default}]",
        HelpName = key.ValueName,
        Arity = key.IsSwitch ? ArgumentArity.ZeroOrOne : ArgumentArity.ExactlyOne,
    };
}
