namespace Appliance.Hosting.Settings;

/// <summary>One thing an operator may set, with its default (null: unset) and one sentence of help.</summary>
public sealed record SettingKey(string Name, string ValueName, string? Default, string Help)
{
    public string Variable => "APPLIANCE_" + Name.Replace('-', '_').ToUpperInvariant();

    public string Flag => "--" + Name;
}
